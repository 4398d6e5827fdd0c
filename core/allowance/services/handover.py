"""Hand over what hangs on the dates of an item when its dates change (rule 3)."""

from datetime import date
from typing import Any

from core.allowance import queries
from core.allowance.domain.closed_lines import dump_line
from core.allowance.domain.handover import Handover, calculate_handover, hand_over_lines
from core.allowance.domain.values import DateKey, ItemType, Snapshot
from core.allowance.queries import get_item_type, make_scope
from core.audit.services import CREATED, DELETED, UPDATED, record_rows
from core.models import (
    OccurrencePatch,
    PayPeriod,
    Reconciliation,
    SavingsGoal,
    Transaction,
    User,
)
from core.models.plan_item import PlanItem

# Only what is put aside hangs on the date of a target.
_FOREIGN_KEYS = {ItemType.INCOME: "income_id", ItemType.EXPENSE: "expense_id"}


def load_stored_figure(*, owner: User, today: date) -> Snapshot:
    """Return everything that the figure of a person's today depends on. Under the owner's lock."""
    scope = make_scope(owner=owner, today=today, opened_days=frozenset({today}), plan_changed=True)
    figure = queries.load_snapshot(scope=scope).figure
    if figure is None:
        raise ValueError("An opened day is calculated from the plan.")
    return figure


def hand_over_dates(
    *,
    owner: User,
    before: Snapshot,
    after: Snapshot,
    item_type: ItemType,
    item_id: int,
    new_id: int | None = None,
    from_date: date = date.min,
) -> frozenset[date]:
    """Store what the old dates of an item hand over to its new ones. Under the owner's lock.

    `new_id` is the item that takes over, if it is another one, and then only the dates from `from_date` on hand over.
    The caller refreshes, with the days returned: those of transactions that name no date any more.
    """
    dates = calculate_handover(
        before=before, after=after, type=item_type, old_id=item_id, new_id=new_id, from_date=from_date
    )
    handover = {old: new for old, new in dates.items() if old != new}
    if not handover:
        return frozenset()
    _hand_over_periods(owner, before, handover)
    if item_type not in _FOREIGN_KEYS:
        return frozenset()
    _hand_over_patches(handover, item_type)
    _hand_over_reconciliations(before, handover)
    return _hand_over_payments(handover, item_type)


def _hand_over_payments(handover: Handover, item_type: ItemType) -> frozenset[date]:
    column = _FOREIGN_KEYS[item_type]
    rows = Transaction.objects.filter(**{f"{column}__in": {key.item_id for key in handover}})
    changed = []
    for row in rows.filter(occurrence__in={key.on_date for key in handover}):
        key = DateKey(item_type, getattr(row, column), row.occurrence or date.min)
        if key in handover:
            new = handover[key]
            row.occurrence = None if new is None else new.on_date
            if new is not None:
                setattr(row, column, new.item_id)
            changed.append(row)
    Transaction.objects.bulk_update(changed, ["occurrence", column])
    record_rows(action=UPDATED, rows=changed)
    return frozenset(row.date for row in changed if row.occurrence is None)


def _hand_over_patches(handover: Handover, item_type: ItemType) -> None:
    column = _FOREIGN_KEYS[item_type]
    rows = OccurrencePatch.objects.filter(**{f"{column}__in": {key.item_id for key in handover}})
    # The audit names the currency of each item.
    rows = rows.select_related("income", "expense")
    moved, dropped = [], []
    for row in rows.filter(date__in={key.on_date for key in handover}):
        key = DateKey(item_type, getattr(row, column), row.date)
        if key in handover:
            new = handover[key]
            dropped.append(row)
            if new is not None:
                moved.append(_copy_patch(row, {column: new.item_id, "date": new.on_date}))
    # Deleted and made anew: two dates may change places, and each date has one row at most.
    OccurrencePatch.objects.filter(pk__in=[row.pk for row in dropped]).delete_locked()
    OccurrencePatch.objects.bulk_create(moved)
    record_rows(action=DELETED, rows=dropped)
    record_rows(action=CREATED, rows=moved)


def _copy_patch(row: OccurrencePatch, changes: dict[str, Any]) -> OccurrencePatch:
    columns = {
        field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields if not field.primary_key
    }
    return OccurrencePatch(**{**columns, **changes})


def _hand_over_reconciliations(before: Snapshot, handover: Handover) -> None:
    changed = []
    for row in Reconciliation.objects.filter(pk__in=[one.id for one in before.reconciliations if one.not_yet]):
        named = [DateKey(ItemType(one["type"]), one["id"], date.fromisoformat(one["date"])) for one in row.not_yet]
        kept = [new for key in named if (new := handover.get(key, key)) is not None]
        row.not_yet = [{"type": key.type.value, "id": key.item_id, "date": key.on_date.isoformat()} for key in kept]
        changed.append(row)
    Reconciliation.objects.bulk_update(changed, ["not_yet"])


def _hand_over_periods(owner: User, before: Snapshot, handover: Handover) -> None:
    handed = [(closed, hand_over_lines(closed=closed, handover=handover)) for closed in before.closed]
    periods = {new.period.start: new for old, new in handed if new != old}
    changed = []
    for row in PayPeriod.objects.filter(user_id=owner.pk, start__in=periods):
        row.lines = [dump_line(line=line) for line in periods[row.start].lines]
        changed.append(row)
    PayPeriod.objects.bulk_update(changed, ["lines"])


def hand_over_item(*, owner: User, item: PlanItem | SavingsGoal, before: Snapshot, today: date) -> frozenset[date]:
    """Store what the old dates of an item hand over to its new ones, as `hand_over_dates` does."""
    item_type = get_item_type(item=item)
    after = load_stored_figure(owner=owner, today=today)
    return hand_over_dates(owner=owner, before=before, after=after, item_type=item_type, item_id=item.pk)


def mark_paydays_changed(*, owner: User, today: date) -> None:
    """Note the local day on which paydays may have been laid elsewhere. Under the owner's lock."""
    if owner.paydays_changed_on != today:
        owner.paydays_changed_on = today
        User.objects.filter(pk=owner.pk).update(paydays_changed_on=today)
