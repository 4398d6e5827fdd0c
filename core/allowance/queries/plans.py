"""Reading plans: incomes, bills and goals, in their owner's currency."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db.models import CharField, DateField, ExpressionWrapper, F, Field, IntegerField, QuerySet, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast

from core.allowance.domain import ItemType, Plan, PlanItem, calculate_pay_calendar
from core.currencies.domain import Conversion, Pair, RateBook
from core.currencies.queries import load_rate_history, load_rates
from core.kernel.currencies import get_decimals
from core.kernel.frequencies import Frequency
from core.kernel.money import STORED_DECIMALS, round_down
from core.kernel.periods import PayPeriod
from core.models import Expense, Income, SavingsGoal, User
from core.models.compiled import CompiledQuery, Given
from core.models.ids import IdList

_GOAL = "goal"


@dataclass(frozen=True, slots=True)
class ItemSource:
    """An item's amount as it was entered, and how it was converted (None in the owner's own currency)."""

    amount: Decimal
    currency: str
    conversion: Conversion | None = None


@dataclass(frozen=True, slots=True)
class LoadedPlan:
    """A plan in the owner's currency, and what its items' amounts were made from, in the order of its items."""

    plan: Plan
    sources: tuple[ItemSource, ...]


@dataclass(slots=True)
class PlanRows:
    """One person's plan as it is stored: items with amounts in the currency beside each. Their order says nothing."""

    items: list[tuple[PlanItem, str]] = field(default_factory=list)
    savings_percent: Decimal = Decimal(0)

    def list_conversions(self, *, into: str) -> list[Pair]:
        """The conversions that the plan needs, as `(currency, into)`."""
        return sorted((currency, into) for currency in {currency for _item, currency in self.items} - {into})


def _text(value: str) -> Value:
    return Value(value, output_field=CharField())


def _stored(amount: Combinable) -> ExpressionWrapper:
    """The whole number that stands in the column: to make a decimal of it first would cost as much as the fraction."""
    return ExpressionWrapper(amount, output_field=Field())


_USER_IDS = Given("user_ids", IdList())


def _select_plans() -> "QuerySet[Any, tuple[Any, ...]]":
    def columns_of(queryset: "QuerySet[Any]", item_type: ItemType, date_field: str) -> "QuerySet[Any, tuple[Any, ...]]":
        return queryset.filter(user_id__among=_USER_IDS).values_list(
            "user_id",
            _text(item_type),
            "id",
            "name",
            _stored(F("amount")),
            "currency",
            "frequency",
            date_field,
            "added_on",
            "scheduled_on",
        )

    no_date = Cast(Value(None), DateField())
    goals = SavingsGoal.objects.filter(user_id__among=_USER_IDS).values_list(
        "user_id",
        _text(_GOAL),
        "id",
        "name",
        # Stored as hundredths; the column it shares with the amounts holds thousandths.
        _stored(F("percentage") * Value(10, output_field=IntegerField())),
        _text(""),
        _text(""),
        no_date,
        no_date,
        no_date,
    )
    return columns_of(Income.objects.all(), ItemType.INCOME, "next_payment_date").union(
        columns_of(Expense.objects.all(), ItemType.EXPENSE, "due_date"), goals, all=True
    )


_plans = CompiledQuery(_select_plans)

_TYPES = {item_type.value: item_type for item_type in ItemType}
_FREQUENCIES = {frequency.value: frequency for frequency in Frequency}
_STORED_UNITS = 10**STORED_DECIMALS


def load_plan_rows(*, user_ids: Collection[int]) -> dict[int, PlanRows]:
    """The plans of these people, by id of their owner. One statement."""
    plans = {user_id: PlanRows() for user_id in user_ids}
    for user_id, item_type, pk, name, stored, currency, frequency, anchor, added_on, scheduled_on in _plans.all(
        user_ids=user_ids
    ):
        if item_type == _GOAL:
            plans[user_id].savings_percent += Decimal(stored) / _STORED_UNITS
            continue
        amount = Fraction(stored, _STORED_UNITS)
        # By position: a plan is read for everybody, every night, and naming eight fields costs a third of an item.
        item = PlanItem(_TYPES[item_type], pk, name, amount, _FREQUENCIES[frequency], anchor, added_on, scheduled_on)
        plans[user_id].items.append((item, currency))
    return plans


def convert_plan(*, rows: PlanRows, into: str, book: RateBook, on_date: date) -> Plan:
    """A plan with its amounts in one currency at a day's rates, unrounded. Raises UnknownRate."""
    items = [
        item
        if currency == into
        else replace(item, amount=item.amount * book.get(currency=currency, into=into, on_date=on_date).rate)
        for item, currency in rows.items
    ]
    return Plan(decimals=get_decimals(into), items=tuple(items), savings_percent=rows.savings_percent)


def load_plan(*, owner: User, on_date: date) -> Plan:
    """A person's incomes, bills and goals as one value, amounts in their currency at the day's rates.

    One statement, two with foreign items. Raises UnknownRate.
    """
    rows = load_plan_rows(user_ids=[owner.pk])[owner.pk]
    book = load_rates(conversions=rows.list_conversions(into=owner.currency), on_date=on_date)
    return convert_plan(rows=rows, into=owner.currency, book=book, on_date=on_date)


def load_plan_with_sources(*, owner: User, on_date: date) -> LoadedPlan:
    """As `load_plan`, incomes first, then by id, with the amounts as they were entered."""
    rows = load_plan_rows(user_ids=[owner.pk])[owner.pk]
    rows.items.sort(key=lambda pair: (pair[0].type is not ItemType.INCOME, pair[0].id))
    book = load_rates(conversions=rows.list_conversions(into=owner.currency), on_date=on_date)
    plan = convert_plan(rows=rows, into=owner.currency, book=book, on_date=on_date)
    sources = [
        ItemSource(
            # Exact: what is stored has no more decimals.
            amount=round_down(item.amount, decimals=STORED_DECIMALS),
            currency=currency,
            conversion=None
            if currency == owner.currency
            else book.get(currency=currency, into=owner.currency, on_date=on_date),
        )
        for item, currency in rows.items
    ]
    return LoadedPlan(plan=plan, sources=tuple(sources))


def load_plans_of_days(*, owner: User, days: Collection[date]) -> dict[date, Plan]:
    """A person's plan as it is now, at the rates of each of these days. One statement, three with foreign items.

    Raises UnknownRate.
    """
    if not days:
        return {}
    rows = load_plan_rows(user_ids=[owner.pk])[owner.pk]
    conversions = rows.list_conversions(into=owner.currency)
    book = load_rate_history(conversions=conversions, first=min(days), last=max(days))
    if not conversions:
        # In the owner's own currency the plan is the same on every day.
        plan = convert_plan(rows=rows, into=owner.currency, book=book, on_date=min(days))
        return dict.fromkeys(days, plan)
    return {day: convert_plan(rows=rows, into=owner.currency, book=book, on_date=day) for day in days}


def get_period(*, plan: Plan, on_date: date) -> PayPeriod:
    """The pay period that a day belongs to under a plan."""
    return calculate_pay_calendar(items=plan.items).period_containing(on_date)
