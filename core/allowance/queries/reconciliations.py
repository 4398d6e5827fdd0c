"""Read reconciliations with what they make of their pay periods."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from core.allowance.domain.days import close_running
from core.allowance.domain.results import Reconciled
from core.allowance.domain.statement import find_reconciled
from core.allowance.domain.values import DateKey, ItemType, Snapshot
from core.allowance.queries.settings import make_scope
from core.allowance.queries.snapshots import load_snapshot
from core.models import Reconciliation, User


@dataclass(frozen=True, slots=True)
class ShownReconciliation:
    """A reconciliation with what it makes of its pay period; None: it is void.

    One that is only previewed has neither `id` nor `created_at`, but the `pool` and `left` of today's figure by it.
    """

    date: date
    amount: Decimal
    currency: str
    covers: str
    not_yet: tuple[DateKey, ...]
    note: str
    difference: Decimal
    id: int | None = None
    created_at: datetime | None = None
    reconciled: Reconciled | None = field(default=None, repr=False)
    pool: Decimal | None = None
    left: Decimal | None = None

    @property
    def void(self) -> bool:
        """Whether it counts no more, because the dates of its pay period are others now."""
        return self.reconciled is None


def load_shown_reconciliations(
    *, owner: User, rows: Sequence[Reconciliation], today: date
) -> list[ShownReconciliation]:
    """Return these rows of one person by the plan as it stands, each as if none had been written after it.

    One that another request has deleted meanwhile is left out. Raises UnknownRate and FigureOutOfRange.
    """
    if not rows:
        return []
    snapshot = load_figure(owner=owner, today=today, first_day=min(row.date for row in rows))
    stated = {one.id: one for one in snapshot.reconciliations}
    return [
        show_reconciliation(row=row, reconciled=find_reconciled(snapshot=snapshot, reconciliation=stated[row.pk]))
        for row in rows
        if row.pk in stated
    ]


def load_figure(*, owner: User, today: date, first_day: date) -> Snapshot:
    """Return everything that the figures of a person's days from one on depend on, periods that are over closed."""
    days = frozenset({today, min(today, first_day)})
    figure = load_snapshot(scope=make_scope(owner=owner, today=today, opened_days=days, plan_changed=True)).figure
    if figure is None:
        raise ValueError("An opened day is calculated from the plan.")
    return close_running(figure=figure)


def show_reconciliation(*, row: Reconciliation, reconciled: Reconciled | None) -> ShownReconciliation:
    """Return a row, stored or not, with what it makes of its pay period."""
    return ShownReconciliation(
        date=row.date,
        amount=row.amount,
        currency=row.currency,
        covers=str(row.covers),
        not_yet=tuple(read_not_yet(stored=row.not_yet)),
        note=row.note,
        difference=row.difference,
        id=row.pk,
        created_at=row.created_at,
        reconciled=reconciled,
    )


def read_not_yet(*, stored: Iterable[Mapping[str, Any]]) -> list[DateKey]:
    """Return the dates that a row keeps in `not_yet`."""
    return [DateKey(ItemType(one["type"]), one["id"], date.fromisoformat(one["date"])) for one in stored]
