"""Crashes while DEBUG is on."""

import logging
from collections.abc import Callable

from django.conf import settings
from django.core.signals import got_request_exception
from django.http import HttpRequest, HttpResponse

from core.web.errors import server_error

Handler = Callable[[HttpRequest], HttpResponse]

logger = logging.getLogger(__name__)


class DebugPagesMiddleware:
    """Answer a crash of the API in JSON with DEBUG on, too. Django's page shows source and settings."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Call the next middleware."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Return 500 in JSON and log the traceback."""
        if not settings.DEBUG or not request.path.startswith("/api/"):
            return None
        logger.error("crash at %s", request.path, exc_info=exception)
        got_request_exception.send(sender=type(self), request=request)
        return server_error(request)
