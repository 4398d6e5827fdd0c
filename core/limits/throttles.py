"""Limits of calls, logins, codes and mailed links.

`settings.THROTTLES` holds each limit by name, None where it is off. DRF's own throttles are not used: they trust
`X-Forwarded-For`, and the cache that they count in does not count atomically.
"""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from rest_framework.exceptions import APIException, Throttled
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from core.kernel.limits import Limit
from core.limits.client_address import get_client_network
from core.limits.counter import Counter, make_counter
from core.limits.counters import give_back, hit
from core.models import User

# How many accounts' worth of failed logins one address may cause.
_ACCOUNTS_PER_ADDRESS = 10


def _find_limit(name: str) -> Limit | None:
    limit: Limit | None = settings.THROTTLES[name]
    return limit


def _http_request(request: Request | HttpRequest) -> HttpRequest:
    return request._request if isinstance(request, Request) else request


def _is_counted(request: Request | HttpRequest) -> bool:
    return getattr(_http_request(request), "is_counted", False)


def _mark_counted(request: Request | HttpRequest) -> None:
    """Record that the call was counted: it is counted once, whichever counter that was."""
    _http_request(request).is_counted = True  # type: ignore[attr-defined]


class _Throttle(BaseThrottle):
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
        _mark_counted(request)
        counter = self.find_counter(request)
        self.wait_seconds = None if counter is None else hit(counter)
        return self.wait_seconds is None


class CallThrottle(_Throttle):
    """Any call: by user with a valid token, by address without."""

    def find_counter(self, request: Request | HttpRequest) -> Counter | None:
        """Return the user's counter or the address's."""
        user = _find_user(request)
        if user is not None:
            limit = _find_limit("user")
            return make_counter("user", str(user.pk), limit=limit) if limit else None
        limit = _find_limit("anon")
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


def _count_by_address(what: str, request: Request | HttpRequest, limit: Limit) -> Counter:
    return make_counter(what, get_client_network(_http_request(request)), limit=limit, lasting=True)


class ResetThrottle(_Throttle):
    """Asking for a mail that resets something, by address."""

    def find_counter(self, request: Request | HttpRequest) -> Counter | None:
        """One counter an address."""
        limit = _find_limit("reset")
        return _count_by_address("reset", request, limit) if limit else None


class RegistrationThrottle(_Throttle):
    """Trying to open an account, by address. A refused registration counts too: it tells which names are taken."""

    def find_counter(self, request: Request | HttpRequest) -> Counter | None:
        """One counter an address."""
        limit = _find_limit("reset")
        return _count_by_address("registration", request, limit) if limit else None


def count_registration(*, request: Request | HttpRequest) -> None:
    """Count what tells as much as a registration does, besides the call. Raises Throttled."""
    limit = _find_limit("reset")
    if limit is not None:
        Reservation(_count_by_address("registration", request, limit))


def count_refused_call(request: Any) -> Throttled | None:
    """Count a call that was refused before any throttle counted it, such as one with a bad token.

    Return the error to answer with where the call is past its limit.
    """
    throttle = CallThrottle()
    if not isinstance(request, Request) or throttle.allow_request(request, None):
        return None
    return Throttled(wait=throttle.wait_seconds)


class Reservation:
    """A try that is counted as failed before it is made, so that parallel tries cannot pass a limit together."""

    def __init__(self, *counters: Counter) -> None:
        """Raises Throttled where one of the counters is full."""
        self._counters = counters
        wait = hit(*counters) if counters else None
        if wait is not None:
            raise Throttled(wait=wait)

    def give_back(self) -> None:
        """The try did not fail: it does not count. Call it once."""
        if self._counters:
            give_back(*self._counters)
            self._counters = ()


class LoginTry:
    """A login that is counted twice before it is made: as one that failed, and as a call. One of both will hold."""

    def __init__(self, *, failures: Reservation, call: Counter | None) -> None:
        """Raises Throttled where there were too many calls; what was reserved for a failure is given back then."""
        self._failures = failures
        # Not with the failures: the two kinds may be kept in different stores.
        try:
            self._call = Reservation(*([call] if call is not None else []))
        except Throttled:
            failures.give_back()
            raise

    def passed(self) -> None:
        """The password was right: an ordinary call. It costs a hash as any other does."""
        self._failures.give_back()

    def failed(self) -> None:
        """It was not: a failed login and no more, so that whoever mistypes may still do all the rest."""
        self._call.give_back()


def reserve_login(*, request: Request | HttpRequest, account: str) -> Reservation:
    """Count a failed login before the password is looked at; give it back when the password was right.

    `account` names the account the same way for every spelling of its names, and an unknown account by what
    was typed. Raises Throttled.
    """
    limit = _find_limit("login")
    if limit is None:
        return Reservation()
    network = get_client_network(_http_request(request))
    return Reservation(
        make_counter("login", account, network, limit=limit, lasting=True),
        make_counter("login", network, limit=limit.times(_ACCOUNTS_PER_ADDRESS), lasting=True),
    )


def begin_login(*, request: Request | HttpRequest, account: str) -> LoginTry:
    """Count a login by somebody who has no token yet, before the password is looked at. Raises Throttled.

    `account` as for `reserve_login`. Call `passed` or `failed` of the result, once.
    """
    # The two counters below count the call, also where it is refused.
    _mark_counted(request)
    failures = reserve_login(request=request, account=account)
    limit = _find_limit("anon")
    network = get_client_network(_http_request(request))
    return LoginTry(failures=failures, call=make_counter("anon", network, limit=limit) if limit else None)


def reserve_code(*, user_id: int) -> Reservation:
    """Count a wrong one-time code before it is looked at; give it back when it was right. Raises Throttled."""
    limit = _find_limit("otp")
    if limit is None:
        return Reservation()
    return Reservation(make_counter("otp", str(user_id), limit=limit, lasting=True))
