"""Columns that keep decimals exactly on every engine."""

from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F
from django.db.models.functions import Length, Upper
from django.db.models.lookups import Exact

from core.kernel.money import STORED_DECIMALS


class ExactDecimalField(models.DecimalField):
    """A decimal kept as a 64-bit whole number of its last place.

    SQLite has no decimal type: it keeps DecimalField's values as binary floats and adds them as such.
    Whole numbers are exact there and on PostgreSQL, sort and index the same, and take 8 bytes.
    A value with more decimals than the column raises ValidationError; it is never rounded.
    """

    def get_internal_type(self) -> str:
        """Return the type of the column."""
        return "BigIntegerField"

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> int | None:
        """Return the value as a count of its last place."""
        if type(value) is not Decimal:
            if not prepared:
                value = self.get_prep_value(value)
            if value is None:
                return None
            value = Decimal(value)
        scaled = value.scaleb(self.decimal_places)
        if scaled != scaled.to_integral_value():
            raise ValidationError(f"{value} has more than {self.decimal_places} decimals.")
        return int(scaled)

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        """Return the value as `get_db_prep_value` does; expressions are returned unchanged."""
        if hasattr(value, "as_sql"):
            return value
        return self.get_db_prep_value(value, connection)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Decimal | None:
        """Return the decimal of a count of last places, as stored or summed."""
        if value is None:
            return None
        return Decimal(int(value)).scaleb(-self.decimal_places)


class MoneyField(ExactDecimalField):
    """An amount with three decimals, enough for every currency. Always beside a currency."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["max_digits"] = 18
        kwargs["decimal_places"] = STORED_DECIMALS
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        """Leave out of migrations what every amount has."""
        name, path, args, kwargs = super().deconstruct()
        del kwargs["max_digits"], kwargs["decimal_places"]
        return name, path, args, kwargs


class CurrencyField(models.CharField):
    """An ISO 4217 code."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["max_length"] = 3
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        """Leave the length out of migrations."""
        name, path, args, kwargs = super().deconstruct()
        del kwargs["max_length"]
        return name, path, args, kwargs


def is_currency_code(name: str) -> models.Q:
    """Return a condition for check constraints: the column has three characters, and no lower-case letter.

    Made of functions that every engine has itself. With one that Django adds to a connection, as for regular
    expressions, SQLite's own tools can neither check nor write the table.
    """
    return models.Q(Exact(Length(name), 3), Exact(F(name), Upper(name)))
