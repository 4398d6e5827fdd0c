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
