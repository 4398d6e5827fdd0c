"""Delete items that are marked as deleted and that nothing refers to any more."""

from django.db import transaction as db_transaction

from core.db.locks import lock_owners
from core.models import Expense, Income

_ROWS = 500


def delete_unreferenced_items() -> int:
    """Delete incomes and bills that were kept for a transaction which is gone. Return how many.

    No figure changes: a deleted item counts where a transaction names it, and nowhere else. Some hundred rows are a
    transaction of their own, under their owners' locks.
    """
    deleted = 0
    for model in (Income, Expense):
        after = 0
        unreferenced = model.including_deleted.unreferenced().order_by("pk")
        while rows := dict(unreferenced.filter(pk__gt=after).values_list("pk", "user_id")[:_ROWS]):
            with db_transaction.atomic():
                lock_owners(set(rows.values()))
                deleted += model.including_deleted.filter(pk__in=rows).delete_unreferenced()
            after = max(rows)
    return deleted
