"""The product behind a relay that loses PostgreSQL's answers to commits."""

import shutil
import socket
import struct
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from core.tests.support.servers import Server
from faults.stage import Stage

_PIECE = 65536
# The message of the protocol: `Q`, its length without that letter, the statement and a zero.
_COMMIT = b"Q" + struct.pack("!i", len(b"COMMIT") + 5) + b"COMMIT\0"


class Relay:
    """Passes on what the service and PostgreSQL send each other.

    While it loses answers, every second commit reaches PostgreSQL, is carried out, and the connection ends before the
    service is answered.
    """

    def __init__(self, target_port: int) -> None:
        self.losing = threading.Event()
        self.commits = 0
        self.lost = 0
        self._target_port = target_port
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, name="relay", daemon=True).start()

    def close(self) -> None:
        """Take no more connections. Those that are open end with the service."""
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                service, _address = self._listener.accept()
                database = socket.create_connection(("127.0.0.1", self._target_port))
                is_lost = threading.Event()
                for pump in (self._pass_questions, self._pass_answers):
                    threading.Thread(target=pump, args=(service, database, is_lost), daemon=True).start()

    def _pass_questions(self, service: socket.socket, database: socket.socket, is_lost: threading.Event) -> None:
        with suppress(OSError):
            while piece := service.recv(_PIECE):
                if piece.endswith(_COMMIT) and self.losing.is_set() and self._takes_turn():
                    is_lost.set()
                database.sendall(piece)
        _end(service, database)

    def _pass_answers(self, service: socket.socket, database: socket.socket, is_lost: threading.Event) -> None:
        with suppress(OSError):
            while piece := database.recv(_PIECE):
                if is_lost.is_set():
                    with self._lock:
                        self.lost += 1
                    break
                service.sendall(piece)
        _end(service, database)

    def _takes_turn(self) -> bool:
        with self._lock:
            self.commits += 1
            return self.commits % 2 == 1


def _end(*connections: socket.socket) -> None:
    for connection in connections:
        with suppress(OSError):
            connection.shutdown(socket.SHUT_RDWR)
        connection.close()


@contextmanager
def behind_relay(stage: Stage) -> Iterator[tuple[Stage, Relay]]:
    """Yield the same stage with a second web server, whose way to the database leads through a relay."""
    folder = Path(tempfile.mkdtemp(prefix="allowance-relay-"))
    relay = Relay(stage.postgres.port)
    address = f"postgres://allowance:secret@127.0.0.1:{relay.port}/{stage.database}"
    web = Server(stage.web.env | {"DATABASE_URL": address}, folder)
    try:
        yield replace(stage, web=web.start()), relay
    finally:
        for client in web.clients:
            client.close()
        web.kill()
        relay.close()
        shutil.rmtree(folder, ignore_errors=True)
