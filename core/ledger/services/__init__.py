"""Write what people enter, where one row and its receivers are not all of it."""

from core.ledger.services.client_ids import remember_client_id
from core.ledger.services.recording import TransactionEntry, record_transactions

__all__ = ["TransactionEntry", "record_transactions", "remember_client_id"]
