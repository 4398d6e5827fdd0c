"""The calendar of pay periods (rules 5 and 13): made once for a figure and passed along."""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, timedelta

from core.allowance.domain.paydays import MainIncomes, Payday, Paydays, find_payday_on_or_before
from core.kernel.pay_periods import PayPeriod
from core.kernel.recurrence import Frequency
from core.kernel.working_days import LONGEST_REST_DAYS

_NEXT_DAY = timedelta(days=1)
_REST = timedelta(days=LONGEST_REST_DAYS)
# How far to look for one more payday.
_FURTHER = timedelta(days=62)


@dataclass(slots=True)
class _Laid:
    """Paydays in order, listed as far as somebody has looked."""

    main_incomes: MainIncomes
    paydays: Paydays
    until: date

    def look(self, until: date) -> None:
        """List the paydays before a day, if they are not listed yet."""
        if until > self.until:
            until = max(until, self.until + _FURTHER)
            self.paydays.lay(self.main_incomes, self.until, until)
            self.until = until


@dataclass(frozen=True, slots=True)
class PayCalendar:
    """The pay periods from one on, by index: 0 is the period that is looked at, -1 stands for all before it."""

    _laid: _Laid
    _skipped: int = 0

    @classmethod
    def starting_on(cls, start: date, *, main_incomes: MainIncomes, passed_over_until: date | None) -> "PayCalendar":
        """Return the calendar whose first period starts on a day, a payday or not.

        Where paydays were laid elsewhere on `passed_over_until` the first period ends at the first one after it.
        """
        next_day = start + _NEXT_DAY
        paydays = Paydays()
        paydays.lay(main_incomes, start, next_day)
        if not paydays.days:
            paydays.add(Payday(day=start, unmoved=start, main_income=main_incomes.on(start)))
        lay_from = max(next_day, (passed_over_until or date.min) + _NEXT_DAY)
        # Where paydays are passed over the main income may change within the period: the last one is its.
        paydays.main_incomes[0] = main_incomes.on(lay_from - _NEXT_DAY)
        return cls(_Laid(main_incomes, paydays, until=lay_from))

    @classmethod
    def containing(cls, day: date, *, main_incomes: MainIncomes) -> "PayCalendar":
        """Return the calendar whose first period is the one that contains a day, as the paydays are laid."""
        start = find_payday_on_or_before(main_incomes=main_incomes, day=day)
        return cls.starting_on(start, main_incomes=main_incomes, passed_over_until=None)

    def following(self) -> "PayCalendar":
        """Return the same calendar from the next period on."""
        return PayCalendar(self._laid, self._skipped + 1)

    def index_of(self, day: date) -> int:
        """Return the index of the period that contains a day, -1 for a day before the first."""
        self._laid.look(day + _NEXT_DAY)
        return self._find(self._laid.paydays.days, day)

    def index_of_window(self, on_date: date) -> int:
        """Return the index of the period whose unmoved window contains a date, -1 for a date before the first."""
        self._laid.look(on_date + _REST)
        return self._find(self._laid.paydays.unmoved, on_date)

    def _find(self, firsts: list[date], day: date) -> int:
        return max(-1, bisect_right(firsts, day) - 1 - self._skipped)

    def period(self, index: int = 0) -> PayPeriod:
        """Return a period by its index, 0 or later."""
        self._list_periods(index + 1)
        start, end = self._laid.paydays.days[index + self._skipped : index + self._skipped + 2]
        return PayPeriod(start=start, end=end)

    def window(self, index: int = 0) -> PayPeriod:
        """Return the unmoved window of a period by its index: the days from one unmoved payday to the next."""
        self._list_periods(index + 1)
        start, end = self._laid.paydays.unmoved[index + self._skipped : index + self._skipped + 2]
        return PayPeriod(start=start, end=end)

    def frequency(self, index: int, day: date) -> Frequency:
        """Return the frequency of the main income of a period, that of calendar months without one.

        For a period before the first, the main income is that of `day`.
        """
        if index < 0:
            main_income = self._laid.main_incomes.on(day)
        else:
            self._list_periods(index)
            main_income = self._laid.paydays.main_incomes[index + self._skipped]
        return Frequency.MONTHLY if main_income is None else main_income.item.frequency

    def _list_periods(self, index: int) -> None:
        while len(self._laid.paydays.days) <= index + self._skipped:
            self._laid.look(self._laid.until + _FURTHER)
