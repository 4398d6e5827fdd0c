"""One person's days: opened, refreshed, recomputed."""

from bisect import bisect_left
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import accumulate

from core.allowance import queries
from core.allowance.domain import (
    Plan,
    calculate_amount,
    calculate_figure,
    calculate_remaining,
    calculate_tomorrow,
)
from core.allowance.queries import PROJECTED
from core.allowance.services.storage import project_figure
from core.db.locks import owner_transaction
from core.kernel.currencies import get_decimals
from core.kernel.periods import PayPeriod
from core.models import DailyAllowance, User
from core.models.statements import update_row
from core.operations.tallies import PLAN_REFRESHES, REFRESH_SECONDS, SPENDING_REFRESHES


@dataclass
class _Pending:
    """What a block of bulk writes has made necessary for one person."""

    today: date
    plan_changed: bool = False
    days: set[date] = field(default_factory=set)


_pending: ContextVar[dict[int, _Pending] | None] = ContextVar("pending_refreshes", default=None)


@contextmanager
def refreshing_once(*, user_id: int) -> Iterator[User]:
    """Many writes of one person in one transaction, and one refresh at its end. Yields the locked owner."""
    with owner_transaction(user_id) as owner:
        if _pending.get() is not None:
            yield owner
            return
        pending: dict[int, _Pending] = {}
        token = _pending.set(pending)
        try:
            yield owner
        finally:
            _pending.reset(token)
        for pending_id, work in pending.items():
            refresh_allowance(
                user_id=pending_id, today=work.today, days=frozenset(work.days), plan_changed=work.plan_changed
            )


def open_day(*, owner: User, on_date: date, days: Mapping[date, DailyAllowance] | None = None) -> DailyAllowance:
    """The day's row of a person, made if there is none: as of that day, from the plan as it is now.

    `days` are their rows of that time, by date, if those have been read already. Raises FigureOutOfRange.
    """
    row = queries.find_day(user_id=owner.pk, on_date=on_date) if days is None else days.get(on_date)
    if row is not None:
        return row
    with owner_transaction(owner.pk) as locked_owner:
        return _create_day(
            owner=locked_owner, on_date=on_date, plan=queries.load_plan(owner=locked_owner, on_date=on_date)
        )


def open_days(
    *, owner: User, on_date: date, today: date, spending: Decimal, also: frozenset[date] = frozenset()
) -> dict[date, DailyAllowance]:
    """The day's row, made if there is none, with every row that a change on that day may touch. By date.

    For a write under the owner's lock, so that one statement serves to find the day and to refresh it. A row
    that is made shows `spending` already, the net amount of the one transaction that is about to be stored
    on it: it is as good as refreshed. `also` are other days that the write touches; then `spending` may be stored
    already.
    """
    days = also | {on_date}
    rows = queries.list_days_to_refresh(user_id=owner.pk, today=today, days=days)
    by_date = {row.date: row for row in rows}
    if on_date not in by_date:
        by_date[on_date] = _create_day(
            owner=owner, on_date=on_date, plan=queries.load_plan(owner=owner, on_date=on_date), spending=spending
        )
        by_date[on_date].is_fresh = True
    return by_date


def _create_day(*, owner: User, on_date: date, plan: Plan, spending: Decimal = Decimal(0)) -> DailyAllowance:
    """Make the day's row, or return the one that another request has made since it was looked for.

    A day without a row has no transactions: each belongs to its day's row. `spending` is about to be stored.
    """
    period = queries.get_period(plan=plan, on_date=on_date)
    so_far = queries.load_period_so_far(user_id=owner.pk, period_start=period.start, on_date=on_date)
    if so_far.has_row:
        return DailyAllowance.objects.get(user_id=owner.pk, date=on_date)
    spent_before = so_far.spent_before
    if _pending.get() is not None:
        # Inside a block of writes the earlier rows do not show yet what was written in it.
        spent_before = queries.sum_transactions_between(user_id=owner.pk, start=period.start, end=on_date)
    row = DailyAllowance(user_id=owner.pk, date=on_date)
    apply_plan(row=row, owner=owner, plan=plan, period=period, spent_before=spent_before, spent_today=spending)
    row.save(force_insert=True)
    return row


def refresh_allowance(
    *,
    user_id: int,
    today: date,
    days: Collection[date] = (),
    plan_changed: bool = False,
    opened: Mapping[date, DailyAllowance] | None = None,
) -> None:
    """Bring the rows up to date with the other rows.

    `days` are those whose transactions changed: each such row's remaining amount follows. Today's row, and
    later ones, follow in whole; with `plan_changed` today's row is made if there is none. The amount of a
    past day stays. `opened` are rows that `open_days` read under the same lock; they are refreshed in place
    and not read again. Raises FigureOutOfRange, and then nothing of the whole write is kept.
    """
    pending = _pending.get()
    if pending is not None:
        work = pending.setdefault(user_id, _Pending(today=today))
        work.plan_changed |= plan_changed
        work.days.update(days)
        return
    (PLAN_REFRESHES if plan_changed else SPENDING_REFRESHES).inc()
    with REFRESH_SECONDS.time(), owner_transaction(user_id) as owner:
        if opened is not None:
            rows = [row for row in opened.values() if not row.is_fresh]
        else:
            rows = queries.list_days_to_refresh(user_id=user_id, today=today, days=frozenset(days))
        if plan_changed:
            plan = queries.load_plan(owner=owner, on_date=today)
            if not any(row.date == today for row in rows):
                rows.append(_create_day(owner=owner, on_date=today, plan=plan))
        past = [row for row in rows if row.date < today]
        if len(past) > _FEW_DAYS:
            _refresh_past_days(rows=past)
            rows = [row for row in rows if row.date >= today]
        fresh: list[DailyAllowance] = []
        for row in sorted(rows, key=lambda row: row.date):
            if row.date >= today and plan_changed:
                period = queries.get_period(plan=plan, on_date=row.date)
                apply_plan(
                    row=row,
                    owner=owner,
                    plan=plan,
                    period=period,
                    spent_before=queries.calculate_spent_before(
                        user_id=user_id, period_start=period.start, on_date=row.date, fresh=fresh
                    ),
                    spent_today=queries.calculate_spent_on(row=row),
                )
            else:
                _apply_spending(row=row, today=today, days=days, fresh=fresh)
            fresh.append(row)
        _store(rows=fresh, columns=PROJECTED)


def open_missing_days(*, owner: User, spending: Mapping[date, Decimal]) -> dict[date, DailyAllowance]:
    """The rows of many days, made where there are none, as if each had been opened on its own day. By date.

    `spending` is the net amount that is about to be recorded on each of them: what a later day of the same
    pay period may spend depends on it. The rows themselves show it only after a refresh, like any row. Runs
    under the owner's lock, with the plan as it is now. Raises FigureOutOfRange, UnknownRate.
    """
    if not spending:
        return {}
    days = sorted(spending)
    rows = {row.date: row for row in queries.list_days_around(user_id=owner.pk, first=days[0], last=days[-1])}
    spent = {day: row.amount - row.remaining_amount for day, row in rows.items()}
    for day in days:
        spent[day] = spent.get(day, Decimal(0)) + spending[day]
    spent_days = sorted(spent)
    # The sum of what was spent before each of `spent_days`, and at the end of all of it.
    spent_until = list(accumulate((spent[day] for day in spent_days), initial=Decimal(0)))

    missing = []
    for day, plan in queries.load_plans_of_days(owner=owner, days=[day for day in days if day not in rows]).items():
        period = queries.get_period(plan=plan, on_date=day)
        row = DailyAllowance(user_id=owner.pk, date=day)
        apply_plan(
            row=row,
            owner=owner,
            plan=plan,
            period=period,
            spent_before=spent_until[bisect_left(spent_days, day)] - spent_until[bisect_left(spent_days, period.start)],
            spent_today=Decimal(0),
        )
        missing.append(row)
    DailyAllowance.objects.bulk_create(missing, batch_size=_BATCH_ROWS)
    rows.update((row.date, row) for row in missing)
    return {day: rows[day] for day in days}


def recalculate_day(*, user_id: int, today: date) -> DailyAllowance:
    """Recompute today's row from all the others, and return it. Raises FigureOutOfRange."""
    with owner_transaction(user_id):
        refresh_allowance(user_id=user_id, today=today, plan_changed=True)
        return DailyAllowance.objects.get(user_id=user_id, date=today)


# From this many past days on, one statement for all is cheaper than two for each.
_FEW_DAYS = 2
_BATCH_ROWS = 500


def apply_plan(
    *,
    row: DailyAllowance,
    owner: User,
    plan: Plan,
    period: PayPeriod,
    spent_before: Decimal,
    spent_today: Decimal,
) -> None:
    """Fill in what the plan and the sums of spending imply for a day's row. Stores nothing. Raises FigureOutOfRange."""
    figure = calculate_figure(
        plan=plan, on_date=row.date, spent_before=spent_before, spent_today=spent_today, period=period
    )
    for name, value in zip(PROJECTED, project_figure(figure=figure, currency=owner.currency), strict=True):
        setattr(row, name, value)


def _refresh_past_days(*, rows: list[DailyAllowance]) -> None:
    """What remains of many past days, from their transactions; their amounts stay."""
    spent = queries.load_spent_by_row(rows=rows)
    changed = []
    for row in rows:
        remaining_amount = calculate_remaining(amount=row.amount, spent_today=spent.get(row.pk, Decimal(0)))
        if remaining_amount != row.remaining_amount:
            row.remaining_amount = remaining_amount
            changed.append(row)
    _store(rows=changed, columns=("remaining_amount",))


def _store(*, rows: list[DailyAllowance], columns: tuple[str, ...]) -> None:
    """Write these columns of the rows, as far as they changed, with one statement for all."""
    if len(rows) == 1:
        (row,) = rows
        loaded, held = row.loaded_values, row.__dict__
        changed = (name for name in columns if name not in loaded or loaded[name] != held[name])
        update_row(row, columns=(*changed, "updated_at"))
        row.remember()
        return
    updated_at = DailyAllowance._meta.get_field("updated_at")
    for row in rows:
        # `bulk_update` does not stamp rows as `save` does.
        updated_at.pre_save(row, add=False)
    DailyAllowance.objects.bulk_update(rows, [*columns, "updated_at"], batch_size=_BATCH_ROWS)


def _apply_spending(
    *, row: DailyAllowance, today: date, days: Collection[date], fresh: Sequence[DailyAllowance]
) -> None:
    """Follow the transactions of `days`. The plan is as the row knows it: whoever changes it refreshes the pool."""
    spent_today = row.amount - row.remaining_amount
    if row.date in days:
        spent_today = queries.calculate_spent_on(row=row)
    if row.date >= today:
        decimals = get_decimals(row.currency)
        if any(row.period_start <= day < row.date for day in days):
            row.spent_before = queries.calculate_spent_before(
                user_id=row.user_id, period_start=row.period_start, on_date=row.date, fresh=fresh
            )
        days_left = (row.period_end - row.date).days
        row.amount = calculate_amount(
            pool=row.pool, spent_before=row.spent_before, days_left=days_left, decimals=decimals
        )
        if days_left > 1:
            row.tomorrow = calculate_tomorrow(
                pool=row.pool,
                spent_before=row.spent_before,
                spent_today=spent_today,
                days_left=days_left,
                decimals=decimals,
            )
    row.remaining_amount = calculate_remaining(amount=row.amount, spent_today=spent_today)
