"""Middleware that answers health probes and counts requests."""

import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from core.operations import health
from core.operations.metric_definitions import REQUEST_SECONDS, REQUESTS

Handler = Callable[[HttpRequest], HttpResponse]

_VIEWS = {"/health/live/": health.live, "/health/ready/": health.ready}
_METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"))


class HealthMiddleware:
    """Answer health probes before the check of the host and the redirect to https: probes use an address and http."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer a probe; call the next middleware for anything else."""
        view = _VIEWS.get(request.path)
        return view(request) if view is not None else self.get_response(request)


class RequestCountMiddleware:
    """Count requests and their time by route name, method and status. Paths hold ids and are no labels."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Count one request."""
        started = time.perf_counter()
        response = self.get_response(request)
        match = request.resolver_match
        view = (match.view_name if match is not None else None) or "none"
        # Clients can invent methods: each would be a time series.
        method = request.method if request.method in _METHODS else "other"
        REQUESTS.labels(view=view, method=method, status=str(response.status_code)).inc()
        REQUEST_SECONDS.labels(view=view, method=method).observe(time.perf_counter() - started)
        return response
