"""The worker of gunicorn: waitress reads requests and writes responses, threads run the application.

gunicorn's own threads each read one request and can be held up by its sender. waitress reads all connections in one
loop and hands a request to a thread when it is complete, so slow senders do not delay others. See
docs/decisions/waitress-in-gunicorn.md.
"""

import copy
import json
import logging
import os
import socket
import time
from collections.abc import Sized
from typing import Any

from gunicorn.workers.base import Worker
from waitress import wasyncore
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import create_server
from waitress.task import ErrorTask

from fintech_app import settings

REQUEST_SECONDS = 12
"""How long a request may take to arrive, from its first byte to its last."""

IDLE_SECONDS = 12
"""How long a connection is kept that sends nothing."""

# A body is received before its view is known, so these limits are the server's. The views have exact ones.
LARGEST_BODY_BYTES = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
LARGEST_IMPORT_BYTES = 11 * 1024 * 1024
IMPORT_PATH = "/api/import/"
LARGEST_HEADERS_BYTES = 32 * 1024
MOST_CONNECTIONS = 500
LOOP_SECONDS = 0.5
_STEP_SECONDS = 0.0001
_MOST_SECONDS = 0.002

_CODES = {400: "bad_request", 413: "payload_too_large", 431: "headers_too_large", 501: "not_implemented"}


class SharedListener(socket.socket):
    """A listening socket that several processes share.

    All of them wake for a connection, and the quickest takes it. A process waits the longer the more connections it
    has, so that the one with fewest gets it: see docs/decisions/connections-shared-evenly.md.
    """

    connections: Sized = ()

    def accept(self) -> tuple[socket.socket, Any]:
        """Accept a connection, if it is still there."""
        time.sleep(min(len(self.connections) * _STEP_SECONDS, _MOST_SECONDS))
        return super().accept()


class JsonErrorTask(ErrorTask):
    """Answer a request that waitress refuses in the shape of the API's errors."""

    def execute(self) -> None:
        """Write the response."""
        error = self.request.error
        body = json.dumps({"detail": f"{error.reason}.", "code": _CODES.get(error.code, "error")}).encode()
        self.status = f"{error.code} {error.reason}"
        self.response_headers.append(("Content-Type", "application/json"))
        self.set_close_on_finish()
        self.content_length = len(body)
        self.write(body)


class Parser(HTTPRequestParser):
    """Read one request, and refuse a body that is too large for its path."""

    adj: Any

    def parse_header(self, header_plus: bytes) -> None:
        """Read the headers. Raises ParsingError."""
        super().parse_header(header_plus)
        if not self.path.startswith(IMPORT_PATH):
            self.adj = copy.copy(self.adj)
            # waitress refuses what reaches this number. In a chunked body it counts the chunks' headers too.
            self.adj.max_request_body_size = LARGEST_BODY_BYTES * (2 if self.chunked else 1) + 1


class Channel(HTTPChannel):
    """One connection, and since when it has been sending the request that is not complete yet."""

    parser_class = Parser
    error_task_class = JsonErrorTask
    receiving_since: float | None = None

    def received(self, data: bytes) -> bool:
        """Read what has arrived."""
        before = self.request
        taken: bool = super().received(data)
        if self.request is None:
            self.receiving_since = None
        elif self.request is not before:
            self.receiving_since = time.monotonic()
        return taken

    def is_overdue(self, now: float) -> bool:
        """Return whether the request should have arrived by now."""
        return self.receiving_since is not None and now - self.receiving_since > REQUEST_SECONDS

    def is_idle(self) -> bool:
        """Return whether nothing is being received, worked on or sent."""
        return not (self.request or self.requests or self.total_outbufs_len)


class WaitressWorker(Worker):
    """A process that serves until gunicorn ends it, and then finishes the requests that it has."""

    def run(self) -> None:
        """Serve."""
        # Waiting requests are not logged.
        logging.getLogger("waitress.queue").setLevel(logging.ERROR)
        connections: dict[int, Any] = {}
        listener = SharedListener(fileno=os.dup(self.sockets[0].fileno()))
        server = create_server(
            self.wsgi,
            map=connections,
            sockets=[listener],
            threads=self.cfg.threads,
            # No `Server` header.
            ident="",
            # Which proxies are trusted is decided in one place: TRUSTED_PROXIES.
            clear_untrusted_proxy_headers=False,
            channel_timeout=IDLE_SECONDS,
            cleanup_interval=1,
            connection_limit=MOST_CONNECTIONS,
            max_request_body_size=LARGEST_IMPORT_BYTES,
            max_request_header_size=LARGEST_HEADERS_BYTES,
            asyncore_use_poll=True,
        )
        server.channel_class = Channel
        listener.connections = server.active_channels
        while self.alive and os.getppid() == self.ppid:
            self._serve_once(server, connections)
        # The listening socket stays open in the other workers.
        server.del_channel()
        deadline = time.monotonic() + self.cfg.graceful_timeout
        while server.active_channels and time.monotonic() < deadline:
            for channel in list(server.active_channels.values()):
                channel.will_close = channel.will_close or channel.is_idle()
            self._serve_once(server, connections)
        server.task_dispatcher.shutdown(timeout=1)

    def _serve_once(self, server: Any, connections: dict[int, Any]) -> None:
        self.notify()
        wasyncore.loop(timeout=LOOP_SECONDS, use_poll=True, map=connections, count=1)
        now = time.monotonic()
        for channel in server.active_channels.values():
            if channel.is_overdue(now):
                channel.will_close = True
