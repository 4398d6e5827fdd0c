"""Authentication of API requests by access token."""

from typing import Any

from rest_framework_simplejwt.authentication import JWTAuthentication
from rest_framework_simplejwt.exceptions import InvalidToken
from rest_framework_simplejwt.tokens import Token

from core import clock
from core.accounts.services.sessions import use_session
from core.models import User


class SessionAuthentication(JWTAuthentication):
    """`Authorization: Bearer <access>`. `request.auth` is the token; its claim `sid` is the session's id.

    A token is valid while its session is not revoked and its user is active. Both are read with one statement. The
    first use of a pair of tokens takes another.
    """

    def get_raw_token(self, header: bytes) -> bytes | None:
        """Return the token of the header; None for another scheme. The scheme is in any case (RFC 9110, 11.1)."""
        scheme, separator, rest = header.partition(b" ")
        if scheme.lower() == b"bearer":
            header = b"Bearer" + separator + rest
        return super().get_raw_token(header)

    def get_user(self, validated_token: Token) -> Any:
        """Return the user of the token's session. Raises InvalidToken (401)."""
        session = use_session(token=validated_token, now=clock.now())
        if session is None:
            raise InvalidToken
        user: User = session.user
        return user
