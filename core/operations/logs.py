"""Log lines for machines: one JSON object a line, with the request's and the person's id.

No line carries a query string, a body or a header: they hold what is nobody's business.
"""

import logging
import time
from collections.abc import Callable, Sequence
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from core.context import find_actor_id

Handler = Callable[[HttpRequest], HttpResponse]

_EXTRAS = ("request_id", "user_id", "method", "path", "status", "milliseconds")

request_log = logging.getLogger("core.requests")
statement_log = logging.getLogger("core.statements")


def make_json_formatter() -> logging.Formatter:
    """The formatter that `LOG_FORMAT=json` puts in the place of plain lines."""
    # It brings along whatever it finds to print in colours with, of no use to plain lines.
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
    """One line a request: what was asked, how it ended, how long it took."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Hand the request on, and tell of it."""
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


def time_statement(
    execute: Callable[..., Any], sql: str, params: Sequence[Any] | None, many: bool, context: dict[str, Any]
) -> Any:
    """A wrapper around every SQL statement that tells of the slow ones, without their values."""
    started = time.perf_counter_ns()
    try:
        return execute(sql, params, many, context)
    finally:
        milliseconds = (time.perf_counter_ns() - started) // 1_000_000
        if milliseconds >= settings.SLOW_QUERY_MS:
            statement_log.warning("slow query: %s", sql[:2000], extra={"milliseconds": milliseconds})
