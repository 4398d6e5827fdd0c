"""The context of a request: its id, its client and a frozen clock."""

import re
import uuid
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from core import clock
from core.context import CallContext, in_context
from core.limits.client_address import get_client_address

Handler = Callable[[HttpRequest], HttpResponse]

_CLEAN_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}", re.ASCII)
_REQUEST_ID_HEADER = "X-Request-ID"


class RequestContextMiddleware:
    """Freeze the clock during a request, and set its context for the logs and the audit.

    An `X-Request-ID` of harmless characters is kept, any other replaced; the response carries it.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Call the next middleware with the clock frozen, in the context of the request."""
        given = request.headers.get(_REQUEST_ID_HEADER, "")
        request_id = given if _CLEAN_REQUEST_ID.fullmatch(given) else uuid.uuid4().hex

        def find_actor() -> int | None:
            # Called when an event is recorded: DRF or the session has authenticated the user by then.
            user = getattr(request, "user", None)
            return user.pk if user is not None and user.is_authenticated else None

        request.call_id = request_id  # type: ignore[attr-defined]
        call = CallContext(
            address=get_client_address(request),
            request_id=request_id,
            via="admin" if request.path.startswith("/admin/") else "api",
            find_actor=find_actor,
        )
        with clock.frozen(), in_context(call):
            response = self.get_response(request)
        response.headers[_REQUEST_ID_HEADER] = request_id
        return response
