"""Statements that nearly every request runs, put into words once.

The ORM takes five to ten times as long to write a small statement as to send it and read the answer: it
builds the query, resolves every column and renders the text anew each time. A `CompiledQuery` keeps the text
and what the compiler found out about its columns, one copy for each connection, and fills in the parameters.
Rows, converters and related rows are those that the ORM would give. `insert_row` and `update_row` do the
same for rows that nobody listens to: they send no signals.

This reads attributes of Django's compiler that carry no promise. The version is pinned, and
`core/tests/services/test_compiled_queries.py` compares each query with the ORM's own answer.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Generic, TypeVar

from django.db import DatabaseError, InterfaceError, OperationalError, connections, models
from django.db.models.query import ValuesListIterable, get_related_populators

Result = TypeVar("Result")


class Given(models.Expression):
    """A value that is not known before the query is asked: `filter(pk=Given("id", BigIntegerField()))`."""

    def __init__(self, name: str, output_field: "models.Field[Any, Any]") -> None:
        super().__init__(output_field=output_field)
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """A placeholder; this very object stands among the parameters until a value takes its place."""
        return "%s", (self,)


@dataclass(frozen=True, slots=True)
class _Statement:
    """A query's text on one connection, and how to read what it answers."""

    sql: str
    parameters: tuple[Any, ...]
    compiler: Any
    converters: Any
    read_row: Callable[[Any], Any]


class CompiledQuery(Generic[Result]):
    """A query with `Given` values, compiled when it is first asked on a connection.

    `make` returns the queryset: of models, with `select_related` if need be, or of `values_list` tuples. What
    cannot be a placeholder (`IN` with any number of values) cannot be given.
    """

    def __init__(self, make: "Callable[[], models.QuerySet[Any, Result]]") -> None:
        self._make = make

    def all(self, **given: Any) -> list[Result]:
        """Every row that the query finds for these values."""
        connection: Any = connections["default"]
        known: dict[CompiledQuery[Any], _Statement] = connection.__dict__.setdefault("_compiled_queries", {})
        statement = known.get(self)
        if statement is None:
            statement = known[self] = _compile(self._make(), connection)
        parameters = [
            value.output_field.get_db_prep_value(given[value.name], connection) if isinstance(value, Given) else value
            for value in statement.parameters
        ]
        rows = _fetch(connection, statement.sql, parameters)
        if statement.converters:
            rows = statement.compiler.apply_converters(rows, statement.converters)
        return [statement.read_row(row) for row in rows]

    def first(self, **given: Any) -> Result | None:
        """The first row, or None."""
        rows = self.all(**given)
        return rows[0] if rows else None


def _compile(queryset: models.QuerySet[Any, Any], connection: Any) -> _Statement:
    compiler: Any = queryset.query.get_compiler(connection=connection)
    sql, parameters = compiler.as_sql()
    return _Statement(
        sql=sql,
        parameters=tuple(parameters),
        compiler=compiler,
        converters=compiler.get_converters([column[0] for column in compiler.select[: compiler.col_count]]),
        read_row=tuple if queryset._iterable_class is ValuesListIterable else _make_reader(compiler, connection.alias),
    )


def _make_reader(compiler: Any, alias: str) -> Callable[[Any], Any]:
    model: type[models.Model] = compiler.klass_info["model"]
    columns = compiler.klass_info["select_fields"]
    start, end = columns[0], columns[-1] + 1
    names = [column[0].target.attname for column in compiler.select[start:end]]
    # The stubs know the signature of the next version.
    populators: list[Any] = get_related_populators(compiler.klass_info, compiler.select, alias)  # type: ignore[call-arg]

    def read_row(row: Any) -> models.Model:
        instance = model.from_db(alias, names, row[start:end])
        for populator in populators:
            populator.populate(row, instance)
        return instance

    return read_row


def _fetch(connection: Any, sql: str, parameters: list[Any]) -> list[Any]:
    """All rows. Outside of a transaction the statement itself shows whether the connection still works.

    Django would ask first, with a round trip of its own. A connection that has died since the last request
    has changed nothing by this statement: it is asked again, once, on a new one.
    """
    may_ask_again = connection.connection is not None and not connection.in_atomic_block
    if may_ask_again:
        asked_before = connection.health_check_done
        connection.health_check_done = True
        may_ask_again = not asked_before
    try:
        with connection.cursor() as cursor:
            cursor.execute(sql, parameters)
            return cursor.fetchall()
    except (OperationalError, InterfaceError):
        if not may_ask_again or connection.is_usable():
            raise
    connection.close()
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()


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


def insert_row(row: models.Model) -> None:
    """Store a new row and give it its id, as `save(force_insert=True)` does but without signals."""
    connection: Any = connections["default"]
    sql, fields = _describe_insert(type(row), connection.vendor)
    with connection.cursor() as cursor:
        cursor.execute(sql, _prepare(row, fields, connection, add=True))
        row.pk = cursor.fetchone()[0]
    row._state.adding = False
    row._state.db = connection.alias


def update_row(row: models.Model, *, columns: tuple[str, ...]) -> None:
    """Store these columns of a row, as `save(update_fields=columns)` does but without signals.

    Raises DatabaseError where the row is gone.
    """
    connection: Any = connections["default"]
    sql, fields = _describe_update(type(row), columns, connection.vendor)
    with connection.cursor() as cursor:
        cursor.execute(sql, [*_prepare(row, fields, connection, add=False), row.pk])
        if cursor.rowcount != 1:
            raise DatabaseError("The row to be updated is gone.")
