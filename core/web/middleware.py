"""What surrounds every request."""

import hashlib
import random
import re
from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.http import parse_etags

from core import clock
from core.context import CallContext, in_context
from core.limits.client_address import get_client_address
from core.web.errors import error_response, is_database_away
from core.web.exceptions import ServiceUnavailable

Handler = Callable[[HttpRequest], HttpResponse]


_CLEAN_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}", re.ASCII)
_REQUEST_ID_HEADER = "X-Request-ID"


class RequestContextMiddleware:
    """One reading of the clock a request, and a note of who calls from where, for the logs and the audit.

    A clean `X-Request-ID` is kept, any other replaced; the answer carries it.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Hand the request on while the clock stands still."""
        given = request.headers.get(_REQUEST_ID_HEADER, "")
        # Not a secret.
        request_id = given if _CLEAN_REQUEST_ID.fullmatch(given) else f"{random.getrandbits(128):032x}"  # noqa: S311

        def find_actor() -> int | None:
            # Asked when something happens: by then DRF or the session has found out, if anybody.
            user = getattr(request, "user", None)
            return user.pk if user is not None and user.is_authenticated else None

        request.call_id = request_id  # type: ignore[attr-defined]
        call = CallContext(
            address=get_client_address(request),
            request_id=request_id,
            via="admin" if request.path.startswith("/admin/") else "api",
            find_actor=find_actor,
        )
        with clock.frozen(), in_context(call):
            response = self.get_response(request)
        response.headers[_REQUEST_ID_HEADER] = request_id
        return response


# What RFC 9110 wants a 304 to say; no answer of the API sets a cookie.
_KEPT_OF_AN_ANSWER = ("Cache-Control", "ETag", "Vary")


def _is_among(etag: str, given: list[str]) -> bool:
    """Whether the client has the answer of this tag; `W/` is what a proxy that compresses makes of it."""
    return any(one in ("*", etag, f"W/{etag}") for one in given)


class ConditionalGetMiddleware:
    """Every answer of the API to a GET or HEAD has an `ETag`; as `If-None-Match` it gets a 304 while it still holds.

    The tag is made of what is answered, not of what that is made from, so that it can never be out of date. What
    may be kept is another question: most answers say `no-store`, and then it is the client's own memory that
    holds tag and answer.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Hand the request on; a 304 takes the place of an answer that the client has."""
        response = self.get_response(request)
        is_read = request.method in ("GET", "HEAD") and request.path.startswith("/api/")
        if not is_read or response.status_code != HTTPStatus.OK or response.streaming:
            return response
        etag = f'"{hashlib.md5(response.content, usedforsecurity=False).hexdigest()}"'
        response.headers["ETag"] = etag
        given = request.headers.get("If-None-Match")
        if given is None or not _is_among(etag, parse_etags(given)):
            return response
        # By this one condition alone: the others are for writes, and would refuse with a page.
        unchanged = HttpResponseNotModified()
        for name in _KEPT_OF_AN_ANSWER:
            if name in response.headers:
                unchanged.headers[name] = response.headers[name]
        return unchanged


class DatabaseAwayMiddleware:
    """A database that cannot be reached is 503 with a wait, on pages as on the API."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Hand the request on."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Called for an exception that a view outside the API let through."""
        if is_database_away(exception):
            return error_response(ServiceUnavailable())
        return None
