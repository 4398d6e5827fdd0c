"""Any number of ids as one value of a statement.

`filter(user_id__among=Given("user_ids", IdList()))` finds what `filter(user_id__in=…)` does. `IN` has a place for
each id: a statement of every length is put into words anew, and SQLite counts its places. An array on
PostgreSQL, a JSON list on SQLite, is one place whatever it holds, so that a `CompiledQuery` can ask for many rows.
"""

import json
from collections.abc import Collection
from typing import Any

from django.db.models import Field, ForeignObject, Lookup


class IdList(Field):
    """The type of such a value. No model has a column of it."""

    def get_db_prep_value(self, value: Collection[int], connection: Any, prepared: bool = False) -> Any:
        """An array for PostgreSQL, JSON for SQLite."""
        return list(value) if connection.vendor == "postgresql" else json.dumps(list(value))


# A foreign key knows none of the lookups of other columns.
@ForeignObject.register_lookup
@Field.register_lookup
class Among(Lookup):
    """Whether a column of ids holds one of a list."""

    lookup_name = "among"
    # The list is prepared by its own type.
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """PostgreSQL plans this as it plans `IN`."""
        column, column_parameters = self.process_lhs(compiler, connection)
        ids, parameters = self.process_rhs(compiler, connection)
        if connection.vendor == "postgresql":
            condition = f"{column} = ANY({ids}::bigint[])"
        else:
            condition = f"{column} IN (SELECT value FROM json_each({ids}))"  # noqa: S608
        return condition, (*column_parameters, *parameters)
