"""The lines that lead from the amount of a reconciliation to the pool (rule 12), each rounded for display."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from core.allowance.domain.happened import SettledDate
from core.allowance.domain.results import LineKind, OwnPool, ReconciliationLine
from core.allowance.domain.values import ItemType, Payment, Reconciliation
from core.kernel.money import round_half_even

_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class KeptBack:
    """What of a date is on the account for other pay periods (negative), or is still to be added (positive)."""

    what: LineKind
    settled: SettledDate
    amount: Fraction


Names = Mapping[tuple[ItemType, int], str]
"""The names of incomes, bills and goals, by type and id."""


def list_lines(
    *,
    own: OwnPool,
    reconciliation: Reconciliation,
    kept_back: Iterable[KeptBack],
    pool: Decimal,
    decimals: int,
    names: Names,
) -> tuple[ReconciliationLine, ...]:
    """Return the lines from the stated amount to the pool, in the plan's order; they add up to it exactly.

    Each is rounded half even to the minor unit, and the last one is what this rounding leaves. `names` are those of
    payments that count whole.
    """
    lines = [
        ReconciliationLine(LineKind.STATED, reconciliation.amount),
        ReconciliationLine(LineKind.SPENT_THAT_DAY, reconciliation.spent_that_day),
    ]
    for line, exact in [*_list_own(own, names), *_list_kept_back(kept_back)]:
        lines.append(replace(line, amount=round_half_even(exact, decimals=decimals)))
    if reconciliation.own_pool_then is not None:
        lines.append(ReconciliationLine(LineKind.OWN_POOL_THEN, -reconciliation.own_pool_then))
    lines.append(ReconciliationLine(LineKind.ROUNDING, pool - sum(line.amount for line in lines)))
    return tuple(line for line in lines if line.amount or line.what is LineKind.STATED)


def _list_own(own: OwnPool, names: Names) -> Iterator[tuple[ReconciliationLine, Fraction]]:
    """Return the parts of the own pool: what is not over."""
    kinds = {ItemType.INCOME: LineKind.INCOME, ItemType.EXPENSE: LineKind.BILL, ItemType.SAVINGS_GOAL: LineKind.SAVING}
    for settled in own.dates:
        sign = 1 if settled.share.key.type is ItemType.INCOME else -1
        yield _line(kinds[settled.share.key.type], settled), sign * settled.counted
        yield _line(LineKind.DIFFERENCE, settled), settled.difference
    for payment in own.unplanned:
        sign = 1 if payment.type is ItemType.INCOME else -1
        yield _line_of_payment(payment, names), sign * Fraction(payment.amount)
    for goal_id, name, percent in own.percentages:
        line = ReconciliationLine(LineKind.SAVING, _ZERO, ItemType.SAVINGS_GOAL, goal_id, name)
        yield line, -own.all_income * Fraction(percent) / 100


def _list_kept_back(kept_back: Iterable[KeptBack]) -> Iterator[tuple[ReconciliationLine, Fraction]]:
    return ((_line(one.what, one.settled), one.amount) for one in kept_back)


def _line(what: LineKind, settled: SettledDate) -> ReconciliationLine:
    key = settled.share.key
    return ReconciliationLine(what, _ZERO, key.type, key.item_id, settled.share.name, key.on_date)


def _line_of_payment(payment: Payment, names: Names) -> ReconciliationLine:
    item_id = payment.item_id
    name = "" if item_id is None else names.get((payment.type, item_id), "")
    return ReconciliationLine(LineKind.DIFFERENCE, _ZERO, payment.type, item_id, name, payment.occurrence)
