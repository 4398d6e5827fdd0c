"""Lookups that mean the same on every engine."""

import re
from typing import Any

from django.db.models import CharField, Lookup, TextField
from django.db.models.lookups import IContains, IRegex


@CharField.register_lookup
@TextField.register_lookup
class ContainsText(Lookup):
    """Contain a text, without regard to case.

    `icontains`, which on SQLite ignores the case of ASCII letters alone. There a regular expression is used, which
    Django evaluates in Python.
    """

    lookup_name = "contains_text"

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        """Return the SQL of `icontains`."""
        return IContains(self.lhs, self.rhs).as_sql(compiler, connection)

    def as_sqlite(self, compiler: Any, connection: Any) -> Any:
        """Return the SQL of `iregex`."""
        return IRegex(self.lhs, re.escape(str(self.rhs))).as_sql(compiler, connection)
