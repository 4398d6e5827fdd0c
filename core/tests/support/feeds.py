"""Feeds of the European Central Bank's shape, made for tests, and a server that hands out whatever it is told."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

GATE_SECONDS = 60
END_SECONDS = 0.02

_ENVELOPE = """<?xml version="1.0" encoding="UTF-8"?>
<gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01" \
xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref">
<gesmes:subject>Reference rates</gesmes:subject>
<gesmes:Sender><gesmes:name>European Central Bank</gesmes:name></gesmes:Sender>
<Cube>
{days}
</Cube>
</gesmes:Envelope>
"""


def make_feed(days: Mapping[str, Mapping[str, str]]) -> bytes:
    """The XML of some days: `{"2026-11-20": {"USD": "1.0850"}}`."""
    return _ENVELOPE.format(
        days="\n".join(
            f'<Cube time="{day}">'
            + "".join(f'<Cube currency="{code}" rate="{rate}"/>' for code, rate in rates.items())
            + "</Cube>"
            for day, rates in days.items()
        )
    ).encode()


@dataclass
class FeedServer:
    """What a path answers: status, headers and body. `requested` are the paths that were asked for.

    While `gate` is cleared, whoever asks waits.
    """

    url: str
    answers: dict[str, tuple[int, dict[str, str], bytes]] = field(default_factory=dict)
    requested: list[str] = field(default_factory=list)
    gate: threading.Event = field(default_factory=threading.Event)

    def serve(self, path: str, body: bytes, status: int = 200, **headers: str) -> str:
        """Have a path answer so. Returns its address."""
        self.answers[path] = (status, headers, body)
        return self.url + path


@contextmanager
def serving_feeds() -> Iterator[FeedServer]:
    """A real HTTP server on loopback."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            known.requested.append(self.path)
            known.gate.wait(GATE_SECONDS)
            status, headers, body = known.answers.get(self.path, (404, {}, b"not here"))
            # Whoever asked may have died meanwhile.
            with suppress(ConnectionError):
                self.send_response(status)
                for name, value in {"Content-Length": str(len(body)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    known = FeedServer(url=f"http://127.0.0.1:{server.server_port}")
    known.gate.set()
    # It looks that often whether it shall end, and each test waits for that.
    thread = threading.Thread(target=server.serve_forever, args=(END_SECONDS,), daemon=True)
    thread.start()
    try:
        yield known
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
