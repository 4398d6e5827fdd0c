"""How passwords are hashed."""

import threading

from django.contrib.auth.hashers import Argon2PasswordHasher

_one_at_a_time = threading.Lock()


class PasswordHasher(Argon2PasswordHasher):
    """Argon2id with 46 MiB, one pass and one lane, which OWASP's password storage sheet counts among its equals.

    Django's own choice takes 100 MiB and eight lanes: with eight requests at once 800 MiB, and four times the
    processor's time, on a machine that has two cores for all of them.

    A process computes one hash at a time, so that a burst of logins takes 46 MiB of it and not as many times that
    as it has threads. Who comes later waits, and is never refused: there are no more in line than threads, all were
    counted against the limits before, and the processes together keep as many cores busy as there are processes.
    """

    time_cost = 1
    memory_cost = 47104
    parallelism = 1

    def encode(self, password: str, salt: str) -> str:
        """A new hash."""
        with _one_at_a_time:
            return super().encode(password, salt)

    def verify(self, password: str, encoded: str) -> bool:
        """Whether the hash is this password's."""
        with _one_at_a_time:
            return super().verify(password, encoded)
