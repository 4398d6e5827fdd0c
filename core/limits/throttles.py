"""What is limited, and by whom it is counted.

`settings.THROTTLES` holds a `Limit` a name, None where it is off. DRF's own throttles are not used: they
trust `X-Forwarded-For`, and neither of their stores counts atomically.
"""

from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from rest_framework.exceptions import Throttled
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from core.kernel.limits import Limit
from core.limits.client_address import get_client_network
from core.limits.counter import Counter, make_counter
from core.limits.counters import (
    Hit,
    give_back,
    hit,
)

# How many accounts' worth of failed logins one address may cause.
_ACCOUNTS_PER_ADDRESS = 10

_COUNTED = "_call_is_counted"
_BEGUN = "_call_being_counted"


def _find_limit(name: str) -> Limit | None:
    limit: Limit | None = settings.THROTTLES[name]
    return limit


def _http_request(request: Request | HttpRequest) -> HttpRequest:
    return request._request if isinstance(request, Request) else request


class _Throttle(BaseThrottle):
    """A throttle that counts once and remembers how long a refused call has to wait."""

    wait_seconds: int | None = None

    def wait(self) -> float | None:
        """The seconds after which the call passes."""
        return self.wait_seconds

    def find_counter(self, request: Request | HttpRequest) -> Counter | None:
        """What to count; None for nothing."""
        raise NotImplementedError

    def allow_request(self, request: Request | HttpRequest, view: Any) -> bool:
        """Count the call."""
        http_request = _http_request(request)
        # Whatever a view counts, a call is counted once.
        if getattr(http_request, _COUNTED, False):
            return True
        setattr(http_request, _COUNTED, True)
        begun: Hit | None = getattr(http_request, _BEGUN, None)
        counter = self.find_counter(request) if begun is None else None
        if counter is not None:
            begun = Hit(counter)
        self.wait_seconds = None if begun is None else begun.finish()
        return self.wait_seconds is None


class CallThrottle(_Throttle):
    """Any call: by user with a good token, by address without."""

    def find_counter(self, request: Request | HttpRequest) -> Counter | None:
        """Reads who asks from what authentication found, and asks it nothing itself."""
        user = getattr(request, "_user", None)
        if user is not None and user.is_authenticated:
            limit = _find_limit("user")
            return _count_by_user(str(user.pk), limit) if limit else None
        limit = _find_limit("anon")
        return make_counter("anon", get_client_network(_http_request(request)), limit=limit) if limit else None


@lru_cache(maxsize=10_000)
def _count_by_user(user_id: str, limit: Limit) -> Counter:
    # Remembered, for whoever calls will call again: the key is a hash of a hash.
    return make_counter("user", user_id, limit=limit)


def begin_call(*, request: Request, user_id: str) -> Hit | None:
    """Begin to count a call of whoever a verified token names, while it is looked up whether the token still holds.

    None where the view does not count calls. Who it turns out not to hold for must be given the call back.
    """
    view = (request.parser_context or {}).get("view")
    limit = _find_limit("user")
    if limit is None or CallThrottle not in getattr(view, "throttle_classes", ()):
        return None
    begun = Hit(_count_by_user(user_id, limit))
    setattr(_http_request(request), _BEGUN, begun)
    return begun


def forget_call(*, request: Request, begun: Hit | None) -> None:
    """Give back what `begin_call` began: the token does not hold, and the call is none of that user's."""
    if begun is not None:
        delattr(_http_request(request), _BEGUN)
        begun.give_back()


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


class UncountedThrottle(_Throttle):
    """For views that count by `reserve_login` and `reserve_code` themselves: the call itself is not counted."""

    def find_counter(self, request: Request | HttpRequest) -> Counter | None:
        """Nothing."""
        return None


def count_refused_call(request: Any) -> Throttled | None:
    """Count a call that was refused before its throttles were asked, as one with a bad token is.

    Returns the error to answer with where the call was one too many.
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
