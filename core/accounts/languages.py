"""The languages that a user can choose."""

from django.utils.translation import get_language_info, get_supported_language_variant

COMPLETE_LANGUAGES = ("en",)
"""Codes of the languages into which everything is translated."""


def list_languages() -> list[tuple[str, str]]:
    """Return code and name of each complete language. The name is in that language."""
    return [(code, get_language_info(code)["name_local"]) for code in COMPLETE_LANGUAGES]


def find_language(tag: str) -> str | None:
    """Return the code for a language tag, or None for an unknown language.

    Case does not matter. An unknown region falls back to its language: `en-US` to `en`, `zh-CN` to `zh-hans`.
    """
    try:
        return get_supported_language_variant(tag.lower())
    except LookupError:
        return None
