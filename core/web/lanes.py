"""Two ways through the house: one for pages, with all that a browser's page needs, and a short one for the API.

A call of the API is known by the token in its header and answered in JSON: it has no cookie, no session, no
form, no message, no static file. What those need would cost a call more than its statements do.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.core.handlers.base import BaseHandler
from django.core.handlers.exception import convert_exception_to_response
from django.http import HttpRequest, HttpResponse
from django.urls import ResolverMatch, URLResolver, get_resolver
from django.utils.module_loading import import_string

API_PREFIX = "/api/"

Handler = Callable[[HttpRequest], HttpResponse]


@lru_cache(maxsize=256)
def _find_way(path: str, resolver: URLResolver) -> ResolverMatch:
    return resolver.resolve(path)


class _Lane(BaseHandler):
    """Django's own way to a view, with these layers around it in the place of `settings.MIDDLEWARE`."""

    def __init__(self, names: Sequence[str]) -> None:
        self._view_middleware: list[Any] = []
        self._template_response_middleware: list[Any] = []
        self._exception_middleware: list[Any] = []
        handler: Any = convert_exception_to_response(self._get_response)  # type: ignore[attr-defined]
        for name in reversed(names):
            layer = import_string(name)(handler)
            if hasattr(layer, "process_view"):
                self._view_middleware.insert(0, layer.process_view)
            if hasattr(layer, "process_exception"):
                self._exception_middleware.append(layer.process_exception)
            handler = convert_exception_to_response(layer)
        self.answer: Handler = handler

    def resolve_request(self, request: HttpRequest) -> ResolverMatch:
        """Django's, with the ways that were found kept: most calls take one of a few."""
        if hasattr(request, "urlconf"):
            match: ResolverMatch = super().resolve_request(request)
            return match
        match = request.resolver_match = _find_way(request.path_info, get_resolver())
        return match


class ApiLaneMiddleware:
    """Sends a call of the API through `settings.API_MIDDLEWARE` alone. The first of all, for it is where ways part."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response
        self._api = _Lane(settings.API_MIDDLEWARE)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Hand the request on, one way or the other."""
        if request.path_info.startswith(API_PREFIX):
            return self._api.answer(request)
        return self.get_response(request)
