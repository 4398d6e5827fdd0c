"""Occurrences (rule 10): the dates of an item that count, what became of them, and which one a payment settles."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from math import ceil

from core.allowance.domain.closing import open_running_period
from core.allowance.domain.dates import ItemDates
from core.allowance.domain.happened import DateStatus
from core.allowance.domain.item_shares import find_planned_share
from core.allowance.domain.plan import OpenPeriod, prepare_plan
from core.allowance.domain.values import DateKey, ItemType, Place, PlanItem, Snapshot

MOST_CANDIDATES = 12
_ONE_DAY = timedelta(days=1)
_DAYS_OF_A_YEAR = 366


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One date of an item that counts. `amount` is in `currency`, the item's, as planned or said.

    `is_over` says whether the pay period that the date belongs to has closed.
    """

    on_date: date
    effective_date: date
    amount: Fraction
    currency: str
    status: DateStatus
    payment_id: int | None
    is_over: bool


def list_occurrences(*, snapshot: Snapshot, type: ItemType, item_id: int, start: date, end: date) -> list[Occurrence]:  # noqa: A002
    """Return the dates in `[start, end)` of an item that count, in order.

    Those of closed pay periods are what these kept, those of later ones follow from the plan.
    """
    running = open_running_period(plan=prepare_plan(snapshot=snapshot))
    return list_dates_of_item(running=running, dates=running.plan.items[(type, item_id)], start=start, end=end)


def has_occurrence(*, running: OpenPeriod, dates: ItemDates, end: date) -> bool:
    """Return whether a date of an item before a day counts. Its closed pay periods must be among those of the plan."""
    start = dates.item.added_on - timedelta(days=_DAYS_OF_A_YEAR)
    return any(True for _date in _list_dates(running, dates, start=start, end=end))


def list_dates_of_item(*, running: OpenPeriod, dates: ItemDates, start: date, end: date) -> list[Occurrence]:
    """Return the same of an item or a target in a plan that is prepared."""
    found = dict(_list_dates(running, dates, start=start, end=end))
    return [
        _describe(running, dates, on_date, effective=effective, is_over=is_over)
        for on_date, (effective, is_over) in sorted(found.items())
    ]


def _list_dates(
    running: OpenPeriod, dates: ItemDates, *, start: date, end: date
) -> Iterator[tuple[date, tuple[date, bool]]]:
    item = dates.item
    for key, line in running.history.items():
        if key[:2] == (item.type, item.id) and start <= key.on_date < end and line.keeps_its_date:
            yield key.on_date, (line.effective_date, True)
    for on_date in dates.counting_between(start, end):
        share = find_planned_share(key=DateKey(item.type, item.id, on_date), open_period=running)
        if share is not None and share.belongs is not Place.EARLIER:
            yield on_date, (share.effective_date, False)


def _describe(running: OpenPeriod, dates: ItemDates, on_date: date, *, effective: date, is_over: bool) -> Occurrence:
    plan = running.plan
    key = DateKey(dates.item.type, dates.item.id, on_date)
    payments, patch = plan.named.get(key, ()), plan.patches.get(key)
    status = DateStatus.PAID if payments else DateStatus.PLANNED
    if patch is not None and patch.amount is None and not payments:
        status = DateStatus.SKIPPED
    return Occurrence(
        on_date=on_date,
        effective_date=effective,
        amount=dates.item.amount if patch is None or patch.amount is None else patch.amount,
        currency=dates.item.currency,
        status=status,
        payment_id=payments[0].id if payments else None,
        is_over=is_over,
    )


@dataclass(frozen=True, slots=True)
class SettledBy:
    """Which date a payment settles when it names none.

    Without `on_date` it counts whole where `counts_whole` says so; else one of the `candidates` has to be named.
    """

    on_date: date | None = None
    counts_whole: bool = False
    candidates: tuple[date, ...] = ()


def find_span_of_candidates(*, item: PlanItem, paid_on: date) -> tuple[date, date]:
    """Return the days `[start, end)` among whose dates the one lies that a payment settles, and the candidates."""
    if not item.frequency.recurs:
        return item.anchor, item.anchor + _ONE_DAY
    around = (MOST_CANDIDATES + 1) * timedelta(days=ceil(_DAYS_OF_A_YEAR / item.frequency.per_year))
    return paid_on - around, paid_on + around


def find_settled_date(*, snapshot: Snapshot, type: ItemType, item_id: int, paid_on: date) -> SettledBy:  # noqa: A002
    """Return the date that a payment settles: the nearest by effective day that is unpaid and not skipped.

    It is at most half a step of the schedule away, and of two the earlier. A payment before the item's first pay
    period counts whole where there is none; any other has to name one of the candidates, the nearest first.
    """
    running = open_running_period(plan=prepare_plan(snapshot=snapshot))
    item = running.plan.items[(type, item_id)].item
    start, end = find_span_of_candidates(item=item, paid_on=paid_on)
    unpaid = [
        one
        for one in list_occurrences(snapshot=snapshot, type=type, item_id=item_id, start=start, end=end)
        if one.status is DateStatus.PLANNED
    ]
    unpaid.sort(key=lambda one: (abs(one.effective_date - paid_on), one.on_date))
    half_step = item.frequency.half_step_days
    if unpaid and (half_step is None or abs((unpaid[0].effective_date - paid_on).days) <= half_step):
        return SettledBy(on_date=unpaid[0].on_date)
    if paid_on < _find_first_day(running, added_on=item.added_on):
        return SettledBy(counts_whole=True)
    return SettledBy(candidates=tuple(one.on_date for one in unpaid[:MOST_CANDIDATES]))


def _find_first_day(running: OpenPeriod, *, added_on: date) -> date:
    """Return the first day of the pay period in which an item was added."""
    index = running.calendar.index_of(added_on)
    return running.find_closed_start(added_on) if index < 0 else running.calendar.period(index).start
