"""Fields that several shapes of accounts share."""

from typing import Any

from rest_framework import serializers

from core.kernel.passwords import PASSWORD_LENGTH


class PasswordField(serializers.CharField):
    """A password: never shown, never trimmed, and never so long that hashing it is work."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", PASSWORD_LENGTH)
        super().__init__(write_only=True, trim_whitespace=False, style={"input_type": "password"}, **kwargs)
