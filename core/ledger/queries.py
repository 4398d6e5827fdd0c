"""Read what people entered."""

from typing import Any
from uuid import UUID

from django.db.models import Count, Max, QuerySet

from core.models import ClientId, Transaction


def find_client_id(*, user_id: int, client_id: UUID) -> ClientId | None:
    """Return what a person's client called a transaction, with that transaction and its day; None for a new id."""
    rows = ClientId.objects.select_related("transaction__allowance")
    return rows.filter(user_id=user_id, client_id=client_id).first()


def list_categories(*, transactions: QuerySet[Transaction]) -> QuerySet[Any, Any]:
    """Return each category of these transactions with its number of them and the day of the last, that one first.

    Names are as they were stored. Transactions without a category are left out.
    """
    used = transactions.exclude(category="").order_by().values("category")
    counted = used.annotate(count=Count("pk"), last_used=Max("date"), last_id=Max("pk"))
    return counted.order_by("-last_used", "-last_id")
