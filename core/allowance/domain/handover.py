"""Handing over (rule 3): what old dates pass on to new ones after a change of an item's dates.

The old dates of the running and later pay periods, and those of incomes that are still being spent, hand over what
hangs on them: patches, `not_yet`, payments, and what was put aside. In order, each hands over to the nearest new date
that counts and has not been given one, by unmoved date, of two the earlier, at most half a step of the new schedule
away. Where there is none a payment counts whole, a patch is dropped, and what was put aside stays where it is.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

from core.allowance.domain.closing import open_running_period
from core.allowance.domain.dates import ItemDates
from core.allowance.domain.item_shares import find_planned_share
from core.allowance.domain.plan import OpenPeriod, Plan, prepare_plan
from core.allowance.domain.values import ClosedPeriod, DateKey, ItemType, Payment, Place, Snapshot

Handover = Mapping[DateKey, DateKey | None]
"""The new date of each old one that hands something over; None where there is none."""


def calculate_handover(
    *,
    before: Snapshot,
    after: Snapshot,
    type: ItemType,  # noqa: A002
    old_id: int,
    new_id: int | None = None,
    from_date: date = date.min,
) -> Handover:
    """Return what the dates of an item hand over when its dates change.

    `before` and `after` are the snapshots with the old and the new dates. `new_id` is the item that takes over, if it
    is another one, and then only the dates from `from_date` on hand over. A date that was paid or skipped in a closed
    pay period stays where it is if no new date takes it over.
    """
    new_id = old_id if new_id is None else new_id
    old, new = (
        open_running_period(plan=prepare_plan(snapshot=before)),
        open_running_period(plan=prepare_plan(snapshot=after)),
    )
    new_dates = new.plan.items.get((type, new_id))
    hanging = {key for key in _list_hanging(old.plan) if key[:2] == (type, old_id) and key.on_date >= from_date}
    handover: dict[DateKey, DateKey | None] = {}
    taken: set[date] = set()
    for key in sorted(hanging):
        if find_planned_share(key=key, open_period=old) is None:
            continue
        found = None if new_dates is None else _find_nearest(new, new_dates, key.on_date, taken=taken)
        if found is not None:
            taken.add(found)
            handover[key] = DateKey(type, new_id, found)
        elif not _is_settled_before(old, key):
            handover[key] = None
    return handover


def _list_hanging(plan: Plan) -> set[DateKey]:
    """Return the dates that something hangs on."""
    snapshot = plan.snapshot
    named = {key for one in snapshot.reconciliations for key in one.not_yet}
    put_aside = {
        line.key for closed in snapshot.closed for line in closed.lines if line.key and (line.amount or line.before)
    }
    return {*plan.named, *plan.patches, *named, *put_aside}


def _find_nearest(running: OpenPeriod, dates: ItemDates, on_date: date, *, taken: set[date]) -> date | None:
    """Return the nearest date that counts and is not taken, of two the earlier; None beyond half a step."""
    item, half_step = dates.item, dates.item.frequency.half_step_days
    near = [item.anchor]
    if half_step is not None:
        reach = timedelta(days=half_step)
        near = dates.counting_between(on_date - reach, on_date + reach + timedelta(days=1))
    keys = [dates.key(one) for one in near if one not in taken]
    free = [key.on_date for key in keys if find_planned_share(key=key, open_period=running) is not None]
    return min(free, key=lambda one: (abs(one - on_date), one), default=None)


def _is_settled_before(running: OpenPeriod, key: DateKey) -> bool:
    """Return whether a date was paid or skipped in a closed pay period, and that period counted it.

    What arrives early counts in the period of its date.
    """
    start = running.period.start
    line = running.history.get(key)
    if key.type is ItemType.INCOME and (line is None or line.belongs is Place.LATER):
        return False
    payments, patch = running.plan.named.get(key), running.plan.patches.get(key)
    is_skipped = patch is not None and patch.amount is None and patch.said_on < start
    return is_skipped or (payments is not None and payments[0].day < start)


def apply_handover(*, snapshot: Snapshot, handover: Handover) -> Snapshot:
    """Return a snapshot after dates have handed over what hangs on them."""
    return replace(
        snapshot,
        payments=tuple(_hand_over_payment(payment, handover) for payment in snapshot.payments),
        patches=tuple(
            replace(patch, key=key)
            for patch in snapshot.patches
            if (key := handover.get(patch.key, patch.key)) is not None
        ),
        reconciliations=tuple(
            replace(one, not_yet=frozenset(new for key in one.not_yet if (new := handover.get(key, key)) is not None))
            for one in snapshot.reconciliations
        ),
        closed=tuple(hand_over_lines(closed=closed, handover=handover) for closed in snapshot.closed),
    )


def _hand_over_payment(payment: Payment, handover: Handover) -> Payment:
    if payment.key is None or payment.key not in handover:
        return payment
    new = handover[payment.key]
    if new is None:
        return replace(payment, occurrence=None)
    return replace(payment, item_id=new.item_id, occurrence=new.on_date)


def hand_over_lines(*, closed: ClosedPeriod, handover: Handover) -> ClosedPeriod:
    """Return a closed pay period whose lines stand for the dates that took theirs over."""
    lines = [line if line.key is None else replace(line, key=handover.get(line.key, line.key)) for line in closed.lines]
    return replace(closed, lines=tuple(lines))
