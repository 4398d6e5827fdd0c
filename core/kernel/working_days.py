"""Working days: weekends and holidays by calendar, from the `holidays` package.

A calendar's code is a country's (`US`), a country's with a subdivision (`DE-BY`, `GB-ENG`) or that of a financial
market (`B3` of two characters is known by its longer code alone). No code means weekends alone, Saturday and Sunday;
so does a code that the package does not have (any more).
"""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache, lru_cache

import holidays

LONGEST_REST_DAYS = 31
"""No calendar has as many days in a row without a working day: a date moves by less than this."""

_ONE_DAY = timedelta(days=1)
_SATURDAY, _SUNDAY = 5, 6
_COUNTRY_CODE_LENGTH = 2


@cache
def list_calendar_codes() -> tuple[str, ...]:
    """Return the codes of all calendars, sorted. The first call loads every calendar."""
    countries = holidays.list_supported_countries(include_aliases=False)
    subdivisions = [f"{country}-{name}" for country, names in countries.items() for name in names]
    markets = [code for code in holidays.list_supported_financial() if len(code) > _COUNTRY_CODE_LENGTH]
    return tuple(sorted({*countries, *subdivisions, *markets}))


def _find_year(code: str, year: int) -> holidays.HolidayBase | None:
    """Return a calendar with the holidays of one year, None for an unknown code."""
    country, _, subdivision = code.partition("-")
    try:
        if len(country) > _COUNTRY_CODE_LENGTH:
            return holidays.financial_holidays(country, years=year, expand=False)
        return holidays.country_holidays(country, subdiv=subdivision or None, years=year, expand=False)
    except NotImplementedError:
        return None


def list_holidays(code: str, year: int) -> list[tuple[date, str]]:
    """Return the holidays of a year with their names, in order."""
    calendar = _find_year(code, year)
    return [] if calendar is None else sorted(calendar.items())


def get_weekend(code: str, year: int) -> tuple[int, ...]:
    """Return the weekdays of a calendar's weekend in the middle of a year, Monday 0, in ascending order."""
    calendar = _find_year(code, year)
    if calendar is None:
        return _SATURDAY, _SUNDAY
    week = [date(year, 7, day) for day in range(1, 8)]
    return tuple(sorted(day.weekday() for day in week if calendar.is_weekend(day)))


@lru_cache(maxsize=2048)
def _list_days_off(code: str, year: int) -> frozenset[date]:
    calendar = _find_year(code, year)
    if calendar is None:
        return frozenset(day for day in _list_days(year) if day.weekday() >= _SATURDAY)
    return frozenset(day for day in _list_days(year) if calendar.is_weekend(day) or day in calendar)


def _list_days(year: int) -> Iterator[date]:
    first = date(year, 1, 1)
    return (first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days))


def is_working_day(code: str, day: date) -> bool:
    """Return whether the day is neither on a weekend nor a holiday.

    A day of the weekend on which a calendar makes up for a holiday is still on a weekend.
    """
    return day not in _list_days_off(code, day.year)


@lru_cache(maxsize=32768)
def get_working_day_on_or_before(code: str, day: date) -> date:
    """Return the day, or the last working day before it."""
    while not is_working_day(code, day):
        day -= _ONE_DAY
    return day


@lru_cache(maxsize=32768)
def get_working_day_on_or_after(code: str, day: date) -> date:
    """Return the day, or the first working day after it."""
    while not is_working_day(code, day):
        day += _ONE_DAY
    return day
