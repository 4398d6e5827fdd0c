"""Read plans: incomes, bills and goals, and what they are in their owner's currency."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db.models import CharField, DateField, ExpressionWrapper, F, IntegerField, QuerySet, Value
from django.db.models.functions import Cast

from core.allowance.domain import DatedPlan, ItemSource, ItemType, Plan, PlanItem, calculate_pay_calendar
from core.currencies.domain import Pair, RateBook
from core.kernel.currencies import get_decimals
from core.kernel.frequencies import Frequency
from core.models import Expense, Income, SavingsGoal
from core.models.fields import MoneyField

_GOAL = "goal"


@dataclass(frozen=True, slots=True)
class StoredItem:
    """An income or a bill in the currency in which it was entered."""

    item: PlanItem
    amount: Decimal
    currency: str


@dataclass(slots=True)
class StoredPlan:
    """One person's plan as it is stored: incomes first, then by id."""

    items: list[StoredItem] = field(default_factory=list)
    savings_percent: Decimal = Decimal(0)

    def list_conversions(self, *, into: str) -> list[Pair]:
        """Return the conversions that the plan needs, as `(currency, into)`."""
        return [(currency, into) for currency in sorted({stored.currency for stored in self.items} - {into})]


def load_stored_plans(*, user_ids: Collection[int]) -> dict[int, StoredPlan]:
    """Return the plans of these people by the ids of their owners. One statement."""
    plans = {user_id: StoredPlan() for user_id in user_ids}
    rows = sorted(_select_plans(user_ids), key=lambda row: (row[1] != ItemType.INCOME, row[2]))
    for user_id, item_type, pk, name, amount, currency, frequency, anchor, added_on, scheduled_on in rows:
        if item_type == _GOAL:
            plans[user_id].savings_percent += amount
            continue
        item = PlanItem(
            type=ItemType(item_type),
            id=pk,
            name=name,
            amount=Fraction(amount),
            frequency=Frequency(frequency),
            anchor=anchor,
            added_on=added_on,
            scheduled_on=scheduled_on,
        )
        plans[user_id].items.append(StoredItem(item=item, amount=amount, currency=currency))
    return plans


def _select_plans(user_ids: Collection[int]) -> "QuerySet[Any, tuple[Any, ...]]":
    def select_items(rows: "QuerySet[Any]", item_type: ItemType, date_field: str) -> "QuerySet[Any, tuple[Any, ...]]":
        return rows.filter(user_id__in=user_ids).values_list(
            "user_id",
            _text(item_type),
            "id",
            "name",
            "amount",
            "currency",
            "frequency",
            date_field,
            "added_on",
            "scheduled_on",
        )

    no_date = Cast(Value(None), DateField())
    goals = SavingsGoal.objects.filter(user_id__in=user_ids).values_list(
        "user_id",
        _text(_GOAL),
        "id",
        "name",
        # Stored as hundredths; the column that it shares with the amounts holds thousandths.
        ExpressionWrapper(F("percentage") * Value(10, output_field=IntegerField()), output_field=MoneyField()),
        _text(""),
        _text(""),
        no_date,
        no_date,
        no_date,
    )
    incomes = select_items(Income.objects.all(), ItemType.INCOME, "next_payment_date")
    return incomes.union(select_items(Expense.objects.all(), ItemType.EXPENSE, "due_date"), goals, all=True)


def _text(value: str) -> Value:
    return Value(value, output_field=CharField())


def date_plan(*, stored: StoredPlan, into: str, book: RateBook, on_date: date) -> DatedPlan:
    """Return a plan with its amounts in one currency at a day's rates, unrounded. Raises UnknownRate."""
    items, sources = [], []
    for entered in stored.items:
        item = entered.item
        source = ItemSource(amount=entered.amount, currency=entered.currency)
        if entered.currency != into:
            conversion = book.get(currency=entered.currency, into=into, on_date=on_date)
            item = replace(item, amount=item.amount * conversion.rate)
            source = ItemSource(
                amount=entered.amount,
                currency=entered.currency,
                rate=conversion.rate,
                rate_date=conversion.rate_date,
                rate_is_old=conversion.is_stale(on_date=on_date),
            )
        items.append(item)
        sources.append(source)
    plan = Plan(decimals=get_decimals(into), items=tuple(items), savings_percent=stored.savings_percent)
    return DatedPlan(plan=plan, calendar=calculate_pay_calendar(items=plan.items), sources=tuple(sources))
