"""The languages that a user can choose."""

from django.utils.translation import get_language_info

COMPLETE_LANGUAGES = ("en",)
"""Codes of the languages into which everything is translated."""


def list_languages() -> list[tuple[str, str]]:
    """Return code and name of each complete language. The name is in that language."""
    return [(code, get_language_info(code)["name_local"]) for code in COMPLETE_LANGUAGES]
