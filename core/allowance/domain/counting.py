"""What each income and bill brings to one pay period, and why."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

from core.allowance.domain.plans import ItemType, PlanItem, is_running
from core.kernel.periods import PayCalendar, PayPeriod
from core.kernel.schedules import ONE_DAY, Schedule


class Reason(StrEnum):
    """Why an item counts what it counts."""

    DATES_IN_PERIOD = "dates_in_period"
    NO_DATE_IN_PERIOD = "no_date_in_period"
    PUT_ASIDE = "put_aside"
    PUT_ASIDE_LATER = "put_aside_later"
    SPREAD = "spread"
    NOT_YET_ARRIVED = "not_yet_arrived"
    ONCE_IN_PERIOD = "once_in_period"
    ONCE_OUTSIDE = "once_outside"
    BEFORE_ADDED = "before_added"
    PAST = "past"


@dataclass(frozen=True, slots=True)
class CountedItem:
    """What one item brings to a pay period's pool, exact and at least 0, and why.

    `dates` is how many of its dates fall in the period, `parts` over how many paydays or periods one
    date is shared (0 where that is not the reason), `on_date` the date that is meant.
    """

    item: PlanItem
    counted: Fraction
    reason: Reason
    dates: int = 0
    parts: int = 0
    on_date: date | None = None


_NOTHING = Fraction(0)


def _count_once(*, item: PlanItem, calendar: PayCalendar, period: PayPeriod, first_start: date) -> CountedItem:
    """Rule for an item `once`: a bill is shared over the paydays up to its date, an income counts when it arrives."""
    on_date = item.anchor
    if on_date < first_start:
        return CountedItem(item=item, counted=_NOTHING, reason=Reason.BEFORE_ADDED, on_date=on_date)
    if item.type is ItemType.INCOME:
        if period.start <= on_date < period.end:
            return CountedItem(item=item, counted=item.amount, reason=Reason.ONCE_IN_PERIOD, on_date=on_date)
        return CountedItem(item=item, counted=_NOTHING, reason=Reason.ONCE_OUTSIDE, on_date=on_date)
    if on_date < period.start:
        return CountedItem(item=item, counted=_NOTHING, reason=Reason.PAST, on_date=on_date)
    return _put_aside(item=item, calendar=calendar, period=period, share_from=first_start, due=on_date)


def _put_aside(*, item: PlanItem, calendar: PayCalendar, period: PayPeriod, share_from: date, due: date) -> CountedItem:
    """An even share of a bill, on each payday of `[share_from, due]`. The period does not start after `due`."""
    if period.start < share_from:
        return CountedItem(item=item, counted=_NOTHING, reason=Reason.PUT_ASIDE_LATER, on_date=due)
    paydays = calendar.count_paydays(share_from, due)
    return CountedItem(item=item, counted=item.amount / paydays, reason=Reason.PUT_ASIDE, parts=paydays, on_date=due)


def _count_dates(*, item: PlanItem, schedule: Schedule, period: PayPeriod, first_date: date) -> CountedItem:
    """Rule for an item no longer than the pay period: each date that counts, at full amount."""
    dates = schedule.count_between(max(period.start, first_date), period.end)
    if dates == 0:
        return CountedItem(item=item, counted=_NOTHING, reason=Reason.NO_DATE_IN_PERIOD)
    return CountedItem(item=item, counted=item.amount * dates, reason=Reason.DATES_IN_PERIOD, dates=dates)


def _count_put_aside(
    *,
    item: PlanItem,
    schedule: Schedule,
    calendar: PayCalendar,
    period: PayPeriod,
    first_start: date,
    first_date: date,
) -> CountedItem:
    """Rule for a bill with a longer cycle: an even share of its next date on each payday before it."""
    index = schedule.index_on_or_after(max(period.start, first_date))
    # The first day that may put aside: after the previous date, and not before the item was known.
    share_from = max(schedule.date_at(index - 1) + ONE_DAY, first_start)
    return _put_aside(item=item, calendar=calendar, period=period, share_from=share_from, due=schedule.date_at(index))


def _count_spread(
    *, item: PlanItem, schedule: Schedule, calendar: PayCalendar, period: PayPeriod, first_date: date
) -> CountedItem:
    """Rule for an income with a longer cycle: spent after it arrives, evenly until it arrives again."""
    index = schedule.index_on_or_before(period.last_day)
    arrived = schedule.date_at(index)
    if arrived < first_date:
        first = schedule.date_at(schedule.index_on_or_after(first_date))
        return CountedItem(item=item, counted=_NOTHING, reason=Reason.NOT_YET_ARRIVED, on_date=first)
    # A period ends on the payday that begins the next one: as many periods end in a stretch as it has paydays.
    periods = calendar.count_paydays(arrived + ONE_DAY, schedule.date_at(index + 1))
    return CountedItem(item=item, counted=item.amount / periods, reason=Reason.SPREAD, parts=periods, on_date=arrived)


def calculate_counted(*, item: PlanItem, calendar: PayCalendar, period: PayPeriod) -> CountedItem:
    """What one item brings to one pay period: at least 0, exact."""
    first_start = calendar.payday_on_or_before(item.added_on)
    if not item.frequency.recurs:
        return _count_once(item=item, calendar=calendar, period=period, first_start=first_start)
    schedule = item.schedule
    running = is_running(schedule=schedule, scheduled_on=item.scheduled_on)
    first_date = first_start if running else item.anchor
    if item.frequency.rank <= calendar.frequency.rank:
        return _count_dates(item=item, schedule=schedule, period=period, first_date=first_date)
    if item.type is ItemType.EXPENSE:
        return _count_put_aside(
            item=item,
            schedule=schedule,
            calendar=calendar,
            period=period,
            first_start=first_start,
            first_date=first_date,
        )
    return _count_spread(item=item, schedule=schedule, calendar=calendar, period=period, first_date=first_date)
