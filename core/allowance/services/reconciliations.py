"""State what is there (rule 12)."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Max

from core.allowance.domain.statement import Statement, find_not_over, state
from core.allowance.domain.values import Covers, DateKey, Snapshot
from core.allowance.queries.reconciliations import ShownReconciliation, load_figure, show_reconciliation
from core.allowance.services.projection import open_day
from core.db.locks import owner_transaction
from core.kernel.errors import DomainError
from core.kernel.working_days import LONGEST_REST_DAYS
from core.models import Reconciliation, Transaction, User

# The pay period that a date belongs to may begin later than the date: both may have been moved.
_MOVED = timedelta(days=2 * LONGEST_REST_DAYS)


@dataclass(frozen=True, slots=True)
class StatedAmount:
    """What a person states: an amount in their currency, and dates that should be over and are not."""

    amount: Decimal
    covers: Covers
    not_yet: Sequence[DateKey] = ()
    note: str = ""


def preview_reconciliation(*, owner: User, stated: StatedAmount, today: date) -> ShownReconciliation:
    """Return what follows if something is stated now. Raises as `record_reconciliation` does."""
    open_day(owner=owner, today=today)
    statement = _state(owner=owner, stated=stated, today=today)
    row = _build_row(owner=owner, stated=stated, statement=statement)
    figure = statement.figure
    shown = show_reconciliation(row=row, reconciled=figure.pool.reconciled)
    return replace(shown, pool=figure.pool.amount, left=figure.left)


def record_reconciliation(*, user_id: int, stated: StatedAmount, today: date) -> ShownReconciliation:
    """Store what a person states now.

    Under the owner's lock: every transaction is stored before it or after it. Raises DomainError on `not_yet`,
    FigureOutOfRange and UnknownRate.
    """
    with owner_transaction(user_id) as owner:
        # Pay periods that are over close before anything is stated in a later one.
        open_day(owner=owner, today=today)
        statement = _state(owner=owner, stated=stated, today=today)
        row = _build_row(owner=owner, stated=stated, statement=statement)
        row.save()
        return show_reconciliation(row=row, reconciled=statement.figure.pool.reconciled)


def _state(*, owner: User, stated: StatedAmount, today: date) -> Statement:
    first_day = min([today, *(key.on_date - _MOVED for key in stated.not_yet)])
    snapshot = load_figure(owner=owner, today=today, first_day=first_day)
    last = Transaction.objects.filter(user_id=owner.pk).order_by().aggregate(last=Max("pk"))["last"] or 0
    _check_not_yet(snapshot=snapshot, stated=stated, last_transaction_id=last)
    return state(
        snapshot=snapshot,
        amount=stated.amount,
        covers=stated.covers,
        spent_that_day=snapshot.spending.get(today, Decimal(0)),
        last_transaction_id=last,
        not_yet=frozenset(stated.not_yet),
    )


def _check_not_yet(*, snapshot: Snapshot, stated: StatedAmount, last_transaction_id: int) -> None:
    items = {(item.type, item.id) for item in snapshot.items if not item.is_deleted}
    if any(key[:2] not in items for key in stated.not_yet):
        raise DomainError("There is no such row.", code="does_not_exist", field="not_yet")
    twice = [key for key, count in Counter(stated.not_yet).items() if count > 1]
    if twice:
        raise DomainError(_say(twice[0], "is named twice"), code="named_twice", field="not_yet")
    not_over = find_not_over(snapshot=snapshot, last_transaction_id=last_transaction_id, keys=stated.not_yet)
    if not_over:
        message = _say(min(not_over), "would not be over without being named")
        raise DomainError(message, code="not_over", field="not_yet")


def _say(key: DateKey, what: str) -> str:
    return f"{key.on_date} of {key.type.value} {key.item_id} {what}."


def _build_row(*, owner: User, stated: StatedAmount, statement: Statement) -> Reconciliation:
    period, own = statement.figure.pool.period, statement.figure.pool.own
    return Reconciliation(
        user_id=owner.pk,
        date=statement.reconciliation.day,
        currency=owner.currency,
        amount=stated.amount,
        covers=stated.covers.value,
        not_yet=[
            {"type": key.type.value, "id": key.item_id, "date": key.on_date.isoformat()} for key in stated.not_yet
        ],
        note=stated.note,
        last_transaction_id=statement.reconciliation.last_transaction_id,
        period_start=period.start,
        period_end=period.end,
        own_pool=own.amount,
        difference=statement.difference,
    )
