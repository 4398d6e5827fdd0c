"""Statements that nearly every request runs, put into words once.

The ORM takes five to ten times as long to write a small statement as to send it and read the answer: it
builds the query, resolves every column and renders the text anew each time. A `CompiledQuery` keeps the text
and what the compiler found out about its columns, one copy for each connection, and fills in the parameters.
Rows, converters and related rows are those that the ORM would give. Writing has `core.models.statements`.

This reads attributes of Django's compiler that carry no promise. The version is pinned, and
`core/tests/services/test_compiled_queries.py` compares each query with the ORM's own answer.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db import InterfaceError, OperationalError, connections, models
from django.db.models.query import ValuesListIterable, get_related_populators

from core.postgresql import Often, run_unread

Result = TypeVar("Result")


class Given(models.Expression):
    """A value that is not known before the query is asked: `filter(pk=Given("id", BigIntegerField()))`."""

    def __init__(self, name: str, output_field: "models.Field[Any, Any]") -> None:
        super().__init__(output_field=output_field)
        self.name = name
        # A whole number goes as it is: that a column's own bounds hold it is for whoever gives it.
        self._is_id = type(output_field) is models.BigIntegerField

    def fill_in(self, given: dict[str, Any], connection: Any) -> Any:
        """The value, as the column has it."""
        value = given[self.name]
        if self._is_id and type(value) is int:
            return value
        return self.output_field.get_db_prep_value(value, connection)

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """A placeholder; this very object stands among the parameters until a value takes its place."""
        return "%s", (self,)


@dataclass(frozen=True, slots=True)
class _Statement:
    """A query's text on one connection, and how to read what it answers."""

    sql: Often
    parameters: tuple[Any, ...]
    compiler: Any
    converters: Any
    read_row: Callable[[Any], Any]

    def fill_in(self, given: dict[str, Any], connection: Any) -> list[Any]:
        """The parameters, with values in the places of `Given`."""
        return [value.fill_in(given, connection) if isinstance(value, Given) else value for value in self.parameters]


class CompiledQuery(Generic[Result]):
    """A query with `Given` values, compiled when it is first asked on a connection.

    `make` returns the queryset: of models, with `select_related` and annotations if need be, or of `values_list`
    tuples. What cannot be a placeholder (`IN` with any number of values) cannot be given.
    """

    def __init__(self, make: "Callable[[], models.QuerySet[Any, Result]]") -> None:
        self._make = make

    def all(self, **given: Any) -> list[Result]:
        """Every row that the query finds for these values."""
        connection: Any = connections["default"]
        statement = self._find_statement(connection)
        rows = _fetch(connection, statement.sql, statement.fill_in(given, connection))
        if statement.converters:
            rows = statement.compiler.apply_converters(rows, statement.converters)
        return [statement.read_row(row) for row in rows]

    def lock(self, **given: Any) -> None:
        """Lock the rows that the query finds, where the database has such locks, and read nothing of them.

        Leaves with the next statement, which sees what was committed while this one waited.
        """
        connection: Any = connections["default"]
        if connection.features.has_select_for_update:
            statement = self._find_statement(connection)
            run_unread(connection, statement.sql, statement.fill_in(given, connection))

    def _find_statement(self, connection: Any) -> _Statement:
        known: dict[CompiledQuery[Any], _Statement] = connection.__dict__.setdefault("_compiled_queries", {})
        statement = known.get(self)
        if statement is None:
            statement = known[self] = _compile(self._make(), connection)
        return statement

    def first(self, **given: Any) -> Result | None:
        """The first row, or None."""
        rows = self.all(**given)
        return rows[0] if rows else None


def _compile(queryset: models.QuerySet[Any, Any], connection: Any) -> _Statement:
    compiler: Any = queryset.query.get_compiler(connection=connection)
    sql, parameters = _write_constants(compiler.as_sql(), connection)
    return _Statement(
        sql=Often(sql),
        parameters=parameters,
        compiler=compiler,
        converters=compiler.get_converters([column[0] for column in compiler.select[: compiler.col_count]]),
        read_row=tuple if queryset._iterable_class is ValuesListIterable else _make_reader(compiler, connection.alias),
    )


def _write_constants(compiled: tuple[str, Sequence[Any]], connection: Any) -> tuple[str, tuple[Any, ...]]:
    """What is the same each time becomes part of the words, where the driver can write it."""
    sql, parameters = compiled
    if connection.vendor != "postgresql":
        return sql, tuple(parameters)
    words = sql.split("%s")
    if len(words) != len(parameters) + 1:
        raise ValueError("a percent sign before an s is no place for a parameter")
    written = words[0]
    for parameter, following in zip(parameters, words[1:], strict=True):
        is_given = isinstance(parameter, Given)
        literal = "%s" if is_given else connection.ops.compose_sql("%s", [parameter]).replace("%", "%%")
        written += literal + following
    return written, tuple(parameter for parameter in parameters if isinstance(parameter, Given))


def _make_reader(compiler: Any, alias: str) -> Callable[[Any], Any]:
    model: type[models.Model] = compiler.klass_info["model"]
    columns = compiler.klass_info["select_fields"]
    start, end = columns[0], columns[-1] + 1
    names = [column[0].target.attname for column in compiler.select[start:end]]
    # The stubs know the signature of the next version.
    populators: list[Any] = get_related_populators(compiler.klass_info, compiler.select, alias)  # type: ignore[call-arg]
    annotations = list(compiler.annotation_col_map.items())

    def read_row(row: Any) -> models.Model:
        instance = model.from_db(alias, names, row[start:end])
        for populator in populators:
            populator.populate(row, instance)
        for name, position in annotations:
            setattr(instance, name, row[position])
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
        return _ask(connection, sql, parameters)
    except (OperationalError, InterfaceError):
        if not may_ask_again or connection.is_usable():
            raise
    connection.close()
    return _ask(connection, sql, parameters)


def _ask(connection: Any, sql: str, parameters: list[Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        # The driver's own: Django's would make a function to say its errors in Django's words, and there are none.
        rows: list[Any] = cursor.cursor.fetchall()
    return rows
