"""Lengths of responses."""

from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse

Handler = Callable[[HttpRequest], HttpResponse]


class ContentLengthMiddleware:
    """Give every response that has a body its length, and those to HEAD no body.

    Without a length the server would send the body in chunks.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Set or remove `Content-Length`; remove the body of a response to HEAD."""
        response = self.get_response(request)
        if response.status_code in (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED):
            # RFC 9110, 8.6: no length on a 204, and on a 304 only that of the body which is not sent.
            response.headers.pop("Content-Length", None)
        elif not response.streaming:
            response.headers.setdefault("Content-Length", str(len(response.content)))
            if request.method == "HEAD":
                response.content = b""
        return response
