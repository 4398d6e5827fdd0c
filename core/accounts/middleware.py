"""A login that was refused a moment ago is refused again before anything else looks at it."""

import json
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from rest_framework.exceptions import Throttled

from core.limits.throttles import refuse_again
from core.web.errors import error_response

Handler = Callable[[HttpRequest], HttpResponse]

_LONGEST_BODY = 4096
"""More than any login needs; a longer body goes the long way."""


class RefusedLoginMiddleware:
    """Past the limit a login costs a glance at a table in memory: a flood must leave the processor to the others.

    It stands inside what every answer carries, and before all that a view needs.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response
        self.path = reverse("jwt-create")

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """429 with what is left to wait, or hand the request on."""
        if request.method == "POST" and request.path == self.path:
            name = _read_name(request)
            if name is not None:
                try:
                    refuse_again(request=request, name=name)
                except Throttled as error:
                    return error_response(error)
        return self.get_response(request)


def _read_name(request: HttpRequest) -> str | None:
    """The name as the view would read it; None for a body that it may refuse for another reason."""
    try:
        if not 0 < int(request.META.get("CONTENT_LENGTH") or 0) <= _LONGEST_BODY:
            return None
        body = json.loads(request.body)
        name = body.get("username") if isinstance(body, dict) else None
        # Half a surrogate is no text: it cannot be encoded.
        return name.strip().encode().decode() if isinstance(name, str) else None
    except (ValueError, RecursionError, OSError):
        return None
