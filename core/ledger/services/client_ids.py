"""Ids that clients give to transactions."""

from core.models import ClientId, Transaction


def remember_client_id(*, transaction: Transaction) -> None:
    """Store the id that the client gave to a new transaction, if it gave one. Under the owner's lock."""
    if transaction.client_id is not None:
        ClientId.objects.create(
            user_id=transaction.user_id, client_id=transaction.client_id, transaction_id=transaction.pk
        )
