"""Loops of logins beside which others poll."""

import json
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from bench.load import PASSWORD
from bench.servers import Server

LOGIN = "/api/auth/jwt/create/"


def _log_in_for_ever(server: Server, username: str, stop: threading.Event, statuses: list[int]) -> None:
    body = json.dumps({"username": username, "password": PASSWORD}).encode()
    while not stop.is_set():
        request = urllib.request.Request(server.url + LOGIN, method="POST", data=body)
        request.add_header("Content-Type", "application/json")
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                statuses.append(answer.status)
        except urllib.error.HTTPError as error:
            statuses.append(error.code)


@contextmanager
def loops_of_logins(server: Server, people: Sequence[Any]) -> Iterator[list[int]]:
    """Log in as each of these people without pause, with the right password, while the block runs.

    Yields the statuses. No loop waits as `Retry-After` asks for.
    """
    stop, statuses = threading.Event(), list[int]()
    loops = [
        threading.Thread(target=_log_in_for_ever, args=(server, person.username, stop, statuses)) for person in people
    ]
    for loop in loops:
        loop.start()
    try:
        yield statuses
    finally:
        stop.set()
        for loop in loops:
            loop.join()
