"""Connections that send slowly or not at all end, and others are answered; a server that ends finishes its work."""

import json
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from core.tests.support.factories import PASSWORD
from core.tests.support.slow_senders import LOGIN, SlowSenders

pytestmark = [pytest.mark.server, pytest.mark.once]

ANSWERED_WITHIN_SECONDS = 2


def test_slow_senders_end_while_others_are_answered(start_api):
    server = start_api()
    senders = SlowSenders(server.port)
    waits, statuses = [], set()

    senders.start()
    time.sleep(0.5)
    while not senders.have_ended():
        began = time.monotonic()
        # A client of its own each time, on a connection of its own.
        statuses.add(server.client().get("/api/").status_code)
        waits.append(time.monotonic() - began)
        time.sleep(0.2)

    assert statuses == {200}
    assert max(waits) < ANSWERED_WITHIN_SECONDS
    assert senders.list_too_long() == {}


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

    # On a busy machine a login that waits too long for the hasher gets a 429, and that is an answer too.
    assert set(statuses) <= {200, 429}
    assert answer.startswith((b"HTTP/1.1 200 ", b"HTTP/1.1 429 "))
    assert server.process.returncode == 0
