"""Log lines for machines: one JSON object a line, with the request's and the user's id.

No line has a query string, a body, a header or a statement's values, because these hold private data.
"""

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

from django.conf import settings
from django.db import connections
from django.http import HttpRequest, HttpResponse

from core.context import find_actor_id

Handler = Callable[[HttpRequest], HttpResponse]

_EXTRAS = ("request_id", "user_id", "method", "path", "status", "milliseconds")

request_log = logging.getLogger("core.requests")
statement_log = logging.getLogger("core.statements")


def make_json_formatter() -> logging.Formatter:
    """Return the formatter of `LOG_FORMAT=json`."""
    # Imported here, because it imports packages for colours that plain lines do not need.
    import structlog

    shared: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(allow=_EXTRAS),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
    )


class RequestLogMiddleware:
    """Log one line a request: method, path, status and time."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Call the next middleware, and log the request."""
        started = time.perf_counter_ns()
        response = self.get_response(request)
        request_log.info(
            "request",
            extra={
                "method": request.method,
                "path": request.path,
                "status": response.status_code,
                "milliseconds": (time.perf_counter_ns() - started) // 1_000_000,
                "user_id": find_actor_id() if hasattr(request, "user") else None,
            },
        )
        return response


class StatementLogMiddleware:
    """Log the slow statements of a request."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Call the next middleware."""
        with logging_slow_statements():
            return self.get_response(request)


@contextmanager
def logging_slow_statements() -> Iterator[None]:
    """Time every statement of the block, and log those that take `SLOW_QUERY_MS` or longer."""
    with ExitStack() as stack:
        for connection in connections.all():
            stack.enter_context(connection.execute_wrapper(_time_statement))
        yield


def _time_statement(
    execute: Callable[..., Any], sql: str, params: Sequence[Any] | None, many: bool, context: dict[str, Any]
) -> Any:
    started = time.perf_counter_ns()
    try:
        return execute(sql, params, many, context)
    finally:
        milliseconds = (time.perf_counter_ns() - started) // 1_000_000
        if milliseconds >= settings.SLOW_QUERY_MS:
            statement_log.warning("slow query: %s", sql[:2000], extra={"milliseconds": milliseconds})
