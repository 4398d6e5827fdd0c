"""Rule 4: effective days."""

from datetime import date, timedelta
from functools import cache
from typing import Any

import holidays


@cache
def load_calendar(code: str) -> Any:
    """The library's calendar: a country, a country and its subdivision, or a market."""
    if code in holidays.list_supported_financial():
        return holidays.financial_holidays(code)
    country, _dash, subdivision = code.partition("-")
    return holidays.country_holidays(country, subdiv=subdivision or None)


def is_working_day(day: date, calendar_code: str) -> bool:
    """Rule 4: neither a weekend of the calendar nor one of its holidays."""
    if not calendar_code:
        return day.weekday() not in (5, 6)
    calendar = load_calendar(calendar_code)
    # The library keeps the dates of years that it does not know empty, so that there weekends count alone.
    return day.weekday() not in calendar.weekend and day not in calendar


@cache
def find_effective(day: date, adjust: str, calendar_code: str) -> date:
    """Rule 4: the day on which a date takes effect."""
    if adjust == "none":
        return day
    step = timedelta(days=-1 if adjust == "before" else 1)
    effective = day
    while not is_working_day(effective, calendar_code):
        effective += step
    return effective
