"""`ETag` and `If-None-Match`."""

import hashlib
from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.http import parse_etags

Handler = Callable[[HttpRequest], HttpResponse]

# The headers that RFC 9110 asks of a 304.
_KEPT_OF_AN_ANSWER = ("Cache-Control", "ETag", "Vary")


def _is_among(etag: str, given: list[str]) -> bool:
    """Return whether the tag matches; proxies that compress make a tag weak (`W/`)."""
    return any(one in ("*", etag, f"W/{etag}") for one in given)


class ConditionalGetMiddleware:
    """Set an `ETag` on each response of the API to GET and HEAD, and answer a matching `If-None-Match` with 304.

    Django's own sets none where the response says `no-store`, as most of ours do: the client's own memory may hold
    tag and body all the same. It also refuses with a page where `If-Match`, which is for writes, does not match. The
    tag is a hash of the body, so it cannot be out of date.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Set the tag; return a 304 where the client has the body already."""
        response = self.get_response(request)
        is_read = request.method in ("GET", "HEAD") and request.path.startswith("/api/")
        if not is_read or response.status_code != HTTPStatus.OK or response.streaming:
            return response
        etag = f'"{hashlib.md5(response.content, usedforsecurity=False).hexdigest()}"'
        response.headers["ETag"] = etag
        given = request.headers.get("If-None-Match")
        if given is None or not _is_among(etag, parse_etags(given)):
            return response
        unchanged = HttpResponseNotModified()
        for name in _KEPT_OF_AN_ANSWER:
            if name in response.headers:
                unchanged.headers[name] = response.headers[name]
        return unchanged
