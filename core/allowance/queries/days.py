"""Reading days: their rows, and what was spent on them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import BigIntegerField, Count, DateField, F, Q, Sum
from django.db.models.functions import Coalesce

from core.models import DailyAllowance, Transaction
from core.models.compiled import CompiledQuery, Given
from core.models.fields import MoneyField
from core.models.ids import IdList

LONGEST_PERIOD_DAYS = 366


_USER_ID = Given("user_id", BigIntegerField())

_day = CompiledQuery(lambda: DailyAllowance.objects.filter(user_id=_USER_ID, date=Given("on_date", DateField())))
_days_from = CompiledQuery(
    lambda: DailyAllowance.objects.filter(user_id=_USER_ID, date__gte=Given("first", DateField())).order_by("date")
)
_days_of_session = CompiledQuery(
    lambda: (
        # By the person and the session both, each of which names the other: so there is one way to join them.
        DailyAllowance.objects.filter(user_id=_USER_ID, user__login_sessions=Given("session_id", BigIntegerField()))
        .filter(date__gte=Given("first_day", DateField()))
        .select_related("user")
        .annotate(session_revoked_at=F("user__login_sessions__revoked_at"))
        .order_by()
    )
)
_spent_on_row = CompiledQuery(
    lambda: Transaction.objects.filter(allowance_id=Given("row_id", BigIntegerField())).with_net_spending()
)

PROJECTED = (
    "currency",
    "amount",
    "remaining_amount",
    "pool",
    "spent_before",
    "tomorrow",
    "period_start",
    "period_end",
    "income_counts",
)
"""The columns of a day's row that follow from a figure."""

_USER_IDS = Given("user_ids", IdList())
_MONEY = MoneyField()

_days_of_many = CompiledQuery(
    lambda: (
        DailyAllowance.objects.filter(user_id__among=_USER_IDS, date__gte=Given("first", DateField()))
        .order_by("user_id", "date")
        .values_list("user_id", "id", "date", *PROJECTED)
    )
)
_dates_of_many = CompiledQuery(
    lambda: (
        DailyAllowance.objects.filter(user_id__among=_USER_IDS, date__gte=Given("first", DateField()))
        .order_by()
        .values_list("user_id", "date")
    )
)
_spent_on_rows = CompiledQuery(
    lambda: Transaction.objects.filter(allowance_id__among=Given("row_ids", IdList())).with_net_spending()
)


def find_day(*, user_id: int, on_date: date) -> DailyAllowance | None:
    """A day's row, if there is one."""
    return _day.first(user_id=user_id, on_date=on_date)


def list_days_of_session(*, session_id: int, user_id: int, first_day: date) -> list[Any]:
    """A person's rows from a day on, in any order, each with its `user` and the `session_revoked_at` of their session.

    Empty where they have no such session, or no such row.
    """
    return _days_of_session.all(session_id=session_id, user_id=user_id, first_day=first_day)


def list_days_to_refresh(*, user_id: int, today: date, days: frozenset[date]) -> list[DailyAllowance]:
    """The rows of `days`, and those of today and later: there are later ones where a person travelled west."""
    earlier = [day for day in days if day < today]
    if not earlier:
        return _days_from.all(user_id=user_id, first=today)
    wanted = Q(date__gte=today) | Q(date__in=earlier)
    return list(DailyAllowance.objects.filter(wanted, user_id=user_id).order_by("date"))


def list_days_around(*, user_id: int, first: date, last: date) -> list[DailyAllowance]:
    """The rows from the longest pay period before `first` up to and including `last`, by date."""
    earliest = first - timedelta(days=LONGEST_PERIOD_DAYS)
    return list(DailyAllowance.objects.filter(user_id=user_id, date__gte=earliest, date__lte=last).order_by("date"))


def calculate_spent_before(
    *, user_id: int, period_start: date, on_date: date, fresh: Sequence[DailyAllowance] = ()
) -> Decimal:
    """Net spending in `[period_start, on_date)`: each day's row holds its own.

    `fresh` are rows that were refreshed and not stored yet: they count as they are in hand.
    """
    in_hand = {row.date: row.amount - row.remaining_amount for row in fresh if period_start <= row.date < on_date}
    stored = DailyAllowance.objects.filter(user_id=user_id, date__gte=period_start, date__lt=on_date)
    total: Decimal = stored.exclude(date__in=in_hand).aggregate(
        total=Coalesce(
            Sum(F("amount") - F("remaining_amount"), output_field=MoneyField()), Decimal(0), output_field=MoneyField()
        )
    )["total"]
    return total + sum(in_hand.values(), Decimal(0))


def sum_transactions_between(*, user_id: int, start: date, end: date) -> Decimal:
    """Net spending in `[start, end)`, from the transactions themselves."""
    return Transaction.objects.filter(user_id=user_id, date__gte=start, date__lt=end).net_spending()


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
    spent = _spent_on_row.first(row_id=row.pk)
    return Decimal(0) if spent is None else spent[1]


def load_spent_by_row(*, rows: Sequence[DailyAllowance]) -> dict[int, Decimal]:
    """Net spending by the id of the day's row, from the transactions; a day without any is left out.

    The rows belong to one person; they are bounded by their first and last day, however many there are.
    """
    days = [row.date for row in rows]
    return Transaction.objects.filter(
        user_id=rows[0].user_id, date__gte=min(days), date__lte=max(days)
    ).net_spending_by_day()


class DayRow(NamedTuple):
    """A stored day: its id, its date, and what the row holds of its figure, in the order of `PROJECTED`."""

    id: int
    date: date
    values: tuple[Any, ...]


def list_days_from(*, first_days: Mapping[int, date]) -> dict[int, list[DayRow]]:
    """The rows of each person, by their id, that lie on a day of their own or later, by date. One statement."""
    found: dict[int, list[DayRow]] = {user_id: [] for user_id in first_days}
    if first_days:
        for user_id, row_id, day, *values in _days_of_many.all(user_ids=first_days, first=min(first_days.values())):
            if day >= first_days[user_id]:
                found[user_id].append(DayRow(row_id, day, tuple(values)))
    return found


def list_opened(*, days: Mapping[int, date]) -> set[int]:
    """Who of these people has a row of the day that is named for them. One statement."""
    rows = _dates_of_many.all(user_ids=days, first=min(days.values()))
    return {user_id for user_id, day in rows if day == days[user_id]}


def load_spent_before(*, stretches: Collection[tuple[int, date, date]]) -> dict[tuple[int, date], Decimal]:
    """Net spending of people in stretches `(user_id, start, end)`, end not included, by `(user_id, end)`.

    A stretch without a row is left out. One statement, however many stretches there are and whatever their days:
    plain SQL, for the ORM cannot ask the same of each of a list of values.
    """
    wanted = [stretch for stretch in stretches if stretch[1] < stretch[2]]
    if not wanted:
        return {}
    adapt = connection.ops.adapt_datefield_value
    parameters: list[Any] = []
    for position, (user_id, start, end) in enumerate(wanted):
        parameters += [position, user_id, adapt(start), adapt(end)]
    with connection.cursor() as cursor:
        # A subquery for each, and no join: PostgreSQL would read and hash the whole table for it.
        # Names come from the model, values are parameters. Both engines call the columns of VALUES so.
        cursor.execute(
            "SELECT given.column1, (SELECT SUM(day.amount - day.remaining_amount) "  # noqa: S608
            f"FROM {connection.ops.quote_name(DailyAllowance._meta.db_table)} AS day "
            "WHERE day.user_id = given.column2 AND day.date >= given.column3 AND day.date < given.column4) "
            f"FROM (VALUES {', '.join(['(%s, %s, %s, %s)'] * len(wanted))}) AS given",
            parameters,
        )
        sums = cursor.fetchall()
    found = {}
    for position, spent in sums:
        amount = _MONEY.from_db_value(spent, None, None)
        if amount is not None:
            user_id, _start, end = wanted[position]
            found[user_id, end] = amount
    return found


def load_spent_on(*, row_ids: Collection[int]) -> dict[int, Decimal]:
    """Net spending by the id of the day's row, from the transactions; a day without any is left out."""
    return dict(_spent_on_rows.all(row_ids=row_ids)) if row_ids else {}
