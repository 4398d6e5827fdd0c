"""What surrounds every request."""

from collections.abc import Callable

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse

from core import clock
from core.web.errors import error_response
from core.web.exceptions import ServiceUnavailable

Handler = Callable[[HttpRequest], HttpResponse]


class RequestContextMiddleware:
    """One reading of the clock a request."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Hand the request on while the clock stands still."""
        with clock.standing_still():
            return self.get_response(request)


class DatabaseAwayMiddleware:
    """A database that cannot be reached is 503 with a wait, on pages as on the API."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Hand the request on."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Called for an exception that a view outside the API let through."""
        if isinstance(exception, OperationalError | InterfaceError):
            return error_response(ServiceUnavailable())
        return None
