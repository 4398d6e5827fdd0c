"""Requests and responses about tokens."""

from typing import Any

from rest_framework import serializers

from core.accounts.serializers.fields import CodeField, PasswordField
from core.models import Session
from core.models.session import DEVICE_LENGTH

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
    device = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=DEVICE_LENGTH,
        help_text="What the list of sessions shows, such as `Alice's phone`.",
    )


class TokenPairSerializer(serializers.Serializer[Any]):
    """What a login or a refresh gives. With `X-Refresh-Cookie` the refresh token is in the cookie alone."""

    optional_in_answers = ("refresh",)

    access = serializers.CharField(help_text="For the header `Authorization: Bearer <access>`; lives for minutes.")
    refresh = serializers.CharField(help_text="Good for one refresh.")
    user = serializers.IntegerField(help_text="The `id` of `users/me/`.")


class RefreshSerializer(serializers.Serializer[Any]):
    """A refresh token as proof; with `X-Refresh-Cookie` that of the cookie, whatever the body says."""

    refresh = serializers.CharField(
        max_length=_LONGEST_TOKEN, required=False, help_text="Required without `X-Refresh-Cookie`."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Raise ValidationError where the token is neither here nor in the cookie."""
        if "refresh" not in attrs and not self.context.get("in_cookie"):
            field = self.fields["refresh"]
            raise serializers.ValidationError({"refresh": [field.error_messages["required"]]}, code="required")
        return attrs


class TokenSerializer(serializers.Serializer[Any]):
    """A token to verify."""

    token = serializers.CharField(max_length=_LONGEST_TOKEN)


class EmptySerializer(serializers.Serializer[Any]):
    """An empty response."""


class SessionSerializer(serializers.ModelSerializer[Session]):
    """A session that is in force."""

    device = serializers.CharField(read_only=True, allow_blank=True, help_text="As it was given at login.")
    address = serializers.CharField(read_only=True, allow_blank=True, help_text="Where it was last used from.")
    last_used_at = serializers.DateTimeField(
        source="last_seen_at", read_only=True, help_text="The last login, refresh or first use of a pair of tokens."
    )
    current = serializers.SerializerMethodField(help_text="Whether it is the session of this request.")

    class Meta:
        model = Session
        fields = ["id", "device", "address", "created_at", "last_used_at", "current"]
        read_only_fields = fields

    def get_current(self, session: Session) -> bool:
        """Return whether the request's token is of this session."""
        return bool(session.pk == self.context["session_id"])
