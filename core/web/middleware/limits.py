"""Limits that are reached outside of DRF's views."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from rest_framework.exceptions import Throttled

from core.limits.reservation import LimitReached
from core.web.errors import error_response

Handler = Callable[[HttpRequest], HttpResponse]


class LimitReachedMiddleware:
    """Answer 429 with `Retry-After` where a page reaches a limit that it does not show itself."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Call the next middleware."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Return 429 for a limit. The API's own errors are handled by DRF."""
        return error_response(Throttled(wait=exception.wait_seconds)) if isinstance(exception, LimitReached) else None
