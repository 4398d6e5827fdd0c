"""The shapes of an account."""

from typing import Any
from zoneinfo import available_timezones

from django.conf import settings
from djoser.serializers import UserCreateSerializer, UserSerializer
from rest_framework import serializers

from core.kernel.currencies import is_offered
from core.models import User

_PROFILE_FIELDS = ["id", "username", "email", "first_name", "last_name", "currency", "timezone", "language"]
_NOT_PLACES = {"localtime", "posixrules", "Factory"}
_LANGUAGES = {code for code, _name in settings.LANGUAGES}


class ProfileChecks:
    """The checks that registration and profile share."""

    instance: Any

    def validate_currency(self, currency: str) -> str:
        """An ISO 4217 code that can be paid in."""
        if not is_offered(currency):
            raise serializers.ValidationError("Not an ISO 4217 currency code.", code="unknown_currency")
        return currency

    def validate_timezone(self, timezone: str) -> str:
        """An IANA name."""
        if timezone in _NOT_PLACES or timezone not in available_timezones():
            raise serializers.ValidationError("Not an IANA time zone.", code="unknown_timezone")
        return timezone

    def validate_language(self, language: str) -> str:
        """A language code."""
        if language not in _LANGUAGES:
            raise serializers.ValidationError("Not a known language code.", code="unknown_language")
        return language

    def validate_username(self, username: str) -> str:
        """Nobody else's, without regard to case."""
        self._refuse_taken("username", username)
        return username

    def validate_email(self, email: str) -> str:
        """Nobody else's, without regard to case."""
        self._refuse_taken("email", email)
        return email

    def _refuse_taken(self, field: str, value: str) -> None:
        others = User.objects.filter(**{f"{field}__iexact": value})
        if self.instance is not None:
            others = others.exclude(pk=self.instance.pk)
        if others.exists():
            raise serializers.ValidationError(f"An account with this {field} exists.", code="unique")


class RegistrationSerializer(ProfileChecks, UserCreateSerializer):
    """A new account."""

    password = serializers.CharField(write_only=True, max_length=128, style={"input_type": "password"})

    class Meta(UserCreateSerializer.Meta):
        model = User
        fields = [*_PROFILE_FIELDS, "password"]


class ProfileSerializer(ProfileChecks, UserSerializer):
    """An account as its owner sees it."""

    class Meta(UserSerializer.Meta):
        model = User
        fields = _PROFILE_FIELDS
        read_only_fields = ["id", "username"]
