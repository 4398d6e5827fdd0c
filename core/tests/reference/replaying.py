"""Apply a log of events to a world, one by one."""

import copy
from collections.abc import Iterable
from datetime import date, timedelta
from fractions import Fraction

from .closing import close_periods, find_result, read_plan
from .events import (
    AddGoal,
    AddItem,
    AddTransaction,
    ChangeItem,
    ChangeSettings,
    ClearOccurrence,
    DeleteGoal,
    DeleteItem,
    DeleteReconciliation,
    DeleteTransaction,
    EditGoal,
    EditItem,
    EditTransaction,
    Event,
    PatchOccurrence,
    PublishRates,
    Read,
    Reconcile,
)
from .figure import find_amount
from .marks import mark
from .plan_writes import add_goal, add_item, change_item, delete_goal, delete_item, edit_goal, edit_item
from .reconciling import is_over
from .schedules import HALF_A_STEP, list_dates
from .shares import Plan
from .world import Key, Patch, Reconciliation, Refused, Transaction, World, round_half_even

ONE_DAY = timedelta(days=1)
# Rule 13: writes that may lay the paydays elsewhere.
LAYING = (AddItem, EditItem, ChangeItem, DeleteItem, ChangeSettings, PublishRates)


def replay(world: World, events: Iterable[Event]) -> World:
    """Apply events in order to a world, and return it."""
    for place, event in enumerate(events, start=1):
        apply(world, place, event)
    return world


def try_to_apply(world: World, place: int, event: Event) -> World | None:
    """Return the world after an event, or None where the event is refused. The world itself stays as it is."""
    world.plan_cache = world.payday_cache = None
    after = copy.deepcopy(world)
    try:
        apply(after, place, event)
    except Refused:
        return None
    return after


def apply(world: World, place: int, event: Event) -> None:
    """Apply one event. Raises Refused where the product answers 400; the world is then spoilt."""
    close_periods(world, event.day)
    days = {event.day}
    if isinstance(event, LAYING):
        if world.closed:
            world.changed_on = event.day
        world.version += 1
    match event:
        case PublishRates():
            for currency, rate in event.rates.items():
                world.rates.setdefault(currency, {})[event.day] = rate
        case ChangeSettings():
            change_settings(world, event)
        case AddItem():
            add_item(world, place, event)
        case EditItem():
            edit_item(world, event)
        case ChangeItem():
            change_item(world, place, event)
        case DeleteItem():
            delete_item(world, event)
        case AddGoal():
            add_goal(world, place, event)
        case EditGoal():
            edit_goal(world, event)
        case DeleteGoal():
            delete_goal(world, event)
        case AddTransaction():
            days.add(event.date)
            add_transaction(world, place, event)
        case EditTransaction():
            days |= {world.transactions[event.transaction].date, event.changes.get("date", event.day)}
            edit_transaction(world, event)
        case DeleteTransaction():
            transaction = world.transactions.pop(event.transaction)
            days.add(transaction.date)
        case PatchOccurrence():
            patch_occurrence(world, place, event)
        case ClearOccurrence():
            clear_occurrence(world, event)
        case Reconcile():
            reconcile(world, place, event)
        case DeleteReconciliation():
            del world.reconciliations[event.reconciliation]
        case Read():
            pass
        case _:
            raise TypeError(event)
    if not is_purchase(world, event):
        world.version += 1
    keep_rows(world, event.day, days)


def is_purchase(world: World, event: Event) -> bool:
    """Whether an event leaves everything but what was spent as it was."""
    if isinstance(event, Read):
        return True
    if isinstance(event, AddTransaction):
        return event.kind in ("spend", "refund") and event.day == event.date
    return False


def keep_rows(world: World, today: date, days: set[date]) -> None:
    """Rule 15: today's row follows; a past day without one gets it when a transaction needs it."""
    # The write itself may have brought a period of the past under another plan: periods that are over close first.
    close_periods(world, today)
    world.rows[today] = find_amount(world, today, today=today)
    for day in sorted(days):
        if day not in world.rows:
            world.rows[day] = find_amount(world, day, today=today)
            mark("15: a past day gets a row")


def change_settings(world: World, event: ChangeSettings) -> None:
    """Rule 13: the day of a choice counts; the same value again changes nothing."""
    settings = world.settings
    for name, value in event.changes.items():
        if name in ("leftover", "overspend") and getattr(settings, name) != value:
            setattr(settings, f"{name}_chosen_on", event.day)
        setattr(settings, name, value)


def add_transaction(world: World, place: int, event: AddTransaction) -> None:
    """Record a transaction; it converts once, at its own day's rate."""
    if event.date > event.day:
        raise Refused("the future")
    if event.occurrence and not event.item:
        raise Refused("an occurrence without an item")
    plan = read_plan(world, event.day)
    occurrence = event.occurrence
    if event.item and event.choose:
        occurrence = choose_occurrence(plan, event.item, event.date)
    elif event.item and (occurrence is None or not plan.can_be_named((*event.item, occurrence))):
        raise Refused("a date that does not count")
    if event.item and world.items[event.item].deleted:
        raise Refused("deleted")
    base = round_half_even(event.amount * world.rate(event.currency, event.date), world.minor_unit)
    world.transactions[place] = Transaction(
        place, event.date, event.amount, event.currency, event.kind, base, event.item, occurrence
    )


def choose_occurrence(plan: Plan, item_id: tuple[str, int], day: date) -> date | None:
    """Rule 10: the nearest unpaid date within half a step, by effective day; of two the earlier.

    None where the transaction is before the item's first period.
    """
    item = plan.items[item_id]
    reach = timedelta(days=HALF_A_STEP[item.schedule.frequency])
    if item.schedule.frequency == "once":
        dates = [item.schedule.anchor]
    else:
        dates = list_dates(item.schedule, day - reach - timedelta(days=30), day + reach + timedelta(days=30))
    kept = [key[2] for key in plan.lines if key[:2] == item_id]
    dates = sorted({*dates, *kept})
    candidates = []
    for each in dates:
        key = (*item_id, each)
        distance = abs(plan.effective_day(key) - day)
        if distance <= reach and is_unpaid(plan, key):
            candidates.append((distance, each))
    if candidates:
        mark("10: the date is chosen")
        return min(candidates)[1]
    if plan.calendar.find_period(day) < plan.calendar.first_period(item):
        mark("10: before the first period")
        return None
    raise Refused("occurrence_required")


def is_unpaid(plan: Plan, key: Key) -> bool:
    """Rule 10: a date that counts, that no transaction names and that is not skipped."""
    patch = plan.world.patches.get(key)
    return plan.can_be_named(key) and key not in plan.naming and not (patch and patch.amount is None)


def edit_transaction(world: World, event: EditTransaction) -> None:
    """Change a transaction; its value in the user's currency follows its day and amount."""
    transaction = world.transactions[event.transaction]
    if event.changes.get("date", event.day) > event.day:
        raise Refused("the future")
    for name, value in event.changes.items():
        setattr(transaction, name, value)
    if transaction.key and "occurrence" in event.changes:
        world.version += 1
        if not read_plan(world, event.day).can_be_named(transaction.key):
            raise Refused("a date that does not count")
    if {"date", "amount"} & set(event.changes):
        rate = world.rate(transaction.currency, transaction.date)
        transaction.base_amount = round_half_even(transaction.amount * rate, world.minor_unit)


def check_occurrence(world: World, key: Key, today: date) -> None:
    """Rule 10: a date can be spoken of beforehand while its period is not over and no transaction is there."""
    plan = read_plan(world, today)
    if not plan.stands(key):
        raise Refused("a date that does not count")
    if plan.calendar.periods[plan.own_period(key)].end <= today:
        raise Refused("its period is over")
    if key in plan.naming:
        raise Refused("a transaction is there")


def patch_occurrence(world: World, place: int, event: PatchOccurrence) -> None:
    """Say an amount, or that the date is skipped; the same said again keeps its day, and the plan's is not stored."""
    check_occurrence(world, event.key, event.day)
    old = world.patches.get(event.key)
    if event.amount == world.items[event.key[:2]].amount:
        world.patches.pop(event.key, None)
    elif old is None or old.amount != event.amount:
        world.patches[event.key] = Patch(place, event.day, event.amount)


def clear_occurrence(world: World, event: ClearOccurrence) -> None:
    """Take back what was said."""
    if event.key not in world.patches:
        raise Refused("nothing was said")
    check_occurrence(world, event.key, event.day)
    del world.patches[event.key]


def reconcile(world: World, place: int, event: Reconcile) -> None:
    """Rule 12: state what is there now."""
    plan = read_plan(world, event.day)
    nothing_named = Reconciliation(place, event.day, event.amount, event.covers, frozenset())
    for key in event.not_yet:
        if not plan.is_known(key) or not is_over(plan, key, nothing_named):
            raise Refused("it would not be over")
    i = plan.calendar.find_period(event.day)
    period = (plan.calendar.periods[i].start, plan.calendar.periods[i].end)
    stated = Reconciliation(place, event.day, event.amount, event.covers, event.not_yet, period)
    # The own pool of then: that of this moment, seen under the reconciliation itself.
    stated.own_pool_then = Fraction()
    world.reconciliations[place] = stated
    world.version += 1
    plan = read_plan(world, event.day)
    stated.own_pool_then = find_result(plan, i, event.day, event.day, None).sums.own_pool
    world.version += 1
