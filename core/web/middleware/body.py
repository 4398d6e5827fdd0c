"""The size of a request's body."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse

from core.web.errors import error_response
from core.web.exceptions import PayloadTooLarge
from core.web.parsers import BODY_LIMIT_BYTES

Handler = Callable[[HttpRequest], HttpResponse]


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
        return error_response(PayloadTooLarge())


def _read_length(request: HttpRequest) -> int:
    try:
        return int(request.headers.get("Content-Length") or 0)
    except ValueError:
        return 0
