"""Rules 2, 3, 9 and section 2, `change`: writes to items and goals."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from .closing import read_plan
from .events import AddGoal, AddItem, ChangeItem, DeleteGoal, DeleteItem, EditGoal, EditItem
from .handing_over import dates_differ, hand_over, list_hanging, pair_dates
from .marks import mark
from .schedules import (
    LONGEST_STEP,
    days_are_valid,
    default_days,
    find_first,
    is_running,
    list_counting,
    list_dates,
)
from .world import Goal, Item, Refused, Schedule, World

ONE_DAY = timedelta(days=1)


def make_schedule(frequency: str, anchor: date, days: tuple[int, int] | None) -> Schedule:
    """Rule 2: a schedule that counts from its anchor."""
    if frequency != "semi-monthly":
        if days is not None:
            raise Refused("days belong to semi-monthly alone")
        return Schedule(frequency, anchor, anchor.day)
    days = days or default_days(anchor)
    if not days_are_valid(days, anchor):
        raise Refused("days are too near, or the anchor is none of them")
    return Schedule(frequency, anchor, anchor.day, days)


def check_item(world: World, item: Item) -> None:
    """Rules 3 and 4: what a write of an item is refused for."""
    if item.adjust != "none" and item.schedule.frequency == "daily":
        raise Refused("daily takes no adjust")
    if item.start and item.schedule.anchor < item.start:
        raise Refused("the anchor lies before the start")
    if item.end and item.start and item.end < item.start:
        raise Refused("the end lies before the start")
    if not has_dates(item):
        raise Refused("no date counts")
    world.rate(item.currency, item.added_on)


def has_dates(item: Item) -> bool:
    """Rule 3: whether a date is left that counts by start, end and running."""
    if not is_running(item):
        return find_first(item) is not None
    end = item.end or item.schedule.anchor
    return bool(list_counting(item, end - LONGEST_STEP, end))


def move_anchor_back(item: Item) -> None:
    """Rule 3: an end before the anchor moves the anchor back to the last date on or before it."""
    if item.end and item.end < item.schedule.anchor:
        dates = list_dates(item.schedule, item.end - LONGEST_STEP, item.end)
        if not dates:
            raise Refused("no date counts")
        item.schedule = replace(item.schedule, anchor=dates[-1])


def add_item(world: World, place: int, event: AddItem) -> None:
    """Add an income or a bill."""
    schedule = make_schedule(event.frequency, event.anchor, event.days)
    item = Item(
        kind=event.kind,
        id=place,
        amount=event.amount,
        currency=event.currency,
        schedule=schedule,
        start=event.start,
        end=event.end,
        adjust=event.adjust,
        added_on=event.day,
        schedule_set_on=event.day,
        set_anchor=event.anchor,
        first_date=event.anchor,
        valued_on=event.day,
        tie=place,
    )
    if item.start and item.schedule.anchor < item.start:
        raise Refused("the anchor lies before the start")
    move_anchor_back(item)
    if not is_running(item):
        mark("3: a schedule that does not run")
    check_item(world, item)
    world.items[item.kind, item.id] = item


def apply_changes(item: Item, changes: dict[str, Any], day: date) -> Item:
    """Return an item with changed fields; its schedule is set anew where it becomes another (rules 2 and 3)."""
    new = replace(item)
    for name in ("amount", "currency", "adjust", "start", "end"):
        if name in changes:
            setattr(new, name, changes[name])
    old = item.schedule
    frequency = changes.get("frequency", old.frequency)
    anchor = changes.get("anchor", old.anchor)
    days = changes.get("days", old.days if frequency == old.frequency else None)
    same = frequency == old.frequency and (days is None or old.days is None or sorted(days) == sorted(old.days))
    if same and (anchor == old.anchor or list_dates(old, anchor, anchor)):
        new.schedule = replace(old, anchor=anchor)
        if anchor != old.anchor:
            mark("3: a date moved along its schedule")
        if not is_running(item) and anchor < item.first_date:
            new.first_date = anchor
            mark("reading 2: a first date moved back")
    else:
        new.schedule = make_schedule(frequency, anchor, days)
        new.set_anchor = new.first_date = anchor
        new.schedule_set_on = day
        mark("3: a schedule set anew")
        if old.month_day != anchor.day and anchor == old.anchor:
            mark("reading 1: another frequency from a clamped date")
    if (new.amount, new.currency, frequency) != (item.amount, item.currency, old.frequency):
        new.valued_on = day
    return new


def edit_item(world: World, event: EditItem) -> None:
    """Edit an item; what hangs on its dates follows (rule 3)."""
    before = read_plan(world, event.day)
    old = world.items[event.item]
    if old.deleted:
        raise Refused("deleted")
    new = apply_changes(old, event.changes, event.day)
    if new.start and new.schedule.anchor < new.start:
        raise Refused("the anchor lies before the start")
    move_anchor_back(new)
    check_item(world, new)
    hanging = list_hanging(world, before, event.item, event.day) if dates_differ(old, new) else []
    world.items[event.item] = new
    world.version += 1
    if hanging:
        hand_over(world, pair_dates(hanging, read_plan(world, event.day), new, event.day))


def change_item(world: World, place: int, event: ChangeItem) -> None:
    """Section 2, `change`: the old item ends the day before, a new one with the changes starts there."""
    before = read_plan(world, event.day)
    old = world.items[event.item]
    running = before.calendar.periods[before.calendar.find_period(event.day)]
    if old.deleted or old.schedule.frequency == "once" or event.changes.get("frequency") == "once":
        raise Refused("once, or deleted")
    if event.effective_from < running.start:
        raise Refused("before the running period")
    ended = replace(old, end=event.effective_from - ONE_DAY)
    if old.end and old.end < event.effective_from:
        raise Refused("the old one has ended by then")
    if ended.start and ended.end and ended.end < ended.start:
        raise Refused("the old one is left without a date")
    move_anchor_back(ended)
    check_item(world, ended)
    if not any(
        before.calendar.counts(ended, day) for day in list_counting(ended, ended.added_on - LONGEST_STEP, ended.end)
    ):
        raise Refused("the old one is left without a date")
    new = apply_changes(replace(old, start=event.effective_from), event.changes, event.day)
    dates = list_dates(new.schedule, event.effective_from, event.effective_from + LONGEST_STEP)
    new.schedule = replace(new.schedule, anchor=dates[0])
    new.id, new.set_anchor, new.first_date, new.schedule_set_on = place, dates[0], dates[0], event.day
    check_item(world, new)
    hanging = [key for key in list_hanging(world, before, event.item, event.day) if key[2] >= event.effective_from]
    world.items[event.item] = ended
    world.items[new.kind, place] = new
    world.version += 1
    if hanging:
        hand_over(world, pair_dates(hanging, read_plan(world, event.day), new, event.day))
    mark("2: change")


def delete_item(world: World, event: DeleteItem) -> None:
    """Delete an item; dates that a transaction names still count (rule 3)."""
    item = world.items[event.item]
    if item.deleted:
        raise Refused("deleted")
    if any(transaction.item == event.item and transaction.occurrence for transaction in world.transactions.values()):
        mark("3: a deleted item with named dates")
    world.items[event.item] = replace(item, deleted=True)


def check_goals(world: World) -> None:
    """Section 2: all percentages together may not pass 100."""
    if world.savings_percent() > 100:
        raise Refused("percentages pass 100")


def add_goal(world: World, place: int, event: AddGoal) -> None:
    """Add a goal."""
    if (event.percentage is None) == (event.target_amount is None):
        raise Refused("both or neither")
    if event.target_date and event.target_date <= event.day:
        raise Refused("the target's date is not after today")
    world.goals[place] = Goal(place, event.percentage, event.target_amount, event.target_date, event.day)
    check_goals(world)


def edit_goal(world: World, event: EditGoal) -> None:
    """Edit a goal; a target's date hands over like that of a bill `once`."""
    before = read_plan(world, event.day)
    old = world.goals[event.goal]
    if old.deleted:
        raise Refused("deleted")
    if event.changes.get("target_date", date.max) <= event.day:
        raise Refused("the target's date is not after today")
    new = replace(old, **event.changes)
    key = ("savings-goal", old.id)
    moved = new.target_date != old.target_date
    hanging = list_hanging(world, before, key, event.day) if moved else []
    world.goals[old.id] = new
    check_goals(world)
    world.version += 1
    if hanging:
        after = read_plan(world, event.day)
        hand_over(world, pair_dates(hanging, after, after.items[key], event.day))


def delete_goal(world: World, event: DeleteGoal) -> None:
    """Delete a goal."""
    if world.goals[event.goal].deleted:
        raise Refused("deleted")
    world.goals[event.goal] = replace(world.goals[event.goal], deleted=True)
