"""Serializer fields for exact decimals."""

import re
import uuid
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from rest_framework import serializers

from core.kernel.currencies import get_decimals
from core.kernel.money import AMOUNT_LIMIT, STORED_DECIMALS, count_decimals, format_amount

MOST_DIGITS = 40
"""Digits that a number may have before its point, and after it."""

_NUMBER = re.compile(rf"[+-]?(\d{{1,{MOST_DIGITS}}})(\.\d{{1,{MOST_DIGITS}}})?([eE][+-]?\d{{1,3}})?", re.ASCII)

DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_ROW_ID = re.compile(r"[0-9]{1,40}")
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def format_instant(instant: datetime) -> str:
    """RFC 3339 in UTC with microseconds and `Z`, as `DATETIME_FORMAT` has it."""
    return instant.astimezone(UTC).isoformat(timespec="microseconds")[: -len("+00:00")] + "Z"


class ExactDecimalField(serializers.Field[Any, Any, Any, Any]):
    """A decimal that arrives as a string or a JSON number and leaves as a string.

    Takes ASCII digits with an optional sign, fraction and exponent; the value must be above 0, at most
    `largest` (or below `limit`), and written with no more decimals than `decimal_places`. With `signed` it may be 0 or
    below, down to `limit` on that side too.
    """

    default_error_messages = {
        "invalid": "A valid number is required.",
        "not_positive": "Must be greater than 0.",
        "too_large": "Must be {relation} {bound}.",
        "too_small": "Must be greater than {bound}.",
        "too_many_decimals": "Must have no more than {decimals} decimals.",
    }

    def __init__(
        self,
        *,
        decimal_places: int,
        limit: Decimal | None = None,
        largest: Decimal | None = None,
        signed: bool = False,
        **kwargs: Any,
    ) -> None:
        self.decimal_places = decimal_places
        self.signed = signed
        self.limit = limit
        self.largest = largest
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> Decimal:
        """Return the number exactly as it was written."""
        if isinstance(data, bool) or not isinstance(data, str | int | Decimal):
            self.fail("invalid")
        text = str(data).strip() if isinstance(data, str | int) else format(data, "E")
        if not _NUMBER.fullmatch(text):
            self.fail("invalid")
        value = Decimal(text)
        if value <= 0 and not self.signed:
            self.fail("not_positive")
        if self.limit is not None and value >= self.limit:
            self.fail("too_large", relation="less than", bound=f"{self.limit:f}")
        if self.limit is not None and value <= -self.limit:
            self.fail("too_small", bound=f"{-self.limit:f}")
        if self.largest is not None and value > self.largest:
            self.fail("too_large", relation="at most", bound=f"{self.largest:f}")
        if count_decimals(value) > self.decimal_places:
            self.fail("too_many_decimals", decimals=self.decimal_places)
        return value

    def to_representation(self, value: Any) -> str:
        """Return a plain decimal string with all its places."""
        return format_amount(value, decimals=self.decimal_places)


class DayField(serializers.DateField):
    """A calendar day, `YYYY-MM-DD` and nothing else: DRF's own takes every form that ISO 8601 has."""

    def to_internal_value(self, value: Any) -> date:
        """Return the day."""
        if not isinstance(value, str) or not DAY.fullmatch(value):
            self.fail("invalid", format="YYYY-MM-DD")
        day: date = super().to_internal_value(value)
        return day


def is_row_id(data: Any) -> bool:
    """Return whether a value of a body can be an id: a whole number, or a string of ASCII digits."""
    if isinstance(data, str):
        return _ROW_ID.fullmatch(data) is not None
    return isinstance(data, int) and not isinstance(data, bool)


class RowIdField(serializers.IntegerField):
    """The id of a row that is looked up later; DRF's own field also takes decimals."""

    default_error_messages = {"invalid": "An id is required: a whole number."}

    def to_internal_value(self, data: Any) -> int:
        """Return the id."""
        if not is_row_id(data):
            self.fail("invalid")
        return int(data)


class JsonBooleanField(serializers.BooleanField):
    """A boolean of JSON: DRF's own also takes words and numbers."""

    def to_internal_value(self, data: Any) -> bool:
        """Return the boolean."""
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class UuidField(serializers.UUIDField):
    """A UUID in its usual form, of hexadecimal digits with hyphens: DRF's own also takes whole numbers and URNs."""

    def to_internal_value(self, data: Any) -> uuid.UUID:
        """Return the UUID."""
        if not isinstance(data, str) or not _UUID.fullmatch(data):
            self.fail("invalid", value=data)
        return uuid.UUID(data)


class OwnRowField(serializers.PrimaryKeyRelatedField[Any]):
    """The id of another row of the serializer's `owner`: a whole number, or a string of ASCII digits.

    Another person's row does not exist.

    DRF's own takes any number, and cuts it to a whole one however large: `1e999999999` has a billion digits.
    """

    default_error_messages = {
        "does_not_exist": "There is no such row.",
        "incorrect_type": "An id is required: a whole number.",
    }

    def to_internal_value(self, data: Any) -> Any:
        """Return the row."""
        if not is_row_id(data):
            self.fail("incorrect_type")
        return super().to_internal_value(data)

    def get_queryset(self) -> Any:
        """Return the owner's rows. Called only when a body names a row."""
        rows: Any = super().get_queryset()
        return rows.filter(user_id=self.context["owner"].pk)


class MoneyField(ExactDecimalField):
    """An amount in the currency that stands beside it, in that currency's minor unit.

    A request may have the most decimals that any currency has; the serializer, which reads the
    currency, checks the rest with `check_decimals`. `currency_source` names the attribute of the rendered
    object that holds the code; dots reach into related rows.
    """

    def __init__(self, *, currency_source: str = "currency", **kwargs: Any) -> None:
        self.currency_source = currency_source.split(".")
        super().__init__(decimal_places=STORED_DECIMALS, limit=AMOUNT_LIMIT, **kwargs)

    def get_attribute(self, instance: Any) -> Any:
        """Return the amount with its currency."""
        amount = super().get_attribute(instance)
        currency: Any = instance
        for name in self.currency_source:
            currency = currency[name] if isinstance(currency, dict) else getattr(currency, name)
        return None if amount is None else (amount, currency)

    def to_representation(self, value: Any) -> str:
        """Return a plain decimal string with the places of the currency."""
        amount, currency = value
        return format_amount(amount, decimals=get_decimals(currency))


def check_decimals(*, field: str, amount: Decimal, currency: str) -> None:
    """Raise ValidationError on `field` for an amount with more decimals than its currency has."""
    decimals = get_decimals(currency)
    if count_decimals(amount) > decimals:
        message = f"{currency} has {decimals} decimals." if decimals else f"{currency} has no decimals."
        raise serializers.ValidationError({field: [message]}, code="too_many_decimals")
