"""Paydays (rule 5): the main income of each day, and the days on which pay periods begin."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction

from core.allowance.domain.dates import ItemDates
from core.allowance.domain.values import ItemType, Rates
from core.kernel.recurrence import Frequency, Schedule
from core.kernel.working_days import LONGEST_REST_DAYS

_ONE_DAY = timedelta(days=1)
_REST = timedelta(days=LONGEST_REST_DAYS)
_LONGEST_STEP = timedelta(days=366)

CALENDAR_MONTHS = Schedule(Frequency.MONTHLY, date(2000, 1, 1), (1,))
"""The paydays of somebody without a recurring income."""


@dataclass(frozen=True, slots=True)
class Payday:
    """A day on which a pay period begins, the date that it was before it was moved, and the main income from it on."""

    day: date
    unmoved: date
    main_income: ItemDates | None


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A recurring income: when it has begun, and when it has ended."""

    dates: ItemDates
    per_year: Fraction
    begins: date | None
    ends: date | None

    def has_ended(self, day: date) -> bool:
        return self.ends is not None and self.ends <= day

    def has_begun(self, day: date) -> bool:
        return self.begins is None or self.begins <= day


@dataclass(frozen=True, slots=True)
class MainIncomes:
    """The main income of every day, as the paydays on which it changes; the first one has no beginning."""

    changes: tuple[Payday, ...]

    def on(self, day: date) -> ItemDates | None:
        """Return the main income of a day."""
        change, _end = next(self.spans(day))
        return change.main_income

    def spans(self, start: date) -> Iterator[tuple[Payday, date]]:
        """Return each change with the day of the next one (exclusive), from the one in force on `start`."""
        ends = [*[change.day for change in self.changes[1:]], date.max]
        return ((change, end) for change, end in zip(self.changes, ends, strict=True) if end > start)


def find_main_incomes(*, incomes: Iterable[ItemDates], rates: Rates) -> MainIncomes:
    """Return the main income of every day, chosen among the recurring incomes that are not deleted."""
    candidates = [
        _find_candidate(dates, rates=rates)
        for dates in incomes
        if dates.item.type is ItemType.INCOME and dates.item.frequency.recurs and not dates.item.is_deleted
    ]
    moments = [moment for candidate in candidates for moment in (candidate.begins, candidate.ends) if moment]
    changes = [Payday(day=date.min, unmoved=date.min, main_income=_choose(candidates, date.min))]
    for day in sorted(moments):
        chosen = _choose(candidates, day)
        if chosen is not changes[-1].main_income:
            changes.append(Payday(day=day, unmoved=day, main_income=chosen))
    return MainIncomes(tuple(changes))


def _find_candidate(dates: ItemDates, *, rates: Rates) -> _Candidate:
    item = dates.item
    return _Candidate(
        dates=dates,
        per_year=rates.convert(item.amount * item.frequency.per_year, item.currency, item.valued_on),
        begins=None if item.first_date is None else _find_effective(dates, dates.first),
        ends=None if item.end_date is None else _find_effective(dates, item.end_date + _ONE_DAY),
    )


def _find_effective(dates: ItemDates, day: date) -> date:
    """Return the effective day of the schedule's first date on or after the day."""
    return dates.effective(dates.schedule.date_at(dates.schedule.index_on_or_after(day)))


def _choose(candidates: Iterable[_Candidate], day: date) -> ItemDates | None:
    """Return the main income of a day: of those that have not ended, and have begun where any has, the largest."""
    standing = [candidate for candidate in candidates if not candidate.has_ended(day)]
    begun = [candidate for candidate in standing if candidate.has_begun(day)]
    chosen = max(begun or standing, key=lambda one: (one.per_year, -one.dates.item.place), default=None)
    return None if chosen is None else chosen.dates


@dataclass(slots=True)
class Paydays:
    """The days on which pay periods begin, in order: each with its unmoved date and the main income from it on."""

    days: list[date] = field(default_factory=list)
    unmoved: list[date] = field(default_factory=list)
    main_incomes: list[ItemDates | None] = field(default_factory=list)

    def add(self, payday: Payday) -> None:
        """Add a later payday."""
        self.days.append(payday.day)
        self.unmoved.append(payday.unmoved)
        self.main_incomes.append(payday.main_income)
        # A change of the main income may bring an earlier unmoved date: it ends the windows that begin after it.
        index = len(self.unmoved) - 2
        while index >= 0 and self.unmoved[index] > payday.unmoved:
            self.unmoved[index] = payday.unmoved
            index -= 1

    def lay(self, main_incomes: MainIncomes, start: date, end: date) -> None:
        """Add the paydays in `[start, end)`, which are later than those that are there.

        While an income is the main one all dates of its schedule are paydays, those too that do not count yet. A day
        that is a payday only because the main income changes is its own unmoved date.
        """
        for change, span_end in main_incomes.spans(start):
            first, last = max(start, change.day), min(end, span_end)
            if first < last:
                dates = _list_dates(change.main_income, first, last)
                if first == change.day and (not dates or dates[0][0] > first):
                    self.add(change)
                for day, unmoved in dates[:1]:
                    self.add(Payday(day=day, unmoved=unmoved, main_income=change.main_income))
                self._add_dates(dates[1:], change.main_income)

    def _add_dates(self, dates: list[tuple[date, date]], main_income: ItemDates | None) -> None:
        """Add the dates of one schedule, (day, unmoved), after its first: they are in order either way.

        Two paydays on one day are one, and the earlier unmoved date stays.
        """
        last = self.days[-1] if self.days else date.min
        for day, unmoved in dates:
            if day > last:
                last = day
                self.days.append(day)
                self.unmoved.append(unmoved)
                self.main_incomes.append(main_income)


def _list_dates(main_income: ItemDates | None, start: date, end: date) -> list[tuple[date, date]]:
    """Return the dates of a main income that take effect in `[start, end)`, each after its effective day, in order."""
    if main_income is None:
        return [(day, day) for day in CALENDAR_MONTHS.dates_between(start, end)]
    return main_income.effective_between(start, end)


def find_payday_on_or_before(*, main_incomes: MainIncomes, day: date) -> date:
    """Return the first day of the pay period that contains a day."""
    paydays = Paydays()
    paydays.lay(main_incomes, day - _LONGEST_STEP - _REST, day + _ONE_DAY)
    return paydays.days[-1]
