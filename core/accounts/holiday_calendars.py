"""The holiday calendars that a user can choose."""

import re
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache

import holidays
from babel import Locale, UnknownLocaleError
from holidays.registry import EntityLoader

from core.kernel.working_days import get_weekend, list_calendar_codes, list_holidays

NEXT_HOLIDAYS = 3
"""As many are listed of each calendar."""

_COUNTRY = re.compile(r"[A-Z]{2}")
_MARKET = re.compile(r"[A-Z]{3,4}")
_WORD_STARTS = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


@dataclass(frozen=True, slots=True)
class HolidayCalendar:
    """A calendar to choose. `weekend` holds weekdays, Monday 1; `next` the first holidays from a day on."""

    code: str
    name: str
    weekend: tuple[int, ...]
    next: tuple[date, ...]


def is_holiday_calendar(code: str) -> bool:
    """Return whether a user can choose this code: whether it is among `list_calendar_codes`.

    Reads the one calendar alone: the list of all takes a second to make.
    """
    country, dash, subdivision = code.partition("-")
    if country in _list_country_codes():
        return not dash or subdivision in holidays.country_holidays(country).subdivisions
    return _MARKET.fullmatch(code) is not None and code in _list_market_codes()


@cache
def _list_country_codes() -> frozenset[str]:
    return frozenset(EntityLoader.get_country_codes(include_aliases=False))


@cache
def _list_market_codes() -> frozenset[str]:
    return frozenset(EntityLoader.get_financial_codes())


@lru_cache(maxsize=16)
def list_holiday_calendars(*, on_date: date, language: str) -> tuple[HolidayCalendar, ...]:
    """Return every calendar, by code, with the next holidays from a day on. Countries are named in the language.

    The first call of a process takes some seconds: it loads every calendar.
    """
    territories = _load_territories(language)
    this_year, next_year = _list_days(on_date.year), _list_days(on_date.year + 1)
    calendars = []
    for code in list_calendar_codes():
        days = this_year[code][bisect_left(this_year[code], on_date) :] + next_year[code]
        calendars.append(
            HolidayCalendar(
                code=code,
                name=_find_name(code, territories),
                weekend=_list_weekends(on_date.year)[code],
                next=days[:NEXT_HOLIDAYS],
            )
        )
    return tuple(calendars)


@lru_cache(maxsize=4)
def _list_days(year: int) -> Mapping[str, tuple[date, ...]]:
    return {code: tuple(day for day, _name in list_holidays(code, year)) for code in list_calendar_codes()}


@lru_cache(maxsize=4)
def _list_weekends(year: int) -> Mapping[str, tuple[int, ...]]:
    return {code: tuple(day + 1 for day in get_weekend(code, year)) for code in list_calendar_codes()}


def _load_territories(language: str) -> Mapping[str, str]:
    try:
        return dict(Locale.parse(language.replace("-", "_")).territories)
    except (UnknownLocaleError, ValueError):
        return dict(Locale("en").territories)


def _find_name(code: str, territories: Mapping[str, str]) -> str:
    """Return a country's name, with the subdivision's own after a comma; of a market the words of its class."""
    country, _, subdivision = code.partition("-")
    if not _COUNTRY.fullmatch(country):
        market = type(holidays.financial_holidays(code)).__mro__[1]
        return _WORD_STARTS.sub(" ", market.__name__)
    name = territories.get(country, country)
    if not subdivision:
        return name
    aliases = holidays.country_holidays(country, subdiv=subdivision).get_subdivision_aliases()
    return f"{name}, {(aliases.get(subdivision) or [subdivision])[0]}"
