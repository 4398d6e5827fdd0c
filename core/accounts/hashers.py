"""How passwords are hashed."""

import os
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TypeVar

from django.contrib.auth.hashers import Argon2PasswordHasher

from core.limits.reservation import LimitReached

LONGEST_WAIT_SECONDS = 2
"""How long a request waits for its turn to be hashed before it is refused."""

RETRY_AFTER_SECONDS = 2

_NICENESS = 10
_one_at_a_time = threading.Lock()

Hashed = TypeVar("Hashed")


class HasherBusy(LimitReached):
    """So many passwords wait to be hashed that this one would wait for too long."""


class PasswordHasher(Argon2PasswordHasher):
    """Argon2id with 46 MiB, one pass and one lane, which OWASP's password storage sheet counts among its equals.

    Django's own choice takes 100 MiB and eight lanes: with eight requests at once 800 MiB, and four times the
    processor's time, on a machine that has two cores for all of them.

    A process computes one hash at a time, on a thread with a lower priority than those that answer. So a burst of
    logins takes 46 MiB and not as many times that as there are threads, and other requests go first. `encode` and
    `verify` raise HasherBusy after two seconds of waiting.
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
    if not _one_at_a_time.acquire(timeout=LONGEST_WAIT_SECONDS):
        raise HasherBusy(RETRY_AFTER_SECONDS)
    try:
        # A thread for each hash: one that stayed would be lost by a fork. Starting it takes a thousandth of the hash.
        with ThreadPoolExecutor(max_workers=1, initializer=_lower_priority) as executor:
            return executor.submit(hash_password).result()
    finally:
        _one_at_a_time.release()


def _lower_priority() -> None:
    # On Linux a thread has a priority of its own. Elsewhere that number names another process, or none.
    if sys.platform == "linux":
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICENESS)
