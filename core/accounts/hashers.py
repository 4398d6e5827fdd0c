"""How passwords are hashed."""

import os
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import cache
from typing import TypeVar

from django.contrib.auth.hashers import Argon2PasswordHasher

from core.limits.reservation import LimitReached

LONGEST_WAIT_SECONDS = 2
"""How long a request waits for its turn to be hashed before it is refused."""

RETRY_AFTER_SECONDS = 2

_NICENESS = 10

Hashed = TypeVar("Hashed")


class HasherBusy(LimitReached):
    """So many passwords wait to be hashed that this one would wait for too long."""


class PasswordHasher(Argon2PasswordHasher):
    """Argon2id with 46 MiB, one pass and one lane, which OWASP's password storage sheet counts among its equals.

    Django's own choice takes 100 MiB and eight lanes: with eight requests at once 800 MiB, and four times the
    processor's time, on a machine that has two cores for all of them.

    A process computes one hash at a time, on a thread of its own with a lower priority. So a burst of logins takes
    46 MiB and not as many times that as it has threads, and other requests go first. `encode` and `verify` raise
    HasherBusy after two seconds of waiting.
    """

    time_cost = 1
    memory_cost = 47104
    parallelism = 1

    def encode(self, password: str, salt: str) -> str:
        """Return a new hash. Raises HasherBusy."""
        return _compute(lambda: super(PasswordHasher, self).encode(password, salt))

    def verify(self, password: str, encoded: str) -> bool:
        """Return whether the hash is this password's. Raises HasherBusy."""
        return _compute(lambda: super(PasswordHasher, self).verify(password, encoded))


def _compute(hash_password: Callable[[], Hashed]) -> Hashed:
    future = _get_hasher_thread(os.getpid()).submit(hash_password)
    try:
        return future.result(timeout=LONGEST_WAIT_SECONDS)
    except TimeoutError:
        if future.cancel():
            raise HasherBusy(RETRY_AFTER_SECONDS) from None
        # It has begun, and ends soon.
        return future.result()


@cache
def _get_hasher_thread(pid: int) -> ThreadPoolExecutor:
    # One a process: a fork takes no threads along.
    return ThreadPoolExecutor(max_workers=1, thread_name_prefix="hasher", initializer=_lower_priority)


def _lower_priority() -> None:
    # On Linux a thread has a priority of its own. Elsewhere that number names another process, or none.
    if sys.platform == "linux":
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICENESS)
