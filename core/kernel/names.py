"""When two names are one."""

import unicodedata


def fold_name(name: str) -> str:
    """The form in which names are compared: without case, and with look-alike encodings of a character made one.

    Idempotent. Databases fold ASCII alone or by their locale; this is the same on every engine.
    """
    folded = unicodedata.normalize("NFKC", name).casefold()
    # Composing may bring a letter forth that folds again.
    return unicodedata.normalize("NFKC", folded).casefold()
