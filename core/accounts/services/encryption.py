"""Secrets that must be read again, encrypted at rest.

`settings.FIELD_ENCRYPTION_KEYS` holds Fernet keys. The first one encrypts, every one decrypts: a new key is
put in front, and `manage.py reencrypt_secrets` makes the others needless.
"""

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class UnreadableSecret(Exception):
    """No key decrypts the secret."""


def encrypt_secret(*, secret: bytes) -> str:
    """Return the secret, encrypted with the first key."""
    return _load_keys().encrypt(secret).decode("ascii")


def decrypt_secret(*, stored: str) -> bytes:
    """Return the decrypted secret. Raises UnreadableSecret."""
    try:
        return _load_keys().decrypt(stored)
    except InvalidToken as error:
        raise UnreadableSecret from error


def reencrypt_secret(*, stored: str) -> str:
    """Return the same secret, encrypted with the first key. Raises UnreadableSecret."""
    try:
        return _load_keys().rotate(stored).decode("ascii")
    except InvalidToken as error:
        raise UnreadableSecret from error


def _load_keys() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in settings.FIELD_ENCRYPTION_KEYS])
