"""Logging in with real tokens."""

from typing import Any

from rest_framework.test import APIClient

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
