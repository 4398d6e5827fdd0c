"""Statements that store one row, put into words once a table.

`insert_values` is the statement of an insert; `insert_row` and `update_row` store rows that nobody listens to:
they send no signals. Reading has `core.models.compiled`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db import DatabaseError, connections, models


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A statement that has not been sent yet."""

    sql: str
    parameters: list[Any]
    is_update: bool = False


_waiting: ContextVar[list[_Waiting] | None] = ContextVar("waiting_statements", default=None)


@lru_cache(maxsize=32)
def _describe_insert(model: Any, vendor: str) -> tuple[str, list["models.Field[Any, Any]"]]:
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    quote: Any = connections["default"].ops.quote_name
    columns = ", ".join(quote(field.column) for field in fields)
    places = ", ".join(["%s"] * len(fields))
    # Names come from the model, values are parameters.
    return (
        f"INSERT INTO {quote(model._meta.db_table)} ({columns}) VALUES ({places}) RETURNING "  # noqa: S608
        f"{quote(model._meta.pk.column)}",
        fields,
    )


@lru_cache(maxsize=32)
def _describe_update(model: Any, names: tuple[str, ...], vendor: str) -> tuple[str, list["models.Field[Any, Any]"]]:
    fields: list[Any] = [model._meta.get_field(name) for name in names]
    quote: Any = connections["default"].ops.quote_name
    assignments = ", ".join(f"{quote(field.column)} = %s" for field in fields)
    return (
        f"UPDATE {quote(model._meta.db_table)} SET {assignments} WHERE {quote(model._meta.pk.column)} = %s",  # noqa: S608
        fields,
    )


def _prepare(row: models.Model, fields: list["models.Field[Any, Any]"], connection: Any, *, add: bool) -> list[Any]:
    return [field.get_db_prep_save(field.pre_save(row, add), connection) for field in fields]


def insert_values(row: models.Model) -> int:
    """Store what a new row holds, and nothing else. Returns the id that the database gave it."""
    connection: Any = connections["default"]
    sql, fields = _describe_insert(type(row), connection.vendor)
    with connection.cursor() as cursor:
        cursor.execute(sql, _prepare(row, fields, connection, add=True))
        pk: int = cursor.fetchone()[0]
    return pk


def insert_row(row: models.Model) -> None:
    """Store a new row and give it its id, as `save(force_insert=True)` does but without signals."""
    connection: Any = connections["default"]
    waiting = _waiting.get()
    if waiting is None:
        row.pk = insert_values(row)
    else:
        sql, fields = _describe_insert(type(row), connection.vendor)
        waiting.append(_Waiting(sql, _prepare(row, fields, connection, add=True)))
    row._state.adding = False
    row._state.db = connection.alias


def update_row(row: models.Model, *, columns: tuple[str, ...]) -> None:
    """Store these columns of a row, as `save(update_fields=columns)` does but without signals.

    Raises DatabaseError where the row is gone.
    """
    connection: Any = connections["default"]
    sql, fields = _describe_update(type(row), columns, connection.vendor)
    statement = _Waiting(sql, [*_prepare(row, fields, connection, add=False), row.pk], is_update=True)
    waiting = _waiting.get()
    if waiting is None:
        _send([statement], connection)
    else:
        waiting.append(statement)


@contextmanager
def sent_together() -> Iterator[None]:
    """What `insert_row` and `update_row` store within the block reaches the database at its end, in their order.

    PostgreSQL gets it in one message. Nothing in the block may read what was written in it, and a row that is
    inserted so learns no id. Where the block raises, nothing of it is sent. Raises what the statements raise.
    """
    if _waiting.get() is not None:
        yield
        return
    waiting: list[_Waiting] = []
    token = _waiting.set(waiting)
    try:
        yield
    finally:
        _waiting.reset(token)
    _send(waiting, connections["default"])


def _send(statements: list[_Waiting], connection: Any) -> None:
    message: list[_Waiting] = []
    for statement in statements:
        message.append(statement)
        # The driver tells of the last statement alone how many rows it found: an update ends its message.
        if statement.is_update or statement is statements[-1] or connection.vendor != "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(
                    "; ".join(part.sql for part in message),
                    [parameter for part in message for parameter in part.parameters],
                )
                if statement.is_update and cursor.rowcount != 1:
                    raise DatabaseError("The row to be updated is gone.")
            message = []
