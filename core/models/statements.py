"""Statements that store one row, put into words once a table.

`insert_values` is the statement of an insert; `insert_row` and `update_row` store rows that nobody listens to:
they send no signals, and leave with the next message. Reading has `core.models.compiled`.
"""

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from types import NoneType
from typing import Any

from django.db import connections, models

from core.postgresql import Often, run_unread

_PLAIN: frozenset[type] = frozenset((str, int, bool, NoneType))
_ASKS_NOTHING = (models.CharField, models.TextField, models.BigIntegerField, models.BooleanField, models.ForeignKey)


@dataclass(frozen=True, slots=True)
class _Column:
    """A column that is stored, and the types whose values go to the driver as they are: the field would give them back.

    `attname` is empty where the field has a value of its own to give.
    """

    field: "models.Field[Any, Any]"
    attname: str
    ready: frozenset[type]


@dataclass(frozen=True, slots=True)
class _Words:
    """A statement with a place for each of these columns."""

    sql: Often
    columns: tuple[_Column, ...]

    def prepare(self, row: models.Model, connection: Any, *, add: bool) -> list[Any]:
        """What the row has for each place."""
        values, held = [], row.__dict__
        for column in self.columns:
            value = held[column.attname] if column.attname else column.field.pre_save(row, add)
            if type(value) not in column.ready:
                value = column.field.get_db_prep_save(value, connection)
            values.append(value)
        return values


def _describe_column(field: "models.Field[Any, Any]", vendor: str) -> _Column:
    kind = type(field)
    ready: frozenset[type] = _PLAIN if kind in _ASKS_NOTHING else frozenset()
    if vendor == "postgresql" and kind is models.DateField:
        ready = frozenset((date,))
    if vendor == "postgresql" and (getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False)):
        # An instant that Django has just taken has its time zone.
        ready = frozenset((datetime,))
    return _Column(field=field, attname=field.attname if kind.pre_save is models.Field.pre_save else "", ready=ready)


@lru_cache(maxsize=32)
def _describe_insert(model: Any, vendor: str, *, has_id: bool, asks_id: bool) -> _Words:
    fields = [field for field in model._meta.concrete_fields if has_id or not field.primary_key]
    quote: Any = connections["default"].ops.quote_name
    columns = ", ".join(quote(field.column) for field in fields)
    places = ", ".join(["%s"] * len(fields))
    # Names come from the model, values are parameters.
    sql = f"INSERT INTO {quote(model._meta.db_table)} ({columns}) VALUES ({places})"  # noqa: S608
    if asks_id:
        sql = f"{sql} RETURNING {quote(model._meta.pk.column)}"
    return _Words(sql=Often(sql), columns=tuple(_describe_column(field, vendor) for field in fields))


@lru_cache(maxsize=32)
def _describe_update(model: Any, names: tuple[str, ...], vendor: str) -> _Words:
    fields: list[Any] = [model._meta.get_field(name) for name in names]
    quote: Any = connections["default"].ops.quote_name
    assignments = ", ".join(f"{quote(field.column)} = %s" for field in fields)
    table, key = quote(model._meta.db_table), quote(model._meta.pk.column)
    return _Words(
        sql=Often(f"UPDATE {table} SET {assignments} WHERE {key} = %s"),  # noqa: S608
        columns=tuple(_describe_column(field, vendor) for field in (*fields, model._meta.pk)),
    )


def insert_values(row: models.Model) -> int:
    """Store what a new row holds, and nothing else. Returns the id that the database gave it."""
    connection: Any = connections["default"]
    words = _describe_insert(type(row), connection.vendor, has_id=False, asks_id=True)
    with connection.cursor() as cursor:
        cursor.execute(words.sql, words.prepare(row, connection, add=True))
        pk: int = cursor.fetchone()[0]
    return pk


def insert_row(row: models.Model) -> None:
    """Store a new row, as `save(force_insert=True)` does but without signals. One that has no id learns none."""
    connection: Any = connections["default"]
    words = _describe_insert(type(row), connection.vendor, has_id=row.pk is not None, asks_id=False)
    run_unread(connection, words.sql, words.prepare(row, connection, add=True))
    row._state.adding = False
    row._state.db = connection.alias


def update_row(row: models.Model, *, columns: tuple[str, ...]) -> None:
    """Store these columns of a row, as `save(update_fields=columns)` does but without signals.

    For a row that was read under its owner's lock in the same transaction: it is there.
    """
    connection: Any = connections["default"]
    words = _describe_update(type(row), columns, connection.vendor)
    run_unread(connection, words.sql, words.prepare(row, connection, add=False))
