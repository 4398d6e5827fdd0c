"""What follows from incomes, bills, goals, what was said of their dates, and reconciliations."""

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

from django.db.models import Model
from django.db.models.signals import post_delete, post_save, pre_delete, pre_save
from django.dispatch import receiver

from core import clock
from core.allowance.services import (
    PendingItemWrite,
    hand_over_item,
    mark_paydays_changed,
    prepare_goal,
    prepare_plan_item,
    refresh_allowance,
)
from core.audit.services import DELETED, record_rows
from core.db.locks import OwnedModel, owner_transaction, rows_deleted
from core.db.written import WrittenRow
from core.models import Expense, Income, OccurrencePatch, Reconciliation, SavingsGoal
from core.models.plan_item import PlanItem
from core.signals.origins import comes_from_the_account, is_refreshed_elsewhere


@receiver(pre_save, sender=Income)
@receiver(pre_save, sender=Expense)
def complete_plan_item(instance: PlanItem, raw: bool, update_fields: frozenset[str] | None, **kwargs: Any) -> None:
    """Fill in the columns that follow from the others, under the owner's lock."""
    if not raw:
        with owner_transaction(instance.user_id) as owner:
            written = WrittenRow(instance, update_fields)
            instance.pending_write = prepare_plan_item(
                item=instance, written=written, owner=owner, today=clock.today_for(owner)
            )


@receiver(pre_save, sender=SavingsGoal)
def complete_goal(instance: SavingsGoal, raw: bool, update_fields: frozenset[str] | None, **kwargs: Any) -> None:
    """Fill in the columns that follow from the others, under the owner's lock."""
    if not raw:
        with owner_transaction(instance.user_id) as owner:
            written = WrittenRow(instance, update_fields)
            instance.figure_before = prepare_goal(
                goal=instance, written=written, owner=owner, today=clock.today_for(owner)
            )


@receiver(post_save, sender=Income)
@receiver(post_save, sender=Expense)
def refresh_after_item_saved(instance: PlanItem, raw: bool, **kwargs: Any) -> None:
    """Hand over what hangs on dates that changed, and refresh today."""
    if raw:
        return
    pending: PendingItemWrite = instance.pending_write
    del instance.pending_write
    with owner_transaction(instance.user_id) as owner:
        today = clock.today_for(owner)
        if pending.moves_paydays:
            mark_paydays_changed(owner=owner, today=today)
        days: frozenset[date] = frozenset()
        if pending.figure_before is not None:
            days = hand_over_item(owner=owner, item=instance, before=pending.figure_before, today=today)
        refresh_allowance(user_id=owner.pk, today=today, plan_changed=True, days=days)


@receiver(post_save, sender=SavingsGoal)
def refresh_after_goal_saved(instance: SavingsGoal, raw: bool, **kwargs: Any) -> None:
    """Hand over what was put aside for a target whose date changed, and refresh today."""
    if raw:
        return
    before, instance.figure_before = instance.figure_before, None
    with owner_transaction(instance.user_id) as owner:
        if before is not None:
            hand_over_item(owner=owner, item=instance, before=before, today=clock.today_for(owner))
        _refresh_plan(owner.pk)


@receiver(post_save, sender=Reconciliation)
@receiver(post_save, sender=OccurrencePatch)
def refresh_after_plan_saved(instance: OwnedModel, raw: bool, **kwargs: Any) -> None:
    """Refresh today after a change of the plan."""
    if not raw:
        _refresh_plan(instance.user_id, days=_list_stated_days([instance]))


@receiver(pre_delete, sender=Income)
@receiver(pre_delete, sender=Expense)
def forget_dates_before_deletion(instance: PlanItem, origin: Any, **kwargs: Any) -> None:
    """Delete what was said of an item's dates before the item, and record it while the item is there.

    Their columns may be null, so Django itself deletes them in any order.
    """
    if not comes_from_the_account(origin):
        said = OccurrencePatch.objects.filter(**{str(instance._meta.model_name): instance})
        # The audit names the currency of each item.
        said = said.select_related("income", "expense")
        record_rows(action=DELETED, rows=said)
        said.delete_locked()


@receiver(post_delete, sender=Income)
@receiver(post_delete, sender=Expense)
@receiver(post_delete, sender=SavingsGoal)
@receiver(post_delete, sender=OccurrencePatch)
@receiver(post_delete, sender=Reconciliation)
def refresh_after_plan_deleted(instance: OwnedModel, origin: Any, **kwargs: Any) -> None:
    """Refresh today after an item of the plan was deleted. What was said of its dates goes with it, in one refresh."""
    if not is_refreshed_elsewhere(origin) and origin is instance:
        moves_paydays = isinstance(instance, Income)
        _refresh_plan(instance.user_id, moves_paydays=moves_paydays, days=_list_stated_days([instance]))


@receiver(rows_deleted, sender=Income)
@receiver(rows_deleted, sender=Expense)
@receiver(rows_deleted, sender=SavingsGoal)
@receiver(rows_deleted, sender=OccurrencePatch)
@receiver(rows_deleted, sender=Reconciliation)
def refresh_after_plans_deleted(
    sender: type[Model], rows: list[OwnedModel], owner_ids: list[int], **kwargs: Any
) -> None:
    """Refresh today, once for each owner, after many items were deleted."""
    for owner_id in owner_ids:
        days = _list_stated_days(row for row in rows if row.user_id == owner_id)
        _refresh_plan(owner_id, moves_paydays=sender is Income, days=days)


def _list_stated_days(rows: Iterable[OwnedModel]) -> set[date]:
    """Return the days of reconciliations, and those on which something was said of a date, before a write and after.

    The pay periods that contain them may have closed, and follow.
    """
    days = set()
    for row in rows:
        if isinstance(row, Reconciliation):
            days.add(row.date)
        elif isinstance(row, OccurrencePatch):
            days |= {row.said_on, row.loaded_values.get("said_on", row.said_on)}
    return days


def _refresh_plan(user_id: int, *, moves_paydays: bool = False, days: Collection[date] = ()) -> None:
    with owner_transaction(user_id) as owner:
        today = clock.today_for(owner)
        if moves_paydays:
            mark_paydays_changed(owner=owner, today=today)
        refresh_allowance(user_id=owner.pk, today=today, days=days, plan_changed=True)
