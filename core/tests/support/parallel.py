"""Calls that happen at once, each in a thread and on a database connection of its own."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

from django.db import connection

Result = TypeVar("Result")


def run_at_once(calls: Sequence[Callable[[], Result]]) -> list[Result]:
    """What each call gave, in their order. All of them wait for the last to be ready."""
    ready = Barrier(len(calls), timeout=60)

    def run(call: Callable[[], Result]) -> Result:
        try:
            connection.ensure_connection()
            ready.wait()
            return call()
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=len(calls)) as threads:
        return list(threads.map(run, calls))
