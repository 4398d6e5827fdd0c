"""The shapes of an account: registration, profile, a change of it."""

from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError as ModelValidationError
from rest_framework import serializers
from rest_framework.fields import get_error_detail

from core.accounts.holiday_calendars import is_holiday_calendar
from core.accounts.languages import find_language
from core.accounts.queries import is_email_verified
from core.accounts.serializers.fields import CodeField, PasswordField, WeekdayWeightsField
from core.accounts.timezones import is_timezone
from core.kernel.currencies import is_selectable
from core.kernel.names import fold_name
from core.models import User
from core.models.user import USERNAME_LENGTH, check_names

_PROFILE_FIELDS = [
    *("id", "username", "email", "email_verified", "first_name", "last_name", "currency", "timezone", "language"),
    *("holiday_calendar", "leftover", "overspend", "weekday_weights", "updated_at"),
]


def check_password_rules(*, field: str, password: str, user: User) -> None:
    """Raises ValidationError on `field` for a new password that breaks a rule. `user` is whose it is to be."""
    try:
        validate_password(password, user)
    except ModelValidationError as error:
        raise serializers.ValidationError({field: error.messages}) from error


class _ProfileChecks(serializers.ModelSerializer[User]):
    """The fields and checks that registration and profile share."""

    email_verified = serializers.SerializerMethodField(
        help_text="Whether the address was proven by a link. Until then it gets no mail but links."
    )

    def get_email_verified(self, user: User) -> bool:
        """Return whether the present address is proven."""
        return is_email_verified(user=user)

    weekday_weights = WeekdayWeightsField(
        required=False, help_text="How much of what is left each day of the week gets, Monday first."
    )

    def validate_currency(self, currency: str) -> str:
        """An ISO 4217 code in use, or the withdrawn code that the account has."""
        if not is_selectable(currency, present={getattr(self.instance, "currency", "")}):
            raise serializers.ValidationError("Not an ISO 4217 currency code.", code="unknown_currency")
        return currency

    def validate_timezone(self, timezone: str) -> str:
        """An IANA name."""
        if not is_timezone(timezone):
            raise serializers.ValidationError("Not an IANA time zone.", code="unknown_timezone")
        return timezone

    def validate_holiday_calendar(self, code: str) -> str:
        """A code among `holiday-calendars/`, or none; also the stored one, which the library may have dropped."""
        if code and code != getattr(self.instance, "holiday_calendar", "") and not is_holiday_calendar(code):
            raise serializers.ValidationError("Not a known holiday calendar.", code="unknown_calendar")
        return code

    def validate_language(self, language: str) -> str:
        """Return the code of a language tag; none stays none."""
        code = find_language(language) if language else ""
        if code is None:
            raise serializers.ValidationError("Not a known language code.", code="unknown_language")
        return code

    def validate_username(self, username: str) -> str:
        """In the one encoding in which names are stored."""
        return User.normalize_username(username)

    def validate_email(self, email: str) -> str:
        """With its domain in lower case, as it is stored."""
        return User.objects.normalize_email(email)


class RegistrationSerializer(_ProfileChecks):
    """A new account."""

    password = PasswordField()

    class Meta:
        model = User
        fields = [*_PROFILE_FIELDS, "password"]

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Names that are free, and a password that keeps the rules."""
        check_names(username=attrs["username"], email=attrs["email"], owner_id=None)
        person = User(**{name: value for name, value in attrs.items() if name != "password"})
        check_password_rules(field="password", password=attrs["password"], user=person)
        return attrs


class ProfileSerializer(_ProfileChecks):
    """An account as its owner sees it."""

    class Meta:
        model = User
        fields = _PROFILE_FIELDS
        read_only_fields = ["id", "username"]


class ProfileChangeSerializer(ProfileSerializer):
    """A change of a profile as a client sends it. The view takes the proofs from it, the profile the rest."""

    current_password = PasswordField(required=False, help_text="Needed to change `email`.")
    otp = CodeField(required=False, allow_blank=True, help_text="Needed to change `email` with a second factor on.")

    class Meta(ProfileSerializer.Meta):
        fields = [*_PROFILE_FIELDS, "current_password", "otp"]


class EmailChangeProofSerializer(serializers.Serializer[Any]):
    """What a change of `email` takes besides."""

    current_password = PasswordField()
    otp = CodeField(required=False, allow_blank=True)


class UsernameSerializer(serializers.Serializer[Any]):
    """A new username."""

    new_username = serializers.CharField(max_length=USERNAME_LENGTH, validators=[User.username_validator])

    def validate_new_username(self, username: str) -> str:
        """In the one encoding in which names are stored."""
        return User.normalize_username(username)


def check_email(*, email: str, user: User) -> None:
    """Raise ValidationError on `email` for an address that this account cannot have.

    It must be free, and able to be the username where the old one is.
    """
    follows = fold_name(user.username) == fold_name(user.email)
    try:
        check_names(username=email if follows else user.username, email=email, owner_id=user.pk)
    except ModelValidationError as error:
        if "email" in error.error_dict:
            raise serializers.ValidationError({"email": _describe(error, "email")}) from error
        message = "Your username is your old address, and this one cannot be: change the username first."
        raise serializers.ValidationError({"email": [message]}) from error


def check_username(*, username: str, user: User) -> None:
    """Raises ValidationError on `new_username` for a name that this person cannot take."""
    try:
        check_names(username=username, email=user.email, owner_id=user.pk)
    except ModelValidationError as error:
        raise serializers.ValidationError({"new_username": _describe(error, "username")}) from error


def _describe(error: ModelValidationError, field: str) -> Any:
    """Return the messages on a field, with their codes; those of all fields where it has none."""
    errors = error.error_dict.get(field) or [item for items in error.error_dict.values() for item in items]
    return get_error_detail(ModelValidationError(errors))
