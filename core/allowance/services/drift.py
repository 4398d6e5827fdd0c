"""Where the stored days and what the other rows imply have come apart. On a healthy database: nowhere.

Writes outside of the models (bulk statements, a partial fixture, a restored table) can cause drift; no
request may. Both halves run in constant memory, however many rows there are.
"""

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import models
from django.db.models import ExpressionWrapper, F, OuterRef, Subquery
from django.db.models.functions import Coalesce

from core.allowance import queries
from core.allowance.domain import calculate_remaining
from core.allowance.queries import PROJECTED
from core.allowance.services.bulk import CHUNK_PEOPLE, Person, TodayFor, find_people_to_check
from core.allowance.services.projection import apply_plan, refresh_allowance
from core.db.locks import owner_transaction
from core.models import DailyAllowance, Transaction, User
from core.models.fields import MoneyField
from core.models.transaction import NET_SPENDING

CHUNK_ROWS = 2000
# Up to here looking at each person under their lock is as quick as asking about all of them at once.
_FEW_PEOPLE = 5


@dataclass(frozen=True, slots=True)
class Drift:
    """One column of one row that is not what the other rows imply."""

    user_id: int
    day: date
    column: str
    stored: Any
    expected: Any

    def __str__(self) -> str:
        return f"user {self.user_id}, {self.day}: {self.column} is {self.stored}, should be {self.expected}"


def find_day_drift(*, row: DailyAllowance, owner: User, today: date) -> list[Drift]:
    """What of a day's row a recomputation contradicts.

    A past day keeps its amount: there only what remains is checked. For a row of `owner`, under their lock.
    """
    expected = copy.copy(row)
    spent = queries.calculate_spent_on(row=row)
    if row.date < today:
        expected.remaining_amount = calculate_remaining(amount=row.amount, spent_today=spent)
    else:
        plan = queries.load_plan(owner=owner, on_date=today)
        period = queries.get_period(plan=plan, on_date=row.date)
        spent_before = queries.sum_transactions_between(user_id=owner.pk, start=period.start, end=row.date)
        apply_plan(row=expected, owner=owner, plan=plan, period=period, spent_before=spent_before, spent_today=spent)
    return [
        Drift(owner.pk, row.date, name, getattr(row, name), getattr(expected, name))
        for name in PROJECTED
        if getattr(row, name) != getattr(expected, name)
    ]


class _StoredDay(NamedTuple):
    """What of a day's row tells whether it must be looked at. `gap` is 0 where its transactions explain the rest."""

    pk: int
    user_id: int
    date: date
    timezone: str
    gap: Decimal


def count_days_to_check() -> int:
    """How many rows `check_days` looks at."""
    return DailyAllowance.objects.count()


def check_days(
    *, today_for: TodayFor, mend: bool = False, on_chunk: Callable[[int], object] = lambda rows: None
) -> Iterator[Drift]:
    """Compare every day's row with a recomputation, and with `mend` bring those that differ up to date.

    Past days are compared within one statement, those of today and later by a recomputation of many people at
    once. What looks wrong is looked at again under its owner's lock, so that writes under way are not taken
    for drift. `on_chunk` hears of each chunk's size.
    """
    spent = Subquery(
        Transaction.objects.filter(allowance=OuterRef("pk"))
        .order_by()
        .values("allowance")
        .annotate(net=NET_SPENDING)
        .values("net"),
        output_field=MoneyField(),
    )
    gap = ExpressionWrapper(
        F("amount") - F("remaining_amount") - Coalesce(spent, Decimal(0), output_field=MoneyField()),
        output_field=MoneyField(),
    )
    days = DailyAllowance.objects.values_list("pk", "user_id", "date", "user__timezone", gap)
    drifted: set[int] = set()
    for rows in _in_chunks(days, last_pk=lambda row: row[0]):
        chunk = [_StoredDay(*row) for row in rows]
        # Asked anew for each chunk, for midnight comes while others are looked at; once for each time zone.
        todays = {zone: today_for(Person(id=0, currency="", timezone=zone)) for zone in {row.timezone for row in chunk}}
        # Whoever has a past day that is wrong has a sum before today that is wrong.
        drifted |= {row.user_id for row in chunk if row.gap}
        current = {row.user_id for row in chunk if row.date >= todays[row.timezone]}
        suspects = current
        if len(current) > _FEW_PEOPLE:
            suspects = set(drifted)
            for ids in _cut(sorted(current), CHUNK_PEOPLE):
                suspects |= find_people_to_check(user_ids=ids, today_for=today_for)
        for row in chunk:
            if row.gap or (row.user_id in suspects and row.date >= todays[row.timezone]):
                yield from _check_under_lock(day=row, today_for=today_for, mend=mend)
        on_chunk(len(chunk))


def _check_under_lock(*, day: _StoredDay, today_for: TodayFor, mend: bool) -> list[Drift]:
    with owner_transaction(day.user_id) as owner:
        found = DailyAllowance.objects.filter(pk=day.pk).first()
        if found is None:
            return []
        today = today_for(owner)
        drifts = find_day_drift(row=found, owner=owner, today=today)
        if drifts and mend:
            refresh_allowance(user_id=owner.pk, today=today, days={day.date}, plan_changed=day.date >= today)
        return drifts


def check_transactions(*, mend: bool = False) -> Iterator[Drift]:
    """Transactions that do not lie on the row of their own day and owner. `mend` puts them there."""
    astray = Transaction.objects.exclude(date=F("allowance__date"), user_id=F("allowance__user_id"))
    for chunk in _in_chunks(astray.select_related("allowance")):
        for row in chunk:
            stored = f"the row of user {row.allowance.user_id}, {row.allowance.date}"
            yield Drift(row.user_id, row.date, f"transaction {row.pk}", stored, "the row of its own day and owner")
            if mend:
                row.save()


def _cut(ids: list[int], size: int) -> Iterator[list[int]]:
    for start in range(0, len(ids), size):
        yield ids[start : start + size]


def _in_chunks(
    rows: models.QuerySet[Any, Any], *, last_pk: Callable[[Any], int] = lambda row: row.pk
) -> Iterator[list[Any]]:
    """By id, each chunk a statement of its own: cursors on the server are off, and locks must not last."""
    last = 0
    while chunk := list(rows.filter(pk__gt=last).order_by("pk")[:CHUNK_ROWS]):
        last = last_pk(chunk[-1])
        yield chunk
