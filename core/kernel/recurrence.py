"""Recurrence: frequencies, and the dates of something that recurs."""

from enum import StrEnum
from fractions import Fraction


class Frequency(StrEnum):
    """How often something recurs. Members are ordered by the length of their step; `rank` compares them.

    `step_days` or `step_months` lead from one date to the next; both are 0 for `semi-monthly`, which has two
    days of the month, and for `once`, which does not recur. `per_year` is how many dates a year has (exact, 0
    for `once`). `half_step_days` is how far a date may lie from another one to be taken for it; None: any.
    """

    rank: int
    step_days: int
    step_months: int
    per_year: Fraction
    half_step_days: int | None

    def __new__(
        cls, value: str, step_days: int, step_months: int, per_year: Fraction, half_step_days: int | None
    ) -> "Frequency":
        """Make a member; afterwards `Frequency(value)` finds it."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.rank = len(cls.__members__)
        member.step_days = step_days
        member.step_months = step_months
        member.per_year = per_year
        member.half_step_days = half_step_days
        return member

    ONCE = "once", 0, 0, Fraction(0), None
    DAILY = "daily", 1, 0, Fraction(365), 0
    WEEKLY = "weekly", 7, 0, Fraction(365, 7), 3
    BI_WEEKLY = "bi-weekly", 14, 0, Fraction(365, 14), 7
    SEMI_MONTHLY = "semi-monthly", 0, 0, Fraction(24), 7
    FOUR_WEEKLY = "four-weekly", 28, 0, Fraction(365, 28), 14
    MONTHLY = "monthly", 0, 1, Fraction(12), 15
    QUARTERLY = "quarterly", 0, 3, Fraction(4), 45
    SEMI_ANNUAL = "semi-annual", 0, 6, Fraction(2), 91
    ANNUAL = "annual", 0, 12, Fraction(1), 182

    @property
    def recurs(self) -> bool:
        """Whether there is more than one date."""
        return self is not Frequency.ONCE
