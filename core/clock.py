"""The one place that reads the clock. Views, tasks, commands and the signals' receivers may; nothing below them.

Within a request the clock stands still, so that a request that spans midnight has one day.
"""

from contextvars import ContextVar
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Protocol
from zoneinfo import ZoneInfo

from django.utils import timezone

# UTC-12, the last of the world's time zones.
_LAST_OF_ZONES = timedelta(hours=12)
_frozen: ContextVar[datetime | None] = ContextVar("frozen_now", default=None)


class HasTimezone(Protocol):
    """Whoever lives in a time zone."""

    timezone: str


def now() -> datetime:
    """This instant, in UTC; the same throughout one request."""
    return _frozen.get() or timezone.now()


def today_for(person: HasTimezone) -> date:
    """The calendar day that it is where this person lives."""
    return _day_at(now(), person.timezone)


@lru_cache(maxsize=64)
def _day_at(instant: datetime, zone: str) -> date:
    # Remembered, for a write asks half a dozen times while the clock stands still.
    return instant.astimezone(ZoneInfo(zone)).date()


def earliest_today() -> date:
    """The calendar day that it still is where days end last: nobody's today lies before it."""
    return (now() - _LAST_OF_ZONES).date()


class standing_still:  # noqa: N801
    """A block in which the clock stands at this instant. A class, for every request has one."""

    def __enter__(self) -> datetime:
        instant = timezone.now()
        self._token = _frozen.set(instant)
        return instant

    def __exit__(self, *error: object) -> None:
        _frozen.reset(self._token)
