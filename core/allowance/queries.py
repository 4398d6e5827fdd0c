"""Reading what the figure is made of."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from django.db.models import CharField, Count, DateField, ExpressionWrapper, F, IntegerField, Q, QuerySet, Sum, Value
from django.db.models.functions import Cast, Coalesce

from core.allowance.domain import (
    CountedItem,
    Figure,
    ItemType,
    Plan,
    PlanItem,
    calculate_figure,
    calculate_pay_calendar,
)
from core.kernel.currencies import get_decimals
from core.kernel.frequencies import Frequency
from core.kernel.periods import PayPeriod
from core.models import DailyAllowance, Expense, Income, SavingsGoal, Transaction, User
from core.models.fields import MoneyField

LONGEST_PERIOD_DAYS = 366

_GOAL = "goal"


@dataclass(frozen=True, slots=True)
class ItemSource:
    """An item's amount as it was entered."""

    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class LoadedPlan:
    """A plan in the owner's currency, and what its items' amounts were made from, in the order of its items."""

    plan: Plan
    sources: tuple[ItemSource, ...]


def _text(value: str) -> Value:
    return Value(value, output_field=CharField())


def load_plan(*, owner: User, on_date: date) -> Plan:
    """A person's incomes, bills and goals as one value, amounts in their currency at the day's rates."""
    return load_plan_with_sources(owner=owner, on_date=on_date).plan


def load_plan_with_sources(*, owner: User, on_date: date) -> LoadedPlan:
    """As `load_plan`, with the amounts as they were entered. One statement."""

    def columns_of(queryset: QuerySet, item_type: ItemType, date_field: str) -> QuerySet:
        return queryset.filter(user_id=owner.pk).values_list(
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
    goals = SavingsGoal.objects.filter(user_id=owner.pk).values_list(
        _text(_GOAL),
        "id",
        "name",
        # Stored as hundredths; the column it shares with the amounts holds thousandths.
        ExpressionWrapper(F("percentage") * Value(10, output_field=IntegerField()), output_field=MoneyField()),
        _text(""),
        _text(""),
        no_date,
        no_date,
        no_date,
    )
    rows = columns_of(Income.objects.all(), ItemType.INCOME, "next_payment_date").union(
        columns_of(Expense.objects.all(), ItemType.EXPENSE, "due_date"), goals, all=True
    )
    loaded = []
    savings_percent = Decimal(0)
    for item_type, pk, name, amount, currency, frequency, anchor, added_on, scheduled_on in rows:
        if item_type == _GOAL:
            savings_percent += amount
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
        loaded.append((item, ItemSource(amount=amount, currency=currency)))
    loaded.sort(key=lambda pair: (pair[0].type is not ItemType.INCOME, pair[0].id))
    plan = Plan(
        decimals=get_decimals(owner.currency),
        items=tuple(item for item, _source in loaded),
        savings_percent=savings_percent,
    )
    return LoadedPlan(plan=plan, sources=tuple(source for _item, source in loaded))


def find_day(*, user_id: int, on_date: date) -> DailyAllowance | None:
    """A day's row, if there is one."""
    return DailyAllowance.objects.filter(user_id=user_id, date=on_date).first()


def list_days_to_refresh(*, user_id: int, today: date, days: frozenset[date]) -> list[DailyAllowance]:
    """The rows of `days`, and those of today and later: there are later ones where a person travelled west."""
    wanted = Q(date__gte=today)
    earlier = [day for day in days if day < today]
    if earlier:
        wanted |= Q(date__in=earlier)
    return list(DailyAllowance.objects.filter(wanted, user_id=user_id).order_by("date"))


def list_days_around(*, user_id: int, first: date, last: date) -> list[DailyAllowance]:
    """The rows from the longest pay period before `first` up to and including `last`, by date."""
    earliest = first - timedelta(days=LONGEST_PERIOD_DAYS)
    return list(DailyAllowance.objects.filter(user_id=user_id, date__gte=earliest, date__lte=last).order_by("date"))


def calculate_spent_before(*, user_id: int, period_start: date, on_date: date) -> Decimal:
    """Net spending in `[period_start, on_date)`: each day's row holds its own."""
    return load_period_so_far(user_id=user_id, period_start=period_start, on_date=on_date).spent_before


@dataclass(frozen=True, slots=True)
class PeriodSoFar:
    """What a pay period has seen before a day, and whether the day has its row."""

    spent_before: Decimal
    has_row: bool


def load_period_so_far(*, user_id: int, period_start: date, on_date: date) -> PeriodSoFar:
    """Net spending in `[period_start, on_date)`, and whether `on_date` has a row, with one statement."""
    values = DailyAllowance.objects.filter(user_id=user_id, date__gte=period_start, date__lte=on_date).aggregate(
        spent=Coalesce(
            Sum(F("amount") - F("remaining_amount"), filter=Q(date__lt=on_date), output_field=MoneyField()),
            Decimal(0),
            output_field=MoneyField(),
        ),
        rows=Count("id", filter=Q(date=on_date)),
    )
    return PeriodSoFar(spent_before=values["spent"], has_row=values["rows"] > 0)


def calculate_spent_on(*, row: DailyAllowance) -> Decimal:
    """Net spending of one day, from its transactions."""
    return Transaction.objects.filter(allowance_id=row.pk).net_spending()


def load_spent_by_row(*, rows: Sequence[DailyAllowance]) -> dict[int, Decimal]:
    """Net spending by the id of the day's row, from the transactions; a day without any is left out.

    The rows belong to one person; they are bounded by their first and last day, however many there are.
    """
    days = [row.date for row in rows]
    return Transaction.objects.filter(
        user_id=rows[0].user_id, date__gte=min(days), date__lte=max(days)
    ).net_spending_by_day()


def get_period(*, plan: Plan, on_date: date) -> PayPeriod:
    """The pay period that a day belongs to under a plan."""
    return calculate_pay_calendar(items=plan.items).period_containing(on_date)


@dataclass(frozen=True, slots=True)
class ExplainedItem:
    """One item's part in a figure: its own `amount` and `currency`, and what counts in the owner's, `into`."""

    part: CountedItem
    amount: Decimal
    currency: str
    into: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """A figure taken apart, and what the day's row showed (None without a row)."""

    figure: Figure
    currency: str
    savings_percent: Decimal
    shown_amount: Decimal | None
    items: tuple[ExplainedItem, ...]


def load_explanation(*, owner: User, on_date: date) -> Explanation:
    """The figure of a day from the plan as it is now. Writes nothing."""
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
            ExplainedItem(part=part, amount=source.amount, currency=source.currency, into=owner.currency)
            for part, source in zip(figure.pool.items, loaded.sources, strict=True)
        ),
    )
