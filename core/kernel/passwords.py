"""Passwords as text: how long they are, and in which form they are hashed."""

import unicodedata

PASSWORD_LENGTH = 128
"""The most characters of a password, counted as typed. Hashing costs by length: nothing longer reaches a hasher."""


def normalize_password(password: str) -> str:
    """Return the form that is hashed (NFKC): one password, whichever way a keyboard composes its characters."""
    return unicodedata.normalize("NFKC", password)


def list_password_forms(password: str) -> list[str]:
    """Return the forms to compare with a stored hash: NFKC, then the text as typed where that is another.

    Hashes from before normalization was introduced are of the text as typed.
    """
    return list(dict.fromkeys((normalize_password(password), password)))
