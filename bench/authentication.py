"""The floor's authentication: the access token's signature, and its session and user with one hand-written statement.

A copy, so that the yardstick stays the same when the product's own authentication changes.
"""

from dataclasses import dataclass
from typing import Any

from django.db import connection
from rest_framework_simplejwt.authentication import JWTAuthentication
from rest_framework_simplejwt.exceptions import InvalidToken
from rest_framework_simplejwt.tokens import Token

_SESSION_COLUMNS = ("id", "user_id", "refresh_id", "retired", "created_at", "expires_at", "ended_at", "revoked_at")
_USER_COLUMNS = (
    *("id", "password", "last_login", "is_superuser", "username", "first_name", "last_name", "is_staff", "is_active"),
    *("date_joined", "email", "username_key", "email_key", "currency", "timezone", "language", "session_epoch"),
)
_COLUMNS = ", ".join([*(f"s.{name}" for name in _SESSION_COLUMNS), *(f"u.{name}" for name in _USER_COLUMNS)])
_SESSION_WITH_USER = f"SELECT {_COLUMNS} FROM core_session s JOIN core_user u ON u.id = s.user_id WHERE s.id = %s"  # noqa: S608


@dataclass(frozen=True, slots=True)
class FloorUser:
    """The row of a user, by column."""

    columns: dict[str, Any]

    is_authenticated = True

    @property
    def pk(self) -> Any:
        """Return the user's id."""
        return self.columns["id"]


class FloorAuthentication(JWTAuthentication):
    """Accept an access token whose session is not revoked and whose user is active."""

    def get_user(self, validated_token: Token) -> Any:
        """Return the user of the token's session. Raises InvalidToken (401)."""
        session_id = validated_token.get("sid")
        row = _find_row(session_id) if isinstance(session_id, int) else None
        if row is None:
            raise InvalidToken
        session = dict(zip(_SESSION_COLUMNS, row, strict=False))
        user = FloorUser(dict(zip(_USER_COLUMNS, row[len(_SESSION_COLUMNS) :], strict=True)))
        is_own = validated_token.get("user_id") == str(user.pk)
        if session["revoked_at"] is not None or not user.columns["is_active"] or not is_own:
            raise InvalidToken
        return user


def _find_row(session_id: int) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(_SESSION_WITH_USER, [session_id])
        return cursor.fetchone()
