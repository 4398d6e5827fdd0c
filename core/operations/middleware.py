"""Health, answered before anything that may refuse or need the request; and what calls come to, counted."""

import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from core.operations import health
from core.operations.tallies import REQUEST_SECONDS, REQUESTS

Handler = Callable[[HttpRequest], HttpResponse]

_VIEWS = {"/health/live/": health.live, "/health/ready/": health.ready}
_METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"))


class HealthMiddleware:
    """A probe comes by address and without TLS: the check of the host and the redirect to https are not for it."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer a probe, hand on the rest."""
        view = _VIEWS.get(request.path)
        return view(request) if view is not None else self.get_response(request)


class RequestCountMiddleware:
    """Counts every request and its time by route, method and status: names of routes, never paths, which hold ids."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response
        # Finding a metric by its labels takes longer than counting. There are as many as routes, methods and codes.
        self._found: dict[tuple[str, str, int], tuple[Callable[[], None], Callable[[float], None]]] = {}

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Hand the request on, and count it."""
        started = time.perf_counter()
        response = self.get_response(request)
        match = request.resolver_match
        view = (match.view_name if match is not None else None) or "none"
        # A client can make methods up, and each would be a metric of its own.
        method = request.method if request.method in _METHODS else "other"
        key = (view, str(method), response.status_code)
        found = self._found.get(key)
        if found is None:
            labels = {"view": view, "method": key[1]}
            found = self._found[key] = (
                REQUESTS.labels(**labels, status=str(response.status_code)).inc,
                REQUEST_SECONDS.labels(**labels).observe,
            )
        count, observe = found
        count()
        observe(time.perf_counter() - started)
        return response
