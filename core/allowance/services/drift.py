"""Find stored days that differ from what the other rows imply: drift.

Writes outside of the models (bulk statements, a partial fixture, a restored table) can cause it; no request may.
Both checks run in constant memory, however many rows there are.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import models
from django.db.models import ExpressionWrapper, F

from core.allowance import queries
from core.allowance.domain.days import calculate_changes, calculate_day
from core.allowance.queries import PROJECTED, make_scope
from core.allowance.services.bulk import CHUNK_PEOPLE, TodayFor, find_people_to_check
from core.allowance.services.projection import refresh_allowance
from core.db.locks import owner_transaction
from core.kernel.errors import DomainError
from core.models import DailyAllowance, PayPeriod, Transaction, User
from core.models.fields import MoneyField

CHUNK_ROWS = 2000
FOLLOWING_COLUMNS = ("own_pool", "carried", "repaid", "pool", "spent", "left", "due", "reconciliation_id")
"""The columns of a closed pay period that follow from transactions, patches and reconciliations."""
# Up to this many people it is as fast to check each under their lock as all of them at once.
_FEW_PEOPLE = 5


@dataclass(frozen=True, slots=True)
class Drift:
    """One column of one row that is not what the other rows imply, or a row that cannot be recomputed.

    `problem` says why it cannot, as where an exchange rate is missing; `column` is empty then.
    """

    user_id: int
    day: date
    column: str = ""
    stored: Any = None
    expected: Any = None
    problem: str = ""

    def __str__(self) -> str:
        if self.problem:
            return f"user {self.user_id}, {self.day}: cannot be recomputed: {self.problem}"
        return f"user {self.user_id}, {self.day}: {self.column} is {self.stored}, should be {self.expected}"


def find_day_drift(*, day: date, owner: User, today: date) -> list[Drift]:
    """Return the columns of a day's row that a recomputation contradicts; none without a row.

    A past day keeps its amount: only what remains is compared. Under the owner's lock.
    """
    scope = make_scope(
        owner=owner,
        today=today,
        changed_days=frozenset({day}),
        plan_changed=day >= today,
        recounts=True,
    )
    snapshot = queries.load_snapshot(scope=scope)
    if day not in snapshot.days:
        return []
    stored, expected = snapshot.days[day].stored, calculate_day(snapshot=snapshot, on_date=day)
    return [
        Drift(owner.pk, day, name, getattr(stored, name), getattr(expected, name))
        for name in PROJECTED
        if getattr(stored, name) != getattr(expected, name)
    ]


class _CheckedDay(NamedTuple):
    """The columns of a day's row that show whether it may have drifted."""

    pk: int
    user_id: int
    date: date
    timezone: str
    spent: Decimal


def count_days_to_check() -> int:
    """Return how many rows `check_days` looks at."""
    return DailyAllowance.objects.count()


def check_days(
    *, today_for: TodayFor, mend: bool = False, on_chunk: Callable[[int], object] = lambda rows: None
) -> Iterator[Drift]:
    """Compare every day's row with a recomputation, and with `mend` refresh those that differ.

    Past days are compared by the sums of their transactions, those of today and later by a recomputation of many
    people at once. A row that seems to differ is checked again under its owner's lock, so that writes under way are
    not taken for drift. `on_chunk` is called with the size of each chunk.
    """
    spent = ExpressionWrapper(F("amount") - F("remaining_amount"), output_field=MoneyField())
    days = DailyAllowance.objects.values_list("pk", "user_id", "date", "user__timezone", spent)
    drifted: set[int] = set()
    for rows in _in_chunks(days, last_pk=lambda row: row[0]):
        chunk = [_CheckedDay(*row) for row in rows]
        # Read anew for each chunk, because midnight may come meanwhile; once for each time zone.
        todays = {zone: today_for(User(timezone=zone)) for zone in {row.timezone for row in chunk}}
        sums = queries.sum_net_spending(row_ids=[row.pk for row in chunk])
        wrong = {row.pk for row in chunk if row.spent != sums.get(row.pk, 0)}
        # A past day that is wrong makes the sum before today wrong.
        drifted |= {row.user_id for row in chunk if row.pk in wrong}
        current = {row.user_id for row in chunk if row.date >= todays[row.timezone]}
        suspects = current
        if len(current) > _FEW_PEOPLE:
            suspects = set(drifted)
            for ids in _cut(sorted(current), CHUNK_PEOPLE):
                suspects |= find_people_to_check(user_ids=ids, today_for=today_for)
        for row in chunk:
            if row.pk in wrong or (row.user_id in suspects and row.date >= todays[row.timezone]):
                yield from _check_under_lock(row=row, today_for=today_for, mend=mend)
        on_chunk(len(chunk))


def _check_under_lock(*, row: _CheckedDay, today_for: TodayFor, mend: bool) -> list[Drift]:
    try:
        with owner_transaction(row.user_id) as owner:
            today = today_for(owner)
            drifts = find_day_drift(day=row.date, owner=owner, today=today)
            if drifts and mend:
                refresh_allowance(user_id=owner.pk, today=today, days={row.date}, plan_changed=row.date >= today)
            return drifts
    except DomainError as error:
        return [Drift(row.user_id, row.date, problem=error.message)]
    except User.DoesNotExist:
        # Deleted since the chunk was read.
        return []


def check_periods(*, today_for: TodayFor, mend: bool = False) -> Iterator[Drift]:
    """Compare the amounts of every closed pay period with a recomputation, and with `mend` refresh those that differ.

    What a period keeps by plan is not compared: nothing else says what it was.
    """
    people = User.objects.filter(pk__in=PayPeriod.objects.order_by().values("user_id"))
    for chunk in _in_chunks(people.only("pk")):
        for person in chunk:
            yield from _check_periods_of(user_id=person.pk, today_for=today_for, mend=mend)


def _check_periods_of(*, user_id: int, today_for: TodayFor, mend: bool) -> list[Drift]:
    try:
        with owner_transaction(user_id) as owner:
            return _find_period_drift(owner=owner, today=today_for(owner), mend=mend)
    except DomainError as error:
        first = PayPeriod.objects.filter(user_id=user_id).order_by("start").first()
        # None where the account was deleted meanwhile.
        return [] if first is None else [Drift(user_id, first.start, problem=error.message)]
    except User.DoesNotExist:
        # Deleted since the chunk was read.
        return []


def _find_period_drift(*, owner: User, today: date, mend: bool) -> list[Drift]:
    stored = {row.start: row for row in PayPeriod.objects.filter(user_id=owner.pk)}
    if not stored:
        return []
    first_day = min(stored)
    scope = make_scope(owner=owner, today=today, changed_days=frozenset({first_day}), plan_changed=True, recounts=True)
    drifts = [
        Drift(owner.pk, start, name, getattr(stored[start], name), getattr(period.closed, name))
        for period in calculate_changes(snapshot=queries.load_snapshot(scope=scope)).periods
        if (start := period.closed.period.start) in stored
        for name in FOLLOWING_COLUMNS
        if getattr(stored[start], name) != getattr(period.closed, name)
    ]
    if drifts and mend:
        refresh_allowance(user_id=owner.pk, today=today, days={first_day}, plan_changed=True)
    return drifts


def check_transactions(*, mend: bool = False) -> Iterator[Drift]:
    """Yield the transactions that are not on the row of their own day and owner. With `mend` they are put there."""
    astray = Transaction.objects.exclude(date=F("allowance__date"), user_id=F("allowance__user_id"))
    for chunk in _in_chunks(astray.select_related("allowance")):
        for row in chunk:
            stored = f"the row of user {row.allowance.user_id}, {row.allowance.date}"
            yield Drift(row.user_id, row.date, f"transaction {row.pk}", stored, "the row of its own day and owner")
            if mend:
                try:
                    # The day decides which row it belongs to.
                    row.save(update_fields=["date"])
                except DomainError as error:
                    yield Drift(row.user_id, row.date, problem=error.message)


def _cut(ids: list[int], size: int) -> Iterator[list[int]]:
    for start in range(0, len(ids), size):
        yield ids[start : start + size]


def _in_chunks(
    rows: models.QuerySet[Any, Any], *, last_pk: Callable[[Any], int] = lambda row: row.pk
) -> Iterator[list[Any]]:
    """Yield rows by id, each chunk read by a statement of its own: server-side cursors are off."""
    last = 0
    while chunk := list(rows.filter(pk__gt=last).order_by("pk")[:CHUNK_ROWS]):
        last = last_pk(chunk[-1])
        yield chunk
