"""The clock, and the only module that reads it. Views, tasks, commands and receivers use it; nothing below them.

The clock is frozen during a request, so that one that spans midnight has one day.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from django.utils import timezone

_frozen: ContextVar[datetime | None] = ContextVar("frozen_now", default=None)


class HasTimezone(Protocol):
    """An object with the name of a time zone."""

    timezone: str


def now() -> datetime:
    """Return this instant, in UTC; the same throughout a request."""
    return _frozen.get() or timezone.now()


def unfrozen_now() -> datetime:
    """Return this instant, in UTC, also during a request: for what must not be older than the request."""
    return timezone.now()


def today_for(person: HasTimezone) -> date:
    """Return the calendar day in this person's time zone."""
    return now().astimezone(ZoneInfo(person.timezone)).date()


@contextmanager
def frozen() -> Iterator[datetime]:
    """Freeze the clock at this instant for a block. Yields the instant."""
    instant = timezone.now()
    token = _frozen.set(instant)
    try:
        yield instant
    finally:
        _frozen.reset(token)
