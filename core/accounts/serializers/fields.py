"""Fields that several shapes of accounts share."""

from typing import Any

from rest_framework import serializers

from core.kernel.passwords import PASSWORD_LENGTH
from core.kernel.weekdays import DAYS_OF_A_WEEK, LARGEST_WEIGHT, are_weekday_weights

CODE_LENGTH = 64
"""The most characters of a one-time code, with blanks and dashes to spare."""


class PasswordField(serializers.CharField):
    """A password: never shown, never trimmed, and never so long that hashing it is work."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", PASSWORD_LENGTH)
        super().__init__(write_only=True, trim_whitespace=False, style={"input_type": "password"}, **kwargs)


class CodeField(serializers.CharField):
    """A one-time code."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(write_only=True, max_length=CODE_LENGTH, **kwargs)


class WeekdayWeightsField(serializers.ListField):
    """Seven whole numbers from 0 to 10, Monday first, not all 0."""

    default_error_messages = {"invalid": "Seven whole numbers from 0 to 10 are required, Monday first, not all 0."}

    def __init__(self, **kwargs: Any) -> None:
        child = serializers.IntegerField(min_value=0, max_value=LARGEST_WEIGHT)
        super().__init__(child=child, min_length=DAYS_OF_A_WEEK, max_length=DAYS_OF_A_WEEK, **kwargs)

    def to_internal_value(self, data: Any) -> list[int]:
        """Return the weights. One message for whatever is wrong, where a list would have one an entry."""
        if not are_weekday_weights(data):
            self.fail("invalid")
        weights: list[int] = data
        return weights
