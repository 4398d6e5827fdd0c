"""How passwords are hashed."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class PasswordHasher(Argon2PasswordHasher):
    """Argon2id with 46 MiB, one pass and one lane, which OWASP's password storage sheet counts among its equals.

    Django's own choice takes 100 MiB and eight lanes: with eight requests at once 800 MiB, and four times the
    processor's time, on a machine that has two cores for all of them.
    """

    time_cost = 1
    memory_cost = 47104
    parallelism = 1
