"""`X-Revision`."""

from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse

from core.db.locks import noting_revision

HEADER = "X-Revision"

Handler = Callable[[HttpRequest], HttpResponse]


class RevisionMiddleware:
    """Set `X-Revision` on each response of the API to a write: the revision that `today/` shows after it."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Call the next middleware, and set the header where the request has written."""
        if not request.path.startswith("/api/") or request.method in ("GET", "HEAD", "OPTIONS"):
            return self.get_response(request)
        with noting_revision() as noted:
            response = self.get_response(request)
        if noted and response.status_code < HTTPStatus.BAD_REQUEST:
            response.headers[HEADER] = str(noted[-1])
        return response
