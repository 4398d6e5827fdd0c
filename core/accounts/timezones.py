"""The time zones that a user can choose."""

from datetime import datetime
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

# Entries of the database that name no place.
_NOT_PLACES = {"localtime", "posixrules", "Factory"}


@cache
def list_timezones() -> tuple[str, ...]:
    """Return all IANA names, sorted. Read from disk once a process, at the first call."""
    return tuple(sorted(available_timezones() - _NOT_PLACES))


def is_timezone(name: str) -> bool:
    """Return whether a user can choose this name."""
    return name in list_timezones()


def format_offset(*, name: str, at: datetime) -> str:
    """Return a zone's offset from UTC at an instant, as `+05:45`."""
    offset = f"{at.astimezone(ZoneInfo(name)):%z}"
    return f"{offset[:3]}:{offset[3:5]}"
