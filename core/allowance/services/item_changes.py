"""Change an income or a bill from a date on: one ends, another one goes on (`change/`)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from core.allowance.domain.changing import check_effective_from, end_before, go_on_from
from core.allowance.domain.values import PlanItem
from core.allowance.queries.plan_rows import read_item
from core.allowance.queries.reconciliations import load_figure
from core.allowance.services.handover import hand_over_dates
from core.allowance.services.preparation import check_said_amounts
from core.allowance.services.projection import open_day, refresh_allowance, refreshing_once
from core.kernel.recurrence import Frequency
from core.models.plan_item import PlanItem as PlanItemRow


def change_item(*, item: PlanItemRow, effective_from: date, changes: Mapping[str, Any], today: date) -> PlanItemRow:
    """Give an item other values from a day on, and return the new item that has them.

    The old one ends the day before. The new one starts on the day, with the old one's day of adding and its place among
    main incomes that tie; what was said, paid and put aside for dates from then on goes with it. `changes` are
    attributes of the row that were checked as those of any change. All or nothing, under the owner's lock; `item` was
    read under it. Raises DomainError, UnknownRate and FigureOutOfRange.
    """
    with refreshing_once(user_id=item.user_id) as owner:
        # Pay periods that are over close by the plan as it is before the change.
        open_day(owner=owner, today=today)
        old = read_item(row=item)
        before = load_figure(owner=owner, today=today, first_day=old.added_on)
        check_effective_from(snapshot=before, item=old, effective_from=effective_from)
        new_row = _copy_row(item, old, effective_from=effective_from, changes=changes, today=today)
        new_row.save()
        ended = end_before(item=old, effective_from=effective_from, today=today)
        loaded = load_figure(owner=owner, today=today, first_day=today)
        after = replace(
            loaded, items=tuple(ended if one.id == old.id and one.type is old.type else one for one in loaded.items)
        )
        days = hand_over_dates(
            owner=owner,
            before=before,
            after=after,
            item_type=old.type,
            item_id=old.id,
            new_id=new_row.pk,
            from_date=effective_from,
        )
        refresh_allowance(user_id=owner.pk, today=today, days=days, plan_changed=True)
        check_said_amounts(item=new_row, currency=new_row.currency)
        item.end_date = ended.end_date
        item.save()
    return new_row


def _copy_row(
    row: PlanItemRow, old: PlanItem, *, effective_from: date, changes: Mapping[str, Any], today: date
) -> PlanItemRow:
    """Return the row of the item that goes on, not stored yet."""
    kept = ("user_id", "name", "amount", "currency", "frequency", "end_date", "adjust", "added_on", "valued_on")
    new = type(row)(**{name: getattr(row, name) for name in kept})
    for name, value in changes.items():
        if name != "days":
            setattr(new, name, value)
    schedule = go_on_from(
        item=old,
        effective_from=effective_from,
        today=today,
        frequency=Frequency(new.frequency),
        anchor=changes.get(row.anchor_field, row.anchor),
        days=changes.get("days"),
    )
    setattr(new, row.anchor_field, schedule.anchor)
    new.start_date = effective_from
    new.scheduled_on = today
    new.place = old.place
    if any(getattr(new, name) != getattr(row, name) for name in ("amount", "currency", "frequency")):
        new.valued_on = today
    # The days of the month that the schedule has, where its anchor was clamped.
    new.schedule_before = replace(
        old, frequency=schedule.frequency, anchor=schedule.anchor, month_days=schedule.month_days, first_date=None
    )
    return new
