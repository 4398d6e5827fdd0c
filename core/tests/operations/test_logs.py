"""Lines for machines, and the container's own probe."""

import io
import json
import logging
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from core.context import RequestIdFilter
from core.jobs import run_job
from core.operations import probe
from core.operations.logs import make_json_formatter


@pytest.fixture
def lines():
    """What is logged as JSON, read back."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(make_json_formatter())
    handler.addFilter(RequestIdFilter())
    loggers = [logging.getLogger(name) for name in ("core.requests", "core.statements")]
    for logger in loggers:
        logger.addHandler(handler)
        logger.setLevel(logging.INFO)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    for logger in loggers:
        logger.removeHandler(handler)
        logger.setLevel(logging.NOTSET)


@pytest.fixture
def logged_requests(settings):
    """The middleware as with LOG_FORMAT=json."""
    first, *rest = settings.MIDDLEWARE
    settings.MIDDLEWARE = [first, "core.operations.logs.RequestLogMiddleware", *rest]


def test_a_request_is_one_line_with_its_id_and_its_person(alice, api, lines, logged_requests):
    api.get("/api/income/", headers={"X-Request-ID": "abc-1"})

    (line,) = lines()
    assert line.pop("timestamp").endswith("Z")
    assert line.pop("milliseconds") >= 0
    assert line == {
        "event": "request",
        "level": "info",
        "logger": "core.requests",
        "request_id": "abc-1",
        "user_id": alice.pk,
        "method": "GET",
        "path": "/api/income/",
        "status": 200,
    }


def test_nobodys_request_names_nobody(anonymous, lines, logged_requests):
    anonymous.get("/api/income/")

    (line,) = lines()
    assert (line["user_id"], line["status"]) == (None, 401)


def test_no_line_holds_a_query_string_a_body_or_a_header(api, lines, logged_requests):
    api.get("/api/transaction/?search=hunter2")
    api.post("/api/transaction/", {"amount": "1", "description": "hunter2"}, headers={"Idempotency-Key": "hunter2"})

    assert len(lines()) == 2
    assert "hunter2" not in json.dumps(lines())


def test_a_slow_statement_of_a_request_is_logged_without_its_values(api, settings, lines):
    settings.SLOW_QUERY_MS = 0

    api.get("/api/transaction/?search=hunter2")

    (line,) = [line for line in lines() if "core_transaction" in line["event"]]
    assert line["event"].startswith("slow query: SELECT ")
    assert line["level"] == "warning"
    assert line["milliseconds"] >= 0
    assert "hunter2" not in json.dumps(lines())


def test_a_slow_statement_of_a_job_is_logged(alice, settings, lines):
    settings.SLOW_QUERY_MS = 0

    run_job("open-days")

    assert [line for line in lines() if line["event"].startswith('slow query: INSERT INTO "core_dailyallowance"')]


def test_a_quick_statement_is_not_logged(api, settings, lines):
    settings.SLOW_QUERY_MS = 60_000

    api.get("/api/transaction/")

    assert lines() == []


@contextmanager
def answering(status):
    """A server that answers every request with this status; yields its port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_response(status)
            self.end_headers()

        def log_message(self, *arguments):
            pass

    asked = []
    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server.server_port, asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.mark.parametrize(("status", "ends_with"), [(200, 0), (503, 1)])
@pytest.mark.parametrize(("arguments", "path"), [([], "/health/ready/"), (["live"], "/health/live/")])
def test_the_probe_ends_as_the_server_answers(monkeypatch, status, ends_with, arguments, path):
    with answering(status) as (port, asked):
        monkeypatch.setenv("PORT", str(port))
        monkeypatch.setattr("sys.argv", ["probe", *arguments])

        assert probe.main() == ends_with

    assert asked == [path]


def test_the_probe_of_a_dead_server_fails(monkeypatch):
    monkeypatch.setenv("PORT", "1")
    monkeypatch.setattr("sys.argv", ["probe"])

    assert probe.main() == 1
