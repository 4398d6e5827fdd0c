"""What follows from transactions, and from the deletion of days."""

from datetime import date
from typing import Any

from django.db.models.signals import post_delete, post_save, pre_delete, pre_save
from django.dispatch import receiver

from core import clock
from core.allowance.services import (
    OpenedRows,
    PendingWrite,
    Touch,
    open_day,
    prepare_transaction,
    refresh_allowance,
)
from core.audit.services import CREATED, UPDATED, record_row
from core.db.locks import owner_transaction, rows_deleted
from core.db.written import WrittenRow
from core.models import DailyAllowance, Transaction
from core.signals.origins import is_refreshed_elsewhere


@receiver(pre_save, sender=Transaction)
def complete_transaction(instance: Transaction, raw: bool, update_fields: frozenset[str] | None, **kwargs: Any) -> None:
    """Fill in the columns that follow from the others, and make the row of the day, under the owner's lock."""
    if not raw:
        with owner_transaction(instance.user_id) as owner:
            written = WrittenRow(instance, update_fields)
            instance.pending_write = prepare_transaction(
                transaction=instance, written=written, owner=owner, today=clock.today_for(owner)
            )


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
    if not is_refreshed_elsewhere(origin):
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
