"""What follows from a person's rows: derived columns, the figure, the audit; and from exchange rates."""

from collections.abc import Collection, Iterable
from contextvars import ContextVar
from datetime import date
from typing import Any

from django.db import transaction as db_transaction
from django.db.models import Model, QuerySet
from django.db.models.signals import post_delete, post_save, pre_delete, pre_save
from django.dispatch import receiver

from core import clock
from core.allowance.services import (
    OpenedRows,
    PendingItemWrite,
    PendingWrite,
    Touch,
    close_before_write,
    hand_over_item,
    mark_paydays_changed,
    open_day,
    prepare_goal,
    prepare_plan_item,
    prepare_transaction,
    refresh_allowance,
    refresh_foreign_plans,
)
from core.audit.services import CREATED, DELETED, UPDATED, record_row, record_rows
from core.currencies.domain import FEED_BASE
from core.db.locks import OwnedModel, OwnedQuerySet, owner_transaction, rows_deleted, rows_deleting
from core.db.written import WrittenRow
from core.models import (
    DailyAllowance,
    ExchangeRate,
    Expense,
    Income,
    OccurrencePatch,
    Reconciliation,
    SavingsGoal,
    Transaction,
    User,
)
from core.models.plan_item import PlanItem


def _comes_from_the_account(origin: Model | QuerySet[Any] | None) -> bool:
    """Return whether rows are deleted because their account is."""
    return isinstance(origin, User) or (isinstance(origin, QuerySet) and origin.model is User)


def _is_refreshed_elsewhere(origin: Model | QuerySet[Any] | None) -> bool:
    """Return whether the deletion of a row needs no refresh of its own.

    After the deletion of an account a refresh would make rows again; for many rows `rows_deleted` is sent once.
    """
    return isinstance(origin, OwnedQuerySet) or _comes_from_the_account(origin)


@receiver(pre_save, sender=Income)
@receiver(pre_save, sender=Expense)
@receiver(pre_save, sender=SavingsGoal)
@receiver(pre_save, sender=OccurrencePatch)
@receiver(pre_save, sender=Reconciliation)
def close_before_plan_saved(instance: OwnedModel, raw: bool, **kwargs: Any) -> None:
    """Close pay periods that are over by the plan as it stands before the write."""
    if not raw:
        _close(instance.user_id)


@receiver(pre_delete, sender=Income)
@receiver(pre_delete, sender=Expense)
@receiver(pre_delete, sender=SavingsGoal)
@receiver(pre_delete, sender=OccurrencePatch)
@receiver(pre_delete, sender=Reconciliation)
@receiver(pre_delete, sender=Transaction)
def close_before_row_deleted(instance: OwnedModel, origin: Any, **kwargs: Any) -> None:
    """Close pay periods that are over by the rows as they stand before the deletion; purchases change no plan."""
    is_purchase = isinstance(instance, Transaction) and not instance.is_planned
    if not is_purchase and not _is_refreshed_elsewhere(origin):
        _close(instance.user_id)


@receiver(rows_deleting, sender=Income)
@receiver(rows_deleting, sender=Expense)
@receiver(rows_deleting, sender=SavingsGoal)
@receiver(rows_deleting, sender=OccurrencePatch)
@receiver(rows_deleting, sender=Reconciliation)
@receiver(rows_deleting, sender=Transaction)
def close_before_rows_deleted(owner_ids: list[int], **kwargs: Any) -> None:
    """Close pay periods that are over, of each owner, before many rows are deleted."""
    for owner_id in owner_ids:
        _close(owner_id)


def _close(user_id: int) -> None:
    with owner_transaction(user_id) as owner:
        close_before_write(owner=owner, today=clock.today_for(owner))


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


@receiver(pre_save, sender=Transaction)
def complete_transaction(instance: Transaction, raw: bool, update_fields: frozenset[str] | None, **kwargs: Any) -> None:
    """Fill in the columns that follow from the others, and make the row of the day, under the owner's lock."""
    if not raw:
        with owner_transaction(instance.user_id) as owner:
            written = WrittenRow(instance, update_fields)
            instance.pending_write = prepare_transaction(
                transaction=instance, written=written, owner=owner, today=clock.today_for(owner)
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
    if not _comes_from_the_account(origin):
        said = OccurrencePatch.objects.filter(**{str(instance._meta.model_name): instance})
        record_rows(action=DELETED, rows=said)
        said.delete_locked()


@receiver(post_delete, sender=Income)
@receiver(post_delete, sender=Expense)
@receiver(post_delete, sender=SavingsGoal)
@receiver(post_delete, sender=OccurrencePatch)
@receiver(post_delete, sender=Reconciliation)
def refresh_after_plan_deleted(instance: OwnedModel, origin: Any, **kwargs: Any) -> None:
    """Refresh today after an item of the plan was deleted. What was said of its dates goes with it, in one refresh."""
    if not _is_refreshed_elsewhere(origin) and origin is instance:
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


@receiver(post_save, sender=Transaction)
def refresh_after_transaction_saved(
    instance: Transaction, created: bool, raw: bool, update_fields: frozenset[str] | None, **kwargs: Any
) -> None:
    """Record the write, and refresh the day of the transaction, the one it was moved from, and today."""
    if raw:
        return
    pending = _take_pending_write(instance)
    record_row(action=CREATED if created else UPDATED, row=instance, written=update_fields)
    refreshed = _refresh_days(instance.user_id, pending.days, pending.opened, moves_pool=pending.moves_pool)
    if instance.date in refreshed:
        instance.allowance = refreshed[instance.date]


@receiver(pre_delete, sender=Transaction)
def find_day_before_deletion(instance: Transaction, origin: Any, **kwargs: Any) -> None:
    """Find the day that the row is on now, because the instance may have been read before it was moved.

    Many rows, and those of a day that is deleted, are read under the lock already.
    """
    days = {instance.date}
    if origin is instance:
        days = set(Transaction.objects.filter(pk=instance.pk).values_list("date", flat=True))
    instance.pending_write = PendingWrite(
        touches=frozenset(Touch(day=day) for day in days), moves_pool=instance.is_planned
    )


@receiver(post_delete, sender=Transaction)
def refresh_after_transaction_deleted(instance: Transaction, origin: Any, **kwargs: Any) -> None:
    """Refresh the day of a transaction that is gone."""
    pending = _take_pending_write(instance)
    if not _is_refreshed_elsewhere(origin):
        _refresh_days(instance.user_id, pending.days, moves_pool=pending.moves_pool)


@receiver(rows_deleted, sender=Transaction)
def refresh_after_transactions_deleted(rows: list[Transaction], owner_ids: list[int], **kwargs: Any) -> None:
    """Refresh each owner's days once after many transactions were deleted."""
    for owner_id in owner_ids:
        own_rows = [row for row in rows if row.user_id == owner_id]
        moves_pool = any(row.is_planned for row in own_rows)
        _refresh_days(owner_id, frozenset(row.date for row in own_rows), moves_pool=moves_pool)


@receiver(rows_deleted, sender=DailyAllowance)
def refresh_after_days_deleted(rows: list[DailyAllowance], owner_ids: list[int], **kwargs: Any) -> None:
    """Refresh the days that each owner still has after days with their transactions, bills among them, were deleted."""
    for owner_id in owner_ids:
        days = {row.date for row in rows if row.user_id == owner_id}
        with owner_transaction(owner_id) as owner:
            refresh_allowance(user_id=owner.pk, today=clock.today_for(owner), days=days, plan_changed=True)


def _take_pending_write(instance: Transaction) -> PendingWrite:
    pending: PendingWrite = instance.pending_write
    del instance.pending_write
    return pending


def _refresh_days(
    user_id: int, days: frozenset[date], opened: OpenedRows | None = None, *, moves_pool: bool = False
) -> dict[date, DailyAllowance]:
    with owner_transaction(user_id) as owner:
        today = clock.today_for(owner)
        if opened is None:
            # Pay periods that are over close before anything later is written, and any write makes today's row.
            open_day(owner=owner, today=today)
        return refresh_allowance(user_id=owner.pk, today=today, days=days, plan_changed=moves_pool, opened=opened)


@receiver(post_save, sender=Income)
@receiver(post_save, sender=Expense)
@receiver(post_save, sender=SavingsGoal)
@receiver(post_save, sender=OccurrencePatch)
@receiver(post_save, sender=Reconciliation)
def record_saved(instance: OwnedModel, created: bool, raw: bool, update_fields: Any, **kwargs: Any) -> None:
    """Write the audit event of a row that was made or changed."""
    if not raw:
        record_row(action=CREATED if created else UPDATED, row=instance, written=update_fields)


@receiver(post_delete, sender=Income)
@receiver(post_delete, sender=Expense)
@receiver(post_delete, sender=SavingsGoal)
@receiver(post_delete, sender=Transaction)
@receiver(post_delete, sender=OccurrencePatch)
@receiver(post_delete, sender=Reconciliation)
def record_deleted(instance: OwnedModel, origin: Any, **kwargs: Any) -> None:
    """Write the audit event of a row that was deleted, unless its account is deleted too.

    What was said of the dates of an item is recorded before the item is deleted.
    """
    if isinstance(instance, OccurrencePatch) and origin is not instance:
        return
    if not _comes_from_the_account(origin) and not (
        isinstance(origin, OwnedQuerySet) and origin.model is type(instance)
    ):
        record_row(action=DELETED, row=instance)


@receiver(rows_deleted, sender=Income)
@receiver(rows_deleted, sender=Expense)
@receiver(rows_deleted, sender=SavingsGoal)
@receiver(rows_deleted, sender=Transaction)
@receiver(rows_deleted, sender=OccurrencePatch)
@receiver(rows_deleted, sender=Reconciliation)
def record_many_deleted(rows: list[Any], **kwargs: Any) -> None:
    """Write an audit event for each of many rows that were deleted at once."""
    record_rows(action=DELETED, rows=rows)


_changed_currencies: ContextVar[frozenset[str]] = ContextVar("changed_currencies", default=frozenset())


@receiver(post_save, sender=ExchangeRate)
@receiver(post_delete, sender=ExchangeRate)
def refresh_after_rate_changed(instance: ExchangeRate, raw: bool = False, **kwargs: Any) -> None:
    """Refresh today for those who convert by a rate that staff entered, changed or deleted.

    After the commit, and once for any number of rates: each chunk of people has a transaction of its own.
    """
    if not raw:
        _changed_currencies.set(_changed_currencies.get() | {instance.base, instance.quote} - {FEED_BASE})
        db_transaction.on_commit(_refresh_after_rates_changed)


def _refresh_after_rates_changed() -> None:
    currencies = _changed_currencies.get()
    _changed_currencies.set(frozenset())
    if currencies:
        refresh_foreign_plans(today_for=clock.today_for, currencies=currencies)
