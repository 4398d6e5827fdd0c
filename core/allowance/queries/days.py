"""Read stored days, and what was spent on them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, timedelta
from decimal import Decimal
from typing import TypeVar

from django.db.models import Exists, OuterRef, Q, QuerySet

from core.allowance.domain.days import DayValues, SnapshotScope
from core.models import DailyAllowance, Expense, Income, PayPeriod, Transaction, User
from core.models.transaction import NET_SPENDING

Key = TypeVar("Key")

PROJECTED = tuple(field.name for field in fields(DayValues))
"""The columns of a day's row that follow from other rows."""


@dataclass(frozen=True, slots=True)
class StoredDay:
    """A day's row: its id and its values."""

    id: int
    values: DayValues

    @classmethod
    def from_row(cls, row: DailyAllowance) -> "StoredDay":
        """Return the values of a row that is in hand."""
        return cls(id=row.pk, values=DayValues(*[getattr(row, name) for name in PROJECTED]))


StoredDays = Mapping[int, Mapping[date, StoredDay]]
"""Stored days by the id of their owner and by date."""


def find_day(*, user_id: int, on_date: date) -> DailyAllowance | None:
    """Return a day's row, or None."""
    return DailyAllowance.objects.filter(user_id=user_id, date=on_date).first()


def list_opened(*, days: Mapping[int, date]) -> set[int]:
    """Return who of these people, given with a day of their own, has a row of that day. One statement.

    A row from before pay periods were closed is none.
    """
    rows = DailyAllowance.objects.filter(user_id__in=list(days), date__in=set(days.values()), own_pool__isnull=False)
    return {user_id for user_id, day in rows.order_by().values_list("user_id", "date") if day == days[user_id]}


def list_unclosed(*, user_ids: Collection[int]) -> set[int]:
    """Return who of these people has no closed pay period. One statement."""
    # A probe of the index for each person, who may have hundreds of periods.
    closed = Exists(PayPeriod.objects.filter(user_id=OuterRef("pk")))
    return set(User.objects.filter(~closed, pk__in=user_ids).values_list("pk", flat=True))


def load_stored_days(*, scopes: Collection[SnapshotScope]) -> StoredDays:
    """Return the rows that these scopes are about, in ascending order of their days. One statement."""
    found: dict[int, dict[date, StoredDay]] = {scope.user_id: {} for scope in scopes}
    wanted = Q()
    for today, user_ids in _group((scope.today, scope.user_id) for scope in scopes):
        wanted |= Q(user_id__in=user_ids, date__gte=today)
    for scope in scopes:
        if past := [day for day in scope.named_days if day < scope.today]:
            wanted |= Q(user_id=scope.user_id, date__in=past)
    if wanted:
        rows = DailyAllowance.objects.filter(wanted).order_by("date").values_list("user_id", "id", "date", *PROJECTED)
        for user_id, row_id, day, *values in rows:
            found[user_id][day] = StoredDay(row_id, DayValues(*values))
    return found


def sum_net_spending(*, row_ids: Collection[int]) -> dict[int, Decimal]:
    """Return the net spending of days by the ids of their rows; a day without a transaction is left out.

    Net spending is summed here alone, from the transactions. One statement, none for no rows.
    """
    if not row_ids:
        return {}
    rows = Transaction.objects.filter(allowance_id__in=row_ids).order_by()
    return dict(rows.values_list("allowance_id").annotate(spent=NET_SPENDING))


def load_earlier_days(*, stretches: Sequence[tuple[int, date, date]]) -> dict[int, dict[date, tuple[int, Decimal]]]:
    """Return the id and the net spending of the rows in stretches `(user_id, start, end)`, by owner and by date.

    The end is not included. Net spending is what the row says. One statement, none for no days.
    """
    found: dict[int, dict[date, tuple[int, Decimal]]] = {user_id: {} for user_id, _start, _end in stretches}
    wanted = Q()
    for (start, end), user_ids in _group(((start, end), user_id) for user_id, start, end in stretches if start < end):
        wanted |= Q(user_id__in=user_ids, date__gte=start, date__lt=end)
    if wanted:
        rows = DailyAllowance.objects.filter(wanted).order_by()
        for user_id, row_id, day, amount, remaining_amount in rows.values_list(
            "user_id", "id", "date", "amount", "remaining_amount"
        ):
            found[user_id][day] = (row_id, amount - remaining_amount)
    return found


def _group(pairs: Iterable[tuple[Key, int]]) -> Iterable[tuple[Key, list[int]]]:
    """Return the user ids of each key, so that one condition serves all of them."""
    groups: dict[Key, list[int]] = {}
    for key, user_id in pairs:
        groups.setdefault(key, []).append(user_id)
    return groups.items()


_WINDOW = timedelta(days=62)


@dataclass(frozen=True, slots=True)
class RunningPool:
    """The values of a person's last row, and the net spending of the days before today, by date."""

    values: DayValues
    spent: Mapping[date, Decimal]


def load_running_pools(*, scopes: Collection[SnapshotScope], rows: StoredDays) -> dict[int, RunningPool]:
    """Return the pools that run on the today of these people and that days without a row can take over, by their ids.

    `rows` are those that were read already. Left out are people with an item in another currency, whose pool depends
    on the day's rate, and those whose last row is of another pay period or long ago. Two statements, none for nobody.
    """
    if not scopes:
        return {}
    wanted = Q()
    for today, user_ids in _group((scope.today, scope.user_id) for scope in scopes):
        wanted |= Q(user_id__in=user_ids, date__gte=today - _WINDOW, date__lt=today)
    found: dict[int, dict[date, DayValues]] = {scope.user_id: {} for scope in scopes}
    earlier = DailyAllowance.objects.filter(wanted).order_by("date").values_list("user_id", "date", *PROJECTED)
    for user_id, day, *values in earlier:
        found[user_id][day] = DayValues(*values)
    pools = {}
    for scope in scopes:
        known = {day: row.values for day, row in rows[scope.user_id].items() if day <= scope.today}
        days = {day: row for day, row in {**found[scope.user_id], **known}.items() if day not in scope.opened_days}
        row = days[max(days)] if days else None
        is_running = row is not None and scope.today - _WINDOW <= row.counts_from and scope.today < row.period_end
        if row is not None and is_running and row.currency == scope.settings.currency:
            spent = {day: row.spent for day, row in days.items() if day < scope.today}
            pools[scope.user_id] = RunningPool(values=row, spent=spent)
    foreign = set(list_foreign_planners().filter(pk__in=list(pools)).values_list("pk", flat=True)) if pools else set()
    return {user_id: pool for user_id, pool in pools.items() if user_id not in foreign}


def list_foreign_planners(*, currencies: Collection[str] | None = None) -> "QuerySet[User]":
    """Return who has an item in another currency than their own; with `currencies`, who converts from or to them."""

    def has_foreign(model: type[Income] | type[Expense]) -> Exists:
        items = model.including_deleted.filter(user_id=OuterRef("pk")).exclude(currency=OuterRef("currency"))
        if currencies is not None:
            items = items.filter(Q(currency__in=currencies) | Q(user__currency__in=currencies))
        return Exists(items)

    return User.objects.filter(has_foreign(Income) | has_foreign(Expense))
