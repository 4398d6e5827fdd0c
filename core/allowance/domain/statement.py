"""Stating what is there (rule 12): a reconciliation as it is written or previewed, and as it is read again."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from core.allowance.domain.closing import close_until, open_running_period
from core.allowance.domain.figure import calculate_day, calculate_period_pool
from core.allowance.domain.moments import get_statement_day
from core.allowance.domain.period_view import view_open_period
from core.allowance.domain.plan import prepare_plan
from core.allowance.domain.reconciliation import Moment
from core.allowance.domain.results import DayFigure, Reconciled
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


def find_not_over(*, snapshot: Snapshot, last_transaction_id: int, keys: Iterable[DateKey]) -> set[DateKey]:
    """Return which of these dates would not be over if something were stated today, and cannot be named in `not_yet`.

    Dates that do not count are among them.
    """
    running = close_until(open_period=open_running_period(plan=prepare_plan(snapshot=snapshot)), day=snapshot.today)
    view = view_open_period(open_period=running)
    moment = Moment(view=view, day=snapshot.today, last_transaction_id=last_transaction_id, not_yet=frozenset())
    shares = {key: view.find_other(key) for key in keys}
    return {key for key, share in shares.items() if share is None or not moment.would_be_over(view.settle(share))}


def find_reconciled(*, snapshot: Snapshot, reconciliation: Reconciliation) -> Reconciled | None:
    """Return what a stored reconciliation makes of its pay period by the plan as it stands; None where it is void.

    It is seen as the one written last: those written after it are left out.
    """
    known = tuple(one for one in snapshot.reconciliations if one.id <= reconciliation.id)
    day = get_statement_day(reconciliation=reconciliation, today=snapshot.today)
    pool = calculate_period_pool(snapshot=replace(snapshot, reconciliations=known), day=day)
    reconciled = pool.reconciled
    return reconciled if reconciled is not None and reconciled.reconciliation_id == reconciliation.id else None
