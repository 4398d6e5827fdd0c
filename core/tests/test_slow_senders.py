"""Connections that send slowly or not at all end, and others are answered; a server that ends finishes its work."""

import json
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest

from core.tests.support.factories import PASSWORD

pytestmark = [pytest.mark.server, pytest.mark.once]

ENDS_WITHIN_SECONDS = 15
ANSWERED_WITHIN_SECONDS = 2
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
        while time.monotonic() - began < ENDS_WITHIN_SECONDS + 5:
            try:
                if not connection.recv(1000):
                    return time.monotonic() - began
            except TimeoutError:
                connection.sendall(then.encode())
        return 99
    return time.monotonic() - began


def test_slow_senders_end_while_others_are_answered(start_api):
    server = start_api()
    everybody = [(name, first, then) for name, (count, first, then) in SENDERS.items() for _number in range(count)]
    waits, statuses = [], set()

    with ThreadPoolExecutor(len(everybody)) as pool:
        slow = [(name, pool.submit(_send_slowly, server.port, first, then)) for name, first, then in everybody]
        time.sleep(0.5)
        while not all(ended.done() for _name, ended in slow):
            began = time.monotonic()
            # A client of its own each time, on a connection of its own.
            statuses.add(server.client().get("/api/").status_code)
            waits.append(time.monotonic() - began)
            time.sleep(0.2)
    ends = {name: max(ended.result() for other, ended in slow if other == name) for name in SENDERS}

    assert statuses == {200}
    assert max(waits) < ANSWERED_WITHIN_SECONDS
    assert {name: seconds for name, seconds in ends.items() if seconds > ENDS_WITHIN_SECONDS} == {}


def test_a_server_that_is_told_to_end_finishes_what_it_was_asked(start_api):
    server = start_api()
    server.sign_up("alice")
    body = json.dumps({"username": "alice", "password": PASSWORD})

    # Half of this request is there when the server is told to end, and these logins are being worked on.
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as late, ThreadPoolExecutor(6) as pool:
        late.sendall(f"{LOGIN}Content-Length: {len(body)}\r\n\r\n{body[:10]}".encode())
        logins = [
            pool.submit(server.client().post, "/api/auth/jwt/create/", json=json.loads(body)) for _number in range(6)
        ]
        time.sleep(0.1)
        ending = threading.Thread(target=server.stop)
        ending.start()
        time.sleep(1)
        late.sendall(body[10:].encode())
        answer = late.recv(65536)
        statuses = [login.result().status_code for login in logins]
        ending.join()

    assert statuses == [200] * 6
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert server.process.returncode == 0
