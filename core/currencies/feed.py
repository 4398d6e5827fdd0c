"""The source's format: the European Central Bank's reference rates as XML.

An envelope holds one `Cube`, which holds a `Cube time="2026-11-20"` for each day, which holds a
`Cube currency="USD" rate="1.0850"` for each currency: units of it for one euro. The daily file, that of 90 days
and the full history differ only in how many days there are.

What is read comes from outside: document types, entities and references to other files are refused, nothing
is kept of what was read but days and rates, and sizes are bounded by the opener of the stream.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Protocol
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from core.currencies.domain import FEED_BASE, RATE_DECIMALS, RATE_LIMIT
from core.kernel.currencies import is_known
from core.kernel.money import count_decimals, round_half_even

_CODE = re.compile(r"[A-Z]{3}", re.ASCII)
_RATE = re.compile(r"\d{1,12}(\.\d{1,28})?", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)

# The outer cube, a day's, a rate's.
_OUTER, _DAY_LEVEL, _RATE_LEVEL = 1, 2, 3

# The envelope and its cubes; beside them, who sent it.
_DEEPEST = 6

MOST_DAYS = 50_000
"""More days than this, two centuries of working days, are not a history of rates."""


class SupportsRead(Protocol):
    """A source of bytes."""

    def read(self, size: int = -1, /) -> bytes:
        """Up to `size` bytes; none at the end."""
        ...


class FeedError(Exception):
    """The feed cannot be trusted; nothing of it may be used. The message is a sentence for the operator."""


@dataclass(slots=True)
class FeedDay:
    """One day of the feed: units of each currency for one euro, and the codes that are not offered here."""

    on_date: date
    rates: dict[str, Decimal] = field(default_factory=dict)
    skipped: list[str] = field(default_factory=list)


def read_days(*, stream: SupportsRead) -> Iterator[FeedDay]:
    """The days of a feed, one by one, in the order of the file. Memory does not grow with the file.

    A rate with more decimals than are stored is rounded half even. Raises FeedError, possibly after days were
    returned: callers get none before the end was read.
    """
    reader = _Reader()
    try:
        events = iterparse(stream, events=("start", "end"), forbid_dtd=True)
        for event, element in events:
            if event == "start":
                reader.enter(element)
            else:
                day = reader.leave(element)
                if day is not None:
                    yield day
    except DefusedXmlException as error:
        raise FeedError("The feed declares a document type or entities, which its source never does.") from error
    except ParseError as error:
        line, column = error.position
        raise FeedError(f"The feed is not whole XML: it ends or breaks at line {line}, column {column}.") from error
    except (ValueError, LookupError) as error:
        # An encoding that is unknown, or not the one that the bytes are in.
        raise FeedError("The feed is not XML in an encoding that can be read.") from error
    if not reader.seen:
        raise FeedError("The feed is empty: it holds no day with rates.")


class _Reader:
    """Follows the nesting of elements, so that each may stand in its own place only."""

    def __init__(self) -> None:
        self.path: list[Element] = []
        self.cubes = 0
        self.day: FeedDay | None = None
        self.seen: set[date] = set()

    def enter(self, element: Element) -> None:
        """An element begins: its attributes are there, its children are not."""
        name = _local_name(element)
        if not self.path and name != "Envelope":
            raise FeedError(f"The feed is not the one expected: its root is {name[:40]!r}, not 'Envelope'.")
        self.path.append(element)
        if len(self.path) > _DEEPEST:
            raise FeedError("The feed has another shape: its elements are nested too deeply.")
        if name != "Cube":
            if self.cubes:
                raise FeedError(f"The feed has another shape: {name[:40]!r} stands where rates do.")
            return
        self.cubes += 1
        if len(self.path) != self.cubes + 1 or self.cubes > _RATE_LEVEL:
            raise FeedError("The feed has another shape: its cubes are nested in another way.")
        if self.cubes == _DAY_LEVEL:
            self.day = FeedDay(on_date=self._read_date(element))
        elif self.cubes == _RATE_LEVEL and self.day is not None:
            _read_rate(element, self.day)

    def leave(self, element: Element) -> FeedDay | None:
        """An element ends. Returns the day that it was, if it was one."""
        self.path.pop()
        if _local_name(element) == "Cube":
            self.cubes -= 1
        # What has been read is let go at once, at every level: the tree never grows.
        element.clear()
        if self.path:
            self.path[-1].remove(element)
        if self.cubes != _OUTER or self.day is None:
            return None
        day, self.day = self.day, None
        if not day.rates and not day.skipped:
            raise FeedError(f"The feed has no rate for {day.on_date}.")
        return day

    def _read_date(self, element: Element) -> date:
        text = element.get("time", "")
        try:
            on_date = date.fromisoformat(text) if _DAY.fullmatch(text) else None
        except ValueError:
            on_date = None
        if on_date is None:
            raise FeedError(f"The feed has a day without a date: {text[:40]!r}.")
        if on_date in self.seen:
            raise FeedError(f"The feed has the day {on_date} twice.")
        self.seen.add(on_date)
        if len(self.seen) > MOST_DAYS:
            raise FeedError(f"The feed has more than {MOST_DAYS} days.")
        return on_date


def _local_name(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _read_rate(element: Element, day: FeedDay) -> None:
    code, text = element.get("currency", ""), element.get("rate", "")
    if not _CODE.fullmatch(code):
        raise FeedError(f"The feed has no currency code where one should be on {day.on_date}: {code[:40]!r}.")
    if not _RATE.fullmatch(text):
        raise FeedError(f"The feed has no rate for {code} on {day.on_date} but {text[:40]!r}.")
    if code in day.rates or code in day.skipped:
        raise FeedError(f"The feed has {code} twice on {day.on_date}.")
    if code == FEED_BASE:
        raise FeedError(f"The feed values {FEED_BASE} in itself on {day.on_date}.")
    rate = Decimal(text)
    if count_decimals(rate) > RATE_DECIMALS:
        rate = round_half_even(rate, decimals=RATE_DECIMALS)
    if not 0 < rate < RATE_LIMIT:
        raise FeedError(f"The feed's rate for {code} on {day.on_date} is out of bounds: {text[:40]}.")
    if is_known(code):
        day.rates[code] = rate
    else:
        day.skipped.append(code)
