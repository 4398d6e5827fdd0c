"""What each income and bill brings to one pay period, and why."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple

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


class Share(NamedTuple):
    """Which part of an item's amount a pay period counts, and why: `times` the amount, divided by `parts`.

    `times` is 0 where nothing counts; `parts` is over how many paydays or periods one date is shared, 0 where
    that is not the reason; `on_date` is the date that is meant.
    """

    reason: Reason
    times: int = 0
    parts: int = 0
    on_date: date | None = None


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


def _share_once(*, item: PlanItem, calendar: PayCalendar, period: PayPeriod) -> Share:
    """Rule for an item `once`: a bill is shared over the paydays up to its date, an income counts when it arrives."""
    on_date = item.anchor
    first_start = calendar.payday_on_or_before(item.added_on)
    if on_date < first_start:
        return Share(Reason.BEFORE_ADDED, on_date=on_date)
    if item.type is ItemType.INCOME:
        if period.start <= on_date < period.end:
            return Share(Reason.ONCE_IN_PERIOD, times=1, on_date=on_date)
        return Share(Reason.ONCE_OUTSIDE, on_date=on_date)
    if on_date < period.start:
        return Share(Reason.PAST, on_date=on_date)
    return _put_aside(calendar=calendar, period=period, share_from=first_start, due=on_date)


def _put_aside(*, calendar: PayCalendar, period: PayPeriod, share_from: date, due: date) -> Share:
    """An even share of a bill, on each payday of `[share_from, due]`. The period does not start after `due`."""
    if period.start < share_from:
        return Share(Reason.PUT_ASIDE_LATER, on_date=due)
    paydays = calendar.count_paydays(share_from, due)
    return Share(Reason.PUT_ASIDE, times=1, parts=paydays, on_date=due)


def _share_dates(*, schedule: Schedule, period: PayPeriod, first_date: date) -> Share:
    """Rule for an item no longer than the pay period: each date that counts, at full amount."""
    dates = schedule.count_between(max(period.start, first_date), period.end)
    return Share(Reason.DATES_IN_PERIOD, times=dates) if dates else _NO_DATE


_NO_DATE = Share(Reason.NO_DATE_IN_PERIOD)


def _share_put_aside(
    *, item: PlanItem, schedule: Schedule, calendar: PayCalendar, period: PayPeriod, first_date: date
) -> Share:
    """Rule for a bill with a longer cycle: an even share of its next date on each payday before it."""
    index = schedule.index_on_or_after(max(period.start, first_date))
    # The first day that may put aside: after the previous date, and not before the item was known.
    share_from = schedule.date_at(index - 1) + ONE_DAY
    if item.added_on >= share_from:
        share_from = max(share_from, calendar.payday_on_or_before(item.added_on))
    return _put_aside(calendar=calendar, period=period, share_from=share_from, due=schedule.date_at(index))


def _share_spread(*, schedule: Schedule, calendar: PayCalendar, period: PayPeriod, first_date: date) -> Share:
    """Rule for an income with a longer cycle: spent after it arrives, evenly until it arrives again."""
    index = schedule.index_on_or_before(period.last_day)
    arrived = schedule.date_at(index)
    if arrived < first_date:
        first = schedule.date_at(schedule.index_on_or_after(first_date))
        return Share(Reason.NOT_YET_ARRIVED, on_date=first)
    # A period ends on the payday that begins the next one: as many periods end in a stretch as it has paydays.
    periods = calendar.count_paydays(arrived + ONE_DAY, schedule.date_at(index + 1))
    return Share(Reason.SPREAD, times=1, parts=periods, on_date=arrived)


def calculate_share(*, item: PlanItem, calendar: PayCalendar, period: PayPeriod) -> Share:
    """Which part of one item's amount one pay period counts: a matter of dates alone."""
    frequency, anchor = item.frequency, item.anchor
    if not frequency.recurs:
        return _share_once(item=item, calendar=calendar, period=period)
    schedule = Schedule(anchor, frequency)
    is_longer = frequency.rank > calendar.schedule.frequency.rank
    first_date = anchor
    if is_running(schedule=schedule, scheduled_on=item.scheduled_on):
        if is_longer or item.added_on >= period.end:
            first_date = calendar.payday_on_or_before(item.added_on)
        else:
            # Added in this period or before it: nothing earlier than its start is looked at, so it need not be known.
            first_date = period.start
    if not is_longer:
        return _share_dates(schedule=schedule, period=period, first_date=first_date)
    if item.type is ItemType.EXPENSE:
        return _share_put_aside(item=item, schedule=schedule, calendar=calendar, period=period, first_date=first_date)
    return _share_spread(schedule=schedule, calendar=calendar, period=period, first_date=first_date)


def count_item(*, item: PlanItem, share: Share) -> CountedItem:
    """What an item brings by its share."""
    return CountedItem(
        item=item,
        counted=Fraction(item.amount.numerator * share.times, item.amount.denominator * (share.parts or 1)),
        reason=share.reason,
        dates=share.times if share.reason is Reason.DATES_IN_PERIOD else 0,
        parts=share.parts,
        on_date=share.on_date,
    )


def calculate_counted(*, item: PlanItem, calendar: PayCalendar, period: PayPeriod) -> CountedItem:
    """What one item brings to one pay period: at least 0, exact."""
    return count_item(item=item, share=calculate_share(item=item, calendar=calendar, period=period))
