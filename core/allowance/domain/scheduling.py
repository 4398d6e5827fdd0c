"""Setting a schedule (rules 2 and 3): what is kept of an item's dates when they are entered or changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from core.allowance.domain.values import Adjust, PlanItem
from core.kernel.errors import DomainError
from core.kernel.recurrence import Frequency, Schedule, are_days_apart, get_default_month_days


@dataclass(frozen=True, slots=True)
class SetSchedule:
    """The dates of an item as they are stored. `is_new` says whether the schedule was set, not only moved along."""

    anchor: date
    month_days: tuple[int, ...]
    first_date: date | None
    is_new: bool


def check_adjust(*, frequency: Frequency, adjust: Adjust) -> None:
    """Raise DomainError on `adjust` for a daily item that is to be moved from weekends and holidays (rule 4)."""
    if frequency is Frequency.DAILY and adjust is not Adjust.NONE:
        raise DomainError("A daily item is not moved from weekends and holidays.", code="daily_adjust", field="adjust")


def set_schedule(
    *,
    frequency: Frequency,
    anchor: date,
    today: date,
    days: Sequence[int] | None = None,
    start_date: date | None = None,
    end_date: date | None = None,
    before: PlanItem | None = None,
) -> SetSchedule:
    """Return what is stored of an item's dates, entered or changed today.

    `days` are the two of `semi-monthly`, where they are given; `before` is the item as it was. Raises DomainError on
    `days`, `start_date`, `end_date` or `anchor`.
    """
    is_new = before is None or not _is_moved_along(before, frequency=frequency, anchor=anchor, days=days)
    month_days = before.month_days if before and not is_new else _choose_month_days(frequency, anchor, days)
    schedule = Schedule(frequency, anchor, month_days)
    if start_date is not None and end_date is not None and end_date < start_date:
        raise DomainError("The end date is before the start date.", code="end_before_start", field="end_date")
    if start_date is not None and anchor < start_date:
        raise DomainError("The date is before the start date.", code="before_start", field="anchor")
    first_date = _find_first_date(schedule, start_date=start_date, set_on=today, before=None if is_new else before)
    return SetSchedule(
        anchor=_move_before_end(schedule, first_date=first_date, start_date=start_date, end_date=end_date),
        month_days=month_days,
        first_date=first_date,
        is_new=is_new,
    )


def _find_first_date(
    schedule: Schedule, *, start_date: date | None, set_on: date, before: PlanItem | None
) -> date | None:
    """Return None for a running schedule, else its first date. `before` is the item whose date is moved along.

    A schedule is running where the date one step before the anchor is on or before the day on which it was set, and
    not before the start date.
    """
    anchor = schedule.anchor
    previous = schedule.date_at(schedule.index_on_or_before(anchor) - 1) if schedule.frequency.recurs else date.max
    has_started = (start_date or date.min) <= previous < anchor
    if before is None:
        return None if has_started and previous <= set_on else anchor
    if before.first_date is None:
        return None if has_started else anchor
    return min(before.first_date, anchor)


def _is_moved_along(before: PlanItem, *, frequency: Frequency, anchor: date, days: Sequence[int] | None) -> bool:
    """Return whether a date is another one of the same schedule."""
    schedule = Schedule(before.frequency, before.anchor, before.month_days)
    same_days = days is None or tuple(sorted(days)) == before.month_days
    return frequency is before.frequency and same_days and schedule.includes(anchor)


def _choose_month_days(frequency: Frequency, anchor: date, days: Sequence[int] | None) -> tuple[int, ...]:
    if days is None:
        return get_default_month_days(frequency, anchor)
    if frequency is not Frequency.SEMI_MONTHLY:
        raise DomainError("Only a semi-monthly item has two days of the month.", code="not_semi_monthly", field="days")
    month_days = tuple(sorted(days))
    if len(month_days) != 2 or not (month_days[0] >= 1 and month_days[1] <= 31 and are_days_apart(*month_days)):
        raise DomainError("Give two days of the month, at least 7 days apart.", code="bad_days", field="days")
    if not Schedule(frequency, anchor, month_days).includes(anchor):
        raise DomainError("The date is none of these days of the month.", code="date_not_among_days", field="days")
    return month_days


def _move_before_end(
    schedule: Schedule, *, first_date: date | None, start_date: date | None, end_date: date | None
) -> date:
    """Return the anchor, or the last date on or before the end where the anchor is after it."""
    anchor = schedule.anchor
    if end_date is None or anchor <= end_date:
        return anchor
    moved = schedule.date_at(schedule.index_on_or_before(end_date)) if schedule.frequency.recurs else anchor
    if moved > end_date or moved < max(first_date or date.min, start_date or date.min):
        raise DomainError("No date is left that counts.", code="no_date_counts", field="end_date")
    return moved
