"""Errors of a database that cannot be reached."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from core.web.errors import describe_outage, error_response, is_database_away

Handler = Callable[[HttpRequest], HttpResponse]


class DatabaseAwayMiddleware:
    """Answer 503 with `Retry-After` while the database cannot be reached, on pages as on the API."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Call the next middleware."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Return 503 for an error of the connection. The API's own errors are handled by DRF."""
        if is_database_away(exception):
            return error_response(describe_outage(exception))
        return None
