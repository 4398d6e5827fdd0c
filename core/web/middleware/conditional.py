"""`ETag` and `If-None-Match`."""

import hashlib
from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.http import parse_etags

Handler = Callable[[HttpRequest], HttpResponse]

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
