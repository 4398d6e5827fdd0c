"""Money: exact values, and the one place where they are rounded.

Amounts are `Decimal` or `Fraction` beside the number of decimals of their currency (ISO 4217's
minor unit: EUR 2, JPY 0, KWD 3). Storage keeps three decimals for every currency.
"""

from decimal import MAX_EMAX, MAX_PREC, MIN_EMIN, Context, Decimal
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
_UNROUNDED = Context(prec=MAX_PREC, Emax=MAX_EMAX, Emin=MIN_EMIN)


def _to_decimal(minor_units: int, decimals: int) -> Decimal:
    return Decimal(minor_units).scaleb(-decimals, context=_UNROUNDED)


# Both count minor units as whole numbers: a fraction would be reduced at every step, and that is most of its cost.


def round_down(value: Exact, *, decimals: int, parts: int = 1) -> Decimal:
    """Round the value, or one of so many equal parts of it, toward minus infinity to `decimals` places.

    Exact for any size of value. `parts` is at least 1.
    """
    numerator, denominator = value.as_integer_ratio()
    return _to_decimal(numerator * 10**decimals // (denominator * parts), decimals)


def round_half_even(value: Exact, *, decimals: int) -> Decimal:
    """Round to the nearest at `decimals` places, ties to the even last digit (IEEE 754's default)."""
    numerator, denominator = value.as_integer_ratio()
    units, rest = divmod(numerator * 10**decimals, denominator)
    # The rest is at least 0, whatever the sign of the value: one unit more is always the nearest from above.
    if 2 * rest > denominator or (2 * rest == denominator and units % 2):
        units += 1
    return _to_decimal(units, decimals)


def count_decimals(value: Decimal) -> int:
    """How many decimals the value is written with; 0 for whole numbers and positive exponents."""
    exponent = value.as_tuple().exponent
    if not isinstance(exponent, int):
        raise ValueError("not a finite number")
    return max(0, -exponent)


def format_amount(value: Exact, *, decimals: int) -> str:
    """The value as a plain decimal string with exactly `decimals` places, ties to even."""
    return format(round_half_even(value, decimals=decimals), "f")
