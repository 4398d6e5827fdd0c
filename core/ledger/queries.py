"""Read what people entered."""

from uuid import UUID

from core.models import ClientId


def find_client_id(*, user_id: int, client_id: UUID) -> ClientId | None:
    """Return what a person's client called a transaction, with that transaction and its day; None for a new id."""
    rows = ClientId.objects.select_related("transaction__allowance")
    return rows.filter(user_id=user_id, client_id=client_id).first()
