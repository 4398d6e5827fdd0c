"""How statements travel to PostgreSQL: in few messages, and without being planned anew each time.

`ENGINE = "core.postgresql"` is Django's own backend with this in it (`core.postgresql.base`). On another engine the
same calls do what they say in the ordinary way.
"""

from collections.abc import Sequence
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.transaction import Atomic


class Often(str):
    """The words of a statement that is run again and again, each time the same but for its parameters.

    From its third run on a connection PostgreSQL keeps its plan: planning takes longer than running does, for what
    finds a row by its key. PostgreSQL must be able to tell each parameter's type from its place.
    """

    __slots__ = ()


def run_unread(connection: Any, statement: Often, parameters: Sequence[Any]) -> None:
    """Run a statement whose answer nobody reads.

    Within a transaction of PostgreSQL's it leaves with the next statement, or with the commit, and these raise what
    it raises.
    """
    hold_back = getattr(connection, "hold_back", None)
    if hold_back is None or not hold_back(statement, parameters):
        with connection.cursor() as cursor:
            cursor.execute(statement, parameters)


class few_messages(Atomic):  # noqa: N801
    """A transaction as `atomic()` makes it, but BEGIN leaves with its first statement, and COMMIT with what waits.

    Within another transaction it is a savepoint, as ever.
    """

    def __init__(self) -> None:
        super().__init__(using=None, savepoint=True, durable=False)

    def __enter__(self) -> None:
        connection: Any = connections[DEFAULT_DB_ALIAS]
        is_outermost = not connection.in_atomic_block
        super().__enter__()
        # Where somebody has switched autocommit off by hand, the transaction is theirs, and under way by now.
        if is_outermost and connection.commit_on_exit and connection.vendor == "postgresql":
            connection.connection.begin_with_next_message()
