"""An account as it is registered and seen."""

from typing import Any
from zoneinfo import available_timezones

from django.conf import settings
from djoser.serializers import UserCreateSerializer, UserSerializer
from rest_framework import serializers

from core.accounts.serializers.fields import PasswordField
from core.kernel.currencies import is_offered
from core.models import User
from core.models.user import check_names

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
        """In the one encoding in which names are stored."""
        return User.normalize_username(username)

    def validate_email(self, email: str) -> str:
        """With its domain in lower case, as it is stored."""
        return User.objects.normalize_email(email)


class RegistrationSerializer(ProfileChecks, UserCreateSerializer):
    """A new account."""

    password = PasswordField()

    class Meta(UserCreateSerializer.Meta):
        model = User
        fields = [*_PROFILE_FIELDS, "password"]

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Names that are free, and a password that Django's validators take."""
        check_names(username=attrs["username"], email=attrs["email"], owner_id=None)
        validated: dict[str, Any] = super().validate(attrs)
        return validated


class ProfileSerializer(ProfileChecks, UserSerializer):
    """An account as its owner sees it."""

    class Meta(UserSerializer.Meta):
        model = User
        fields = _PROFILE_FIELDS
        read_only_fields = ["id", "username"]

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Names that are free."""
        names = {name: attrs.get(name, getattr(self.instance, name)) for name in ("username", "email")}
        check_names(**names, owner_id=self.instance.pk)
        return attrs
