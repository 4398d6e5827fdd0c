"""The audit events of a person's rows."""

from typing import Any

from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from core.audit.services import CREATED, DELETED, UPDATED, record_row, record_rows
from core.db.locks import OwnedModel, OwnedQuerySet, rows_deleted
from core.models import Expense, Income, OccurrencePatch, Reconciliation, SavingsGoal, Transaction
from core.signals.origins import comes_from_the_account


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
    if not comes_from_the_account(origin) and not (
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
