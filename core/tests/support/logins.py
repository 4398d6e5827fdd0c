"""Logging in with real tokens."""

from typing import Any

from rest_framework.test import APIClient

from core import clock
from core.accounts.services.sessions import open_session
from core.accounts.tokens import AccessToken, RefreshToken
from core.db.locks import owner_transaction
from core.models import User
from core.tests.support.factories import PASSWORD

LOGIN = "/api/auth/jwt/create/"
REFRESH = "/api/auth/jwt/refresh/"
VERIFY = "/api/auth/jwt/verify/"
LOGOUT = "/api/auth/jwt/logout/"
ME = "/api/auth/users/me/"


def log_in(user: User, **more: Any) -> dict[str, str]:
    """A pair of tokens, by name and password."""
    answer = APIClient().post(LOGIN, {"username": user.username, "password": PASSWORD, **more})
    assert answer.status_code == 200, answer.content
    tokens: dict[str, str] = answer.json()
    return tokens


class LoggedInClient(APIClient):
    """A client that holds a pair of tokens, as the app does, and trades it for the next when the first has expired.

    The first pair comes from the service, because no test is about its password. Where the clock has moved past the
    refresh token's life, or to before the login, the client logs in once more. A session that was revoked stays so.
    """

    def __init__(self, user: User, **options: Any) -> None:
        super().__init__(**options)
        self._user_id = user.pk
        self._log_in()

    def request(self, **request: Any) -> Any:
        """Send a request with the access token, unless it brings an `Authorization` of its own."""
        if "HTTP_AUTHORIZATION" not in request:
            self._renew_expired_tokens()
            request["HTTP_AUTHORIZATION"] = f"Bearer {self._access}"
        return super().request(**request)

    def _log_in(self) -> None:
        now = clock.unfrozen_now()
        with owner_transaction(self._user_id):
            pair = open_session(user_id=self._user_id, now=now)
        self._access, self._refresh, self._minted_at = pair.access, pair.refresh, now

    def _renew_expired_tokens(self) -> None:
        age = clock.unfrozen_now() - self._minted_at
        assert AccessToken.lifetime is not None
        assert RefreshToken.lifetime is not None
        if age.total_seconds() < 0 or age >= RefreshToken.lifetime:
            self._log_in()
        elif age >= AccessToken.lifetime:
            answer = APIClient().post(REFRESH, {"refresh": self._refresh})
            if answer.status_code == 200:
                self._access, self._refresh = answer.json()["access"], answer.json()["refresh"]
                self._minted_at = clock.unfrozen_now()


def client_with(access: str) -> APIClient:
    """A client that sends this access token."""
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {access}")
    return client


def is_taken(access: str) -> bool:
    """Whether the API answers to an access token."""
    status = client_with(access).get(ME).status_code
    assert status in (200, 401)
    return status == 200
