"""Secrets that must be read again, encrypted at rest.

`settings.FIELD_ENCRYPTION_KEYS` holds Fernet keys. The first one encrypts, every one decrypts: a new key is
put in front, and `manage.py reencrypt_secrets` makes the others needless.
"""

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class UnreadableSecret(Exception):
    """None of the keys decrypts it."""


def encrypt_secret(*, secret: bytes) -> str:
    """The secret under the first key."""
    return _load_keys().encrypt(secret).decode("ascii")


def decrypt_secret(*, stored: str) -> bytes:
    """What was encrypted. Raises UnreadableSecret."""
    try:
        return _load_keys().decrypt(stored)
    except InvalidToken as error:
        raise UnreadableSecret from error


def reencrypt_secret(*, stored: str) -> str:
    """The same secret under the first key. Raises UnreadableSecret."""
    try:
        return _load_keys().rotate(stored).decode("ascii")
    except InvalidToken as error:
        raise UnreadableSecret from error


def _load_keys() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in settings.FIELD_ENCRYPTION_KEYS])
