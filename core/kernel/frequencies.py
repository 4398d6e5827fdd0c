"""How often something recurs."""

from enum import StrEnum
from fractions import Fraction


class Frequency(StrEnum):
    """A rhythm. The members stand in the order of their cycle's length; `rank` compares them.

    `step_days` or `step_months` lead from one date to the next; whichever does not apply is 0, and both are
    for `once`, which alone does not recur. `per_year` is how many dates a year of 365 days or 12 months has,
    exact, and 0 for `once`.
    """

    rank: int
    recurs: bool
    step_days: int
    step_months: int
    per_year: Fraction

    def __new__(cls, value: str, step_days: int = 0, step_months: int = 0) -> "Frequency":
        """Called once a member, below; from then on `Frequency(value)` finds the member."""
        member = str.__new__(cls, value)
        member._value_ = value
        # Plain attributes: the figure asks for these hundreds of times.
        member.rank = len(cls.__members__)
        member.recurs = bool(step_days or step_months)
        member.step_days = step_days
        member.step_months = step_months
        member.per_year = Fraction(365 if step_days else 12 if step_months else 0, step_days or step_months or 1)
        return member

    ONCE = "once", 0, 0
    DAILY = "daily", 1, 0
    WEEKLY = "weekly", 7, 0
    BI_WEEKLY = "bi-weekly", 14, 0
    FOUR_WEEKLY = "four-weekly", 28, 0
    MONTHLY = "monthly", 0, 1
    QUARTERLY = "quarterly", 0, 3
    SEMI_ANNUAL = "semi-annual", 0, 6
    ANNUAL = "annual", 0, 12
