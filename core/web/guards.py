"""What a request must pass before any view sees it, and what every answer carries."""

import logging
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.core.signals import got_request_exception
from django.http import HttpRequest, HttpResponse

from core.web.errors import bad_request, error_response, server_error
from core.web.exceptions import PayloadTooLarge
from core.web.parsers import BODY_LIMIT_BYTES

Handler = Callable[[HttpRequest], HttpResponse]

logger = logging.getLogger(__name__)


# Nothing here needs a device, a sensor or a payment handler of the browser.
_PERMISSIONS_POLICY = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer",
        "autoplay",
        "camera",
        "display-capture",
        "fullscreen",
        "geolocation",
        "gyroscope",
        "magnetometer",
        "microphone",
        "midi",
        "payment",
        "usb",
    )
)


_API_POLICY = "default-src 'none'; frame-ancestors 'none'"


class ResponseHeadersMiddleware:
    """Set the headers of all responses; a view's own values stay.

    Responses of the API and the admin hold personal data: they are stored nowhere. Those of the API are JSON, which
    loads nothing.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Set what is missing."""
        response = self.get_response(request)
        headers = response.headers
        headers.setdefault("Permissions-Policy", _PERMISSIONS_POLICY)
        if request.path.startswith(("/api/", "/admin/")):
            headers.setdefault("Cache-Control", "no-store")
        if request.path.startswith("/api/"):
            headers.setdefault("Content-Security-Policy", _API_POLICY)
        return response


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


class HostMiddleware:
    """A `Host` that is not this site's is a 400 in JSON, whatever path it asks for, before anything reads it."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Hand the request on."""
        try:
            request.get_host()
        except DisallowedHost as error:
            return bad_request(request, error)
        return self.get_response(request)


class BodyMiddleware:
    """Refuse a body that is larger than its view takes, before it is read.

    A view that takes more than others has a class attribute `body_limit_bytes`.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Call the next middleware."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, arguments: Any, named_arguments: Any
    ) -> HttpResponse | None:
        """Return 413 where the body is too large for the view."""
        owner = getattr(view, "cls", None) or getattr(view, "view_class", None)
        limit: int = getattr(owner, "body_limit_bytes", BODY_LIMIT_BYTES)
        if _read_length(request) <= limit:
            return None
        response = error_response(PayloadTooLarge())
        # The server need not read the rest of the body.
        response.headers["Connection"] = "close"
        return response


def _read_length(request: HttpRequest) -> int:
    try:
        return int(request.headers.get("Content-Length") or 0)
    except ValueError:
        return 0


class DebugPagesMiddleware:
    """With DEBUG on, Django answers a crash with a page of source and settings. The API never does."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Hand the request on."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """The crash as JSON; the log has the rest."""
        if not settings.DEBUG or not request.path.startswith("/api/"):
            return None
        logger.error("crash at %s", request.path, exc_info=exception)
        got_request_exception.send(sender=type(self), request=request)
        return server_error(request)
