"""Tokens, in and out."""

from typing import Any

from rest_framework import serializers

from core.accounts.serializers.fields import CodeField, PasswordField

_LONGEST_TOKEN = 4096


class LoginSerializer(serializers.Serializer[Any]):
    """A login."""

    username = serializers.CharField(max_length=254, help_text="Username or e-mail address.")
    password = PasswordField()
    otp = CodeField(
        required=False,
        allow_blank=True,
        allow_null=True,
        help_text="TOTP code or backup code, where a second factor is on.",
    )


class TokenPairSerializer(serializers.Serializer[Any]):
    """What a login or a refresh gives."""

    access = serializers.CharField(help_text="For the header `Authorization: Bearer <access>`; lives for minutes.")
    refresh = serializers.CharField(help_text="Good for one refresh.")


class RefreshSerializer(serializers.Serializer[Any]):
    """A refresh token as proof."""

    refresh = serializers.CharField(max_length=_LONGEST_TOKEN)


class TokenSerializer(serializers.Serializer[Any]):
    """A token to be looked at."""

    token = serializers.CharField(max_length=_LONGEST_TOKEN)


class EmptySerializer(serializers.Serializer[Any]):
    """No more than that it went well."""
