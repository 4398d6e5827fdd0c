"""What a request must pass before any view sees it, and what every answer carries."""

import io
import logging
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.core.handlers.wsgi import WSGIRequest
from django.core.signals import got_request_exception
from django.http import HttpRequest, HttpResponse
from django.middleware.security import SecurityMiddleware

from core.web.errors import bad_request, error_response, server_error
from core.web.exceptions import PayloadTooLarge
from core.web.headers import Checked, add_missing, check_headers, put_header
from core.web.lanes import API_PREFIX
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


# An answer in JSON loads nothing and is framed by nobody. A view whose answer holds nothing of a person may say
# otherwise of how it is kept.
_API_HEADERS = check_headers(
    {
        "Cache-Control": "no-store",
        "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
        "Permissions-Policy": _PERMISSIONS_POLICY,
        "X-Frame-Options": settings.X_FRAME_OPTIONS,
    }
)
_WITHOUT_BODY = (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED)
_PAGE_HEADERS = check_headers({"Permissions-Policy": _PERMISSIONS_POLICY})
_ADMIN_HEADERS = {**check_headers({"Cache-Control": "no-store"}), **_PAGE_HEADERS}


class AnswerHeadersMiddleware:
    """What is private is stored nowhere on its way, unless its view says how; no page may ask for devices."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Hand the request on, and mark the answer."""
        response = self.get_response(request)
        path = request.path_info
        if path.startswith(API_PREFIX):
            wanted = _API_HEADERS
            if response.status_code not in _WITHOUT_BODY and "Content-Length" not in response.headers:
                # Without it the server would send the answer in chunks.
                put_header(response, "Content-Length", str(len(response.content)))
            if request.method == "HEAD":
                # The server would leave it out too, and complain of it.
                response.content = b""
        else:
            wanted = _ADMIN_HEADERS if path.startswith("/admin/") else _PAGE_HEADERS
        add_missing(response, wanted)
        return response


class TransportMiddleware(SecurityMiddleware):
    """Django's own for the API: to https where the site has that, and what browsers must know of any answer."""

    def __init__(self, get_response: Handler) -> None:
        super().__init__(get_response)
        self._answer = get_response
        # What Django says of an answer that went over an open line, and of one that went over https.
        self._over_http, self._over_https = self._find_headers("http"), self._find_headers("https")

    def _find_headers(self, scheme: str) -> Checked:
        request = WSGIRequest({"REQUEST_METHOD": "GET", "wsgi.url_scheme": scheme, "wsgi.input": io.BytesIO()})
        if settings.SECURE_PROXY_SSL_HEADER:
            name, secure = settings.SECURE_PROXY_SSL_HEADER
            request.META[name] = secure if scheme == "https" else "http"
        bare = HttpResponse()
        told: Any = self.process_response(request, HttpResponse())
        return {key: header for key, header in told.headers._store.items() if key not in bare.headers._store}

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Hand the request on."""
        refused: Any = self.process_request(request)
        response = self._answer(request) if refused is None else refused
        add_missing(response, self._over_https if self.sts_seconds and request.is_secure() else self._over_http)
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
    """Measures a body before anybody reads it: the length that it claims, or itself where it comes in chunks.

    A view that takes more than other views says so with a class attribute `body_limit_bytes`.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Hand the request on."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, arguments: Any, named_arguments: Any
    ) -> HttpResponse | None:
        """413 where the body is too large for the view that is about to get it, 400 where it cannot be read."""
        owner = getattr(view, "cls", None) or getattr(view, "view_class", None)
        limit: int = getattr(owner, "body_limit_bytes", BODY_LIMIT_BYTES)
        if "chunked" in request.META.get("HTTP_TRANSFER_ENCODING", "").lower():
            return self._read_chunks(request, limit)
        if _read_length(request) > limit:
            return _refuse_body()
        return None

    def _read_chunks(self, request: HttpRequest, limit: int) -> HttpResponse | None:
        # Neither Django nor DRF reads a body without a length: it would count as empty. The server marks an
        # input whose end it finds itself; only then may one read on without a length.
        if not request.META.get("wsgi.input_terminated"):
            return None
        try:
            body = request.META["wsgi.input"].read(limit + 1)
        except Exception as error:  # noqa: BLE001
            # Each server has names of its own for chunks that are none, or that do not come to their end.
            return _close(bad_request(request, error))
        if len(body) > limit:
            return _refuse_body()
        request.META["CONTENT_LENGTH"] = str(len(body))
        request._stream = io.BytesIO(body)
        return None


def _read_length(request: HttpRequest) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0


def _refuse_body() -> HttpResponse:
    return _close(error_response(PayloadTooLarge()))


def _close(response: HttpResponse) -> HttpResponse:
    # The rest of the body is not waited for.
    response["Connection"] = "close"
    return response


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
