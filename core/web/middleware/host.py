"""The check of the `Host` header."""

from collections.abc import Callable

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse

from core.web.errors import bad_request

Handler = Callable[[HttpRequest], HttpResponse]


class HostMiddleware:
    """Answer a `Host` that is not in ALLOWED_HOSTS with 400 in JSON, for any path and with DEBUG too."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Call the next middleware."""
        try:
            request.get_host()
        except DisallowedHost as error:
            return bad_request(request, error)
        return self.get_response(request)
