"""The day (rule 14): what of a pool a day may spend."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from core.allowance.domain.results import Status
from core.kernel.errors import FigureOutOfRange
from core.kernel.money import DAY_LIMIT, round_down

_NOTHING = Decimal(0)


def list_weights(*, weekday_weights: Sequence[int], start: date, end: date) -> tuple[int, ...]:
    """Return the weights of the days `[start, end)` as they were chosen."""
    return tuple(weekday_weights[(start + timedelta(days=n)).weekday()] for n in range((end - start).days))


def even_out(*, weights: tuple[int, ...]) -> tuple[int, ...]:
    """Return the weights that count: equal ones where only zeros are left."""
    return weights if any(weights) else (1,) * len(weights)


def calculate_amount(*, left: Decimal, weights: Sequence[int], decimals: int) -> Decimal:
    """Return the allowance of the first of the days that `weights` stand for, rounded down to the minor unit.

    `left` is what is left of the pool before that day. On a period's last day the whole rest is given out.
    """
    share = Fraction(weights[0], sum(weights))
    return round_down(Fraction(max(_NOTHING, left)) * share, decimals=decimals)


def sum_spending(*, spending: Mapping[date, Decimal], start: date, end: date) -> Decimal:
    """Return the net spending of the days `[start, end)`."""
    return sum([amount for day, amount in spending.items() if start <= day < end], _NOTHING)


def check_spending(*, amount: Decimal) -> None:
    """Raise FigureOutOfRange where a day's net spending is not strictly between minus and plus `DAY_LIMIT`."""
    if not -DAY_LIMIT < amount < DAY_LIMIT:
        raise FigureOutOfRange("The transactions of this day add up to more than can be kept exactly.")


def calculate_status(*, pool: Decimal, remaining: Decimal, left: Decimal, income_counts: bool) -> Status:
    """Return the day in one word."""
    if pool < 0:
        return Status.SHORTFALL
    if remaining < 0 or left < 0:
        return Status.OVERSPENT
    return Status.OK if income_counts else Status.NO_INCOME
