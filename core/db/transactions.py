"""Transactions whose commit may fail without an answer."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import InterfaceError, OperationalError
from django.db import transaction as db_transaction

# PostgreSQL's classes of codes for a connection that broke and a server that ends sessions. Any other code is the
# server's refusal of the commit.
_LOST = ("08", "57")


class CommitUnanswered(OperationalError):
    """The connection broke while a transaction was being committed: it may be stored or not."""


@contextmanager
def atomic_write() -> Iterator[None]:
    """Open a transaction, or join the one that is open. Raises CommitUnanswered where the commit got no answer.

    SQLite is in this process: a commit that fails there is rolled back.
    """
    connection = db_transaction.get_connection()
    is_outermost = not connection.in_atomic_block
    is_complete = False
    try:
        with db_transaction.atomic():
            yield
            is_complete = True
    except (OperationalError, InterfaceError) as error:
        code = getattr(error.__cause__, "pgcode", None)
        is_lost = connection.vendor == "postgresql" and (code is None or code.startswith(_LOST))
        if is_complete and is_outermost and is_lost:
            raise CommitUnanswered(*error.args) from error
        raise
