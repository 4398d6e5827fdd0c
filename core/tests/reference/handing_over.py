"""Rule 3, last part: what hangs on a date is handed over when an item's dates change."""

from dataclasses import replace
from datetime import date, timedelta

from .marks import mark
from .schedules import HALF_A_STEP, list_dates
from .shares import Plan
from .world import Item, Key, Line, World


def dates_differ(old: Item, new: Item) -> bool:
    """Whether a write changes an item's dates: frequency, days, a date of another schedule, start or end."""
    return (
        old.schedule.frequency != new.schedule.frequency
        or old.schedule.days != new.schedule.days
        or old.set_anchor != new.set_anchor
        or old.schedule_set_on != new.schedule_set_on
        or old.first_date != new.first_date
        or old.start != new.start
        or old.end != new.end
    )


def list_hanging(world: World, before: Plan, item: tuple[str, int], today: date) -> list[Key]:
    """The old dates of the running and later periods, and of incomes still being spent, on which anything hangs."""
    running = before.calendar.find_period(today)
    keys: set[Key] = set()
    keys |= set(world.patches) | set(before.lines) | set(before.naming)
    for reconciliation in world.reconciliations.values():
        keys |= reconciliation.not_yet
    hanging = []
    for key in sorted(keys):
        if key[:2] != item or not before.stands(key):
            continue
        last = before.own_period(key)
        if key[0] == "income":
            last = max(last, *before.sharing_periods(key))
        if last >= running:
            hanging.append(key)
    return hanging


def pair_dates(hanging: list[Key], after: Plan, item: Item, today: date) -> dict[Key, Key | None]:
    """Each old date, in order, and the nearest new date that counts and has not been given one; of two the earlier."""
    pairs: dict[Key, Key | None] = {}
    reach = timedelta(days=HALF_A_STEP[item.schedule.frequency])
    for key in hanging:
        old = key[2]
        if item.schedule.frequency == "once":
            dates = [item.schedule.anchor]
        else:
            dates = list_dates(item.schedule, old - reach, old + reach)
        given = set(pairs.values())
        free = [(item.kind, item.id, day) for day in dates]
        counting = [new for new in free if new not in given and counts_now(after, new)]
        free = [new for new in counting if after.sharing_periods(new)[-1] >= after.calendar.find_period(today)]
        new = min(free, key=lambda new: (abs(new[2] - old), new[2]), default=None)
        if new != min(counting, key=lambda new: (abs(new[2] - old), new[2]), default=None):
            mark("reading 6: a nearer new date lies in a closed period")
        pairs[key] = new
    return pairs


def counts_now(plan: Plan, key: Key) -> bool:
    """Rule 3: whether a date of the new schedule counts."""
    item = plan.items[key[:2]]
    return not item.deleted and plan.calendar.counts(item, key[2])


def is_settled(world: World, key: Key) -> bool:
    """Whether a date was paid or skipped in a closed period, and counted there: an income counts in its own period."""
    if key[0] == "income" and not any(key in closed.lines and closed.lines[key].own for closed in world.closed):
        return False
    end = world.closed[-1].end if world.closed else date.min
    naming = [transaction.date for transaction in world.transactions.values() if transaction.key == key]
    patch = world.patches.get(key)
    is_skipped = patch is not None and patch.amount is None and patch.said_on < end
    return is_skipped or bool(naming and min(naming) < end)


def hand_over(world: World, pairs: dict[Key, Key | None]) -> None:
    """Move patches, `not_yet`, transactions and what was put aside to the new dates.

    Without a new date a transaction counts whole, a patch is dropped, and what was put aside stays where it is; but
    what a closed period has settled stays settled.
    """
    moved = {old: new for old, new in pairs.items() if new is not None and new != old}
    if not any(new != old for old, new in pairs.items()):
        return
    mark("3: dates hand over")
    dropped = {old for old, new in pairs.items() if new is None and not is_settled(world, old)}
    world.patches = {moved.get(key, key): patch for key, patch in world.patches.items() if key not in dropped}
    for transaction in world.transactions.values():
        key = transaction.key
        if key in dropped:
            transaction.occurrence = None
            mark("3: a transaction loses its date")
        elif key in moved:
            new = moved[key]
            transaction.item, transaction.occurrence = new[:2], new[2]
    for reconciliation in world.reconciliations.values():
        reconciliation.not_yet = frozenset(moved.get(key, key) for key in reconciliation.not_yet)
    for closed in world.closed:
        lines: dict[Key, Line] = {}
        for key, line in closed.lines.items():
            if key in moved:
                # Where the new date belongs, and whether it has taken effect, follows from the new schedule.
                key, line = moved[key], replace(line, own=False)
                mark("3: what was put aside is handed over")
            lines[key] = add_lines(lines[key], line) if key in lines else line
        closed.lines = lines


def add_lines(one: Line, other: Line) -> Line:
    """Two dates became one: a period keeps the sum of what they brought."""
    return Line(
        brought=one.brought + other.brought,
        later=one.later + other.later,
        parts=max(one.parts, other.parts),
        own=one.own or other.own,
        effective=one.effective if one.own else other.effective,
    )
