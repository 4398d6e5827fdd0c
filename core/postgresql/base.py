"""Django's PostgreSQL backend, on connections that send several statements in one message and have plans kept."""

from collections.abc import Sequence
from functools import partial
from threading import get_ident
from typing import Any

import psycopg2
from django.conf import settings
from django.db.backends.postgresql import base, operations
from django.db.backends.utils import CursorWrapper
from psycopg2.errors import InFailedSqlTransaction
from psycopg2.extensions import TRANSACTION_STATUS_IDLE, TRANSACTION_STATUS_INERROR

from core.postgresql import Often

_BEGIN, _COMMIT, _ROLLBACK = b"BEGIN", b"COMMIT", b"ROLLBACK"
_RUNS_BEFORE_KEEPING = 2
"""A plan that is kept costs as much as two that are not: a connection that lives for one request makes none."""


class Connection(psycopg2.extensions.connection):
    """A connection that can hold statements back until the next one leaves.

    PostgreSQL runs the statements of one message in turn, each with its own look at the data, and leaves the rest
    out where one fails. The driver hands out the answer to the last one alone.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # What leaves with the next statement.
        self.waiting: list[bytes] = []
        # Whether a transaction is under way that the driver does not know of.
        self.is_own = False
        self._runs: dict[str, int] = {}
        self._kept: dict[str, str] = {}
        self._names = 0
        self._keeps_plans: bool | None = None
        self._composer: Any = None

    def begin_with_next_message(self) -> None:
        """Begin a transaction, in the driver's place: it would send a message for that. First thing in `atomic()`."""
        self.autocommit = True
        self.is_own = True
        self.waiting = [_BEGIN]

    def begin_again(self, waited: list[bytes]) -> None:
        """After a message that failed: where its BEGIN was not run, that is still to be sent, and all that `waited`."""
        if self.is_own and self.get_transaction_status() == TRANSACTION_STATUS_IDLE:
            self.waiting = waited if _BEGIN in waited else [_BEGIN]

    def commit(self) -> None:
        """As the driver's, with all that waits.

        Raises where the transaction has failed: PostgreSQL takes a COMMIT for a ROLLBACK then, and says nothing.
        Whoever went on after an error may have taken what had waited for a statement of their own.
        """
        if self.get_transaction_status() == TRANSACTION_STATUS_INERROR:
            raise InFailedSqlTransaction("a statement of this transaction has failed: nothing of it is stored")
        if not self.is_own:
            self.flush()
            super().commit()
            return
        if self.waiting != [_BEGIN]:
            self._send(_COMMIT)
        self._forget_transaction()

    def rollback(self) -> None:
        """As the driver's; what waits is never sent."""
        if not self.is_own:
            self.waiting = []
            super().rollback()
            return
        has_begun = _BEGIN not in self.waiting
        self.waiting = []
        if has_begun:
            self._send(_ROLLBACK)
        self._forget_transaction()

    def _forget_transaction(self) -> None:
        self.is_own = False
        self.waiting = []

    def hold_back(self, statement: Often, parameters: Sequence[Any]) -> None:
        """Keep a statement until the next message leaves. Within a transaction alone."""
        words = self.find_words(statement, len(parameters))
        composer = self._composer
        if composer is None:
            composer = self._composer = self.cursor()
        self.waiting.append(composer.mogrify(words, parameters))

    def join_waiting(self, statement: bytes) -> bytes:
        """The message of this statement with all that waits; what came after a savepoint that it goes back to is gone.

        A savepoint is sent like any statement: what waits has come after it.
        """
        waiting, self.waiting = self.waiting, []
        return statement if statement.startswith(b"ROLLBACK TO") else b"; ".join([*waiting, statement])

    def flush(self) -> None:
        """Send what waits."""
        if self.waiting:
            self._send(self.waiting.pop())

    def find_words(self, statement: Often, parameters: int) -> str:
        """How to ask for it: by the name of its plan, where PostgreSQL keeps one or is told to now."""
        words = self._kept.get(statement)
        if words is not None:
            return words
        runs = self._runs[statement] = self._runs.get(statement, 0) + 1
        if runs <= _RUNS_BEFORE_KEEPING or not self._can_keep_plans():
            return statement
        # A name is used once: PostgreSQL may have got it from a call that was interrupted before it was noted here.
        name = f"often_{self._names}"
        self._names += 1
        places = tuple(f"${number + 1}" for number in range(parameters))
        self._send(f"PREPARE {name} AS {statement % places}".encode())
        words = self._kept[statement] = f"EXECUTE {name}" + (f"({', '.join(['%s'] * parameters)})" if places else "")
        return words

    def _can_keep_plans(self) -> bool:
        # A pooler may give each transaction another session, and the plans would be in the last one. It gives itself
        # away: a server tells its client the number of the session, a pooler makes one up.
        if self._keeps_plans is None:
            with self.cursor() as cursor:
                cursor.execute("SELECT pg_backend_pid()")
                self._keeps_plans = cursor.fetchone() == (self.get_backend_pid(),)
        return self._keeps_plans

    def _send(self, statement: bytes) -> None:
        with self.cursor() as cursor:
            cursor.execute(statement)


class Cursor(psycopg2.extensions.cursor):
    """A cursor that takes along what its connection has held back."""

    connection: Connection

    def execute(self, query: Any, vars: Any = None) -> None:  # noqa: A002
        """As the driver's."""
        connection = self.connection
        if isinstance(query, Often):
            query = connection.find_words(query, len(vars or ()))
        if connection.waiting and self.name:
            # The driver puts words of its own before these.
            connection.flush()
        waited = connection.waiting
        try:
            if waited:
                query, vars = connection.join_waiting(self.mogrify(query, vars)), None  # noqa: A001
            super().execute(query, vars)
        except BaseException:
            connection.begin_again(waited)
            raise

    def executemany(self, query: Any, vars_list: Any) -> None:
        """As the driver's."""
        self.connection.flush()
        super().executemany(query, vars_list)

    def copy_expert(self, sql: Any, file: Any, size: int = 8192) -> None:
        """As the driver's."""
        self.connection.flush()
        super().copy_expert(sql, file, size)

    def copy_from(self, *args: Any, **kwargs: Any) -> None:
        """As the driver's."""
        self.connection.flush()
        super().copy_from(*args, **kwargs)

    def copy_to(self, *args: Any, **kwargs: Any) -> None:
        """As the driver's."""
        self.connection.flush()
        super().copy_to(*args, **kwargs)

    def callproc(self, *args: Any, **kwargs: Any) -> Any:
        """As the driver's."""
        self.connection.flush()
        return super().callproc(*args, **kwargs)


class DatabaseOperations(operations.DatabaseOperations):
    """Django's, but for what is told of a statement where statements are listened to."""

    def last_executed_query(self, cursor: Any, sql: str, params: Any) -> str:
        """The statement, whatever the message was in which it left."""
        words: bytes = cursor.mogrify(sql, params)
        return words.decode()


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's, on such connections. What every statement passes through goes the short way where nobody listens."""

    ops_class = DatabaseOperations
    # Django's own, which its stubs leave out.
    health_check_enabled: bool
    health_check_done: bool
    _thread_ident: int

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._is_debugged = settings.DEBUG

    @property
    def queries_logged(self) -> bool:
        """As Django's, which looks at the settings four times a statement."""
        return bool(self.force_debug_cursor or self._is_debugged)

    def get_connection_params(self) -> dict[str, Any]:
        """Django's, with the classes above."""
        return {**super().get_connection_params(), "connection_factory": Connection, "cursor_factory": Cursor}

    def cursor(self) -> Any:
        """Django's, without a dozen calls to find out that there is a connection, tried, and this thread's."""
        connection = self.connection
        if (
            connection is None
            or (self.health_check_enabled and not self.health_check_done)
            or self._thread_ident != get_ident()
            or self.queries_logged
        ):
            return super().cursor()
        with self.wrap_database_errors:
            cursor = connection.cursor()
        cursor.tzinfo_factory = self.tzinfo_factory
        return CursorWrapper(cursor, self)

    def hold_back(self, statement: Often, parameters: Sequence[Any]) -> bool:
        """Keep a statement until the next one leaves; False outside of a transaction, where it must be run."""
        if not self.in_atomic_block or self.connection is None:
            return False
        self.validate_no_broken_transaction()
        if self.queries_logged:
            # As Django notes what it runs.
            with self.cursor() as cursor:
                told = self.ops.last_executed_query(cursor, statement, parameters)
            self.queries_log.append({"sql": told, "time": "0.000"})
        with self.wrap_database_errors:
            self.connection.hold_back(statement, parameters)
        return True

    def _set_autocommit(self, autocommit: bool) -> None:
        with self.wrap_database_errors:
            if autocommit and self.connection.is_own:
                # A signal's exception came in the middle of COMMIT or ROLLBACK: what is stored by now stays so, and no
                # transaction is left open for whoever comes next.
                self.connection.rollback()
            self.connection.autocommit = autocommit

    def _commit(self) -> None:
        if self.connection is None or self.queries_logged:
            super()._commit()  # type: ignore[misc]
            return
        commit = self._commit_as_statement
        for wrapper in reversed(self.execute_wrappers):
            commit = partial(wrapper, commit)
        commit("COMMIT", None, False, {"connection": self, "cursor": None})

    def _commit_as_statement(self, *ignored: Any) -> None:
        # Timed like any other: it takes along what waited.
        with self.wrap_database_errors:
            self.connection.commit()
