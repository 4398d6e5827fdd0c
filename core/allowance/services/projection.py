"""Open, refresh and recompute the days of one person."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from core.allowance import queries
from core.allowance.domain.days import CalculatedDay, DayValues, SnapshotScope, calculate_changes
from core.allowance.queries import StoredDay, make_scope
from core.allowance.services.storage import store_changes, store_days
from core.db.locks import owner_transaction
from core.kernel.errors import DomainError
from core.kernel.pay_periods import ONE_DAY
from core.models import DailyAllowance, User
from core.operations.metric_definitions import PLAN_REFRESHES, REFRESH_SECONDS, SPENDING_REFRESHES


@dataclass
class _Pending:
    """What a block of bulk writes has made necessary for one person."""

    today: date
    plan_changed: bool = False
    days: set[date] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class OpenedRows:
    """The rows that a change touches, by date, where they were read, and which of them were made for it."""

    rows: Mapping[date, StoredDay] = field(default_factory=dict)
    opened_days: frozenset[date] = frozenset()

    def get_id(self, day: date) -> int:
        """Return the id of the row of a day."""
        return self.rows[day].id


_pending: ContextVar[dict[int, _Pending] | None] = ContextVar("pending_refreshes", default=None)


@contextmanager
def refreshing_once(*, user_id: int) -> Iterator[User]:
    """Put off every refresh of one person until the end of a block of writes. Yields the locked owner."""
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
            refresh_allowance(user_id=pending_id, today=work.today, days=work.days, plan_changed=work.plan_changed)


def open_day(*, owner: User, today: date) -> DailyAllowance:
    """Return today's row of a person; make it from the plan as it is now if there is none.

    A row from before pay periods were closed, which has no own pool, is made anew. Raises FigureOutOfRange and
    UnknownRate.
    """
    row = queries.find_day(user_id=owner.pk, on_date=today)
    if row is not None and row.own_pool is not None:
        return row
    with owner_transaction(owner.pk) as locked_owner:
        scope = make_scope(owner=locked_owner, today=today, opened_days=frozenset({today}))
        # Another request may have made the row since it was looked for: then it is up to date.
        return _refresh(scope).get(today) or DailyAllowance.objects.get(user_id=owner.pk, date=today)


def close_before_write(*, owner: User, today: date) -> None:
    """Close the pay periods of a person that are over, and make today's row, before anything later is written.

    By the settings that `owner` holds, under the owner's lock. What cannot be calculated by the rows as they are is
    left to the refresh after the write, so that a plan that went wrong can be corrected.
    """
    row = queries.find_day(user_id=owner.pk, on_date=today)
    if row is None or row.own_pool is None:
        with suppress(DomainError):
            _refresh(make_scope(owner=owner, today=today, opened_days=frozenset({today})))


def open_rows(*, owner: User, today: date, days: Collection[date]) -> OpenedRows:
    """Return the rows that a change on these days touches, for `refresh_allowance`. Under the owner's lock.

    A day without a row gets a blank one, so that transactions can refer to it, and so does today. The refresh, in the
    same transaction, calculates them.
    """
    # Within a block of writes the rows of earlier days do not show yet what was written in it.
    changed = frozenset(days) | _list_pending_days(owner.pk)
    scope = make_scope(owner=owner, today=today, changed_days=changed)
    rows = dict(queries.load_stored_days(scopes=[scope])[owner.pk])
    missing = frozenset({today, *days}).difference(rows)
    blank = [CalculatedDay(user_id=owner.pk, date=day, values=_blank(owner.currency, day)) for day in sorted(missing)]
    rows.update((row.date, StoredDay.from_row(row)) for row in store_days(days=blank))
    return OpenedRows(rows=rows, opened_days=missing)


def _blank(currency: str, on_date: date) -> DayValues:
    nothing = Decimal(0)
    return DayValues(
        currency=currency,
        amount=nothing,
        remaining_amount=nothing,
        pool=nothing,
        spent_before=nothing,
        tomorrow=nothing,
        period_start=on_date,
        period_end=on_date + ONE_DAY,
        own_pool=nothing,
        carried=nothing,
        repaid=nothing,
        due=nothing,
        spent_from=None,
        income_counts=False,
    )


def refresh_allowance(
    *,
    user_id: int,
    today: date,
    days: Collection[date] = (),
    plan_changed: bool = False,
    opened: OpenedRows | None = None,
) -> dict[date, DailyAllowance]:
    """Bring the stored days up to date with the other rows, and return those that changed, by date.

    Transactions of `days` have changed: what remains of each follows. Today's row, and later ones, follow in whole;
    with `plan_changed` today's row is made if there is none. The amount of a past day stays.

    `opened` is what `open_rows` returned for these days under the same lock. Its rows are not read again, and the
    days that it opened are calculated as of their own day, from the plan as it is now. Raises FigureOutOfRange and
    UnknownRate.
    """
    opened = opened or OpenedRows()
    pending = _pending.get()
    if pending is not None:
        work = pending.setdefault(user_id, _Pending(today=today))
        work.plan_changed |= plan_changed
        work.days.update(days)
        if not opened.opened_days:
            return {}
        # A row that is made now takes over no pool of a row that does not follow the plan yet.
        plan_changed = work.plan_changed
    (PLAN_REFRESHES if plan_changed else SPENDING_REFRESHES).inc()
    with REFRESH_SECONDS.time(), owner_transaction(user_id) as owner:
        scope = make_scope(
            owner=owner,
            today=today,
            changed_days=frozenset(days) | _list_pending_days(user_id),
            opened_days=opened.opened_days | {today} if plan_changed else opened.opened_days,
            plan_changed=plan_changed,
        )
        return _refresh(scope, opened.rows or None)


def _list_pending_days(user_id: int) -> frozenset[date]:
    pending = (_pending.get() or {}).get(user_id)
    return frozenset() if pending is None else frozenset(pending.days)


def _refresh(scope: SnapshotScope, rows: Mapping[date, StoredDay] | None = None) -> dict[date, DailyAllowance]:
    snapshot = queries.load_snapshot(scope=scope, rows=rows)
    return {row.date: row for row in store_changes(changes=calculate_changes(snapshot=snapshot))}


def recalculate_day(*, user_id: int, today: date) -> DailyAllowance:
    """Recompute today's row from all the others, and return it. Raises FigureOutOfRange and UnknownRate."""
    with owner_transaction(user_id):
        refresh_allowance(user_id=user_id, today=today, plan_changed=True)
        return DailyAllowance.objects.get(user_id=user_id, date=today)
