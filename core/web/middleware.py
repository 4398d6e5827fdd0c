"""What surrounds every request."""

import hashlib
import random
import re
from collections.abc import Callable
from functools import lru_cache
from http import HTTPStatus
from typing import Any

from corsheaders.middleware import CorsMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils import translation
from django.utils.http import parse_etags

from core import clock
from core.context import CallContext, answering
from core.limits.client_address import get_client_address
from core.web.errors import error_response, is_database_away
from core.web.exceptions import ServiceUnavailable
from core.web.headers import Checked, add_missing, check_headers, put_header, vary_by

Handler = Callable[[HttpRequest], HttpResponse]


_CLEAN_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}", re.ASCII)
_REQUEST_ID_HEADER = "X-Request-ID"
_GIVEN_REQUEST_ID = "HTTP_X_REQUEST_ID"


class RequestContextMiddleware:
    """One reading of the clock a request, and a note of who calls from where, for the logs and the audit.

    A clean `X-Request-ID` is kept, any other replaced; the answer carries it.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Hand the request on while the clock stands still."""
        # From where the server left it: Django's mapping of headers is made anew for each request that asks for one.
        given = request.META.get(_GIVEN_REQUEST_ID, "")
        # Not a secret: it tells calls apart.
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
        with clock.standing_still(), answering(call):
            response = self.get_response(request)
        put_header(response, _REQUEST_ID_HEADER, request_id)
        return response


@lru_cache(maxsize=1000)
def _choose_language(accepted: str) -> str:
    """What Django makes of an `Accept-Language`, which few browsers write in a way of their own."""
    request = HttpRequest()
    request.META["HTTP_ACCEPT_LANGUAGE"] = accepted
    return translation.get_language_from_request(request)


@lru_cache(maxsize=200)
def _name_language(language: str) -> Checked:
    return check_headers({"Content-Language": language})


class CrossOriginMiddleware(CorsMiddleware):
    """The library's own for calls from another origin, which carry `Origin`. To any other there is little to say."""

    def __call__(self, request: HttpRequest) -> Any:
        """Hand the request on, or answer what a browser asks beforehand."""
        if "HTTP_ORIGIN" in request.META:
            return super().__call__(request)
        response: Any = self.get_response(request)
        vary_by(response, "origin")
        return response


class LanguageMiddleware:
    """The language that the request asks for, by cookie or `Accept-Language`.

    Django's own also looks for a language in the path, three times a request. No path of ours holds one.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Hand the request on in its language."""
        if "HTTP_COOKIE" in request.META:
            language = translation.get_language_from_request(request)
        else:
            language = _choose_language(request.META.get("HTTP_ACCEPT_LANGUAGE", ""))
        translation.activate(language)
        request.LANGUAGE_CODE = language
        response = self.get_response(request)
        vary_by(response, "Accept-Language")
        add_missing(response, _name_language(language))
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
        if request.method not in ("GET", "HEAD") or response.status_code != HTTPStatus.OK:
            return response
        etag = f'"{hashlib.md5(response.content, usedforsecurity=False).hexdigest()}"'
        put_header(response, "ETag", etag)
        given = request.META.get("HTTP_IF_NONE_MATCH")
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
