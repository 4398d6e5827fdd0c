"""Read plans: incomes, bills, goals, and what was said beforehand of single dates."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from django.db.models import F, QuerySet, SmallIntegerField, Value

from core.allowance.domain.dates import ItemDates, find_next_occurrence
from core.allowance.domain.values import Adjust, DateKey, Goal, ItemType, Patch, PlanItem
from core.kernel.recurrence import Frequency
from core.models import Expense, Income, OccurrencePatch, SavingsGoal
from core.models.plan_item import PlanItem as PlanItemRow

_PLAN_ITEMS: tuple[type[PlanItemRow], ...] = (Income, Expense)
_ITEM_COLUMNS = (
    *("id", "user_id", "name", "amount", "currency", "frequency", "month_day", "second_month_day", "start_date"),
    *("end_date", "adjust", "first_date", "added_on", "valued_on", "place", "deleted_at"),
)
_YEARLY_OR_MONTHLY = {Frequency.MONTHLY, Frequency.QUARTERLY, Frequency.SEMI_ANNUAL, Frequency.ANNUAL}


@dataclass(frozen=True, slots=True)
class StoredPlan:
    """One person's plan: incomes first, then bills, each by id; and the goals by id."""

    items: tuple[PlanItem, ...]
    goals: tuple[Goal, ...]


def get_item_type(*, item: PlanItemRow | SavingsGoal) -> ItemType:
    """Return whether a row is an income, a bill or a goal."""
    if isinstance(item, SavingsGoal):
        return ItemType.SAVINGS_GOAL
    return ItemType.INCOME if isinstance(item, Income) else ItemType.EXPENSE


def load_plans(*, user_ids: Collection[int]) -> dict[int, StoredPlan]:
    """Return the plans of these people by their ids, deleted items included. Two statements."""
    items: dict[int, list[PlanItem]] = {user_id: [] for user_id in user_ids}
    goals: dict[int, list[Goal]] = {user_id: [] for user_id in user_ids}
    incomes, expenses = (_select_items(model, number, user_ids) for number, model in enumerate(_PLAN_ITEMS))
    for number, anchor, *values in incomes.union(expenses, all=True).order_by("model_number", "id"):
        model = _PLAN_ITEMS[number]
        row = model(**dict(zip(_ITEM_COLUMNS, values, strict=True)), **{model.anchor_field: anchor})
        items[row.user_id].append(read_item(row=row))
    for goal in SavingsGoal.objects.filter(user_id__in=user_ids).order_by("id"):
        goals[goal.user_id].append(_read_goal(goal))
    return {user_id: StoredPlan(items=tuple(items[user_id]), goals=tuple(goals[user_id])) for user_id in user_ids}


def _select_items(model: type[PlanItemRow], number: int, user_ids: Collection[int]) -> "QuerySet[Any, Any]":
    """Return the rows of incomes or bills as values that are in the same order for both."""
    rows = model.including_deleted.filter(user_id__in=user_ids)
    numbered = rows.annotate(model_number=Value(number, output_field=SmallIntegerField()), anchor=F(model.anchor_field))
    return numbered.values_list("model_number", "anchor", *_ITEM_COLUMNS)


def read_item(*, row: PlanItemRow) -> PlanItem:
    """Return an income or a bill whose row is in hand."""
    frequency = Frequency(row.frequency)
    return PlanItem(
        type=get_item_type(item=row),
        id=row.pk,
        name=row.name,
        amount=Fraction(row.amount),
        currency=row.currency,
        frequency=frequency,
        anchor=row.anchor,
        month_days=_read_month_days(row, frequency),
        added_on=row.added_on,
        valued_on=row.valued_on or row.added_on,
        place=row.pk if row.place is None else row.place,
        first_date=row.first_date,
        start_date=row.start_date,
        end_date=row.end_date,
        adjust=Adjust(row.adjust),
        is_deleted=row.deleted_at is not None,
    )


def _read_month_days(row: PlanItemRow, frequency: Frequency) -> tuple[int, ...]:
    first = row.anchor.day if row.month_day is None else row.month_day
    if frequency is Frequency.SEMI_MONTHLY:
        return first, row.second_month_day or first
    return (first,) if frequency in _YEARLY_OR_MONTHLY else ()


def _read_goal(row: SavingsGoal) -> Goal:
    return Goal(
        id=row.pk,
        name=row.name,
        added_on=row.added_on or row.created_at.date(),
        percentage=row.percentage,
        target_amount=None if row.target_amount is None else Fraction(row.target_amount),
        target_date=row.target_date,
    )


def load_patches(*, first_dates: dict[int, date]) -> dict[int, list[Patch]]:
    """Return what was said beforehand of dates on or after a day of each person's own. One statement."""
    found: dict[int, list[Patch]] = {user_id: [] for user_id in first_dates}
    rows = OccurrencePatch.objects.filter(user_id__in=first_dates, date__gte=min(first_dates.values()))
    for row in rows.select_related("income", "expense").order_by("id"):
        if row.date >= first_dates[row.user_id]:
            found[row.user_id].append(_read_patch(row))
    return found


def _read_patch(row: OccurrencePatch) -> Patch:
    item_type = ItemType.EXPENSE if row.income_id is None else ItemType.INCOME
    return Patch(
        key=DateKey(item_type, row.item.pk, row.date),
        amount=None if row.amount is None else Fraction(row.amount),
        currency=row.item.currency,
        said_on=row.said_on,
    )


def list_foreign_currencies(*, plan: StoredPlan, into: str) -> Iterator[str]:
    """Yield the currencies of a plan's items that are not the person's own."""
    return (item.currency for item in plan.items if item.currency != into)


def find_next_date(*, item: PlanItemRow, today: date) -> date | None:
    """Return the first date of an item on or after today that counts, None without one."""
    dates = ItemDates.of(read_item(row=item), holiday_calendar="")
    return find_next_occurrence(dates=dates, today=today)
