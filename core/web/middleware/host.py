"""The check of the `Host` header."""

from collections.abc import Callable

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse

from core.web.errors import bad_request

Handler = Callable[[HttpRequest], HttpResponse]


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
