"""Exchange rates: which one is used for a day, and what an amount comes to.

A rate says how many units of its quote one unit of its base is worth. Rates are dated; the one used for a
day is the latest on or before it. Everything is exact (`Fraction`) until an amount is rounded, once.
"""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from core.kernel.errors import DomainError
from core.kernel.money import AMOUNT_LIMIT, Exact, format_amount, round_half_even

FEED_BASE = "EUR"
"""The currency that every rate of the feed is quoted against; a pair without a rate of its own goes over it."""

RATE_DECIMALS = 10
"""Decimals that a stored rate has room for."""

RATE_LIMIT = Decimal(9) * 10**8
"""Stored rates are above 0 and below this: with their decimals they fill a 64-bit whole number."""

STALE_AFTER = timedelta(days=7)
"""A rate that is older than this on the day it is used for is used all the same, and said to be old."""

SHOWN_DIGITS = 12
"""Significant digits of a rate that is shown and has no end."""

Pair = tuple[str, str]


class UnknownRate(DomainError):
    """No exchange rate leads from one currency to another on a day."""

    code = "unknown_rate"

    def __init__(self, *, currency: str, into: str, on_date: date) -> None:
        super().__init__(
            f"No exchange rate from {currency} to {into} is known for {on_date} or a day before it.", field="currency"
        )


class AmountOutOfRange(DomainError):
    """A converted amount is larger than amounts may be."""

    code = "amount_out_of_range"


@dataclass(frozen=True, slots=True)
class Rate:
    """On `on_date`, one unit of `base` was worth `rate` units of `quote`. The rate is above 0."""

    base: str
    quote: str
    on_date: date
    rate: Decimal


@dataclass(frozen=True, slots=True)
class Conversion:
    """What one unit of a currency comes to in another, exact, and the day whose rate says so.

    Over the feed's base two rates are at work; `rate_date` is then the older one's.
    """

    rate: Fraction
    rate_date: date

    def is_stale(self, *, on_date: date) -> bool:
        """Whether the rate is more than a week old on the day that it is used for."""
        return on_date - self.rate_date > STALE_AFTER


class RateBook:
    """Rates to choose from, by pair and day. Choices are remembered, so that asking again costs nothing."""

    def __init__(self, rates: Iterable[Rate] = ()) -> None:
        self._by_pair: dict[Pair, list[tuple[date, Decimal]]] = {}
        for rate in rates:
            self._by_pair.setdefault((rate.base, rate.quote), []).append((rate.on_date, rate.rate))
        for dated in self._by_pair.values():
            dated.sort()
        self._chosen: dict[tuple[str, str, date], Conversion | None] = {}

    def find(self, *, currency: str, into: str, on_date: date) -> Conversion | None:
        """How to convert on a day; None where no rate leads there.

        The pair's own rate, in this direction or turned round; else over the feed's base.
        """
        key = currency, into, on_date
        if key not in self._chosen:
            self._chosen[key] = self._choose(currency, into, on_date)
        return self._chosen[key]

    def get(self, *, currency: str, into: str, on_date: date) -> Conversion:
        """As `find`. Raises UnknownRate on the field `currency`."""
        conversion = self.find(currency=currency, into=into, on_date=on_date)
        if conversion is None:
            raise UnknownRate(currency=currency, into=into, on_date=on_date)
        return conversion

    def _choose(self, currency: str, into: str, on_date: date) -> Conversion | None:
        if currency == into:
            return Conversion(rate=Fraction(1), rate_date=on_date)
        direct = self._find_direct(currency, into, on_date)
        if direct is not None or FEED_BASE in (currency, into):
            return direct
        first = self._find_direct(currency, FEED_BASE, on_date)
        second = self._find_direct(FEED_BASE, into, on_date)
        if first is None or second is None:
            return None
        return Conversion(rate=first.rate * second.rate, rate_date=min(first.rate_date, second.rate_date))

    def _find_direct(self, currency: str, into: str, on_date: date) -> Conversion | None:
        straight = self._find_latest((currency, into), on_date)
        inverse = self._find_latest((into, currency), on_date)
        # Of two quotations of one pair the later one is true; on the same day the one that needs no division.
        if straight is not None and (inverse is None or straight[0] >= inverse[0]):
            return Conversion(rate=Fraction(straight[1]), rate_date=straight[0])
        if inverse is not None:
            return Conversion(rate=1 / Fraction(inverse[1]), rate_date=inverse[0])
        return None

    def _find_latest(self, pair: Pair, on_date: date) -> tuple[date, Decimal] | None:
        dated = self._by_pair.get(pair, [])
        index = bisect_right(dated, on_date, key=lambda entry: entry[0])
        return dated[index - 1] if index else None


def list_pairs(*, currency: str, into: str) -> list[Pair]:
    """The pairs whose rates can be part of a conversion, as they may be stored."""
    if currency == into:
        return []
    ways = {currency, into, FEED_BASE}
    return [(base, quote) for base in sorted(ways) for quote in sorted(ways) if base != quote]


def convert(*, amount: Exact, conversion: Conversion, decimals: int) -> Decimal:
    """An amount in another currency, rounded half even to its minor unit of `decimals` places.

    It may come to 0. Raises AmountOutOfRange on the field `amount` at `AMOUNT_LIMIT` and above.
    """
    converted = round_half_even(Fraction(amount) * conversion.rate, decimals=decimals)
    if not -AMOUNT_LIMIT < converted < AMOUNT_LIMIT:
        raise AmountOutOfRange("In your currency this amount is larger than can be kept.", field="amount")
    return converted


def format_rate(*, rate: Fraction) -> str:
    """A rate as a plain decimal string: exact where it ends within `RATE_DECIMALS`, else to `SHOWN_DIGITS` digits."""
    if 10**RATE_DECIMALS % rate.denominator == 0:
        text = format_amount(rate, decimals=RATE_DECIMALS)
    else:
        # Leading zeros after the point are not significant, so a small rate gets more decimals.
        whole = Decimal(rate.numerator) / Decimal(rate.denominator)
        text = format_amount(rate, decimals=max(0, SHOWN_DIGITS - 1 - whole.adjusted()))
    return text.rstrip("0").rstrip(".") if "." in text else text
