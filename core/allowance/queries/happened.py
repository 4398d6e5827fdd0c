"""Read what happened: closed pay periods, payments of the plan, reconciliations."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal

from django.db.models import OuterRef, Q, QuerySet, Subquery

from core.allowance.domain.closed_lines import load_line
from core.allowance.domain.values import (
    ClosedPeriod,
    Covers,
    DateKey,
    ItemType,
    Payment,
    Reconciliation,
)
from core.kernel.pay_periods import PayPeriod
from core.models import PayPeriod as PayPeriodRow
from core.models import Reconciliation as ReconciliationRow
from core.models import Transaction
from core.models.transaction import SPENDING_SIGNS, TransactionKind

_NOTHING = Decimal(0)


def load_closed_periods(*, first_days: Mapping[int, date]) -> dict[int, list[ClosedPeriod]]:
    """Return the closed pay periods of each person that end after a day of their own, and the one before. In order.

    One statement.
    """
    groups: dict[date, list[int]] = defaultdict(list)
    for user_id, first_day in first_days.items():
        groups[first_day].append(user_id)
    wanted = Q()
    for first_day, user_ids in groups.items():
        before = PayPeriodRow.objects.filter(user_id=OuterRef("user_id"), end__lte=first_day).order_by("-end")
        wanted |= Q(user_id__in=user_ids) & (Q(end__gt=first_day) | Q(end=Subquery(before.values("end")[:1])))
    return _group_by_user(first_days, PayPeriodRow.objects.filter(wanted))


def load_earlier_periods(*, stretches: Mapping[int, tuple[date, date]]) -> dict[int, list[ClosedPeriod]]:
    """Return the closed pay periods of people that end after a day of theirs and start before another. In order.

    `stretches` are these two days by the ids of the people. One statement, none for nobody.
    """
    by_month: dict[tuple[int, int], list[int]] = defaultdict(list)
    for user_id, (first_day, _before) in stretches.items():
        by_month[first_day.year, first_day.month].append(user_id)
    wanted = Q()
    for user_ids in by_month.values():
        first_day = min(stretches[user_id][0] for user_id in user_ids)
        before = max(stretches[user_id][1] for user_id in user_ids)
        wanted |= Q(user_id__in=user_ids, end__gt=first_day, start__lt=before)
    found = _group_by_user(stretches, PayPeriodRow.objects.filter(wanted)) if stretches else {}
    return {
        user_id: [one for one in found[user_id] if first_day < one.period.end and one.period.start < before]
        for user_id, (first_day, before) in stretches.items()
    }


def _group_by_user(user_ids: Collection[int], rows: "QuerySet[PayPeriodRow]") -> dict[int, list[ClosedPeriod]]:
    found: dict[int, list[ClosedPeriod]] = {user_id: [] for user_id in user_ids}
    for row in rows.order_by("user_id", "start"):
        found[row.user_id].append(_read_period(row))
    return found


def _read_period(row: PayPeriodRow) -> ClosedPeriod:
    return ClosedPeriod(
        period=PayPeriod(start=row.start, end=row.end),
        savings_percent=row.savings_percent,
        carries=row.carries,
        repays=row.repays,
        own_pool=row.own_pool,
        carried=row.carried,
        repaid=row.repaid,
        pool=row.pool,
        spent=row.spent,
        left=row.left,
        due=row.due,
        reconciliation_id=row.reconciliation_id,
        lines=tuple(load_line(stored=line) for line in row.lines),
    )


def load_payments(*, first_days: Mapping[int, date], first_dates: Mapping[int, date]) -> dict[int, list[Payment]]:
    """Return the transactions of kind `bill` and `income` of each person that matter, in the order of writing.

    Those on or after a day of their own, those that name a date on or after one, and all that name the same dates as
    these do. Two statements at most.
    """
    found: dict[int, dict[int, Payment]] = {user_id: {} for user_id in first_days}
    rows = Transaction.objects.filter(
        Q(date__gte=min(first_days.values())) | Q(occurrence__gte=min(first_dates.values())),
        user_id__in=first_days,
        kind__in=[TransactionKind.BILL, TransactionKind.INCOME],
    )
    for row in rows.order_by():
        is_named = row.occurrence is not None and row.occurrence >= first_dates[row.user_id]
        if is_named or row.date >= first_days[row.user_id]:
            found[row.user_id][row.pk] = _read_payment(row)
    earlier = {
        payment.occurrence
        for user_id, payments in found.items()
        for payment in payments.values()
        if payment.occurrence is not None and payment.occurrence < first_dates[user_id]
    }
    if earlier:
        keys = {user_id: {payment.key for payment in payments.values()} for user_id, payments in found.items()}
        for row in Transaction.objects.filter(user_id__in=first_days, occurrence__in=earlier).order_by():
            payment = _read_payment(row)
            if payment.key in keys[row.user_id]:
                found[row.user_id][row.pk] = payment
    return {user_id: [payments[pk] for pk in sorted(payments)] for user_id, payments in found.items()}


def _read_payment(row: Transaction) -> Payment:
    is_bill = row.kind == TransactionKind.BILL
    return Payment(
        id=row.pk,
        type=ItemType.EXPENSE if is_bill else ItemType.INCOME,
        day=row.date,
        amount=row.base_amount,
        item_id=row.expense_id if is_bill else row.income_id,
        occurrence=row.occurrence,
    )


def load_reconciliations(
    *, first_days: Mapping[int, date], todays: Mapping[int, date]
) -> dict[int, list[Reconciliation]]:
    """Return the reconciliations of each person on or after a day of their own, in the order of writing.

    `todays` are their local days. Two statements at most.
    """
    found: dict[int, list[Reconciliation]] = {user_id: [] for user_id in first_days}
    rows = ReconciliationRow.objects.filter(user_id__in=first_days, date__gte=min(first_days.values()))
    stated = [row for row in rows.order_by("id") if row.date >= first_days[row.user_id]]
    spending = _list_spending({(row.user_id, min(row.date, todays[row.user_id])) for row in stated})
    for row in stated:
        day = min(row.date, todays[row.user_id])
        before = [amount for pk, amount in spending[row.user_id, day] if pk <= row.last_transaction_id]
        found[row.user_id].append(_read_reconciliation(row, spent_that_day=sum(before, _NOTHING)))
    return found


def _list_spending(days: Collection[tuple[int, date]]) -> dict[tuple[int, date], list[tuple[int, Decimal]]]:
    """Return the signed amounts of the transactions of these days of people, with their ids."""
    found: dict[tuple[int, date], list[tuple[int, Decimal]]] = {key: [] for key in days}
    if days:
        rows = Transaction.objects.filter(
            user_id__in={user_id for user_id, _day in days}, date__in={day for _user_id, day in days}
        )
        for pk, user_id, day, kind, amount in rows.order_by().values_list(
            "pk", "user_id", "date", "kind", "base_amount"
        ):
            if (user_id, day) in found:
                found[user_id, day].append((pk, SPENDING_SIGNS[TransactionKind(kind)] * amount))
    return found


def _read_reconciliation(row: ReconciliationRow, *, spent_that_day: Decimal) -> Reconciliation:
    is_spending = row.covers == Covers.SPENDING.value
    return Reconciliation(
        id=row.pk,
        day=row.date,
        amount=row.amount,
        covers=Covers(row.covers),
        last_transaction_id=row.last_transaction_id,
        spent_that_day=spent_that_day,
        not_yet=frozenset(
            DateKey(ItemType(named["type"]), named["id"], date.fromisoformat(named["date"])) for named in row.not_yet
        ),
        own_pool_then=row.own_pool if is_spending else None,
        period_then=PayPeriod(start=row.period_start, end=row.period_end) if is_spending else None,
    )
