"""Write what people enter, where one row and its receivers are not all of it."""

from core.ledger.services.categories import rename_category
from core.ledger.services.cleanup import delete_unreferenced_items
from core.ledger.services.client_ids import remember_client_id
from core.ledger.services.occurrences import set_occurrence_amount, set_occurrence_skipped, take_back_occurrence
from core.ledger.services.recording import TransactionEntry, record_transactions

__all__ = [
    "TransactionEntry",
    "delete_unreferenced_items",
    "record_transactions",
    "remember_client_id",
    "rename_category",
    "set_occurrence_amount",
    "set_occurrence_skipped",
    "take_back_occurrence",
]
