"""Reading a figure apart."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from core.allowance.domain import CountedItem, Figure, calculate_figure
from core.allowance.queries.plans import ItemSource, get_period, load_plan_with_sources
from core.models import DailyAllowance, User


@dataclass(frozen=True, slots=True)
class ExplainedItem:
    """One item's part in a figure: its own `amount` and `currency`, and what counts in the owner's, `into`.

    `rate` units of `into` for one unit of `currency`, as of `rate_date`; both None in the owner's currency.
    """

    part: CountedItem
    amount: Decimal
    currency: str
    into: str
    rate: Fraction | None
    rate_date: date | None
    rate_is_old: bool

    @classmethod
    def of(cls, *, part: CountedItem, source: ItemSource, into: str, on_date: date) -> "ExplainedItem":
        """What counts of an item, beside what it was made from."""
        conversion = source.conversion
        return cls(
            part=part,
            amount=source.amount,
            currency=source.currency,
            into=into,
            rate=conversion.rate if conversion else None,
            rate_date=conversion.rate_date if conversion else None,
            rate_is_old=conversion is not None and conversion.is_stale(on_date=on_date),
        )


@dataclass(frozen=True, slots=True)
class Explanation:
    """A figure taken apart, and what the day's row showed (None without a row)."""

    figure: Figure
    currency: str
    savings_percent: Decimal
    shown_amount: Decimal | None
    items: tuple[ExplainedItem, ...]


def load_explanation(*, owner: User, on_date: date) -> Explanation:
    """The figure of a day from the plan as it is now. Writes nothing. Raises UnknownRate, FigureOutOfRange."""
    loaded = load_plan_with_sources(owner=owner, on_date=on_date)
    plan = loaded.plan
    period = get_period(plan=plan, on_date=on_date)
    rows = DailyAllowance.objects.filter(user_id=owner.pk, date__gte=period.start, date__lte=on_date).values_list(
        "date", "amount", "remaining_amount"
    )
    spent_before, spent_today, shown_amount = Decimal(0), Decimal(0), None
    for day, amount, remaining_amount in rows:
        if day == on_date:
            shown_amount, spent_today = amount, amount - remaining_amount
        else:
            spent_before += amount - remaining_amount
    figure = calculate_figure(
        plan=plan, on_date=on_date, spent_before=spent_before, spent_today=spent_today, period=period
    )
    return Explanation(
        figure=figure,
        currency=owner.currency,
        savings_percent=plan.savings_percent,
        shown_amount=shown_amount,
        items=tuple(
            ExplainedItem.of(part=part, source=source, into=owner.currency, on_date=on_date)
            for part, source in zip(figure.pool.items, loaded.sources, strict=True)
        ),
    )
