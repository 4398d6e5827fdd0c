"""Rules 2 and 3: the dates of a schedule, and which of them count by start, end and running."""

from calendar import monthrange
from datetime import date, timedelta
from fractions import Fraction
from functools import lru_cache

from .world import Item, Schedule

TIMES_A_YEAR = {
    "daily": Fraction(365),
    "weekly": Fraction(365, 7),
    "bi-weekly": Fraction(365, 14),
    "semi-monthly": Fraction(24),
    "four-weekly": Fraction(365, 28),
    "monthly": Fraction(12),
    "quarterly": Fraction(4),
    "semi-annual": Fraction(2),
    "annual": Fraction(1),
}
DAYS_OF_STEP = {"daily": 1, "weekly": 7, "bi-weekly": 14, "four-weekly": 28}
MONTHS_OF_STEP = {"monthly": 1, "quarterly": 3, "semi-annual": 6, "annual": 12}
HALF_A_STEP = {
    "daily": 0,
    "weekly": 3,
    "bi-weekly": 7,
    "semi-monthly": 7,
    "four-weekly": 14,
    "monthly": 15,
    "quarterly": 45,
    "semi-annual": 91,
    "annual": 182,
    "once": 10**6,
}
LONGEST_STEP = timedelta(days=400)


def is_longer(frequency: str, than: str) -> bool:
    """Rules 7 and 8: whether a schedule is longer than the main income's; `once` is no frequency to compare."""
    return TIMES_A_YEAR[frequency] < TIMES_A_YEAR[than]


def clamp_to_month(year: int, month: int, day: int) -> date:
    """Rule 2: that day of the month, or the month's last."""
    return date(year, month, min(day, monthrange(year, month)[1]))


def months_between(first: date, last: date) -> list[tuple[int, int]]:
    """Return each (year, month) that the days from `first` to `last` touch."""
    months = []
    year, month = first.year, first.month
    while (year, month) <= (last.year, last.month):
        months.append((year, month))
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    return months


@lru_cache(maxsize=100_000)
def list_dates(schedule: Schedule, first: date, last: date) -> list[date]:
    """Rule 2: every date of a schedule from `first` to `last`, both included, in order."""
    anchor = schedule.anchor
    if schedule.frequency == "once":
        dates = [anchor]
    elif schedule.frequency in DAYS_OF_STEP:
        step = DAYS_OF_STEP[schedule.frequency]
        day = first + timedelta(days=(anchor - first).days % step)
        dates = []
        while day <= last:
            dates.append(day)
            day += timedelta(days=step)
    elif schedule.frequency == "semi-monthly":
        assert schedule.days
        dates = [clamp_to_month(*month, day) for month in months_between(first, last) for day in sorted(schedule.days)]
    else:
        step = MONTHS_OF_STEP[schedule.frequency]
        dates = []
        for year, month in months_between(first, last):
            if ((year - anchor.year) * 12 + month - anchor.month) % step == 0:
                dates.append(clamp_to_month(year, month, schedule.month_day))
    return [day for day in dates if first <= day <= last]


def find_previous(schedule: Schedule, day: date) -> date | None:
    """The schedule's date before `day`, counting or not."""
    dates = list_dates(schedule, day - LONGEST_STEP, day - timedelta(days=1))
    return dates[-1] if dates and schedule.frequency != "once" else None


def find_next(schedule: Schedule, day: date) -> date | None:
    """The schedule's date after `day`, counting or not."""
    dates = list_dates(schedule, day + timedelta(days=1), day + LONGEST_STEP)
    return dates[0] if dates and schedule.frequency != "once" else None


def default_days(anchor: date) -> tuple[int, int]:
    """Rule 2: the days of a semi-monthly schedule that names none."""
    other = anchor.day + 15 if anchor.day <= 15 else anchor.day - 15
    return (min(anchor.day, other), max(anchor.day, other))


def days_are_valid(days: tuple[int, int], anchor: date) -> bool:
    """Rule 2: two days at least 7 days apart over the month's end too, the anchor among the dates."""
    low, high = sorted(min(day, 28) for day in days)
    far_enough = high - low >= 7 and low + 28 - high >= 7
    return far_enough and anchor in [clamp_to_month(anchor.year, anchor.month, day) for day in days]


def is_running(item: Item) -> bool:
    """Rule 3: whether the dates before the anchor count too."""
    before = find_previous(item.schedule, item.set_anchor)
    if before is None or before > item.schedule_set_on:
        return False
    return item.start is None or before >= item.start


def counts_by_itself(item: Item, day: date) -> bool:
    """Rule 3, for a date of the item's schedule: by start, end and running alone."""
    if item.start is not None and day < item.start:
        return False
    if item.end is not None and day > item.end:
        return False
    return is_running(item) or day >= item.first_date


def list_counting(item: Item, first: date, last: date) -> list[date]:
    """Rule 3: the dates that count by start, end and running alone."""
    return [day for day in list_dates(item.schedule, first, last) if counts_by_itself(item, day)]


def find_first(item: Item) -> date | None:
    """The first date that counts of a schedule that does not run."""
    first = max(item.first_date, item.start or item.first_date)
    dates = list_counting(item, first, first + LONGEST_STEP)
    return dates[0] if dates else None
