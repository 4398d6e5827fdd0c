"""Rename categories."""

from datetime import datetime

from core.audit.services import UPDATED, record_event
from core.db.locks import owner_transaction, raise_revision
from core.kernel.errors import DomainError
from core.models import Transaction

OBJECT_TYPE = "category"


def rename_category(*, user_id: int, old: str, new: str, now: datetime) -> int:
    """Give all transactions of one category another; where that exists, the two become one. Return how many changed.

    `now` becomes their `updated_at`. One audit event is written. Raises DomainError on the field `from` where no
    transaction has the old category.
    """
    with owner_transaction(user_id):
        rows = Transaction.objects.filter(user_id=user_id, category=old)
        if old == new:
            count: int = rows.count()
        else:
            count = rows.update(category=new, updated_at=now)
        if not count:
            raise DomainError("No transaction has this category.", code="does_not_exist", field="from")
        if old != new:
            changes = {"category": [old, new]}
            record_event(user_id=user_id, action=UPDATED, object_type=OBJECT_TYPE, changes=changes)
            raise_revision(user_id)
    return count
