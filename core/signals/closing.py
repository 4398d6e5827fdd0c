"""Pay periods that are over close before anything of a person's plan is written."""

from typing import Any

from django.db.models.signals import pre_delete, pre_save
from django.dispatch import receiver

from core import clock
from core.allowance.services import close_before_write
from core.db.locks import OwnedModel, owner_transaction, rows_deleting
from core.models import Expense, Income, OccurrencePatch, Reconciliation, SavingsGoal, Transaction
from core.signals.origins import is_refreshed_elsewhere


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
    if not is_purchase and not is_refreshed_elsewhere(origin):
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
