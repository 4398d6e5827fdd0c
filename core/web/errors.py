"""One shape for every error.

`{"field": ["…"]}` and `{"non_field_errors": ["…"]}` for input, `{"detail": "…", "code": "…"}` for all else.
"""

import logging
import sqlite3
from typing import Any

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.core.exceptions import ValidationError as ModelValidationError
from django.db import IntegrityError, InterfaceError, InternalError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.views import defaults
from django.views.decorators.csrf import csrf_exempt
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.views import exception_handler

from core.db.transactions import CommitUnanswered
from core.kernel.errors import DomainError
from core.limits.reservation import LimitReached
from core.limits.throttles import count_refused_call
from core.models import User
from core.web.exceptions import Conflict, OutcomeUnknown, PayloadTooLarge, RefusedInput, ServiceUnavailable

logger = logging.getLogger(__name__)


# PostgreSQL's code for a write on a server that takes none: a standby, or a primary that is being replaced.
_READ_ONLY = "25006"
# PostgreSQL's class of codes for statements that are too large or too complex.
_PROGRAM_LIMITS = "54"
_SQLITE_QUERY_ERRORS = (sqlite3.SQLITE_ERROR, sqlite3.SQLITE_TOOBIG)


def is_database_away(error: Exception) -> bool:
    """Return whether the database cannot be reached, or takes no writes, for the moment.

    False for an error of the query, which would be the same at the next try.
    """
    code = getattr(error.__cause__, "pgcode", None) or ""
    if isinstance(error, InternalError):
        return bool(code == _READ_ONLY)
    if isinstance(error, OperationalError):
        is_of_the_query = code.startswith(_PROGRAM_LIMITS) or _find_sqlite_code(error) in _SQLITE_QUERY_ERRORS
        return not is_of_the_query
    return isinstance(error, InterfaceError)


def describe_outage(error: Exception) -> ServiceUnavailable:
    """Return the HTTP error for a database that is away."""
    logger.warning("database unavailable: %s", type(error).__name__)
    return OutcomeUnknown() if isinstance(error, CommitUnanswered) else ServiceUnavailable()


def _find_sqlite_code(error: Exception) -> int | None:
    code = getattr(error.__cause__, "sqlite_errorcode", None)
    # The lower byte of an extended code is the primary one.
    return None if code is None else code & 0xFF


def _translate(error: Exception) -> Exception:
    """Return the HTTP error for an error of the layers below, or the error itself where there is none."""
    if isinstance(error, Http404):
        # Its text names the table; the answer for a stranger's row and for no row must be the same.
        return exceptions.NotFound()
    if isinstance(error, RequestDataTooBig):
        return PayloadTooLarge()
    if isinstance(error, UnreadablePostError):
        return exceptions.ParseError("The body could not be read.")
    if isinstance(error, LimitReached):
        return exceptions.Throttled(wait=error.wait_seconds)
    if isinstance(error, DomainError):
        field = error.field or api_settings.NON_FIELD_ERRORS_KEY
        return exceptions.ValidationError({field: [exceptions.ErrorDetail(error.message, code=error.code)]})
    if isinstance(error, ModelValidationError):
        return exceptions.ValidationError({api_settings.NON_FIELD_ERRORS_KEY: error.messages})
    if isinstance(error, User.DoesNotExist):
        # The account was deleted between the check of the token and the lock.
        return exceptions.AuthenticationFailed("This account is gone.", code="user_not_found")
    if is_database_away(error):
        return describe_outage(error)
    if isinstance(error, IntegrityError):
        return Conflict()
    return error


def handle_exception(error: Exception, context: dict[str, Any]) -> Response | None:
    """Answer an error as DRF's handler does, with a stable `code` beside every `detail`; None for a crash."""
    try:
        refused = count_refused_call(context["request"]) if isinstance(error, exceptions.APIException) else None
        error = refused or _translate(error)
    except (OperationalError, InterfaceError, InternalError) as away:
        error = _translate(away)
    response = exception_handler(error, context)
    if response is None:
        return None
    if isinstance(response.data, list):
        response.data = {api_settings.NON_FIELD_ERRORS_KEY: response.data}
    elif isinstance(error, exceptions.APIException) and "detail" in response.data:
        detail = response.data["detail"]
        code = getattr(detail, "code", None) or error.default_code
        response.data = {"detail": detail, "code": response.data.get("code", code)}
        if isinstance(error, RefusedInput):
            response.data |= error.members
    return response


def error_response(error: exceptions.APIException) -> JsonResponse:
    """Return the response to an error outside of any API view, in the same shape."""
    body = {"detail": str(error.detail), "code": getattr(error.detail, "code", error.default_code)}
    response = JsonResponse(body, status=error.status_code)
    wait = getattr(error, "wait", None)
    if wait is not None:
        response["Retry-After"] = str(wait)
    return response


def _is_for_a_person(request: HttpRequest) -> bool:
    return request.path.startswith("/admin/")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 400 outside of any view: a bad host, a malformed request."""
    if isinstance(exception, RequestDataTooBig | TooManyFieldsSent):
        return error_response(PayloadTooLarge())
    return JsonResponse({"detail": "The request is not one this server can answer.", "code": "bad_request"}, status=400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 403 outside of the API: pages of the admin."""
    if _is_for_a_person(request):
        return defaults.permission_denied(request, exception)
    return JsonResponse({"detail": "Not allowed.", "code": "permission_denied"}, status=403)


# A 404 changes nothing. With the CSRF check it would be a 403, as an HTML page.
@csrf_exempt
def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 404 for a path that no route takes."""
    if _is_for_a_person(request):
        return defaults.page_not_found(request, exception or Http404())
    return JsonResponse({"detail": "Not found.", "code": "not_found"}, status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 500. The body does not describe the cause."""
    return JsonResponse({"detail": "Something went wrong on our side.", "code": "server_error"}, status=500)
