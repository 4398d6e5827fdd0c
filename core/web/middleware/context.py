"""The context of a request: its id, its client and a frozen clock."""

import random
import re
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from core import clock
from core.context import CallContext, in_context
from core.limits.client_address import get_client_address

Handler = Callable[[HttpRequest], HttpResponse]

_CLEAN_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}", re.ASCII)
_REQUEST_ID_HEADER = "X-Request-ID"


class RequestContextMiddleware:
    """One reading of the clock a request, and a note of who calls from where, for the logs and the audit.

    A clean `X-Request-ID` is kept, any other replaced; the answer carries it.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Hand the request on while the clock stands still."""
        given = request.headers.get(_REQUEST_ID_HEADER, "")
        # Not a secret.
        request_id = given if _CLEAN_REQUEST_ID.fullmatch(given) else f"{random.getrandbits(128):032x}"  # noqa: S311

        def find_actor() -> int | None:
            # Asked when something happens: by then DRF or the session has found out, if anybody.
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
