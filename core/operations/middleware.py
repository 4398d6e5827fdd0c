"""Health and metrics, answered before anything that may refuse or need the request."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from core.operations import health

Handler = Callable[[HttpRequest], HttpResponse]

_VIEWS = {"/health/live/": health.live, "/health/ready/": health.ready}


class HealthMiddleware:
    """A probe comes by address and without TLS: the check of the host and the redirect to https are not for it."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer a probe, hand on the rest."""
        view = _VIEWS.get(request.path)
        return view(request) if view is not None else self.get_response(request)
