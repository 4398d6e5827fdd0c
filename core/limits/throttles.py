"""Limits of calls. Those of logins, codes and mailed links are in `core.accounts`.

DRF's own throttles are not used: they trust `X-Forwarded-For`, and the cache that they count in does not count
atomically.
"""

from typing import Any

from django.http import HttpRequest
from rest_framework.exceptions import APIException, Throttled
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from core.limits.client_address import get_client_network
from core.limits.counter import Counter, find_limit, make_counter
from core.limits.counters import hit
from core.models import User


def _http_request(request: Request | HttpRequest) -> HttpRequest:
    return request._request if isinstance(request, Request) else request


def _is_counted(request: Request | HttpRequest) -> bool:
    return getattr(_http_request(request), "is_counted", False)


def mark_counted(request: Request | HttpRequest) -> None:
    """Record that the call was counted: it is counted once, whichever counter that was."""
    _http_request(request).is_counted = True  # type: ignore[attr-defined]


class CountingThrottle(BaseThrottle):
    """A throttle that counts the call once and keeps the seconds to wait."""

    wait_seconds: int | None = None

    def wait(self) -> float | None:
        """Return the seconds after which the call would pass."""
        return self.wait_seconds

    def find_counter(self, request: Request | HttpRequest) -> Counter | None:
        """Return the counter of the call; None where there is no limit."""
        raise NotImplementedError

    def allow_request(self, request: Request | HttpRequest, view: Any) -> bool:
        """Count the call; return whether it may pass."""
        if _is_counted(request):
            return True
        mark_counted(request)
        counter = self.find_counter(request)
        self.wait_seconds = None if counter is None else hit(counter)
        return self.wait_seconds is None


class CallThrottle(CountingThrottle):
    """Any call: by user with a valid token, by address without.

    A view that finds its user elsewhere hands over the id.
    """

    def __init__(self, *, user_id: str | None = None) -> None:
        self.user_id = user_id

    def find_counter(self, request: Request | HttpRequest) -> Counter | None:
        """Return the user's counter or the address's."""
        user = None if self.user_id else _find_user(request)
        user_id = self.user_id if user is None else str(user.pk)
        if user_id is not None:
            limit = find_limit("user")
            return make_counter("user", user_id, limit=limit) if limit else None
        limit = find_limit("anon")
        return make_counter("anon", get_client_network(_http_request(request)), limit=limit) if limit else None


def _find_user(request: Request | HttpRequest) -> User | None:
    """Return the user whom the token names; None where there is none, or the token was refused."""
    if not isinstance(request, Request):
        return None
    try:
        user = request.user
    except APIException:
        return None
    return user if isinstance(user, User) else None


def count_call(*, request: Request, user_id: str | None) -> None:
    """Count a call for the user of this id, for its address without one. Raises Throttled past the limit."""
    throttle = CallThrottle(user_id=user_id)
    if not throttle.allow_request(request, None):
        raise Throttled(wait=throttle.wait_seconds)


def count_refused_call(request: Any) -> Throttled | None:
    """Count a call that was refused before any throttle counted it, such as one with a bad token.

    Return the error to answer with where the call is past its limit.
    """
    throttle = CallThrottle()
    if not isinstance(request, Request) or throttle.allow_request(request, None):
        return None
    return Throttled(wait=throttle.wait_seconds)
