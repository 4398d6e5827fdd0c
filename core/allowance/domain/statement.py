"""Stating what is there (rule 12): a reconciliation as it is written, or previewed."""

from dataclasses import dataclass, replace
from decimal import Decimal

from core.allowance.domain.figure import calculate_day
from core.allowance.domain.results import DayFigure
from core.allowance.domain.values import Covers, DateKey, Reconciliation, Snapshot


@dataclass(frozen=True, slots=True)
class Statement:
    """A reconciliation with what it keeps of its moment, the figure by it, and by how much `left` changes."""

    reconciliation: Reconciliation
    figure: DayFigure
    difference: Decimal


def state(
    *,
    snapshot: Snapshot,
    amount: Decimal,
    covers: Covers,
    spent_that_day: Decimal = Decimal(0),
    last_transaction_id: int = 0,
    not_yet: frozenset[DateKey] = frozenset(),
) -> Statement:
    """Return what follows if an amount is stated today, after everything that the snapshot holds.

    `spent_that_day` is today's net spending so far, `last_transaction_id` the highest id of the transactions stored.
    The id of the reconciliation is only its place as the last one written.
    """
    today = snapshot.today
    without = calculate_day(snapshot=snapshot, day=today)
    stated = Reconciliation(
        id=max([one.id for one in snapshot.reconciliations], default=0) + 1,
        day=today,
        amount=amount,
        covers=covers,
        last_transaction_id=last_transaction_id,
        spent_that_day=spent_that_day,
        not_yet=not_yet,
        own_pool_then=Decimal(0) if covers is Covers.SPENDING else None,
        period_then=without.pool.period,
    )
    figure = calculate_day(snapshot=_with(snapshot, stated), day=today)
    if covers is Covers.SPENDING:
        stated = replace(stated, own_pool_then=figure.pool.own.amount)
        figure = calculate_day(snapshot=_with(snapshot, stated), day=today)
    return Statement(reconciliation=stated, figure=figure, difference=figure.left - without.left)


def _with(snapshot: Snapshot, reconciliation: Reconciliation) -> Snapshot:
    return replace(snapshot, reconciliations=(*snapshot.reconciliations, reconciliation))
