"""Logins that last."""

import uuid
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models.functions import Coalesce


class SessionQuerySet(models.QuerySet["Session"]):
    """Sessions."""

    def live(self, *, now: datetime) -> "SessionQuerySet":
        """Return those that can be refreshed."""
        return self.filter(ended_at__isnull=True, revoked_at__isnull=True, expires_at__gt=now)

    def with_last_seen(self) -> "SessionQuerySet":
        """Return them with `last_seen_at`: those that were opened by an older version have no `last_used_at` yet."""
        return self.annotate(last_seen_at=Coalesce("last_used_at", "created_at"))


def _no_tokens() -> dict[str, Any]:
    return {}


DEVICE_LENGTH = 80
_ADDRESS_LENGTH = 45


class Session(models.Model):
    """One login of one person: the line of refresh tokens that began with it, and every access token of theirs.

    Written by the services of accounts alone. Each token names its session in the claim `sid`, and in `jti` the pair
    of tokens that it was issued with. Of the line, exactly one refresh token works: that of the pair `refresh_id`.
    What the columns from `refresh_id` to `pair_used` mean is decided in `accounts.domain.token_line`. They are only
    ever changed by an UPDATE that names the `refresh_id` it expects, so that of two at once one finds nothing to
    change. A session never comes back: `ended_at` and `revoked_at` are set once.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="login_sessions")
    device = models.CharField(
        max_length=DEVICE_LENGTH, blank=True, default="", db_default="", help_text="What the client calls itself."
    )
    address = models.CharField(
        max_length=_ADDRESS_LENGTH, blank=True, default="", db_default="", help_text="Where it was last used from."
    )
    refresh_id = models.UUIDField(default=uuid.uuid4, help_text="The pair of tokens that works.")
    preceding_id = models.UUIDField(null=True, help_text="The pair whose refresh token was traded for it.")
    retired = models.JSONField(default=_no_tokens, help_text="Pairs that were replaced moments ago, with the instant.")
    voided = models.JSONField(
        null=True, help_text="Pairs whose access tokens are refused before they expire, with the instant."
    )
    pair_used = models.BooleanField(
        default=False, db_default=False, help_text="Whether a token of the pair was ever presented."
    )
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, help_text="Login, refresh, or the first use of a pair.")
    expires_at = models.DateTimeField(help_text="When the last refresh token ends by itself.")
    ended_at = models.DateTimeField(null=True, help_text="Logout: no refresh any more; access tokens live out.")
    revoked_at = models.DateTimeField(null=True, help_text="No token of the session works any more.")

    objects = SessionQuerySet.as_manager()

    class Meta:
        verbose_name = "session"

    def __str__(self) -> str:
        return f"session {self.pk}"
