"""Money: exact values, and the one place where they are rounded.

Amounts are `Decimal` or `Fraction` beside the number of decimals of their currency (ISO 4217's
minor unit: EUR 2, JPY 0, KWD 3). Storage keeps three decimals for every currency.
"""

from decimal import MAX_EMAX, MAX_PREC, MIN_EMIN, ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction

STORED_DECIMALS = 3
"""Decimals that every stored amount has room for: the most that ISO 4217 gives a currency in use is 3
(CLF and UYW, with 4, are units of account and are not offered)."""

AMOUNT_LIMIT = Decimal(10) ** 12
"""Amounts that people enter are above 0 and below this, in whole units."""

POOL_LIMIT = Decimal(10) ** 15
"""A pool lies strictly between minus and plus this, in whole units."""

DAY_LIMIT = Decimal(10) ** 13
"""The net spending of one day lies strictly between minus and plus this, in whole units.
366 such days and a full pool still fit a 64-bit count of thousandths, so no sum can overflow."""

Exact = Decimal | Fraction | int


# The usual context would silently round what has more than 28 digits.
_UNROUNDED = Context(prec=MAX_PREC, Emax=MAX_EMAX, Emin=MIN_EMIN, rounding=ROUND_HALF_EVEN)
_LAST_PLACES = tuple(Decimal(1).scaleb(-decimals) for decimals in range(STORED_DECIMALS + 1))


def _to_decimal(minor_units: int, decimals: int) -> Decimal:
    return Decimal(minor_units).scaleb(-decimals, context=_UNROUNDED)


def round_down(value: Exact, *, decimals: int) -> Decimal:
    """Round toward minus infinity to `decimals` places. Exact for any size of value."""
    scaled = Fraction(value) * 10**decimals
    return _to_decimal(scaled.numerator // scaled.denominator, decimals)


def round_half_even(value: Exact, *, decimals: int) -> Decimal:
    """Round to the nearest at `decimals` places, ties to the even last digit (IEEE 754's default)."""
    if isinstance(value, Decimal) and decimals <= STORED_DECIMALS:
        # The same at a tenth of the cost. What is added makes a plain zero of a negative one.
        return _UNROUNDED.add(value.quantize(_LAST_PLACES[decimals], context=_UNROUNDED), 0)
    return _to_decimal(round(Fraction(value) * 10**decimals), decimals)


def count_decimals(value: Decimal) -> int:
    """How many decimals the value is written with; 0 for whole numbers and positive exponents."""
    exponent = value.as_tuple().exponent
    if not isinstance(exponent, int):
        raise ValueError("not a finite number")
    return max(0, -exponent)


def format_amount(value: Exact, *, decimals: int) -> str:
    """The value as a plain decimal string with exactly `decimals` places, ties to even."""
    return format(round_half_even(value, decimals=decimals), "f")
