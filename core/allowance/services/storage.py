"""Storing many days' rows at once."""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from django.db import connection

from core.allowance.domain import Figure
from core.allowance.queries import PROJECTED
from core.models import DailyAllowance

_BATCH_ROWS = 500


class ProjectedDay(NamedTuple):
    """A day's row without what the database adds to it; `values` are those of `PROJECTED`, in its order."""

    user_id: int
    date: date
    values: tuple[Any, ...]


def project_figure(*, figure: Figure, currency: str) -> tuple[Any, ...]:
    """What a day's row holds of a figure, in the order of `PROJECTED`."""
    pool = figure.pool
    return (
        currency,
        figure.amount,
        figure.remaining_amount,
        pool.amount,
        figure.spent_before,
        figure.tomorrow,
        pool.period.start,
        pool.period.end,
        pool.income_counts,
    )


def store_days(*, days: Sequence[ProjectedDay]) -> None:
    """Make or change many days' rows, under their owners' locks.

    The day is the key: a row that is there is changed, the others are made. Plain SQL, the same for both engines: an
    insert that gives way to an update costs a tenth of `bulk_update`, which makes a case of every value, and
    building the statement from model instances takes five times as long as running it.
    """
    meta: Any = DailyAllowance._meta
    fields = [meta.get_field(name) for name in ("user", "date", *PROJECTED)]
    stamps = [meta.get_field(name) for name in ("created_at", "updated_at")]
    now = [stamp.get_db_prep_save(stamp.pre_save(DailyAllowance(), True), connection) for stamp in stamps]
    quote = connection.ops.quote_name
    columns = [quote(field.column) for field in (*fields, *stamps)]
    changed = [quote(name) for name in (*PROJECTED, "updated_at")]
    row_places = f"({', '.join(['%s'] * len(columns))})"
    for start in range(0, len(days), _BATCH_ROWS):
        batch = days[start : start + _BATCH_ROWS]
        # The values have the types of their columns: none is read as if somebody had entered it.
        parameters: list[Any] = []
        for day in batch:
            for field, value in zip(fields, (day.user_id, day.date, *day.values), strict=True):
                parameters.append(field.get_db_prep_value(value, connection, prepared=True))
            parameters += now
        with connection.cursor() as cursor:
            # Names come from the model, values are parameters.
            cursor.execute(
                f"INSERT INTO {quote(meta.db_table)} ({', '.join(columns)}) "  # noqa: S608
                f"VALUES {', '.join([row_places] * len(batch))} "
                f"ON CONFLICT ({columns[0]}, {columns[1]}) "
                f"DO UPDATE SET {', '.join(f'{column} = EXCLUDED.{column}' for column in changed)}",
                parameters,
            )
