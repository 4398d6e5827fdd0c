"""How often something recurs."""

from enum import StrEnum
from fractions import Fraction


class Frequency(StrEnum):
    """A rhythm. The members stand in the order of their cycle's length; `rank` compares them."""

    ONCE = "once"
    DAILY = "daily"
    WEEKLY = "weekly"
    BI_WEEKLY = "bi-weekly"
    FOUR_WEEKLY = "four-weekly"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    SEMI_ANNUAL = "semi-annual"
    ANNUAL = "annual"

    @property
    def rank(self) -> int:
        """Position in the order of cycles, `once` 0 to `annual` 8."""
        return _RANKS[self]

    @property
    def step_days(self) -> int:
        """Days from one date to the next; 0 where the rhythm counts months or does not recur."""
        return _STEP_DAYS.get(self, 0)

    @property
    def step_months(self) -> int:
        """Months from one date to the next; 0 where the rhythm counts days or does not recur."""
        return _STEP_MONTHS.get(self, 0)

    @property
    def per_year(self) -> Fraction:
        """Dates in a year of 365 days or 12 months, exact; 0 for `once`."""
        if self.step_days:
            return Fraction(365, self.step_days)
        if self.step_months:
            return Fraction(12, self.step_months)
        return Fraction(0)


_RANKS = {frequency: rank for rank, frequency in enumerate(Frequency)}
_STEP_DAYS = {Frequency.DAILY: 1, Frequency.WEEKLY: 7, Frequency.BI_WEEKLY: 14, Frequency.FOUR_WEEKLY: 28}
_STEP_MONTHS = {Frequency.MONTHLY: 1, Frequency.QUARTERLY: 3, Frequency.SEMI_ANNUAL: 6, Frequency.ANNUAL: 12}
