"""Take a figure apart."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from core.allowance.domain.days import close_running
from core.allowance.domain.figure import calculate_day
from core.allowance.domain.items import list_counted_items
from core.allowance.domain.results import CountedItem, DayFigure
from core.allowance.domain.values import Payment, Snapshot
from core.allowance.queries.figures import RatesInto
from core.allowance.queries.reconciliations import ShownReconciliation, show_reconciliation
from core.allowance.queries.settings import make_scope
from core.allowance.queries.snapshots import load_snapshot
from core.models import Reconciliation, User


@dataclass(frozen=True, slots=True)
class ExplainedItem:
    """One item's part in a figure, in the owner's currency `into`, and the rate by which it was converted.

    `rate` and `rate_date` are None in the owner's own currency.
    """

    part: CountedItem
    into: str
    rate: Fraction | None = None
    rate_date: date | None = None
    rate_is_old: bool = False

    @property
    def currency(self) -> str:
        """The currency of the item's own amount."""
        return self.part.currency or self.into


@dataclass(frozen=True, slots=True)
class ExplainedPayment:
    """A transaction that counts whole, and the name of the item that it names; empty where it names none."""

    payment: Payment
    name: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """A figure taken apart, and what the day's row shows, which is None without a row."""

    figure: DayFigure
    currency: str
    shown_amount: Decimal | None
    items: tuple[ExplainedItem, ...]
    unplanned: tuple[ExplainedPayment, ...]
    reconciliation: ShownReconciliation | None

    @property
    def savings_percent(self) -> Decimal:
        """The goals' percentages together."""
        return sum([percent for _id, _name, percent in self.figure.pool.own.percentages], Decimal(0))


def load_explanation(*, owner: User, on_date: date, today: date) -> Explanation:
    """Return the figure of a day from the rows as they are now. Raises UnknownRate and FigureOutOfRange."""
    snapshot = load_snapshot(
        scope=make_scope(owner=owner, today=today, opened_days=frozenset({on_date}), plan_changed=True)
    )
    if snapshot.figure is None:
        raise ValueError("An opened day is calculated from the plan.")
    figure_snapshot = close_running(figure=snapshot.figure)
    figure = calculate_day(snapshot=figure_snapshot, day=on_date)
    stored = snapshot.days[on_date].stored
    rates = snapshot.figure.rates
    if not isinstance(rates, RatesInto):
        raise TypeError("A loaded snapshot has its rates in a book.")
    return Explanation(
        figure=figure,
        currency=owner.currency,
        shown_amount=None if stored is None else stored.amount,
        items=tuple(
            _explain(part, rates=rates, on_date=on_date)
            for part in list_counted_items(snapshot=figure_snapshot, pool=figure.pool)
        ),
        unplanned=tuple(_list_unplanned(figure, snapshot.figure)),
        reconciliation=_find_reconciliation(figure),
    )


def _find_reconciliation(figure: DayFigure) -> ShownReconciliation | None:
    """Return the reconciliation that counts on the day, with the lines that lead to the day's pool."""
    reconciled = figure.pool.reconciled
    if reconciled is None:
        return None
    row = Reconciliation.objects.filter(pk=reconciled.reconciliation_id).first()
    return None if row is None else show_reconciliation(row=row, reconciled=reconciled)


def _list_unplanned(figure: DayFigure, snapshot: Snapshot) -> Iterator[ExplainedPayment]:
    names = {(item.type, item.id): item.name for item in snapshot.items}
    for payment in figure.pool.own.unplanned:
        name = "" if payment.item_id is None else names.get((payment.type, payment.item_id), "")
        yield ExplainedPayment(payment=payment, name=name)


def _explain(part: CountedItem, *, rates: RatesInto, on_date: date) -> ExplainedItem:
    if part.currency in ("", rates.into):
        return ExplainedItem(part=part, into=rates.into)
    conversion = rates.book.get(currency=part.currency, into=rates.into, on_date=on_date)
    return ExplainedItem(
        part=part,
        into=rates.into,
        rate=conversion.rate,
        rate_date=conversion.rate_date,
        rate_is_old=conversion.is_stale(on_date=on_date),
    )
