"""The receivers: what follows from a row that was written or deleted. Imported by `apps` alone.

Before a row is stored, its derived columns are filled in; after it is stored or deleted, the owner's figure is
refreshed. Both happen wherever a model is saved or deleted: in the API, in the admin, in a shell. `bulk_create`,
`update` and raw SQL send no signals: a service that uses them refreshes once, itself.

Receivers of one signal and sender run in the order of these modules: what is over closes before anything is prepared.
"""

from core.signals import accounts, closing, plan, rates, recording, transactions

__all__ = ["accounts", "closing", "plan", "rates", "recording", "transactions"]
