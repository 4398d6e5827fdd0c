"""Errors of a database that cannot be reached."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from core.web.errors import error_response, is_database_away
from core.web.exceptions import ServiceUnavailable

Handler = Callable[[HttpRequest], HttpResponse]


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
