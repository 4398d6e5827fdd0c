"""Names of currencies in the languages of babel."""

from collections.abc import Mapping
from functools import lru_cache

from babel import Locale, UnknownLocaleError

from core.kernel.currencies import ENGLISH_NAME_BY_CODE


@lru_cache(maxsize=128)
def load_names(*, language: str) -> Mapping[str, str]:
    """The name of every currency that is offered, by code; in English where the language has none.

    `language` is a tag such as `de` or `pt-br`.
    """
    known: Mapping[str, str] = {}
    for tag in (language, language.partition("-")[0]):
        try:
            known = Locale.parse(tag.replace("-", "_")).currencies
            break
        except (UnknownLocaleError, ValueError):
            continue
    english = Locale("en").currencies
    return {code: known.get(code) or english.get(code) or iso_name for code, iso_name in ENGLISH_NAME_BY_CODE.items()}
