"""Describe the values and changes of rows as text."""

import json
from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from core.kernel.currencies import get_decimals
from core.kernel.money import format_amount

Change = list[str | None]
"""`[old, new]`; None where there was, or is, no value."""


def describe_values(*, values: Mapping[str, Any], fields: Collection[str]) -> dict[str, str | None]:
    """Return the named fields as text: dates in ISO format, an `amount` or a `target_amount` in the minor unit of its
    `currency`, a `percentage` with two decimals.
    """
    return {field: _to_plain(field, values) for field in fields if field in values}


def _to_plain(field: str, values: Mapping[str, Any]) -> str | None:
    value = values[field]
    if field in ("amount", "target_amount") and value is not None and values.get("currency"):
        return format_amount(Decimal(value), decimals=get_decimals(values["currency"]))
    if field == "percentage" and value is not None:
        return format_amount(Decimal(value), decimals=2)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list):
        # The database may have put the keys of an object in another order.
        return json.dumps(value, sort_keys=True)
    return None if value is None else str(value)


def describe_changes(*, before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Change]:
    """Return `{field: [old, new]}` for every field that differs between two descriptions."""
    fields = {**before, **after}
    return {field: [before.get(field), after.get(field)] for field in fields if before.get(field) != after.get(field)}
