"""Take a figure apart."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from core.allowance.domain import CountedItem, Figure, ItemSource, SnapshotScope, calculate_figure
from core.allowance.queries.snapshots import load_snapshot
from core.models import User


@dataclass(frozen=True, slots=True)
class ExplainedItem:
    """One item's part in a figure: what was entered, and what counts of it in the owner's currency, `into`."""

    part: CountedItem
    source: ItemSource
    into: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """A figure taken apart, and what the day's row shows, which is None without a row."""

    figure: Figure
    currency: str
    savings_percent: Decimal
    shown_amount: Decimal | None
    items: tuple[ExplainedItem, ...]


def load_explanation(*, owner: User, on_date: date, today: date) -> Explanation:
    """Return the figure of a day from the plan as it is now. Raises UnknownRate and FigureOutOfRange."""
    scope = SnapshotScope(user_id=owner.pk, currency=owner.currency, today=today, opened_days=frozenset({on_date}))
    day = load_snapshot(scope=scope).days[on_date]
    if day.dated_plan is None:
        raise ValueError("An opened day is calculated from the plan.")
    plan = day.dated_plan.plan
    figure = calculate_figure(
        plan=plan,
        calendar=day.dated_plan.calendar,
        on_date=on_date,
        spent_before=day.spent_before,
        spent_today=day.spent_today,
    )
    return Explanation(
        figure=figure,
        currency=owner.currency,
        savings_percent=plan.savings_percent,
        shown_amount=None if day.stored is None else day.stored.amount,
        items=tuple(
            ExplainedItem(part=part, source=source, into=owner.currency)
            for part, source in zip(figure.pool.items, day.dated_plan.sources, strict=True)
        ),
    )
