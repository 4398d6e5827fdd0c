"""Who sends a request: the access token in its header, and the session that the token belongs to."""

from typing import Any

from rest_framework.request import Request
from rest_framework_simplejwt.authentication import JWTAuthentication
from rest_framework_simplejwt.exceptions import InvalidToken
from rest_framework_simplejwt.tokens import Token

from core.accounts.services.sessions import USER_CLAIM, find_live_session
from core.limits.throttles import begin_call, forget_call
from core.models import User


class SessionAuthentication(JWTAuthentication):
    """`Authorization: Bearer <access>`. `request.auth` is the token; its claim `sid` is the session's id.

    A token is taken while its session is not revoked and its user is active. Both are read with one statement, while
    the call is being counted.
    """

    def authenticate(self, request: Request) -> tuple[Any, Token] | None:
        """The person and the token; None without a header. Raises InvalidToken (401)."""
        header = self.get_header(request)
        raw_token = None if header is None else self.get_raw_token(header)
        if raw_token is None:
            return None
        token = self.get_validated_token(raw_token)
        counting = begin_call(request=request, user_id=str(token.get(USER_CLAIM)))
        try:
            return self.get_user(token), token
        except BaseException:
            forget_call(request=request, begun=counting)
            raise

    def get_user(self, validated_token: Token) -> Any:
        """The person of the token's session. Raises InvalidToken (401)."""
        session = find_live_session(token=validated_token)
        if session is None:
            raise InvalidToken
        user: User = session.user
        return user
