"""Fields that several shapes of accounts share."""

from typing import Any

from rest_framework import serializers

from core.kernel.passwords import PASSWORD_LENGTH

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
