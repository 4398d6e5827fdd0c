"""Connections that send slowly or not at all."""

import socket
import time
from collections import defaultdict
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field

ENDS_WITHIN_SECONDS = 15
GIVE_UP_SECONDS = ENDS_WITHIN_SECONDS + 5
LOGIN = "POST /api/auth/jwt/create/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
# How many, what each sends first, and what it sends twice a second from then on.
SENDERS = {
    "one byte of a body": (24, f"{LOGIN}Content-Length: 1000\r\n\r\n{{", ""),
    "half of the headers": (40, LOGIN, ""),
    "nothing": (10, "", ""),
    "a body byte by byte": (10, f"{LOGIN}Content-Length: 1000\r\n\r\n{{", " "),
    "chunks one by one": (10, f"{LOGIN}Transfer-Encoding: chunked\r\n\r\n", "1\r\n \r\n"),
    "a header byte by byte": (10, f"{LOGIN}X-Long: ", "a"),
}


def _send_slowly(port: int, first: str, then: str) -> float:
    """Return the seconds after which the server ended the connection, 99 if it did not."""
    began = time.monotonic()
    with socket.create_connection(("127.0.0.1", port)) as connection, suppress(ConnectionError):
        connection.settimeout(0.5)
        connection.sendall(first.encode())
        while time.monotonic() - began < GIVE_UP_SECONDS:
            try:
                if not connection.recv(1000):
                    return time.monotonic() - began
            except TimeoutError:
                connection.sendall(then.encode())
        return 99
    return time.monotonic() - began


@dataclass
class SlowSenders:
    """All of the senders at once, each in a thread, on the server at a port."""

    port: int
    ends: dict[str, list[Future[float]]] = field(default_factory=lambda: defaultdict(list))

    def start(self) -> None:
        """Open the connections."""
        pool = ThreadPoolExecutor(sum(count for count, _first, _then in SENDERS.values()))
        for name, (count, first, then) in SENDERS.items():
            self.ends[name] = [pool.submit(_send_slowly, self.port, first, then) for _number in range(count)]
        pool.shutdown(wait=False)

    def have_ended(self) -> bool:
        """Whether no connection is open any more."""
        return all(end.done() for ends in self.ends.values() for end in ends)

    def list_too_long(self) -> dict[str, float]:
        """Return the longest of each kind that lasted longer than it may, in seconds. Waits for all."""
        longest = {name: max(end.result() for end in ends) for name, ends in self.ends.items()}
        return {name: seconds for name, seconds in longest.items() if seconds > ENDS_WITHIN_SECONDS}
