"""Names and addresses as text: when two are the same, and what none may hold."""

import unicodedata

# Controls, format characters such as a change of direction, lone surrogates, separators of lines and paragraphs.
_INVISIBLE = {"Cc", "Cf", "Cs", "Zl", "Zp"}


def fold_name(name: str) -> str:
    """Return the form in which names are compared: without case, and with one encoding for look-alike characters.

    Idempotent. Databases fold ASCII alone or by their locale; this is the same on every engine.
    """
    folded = unicodedata.normalize("NFKC", name).casefold()
    # Composing may produce a letter that folds again.
    return unicodedata.normalize("NFKC", folded).casefold()


def has_control_character(text: str) -> bool:
    """Return whether a text holds a character that is not displayed, such as a control character."""
    return any(unicodedata.category(character) in _INVISIBLE for character in text)
