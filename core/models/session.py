"""Logins that last."""

import uuid
from typing import Any

from django.conf import settings
from django.db import models


def _no_tokens() -> dict[str, Any]:
    return {}


class Session(models.Model):
    """One login of one person: the line of refresh tokens that began with it, and every access token of theirs.

    Written by the services of accounts alone. Each token names its session in the claim `sid`. Of the line,
    exactly one refresh token works: the one whose `jti` is `refresh_id`. The columns that a refresh changes
    are only ever changed by an UPDATE that names the `refresh_id` it expects, so that of two at once one
    finds nothing to change. A session never comes back: `ended_at` and `revoked_at` are set once.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="login_sessions")
    refresh_id = models.UUIDField(default=uuid.uuid4, help_text="The jti of the one refresh token that works.")
    retired = models.JSONField(default=_no_tokens, help_text="jti of tokens rotated moments ago, with the instant.")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(help_text="When the last refresh token ends by itself.")
    ended_at = models.DateTimeField(null=True, help_text="Logout: no refresh any more; access tokens live out.")
    revoked_at = models.DateTimeField(null=True, help_text="No token of the session works any more.")

    class Meta:
        verbose_name = "session"

    def __str__(self) -> str:
        return f"session {self.pk}"
