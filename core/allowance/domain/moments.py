"""Moments of reconciliations (rule 12): what is over at one, and which payments still settle their date after it."""

from collections.abc import Iterable
from datetime import date

from core.allowance.domain.plan import OpenPeriod, PaymentsByDate
from core.allowance.domain.values import Covers, DateKey, ItemType, Patch, Payment, Reconciliation, Snapshot
from core.kernel.pay_periods import PayPeriod


def get_statement_day(*, reconciliation: Reconciliation, today: date) -> date:
    """Return the day on which a reconciliation counts as stated: today, where the time zone was moved west since."""
    return min(reconciliation.day, today)


def find_reconciliation(*, snapshot: Snapshot, period: PayPeriod, day: date) -> Reconciliation | None:
    """Return the reconciliation that counts on a day of a pay period: the one written last of those that hold.

    A `balance` holds as long as its day is in the period, a `spending` while the period's dates are those of then.
    One of a later day does not count.
    """
    holding = [
        one
        for one in snapshot.reconciliations
        if period.start <= get_statement_day(reconciliation=one, today=snapshot.today) <= day
        and (one.covers is Covers.BALANCE or one.period_then == period)
    ]
    return max(holding, key=lambda one: one.id, default=None)


def is_after(*, payment: Payment, day: date, last_transaction_id: int) -> bool:
    """Return whether a payment was made after a moment.

    Payments of earlier days were made before it, whenever they were written.
    """
    return payment.day > day or (payment.day == day and payment.id > last_transaction_id)


def has_passed(*, type: ItemType, effective_date: date, day: date, patch: Patch | None) -> bool:  # noqa: A002
    """Return whether a date is over on a day without a payment: it took effect, or was skipped before.

    A bill is over on the day after it took effect. A target is never over.
    """
    if type is ItemType.SAVINGS_GOAL:
        return False
    if patch is not None and patch.amount is None and patch.said_on <= day:
        return True
    return effective_date <= day if type is ItemType.INCOME else effective_date < day


def find_settling_payments(*, running: OpenPeriod, day: date) -> PaymentsByDate:
    """Return the payments that count on their date, as seen from a day: those that no statement came before.

    A payment counts whole on a date that was over by the last statement before it, in its own pay period or an earlier
    one: the stated amount had no part of it.
    """
    plan = running.plan
    if not plan.snapshot.reconciliations:
        return plan.named
    statements = _list_counting(running, day)
    settling = {
        key: tuple(one for one in payments if not _is_whole(key, one, running, statements))
        for key, payments in plan.named.items()
    }
    return {key: payments for key, payments in settling.items() if payments}


def _list_counting(running: OpenPeriod, day: date) -> list[Reconciliation]:
    """Return the reconciliation that counts in each pay period up to a day, in order."""
    snapshot = running.plan.snapshot
    counting = []
    for period in _list_periods(running, snapshot):
        found = find_reconciliation(snapshot=snapshot, period=period, day=min(day, period.last_day))
        if found is not None:
            counting.append(found)
    return counting


def _list_periods(running: OpenPeriod, snapshot: Snapshot) -> Iterable[PayPeriod]:
    """Return the pay periods in which something was stated, in order."""
    periods = {closed.period.start: closed.period for closed in running.closed}
    days = [get_statement_day(reconciliation=one, today=snapshot.today) for one in snapshot.reconciliations]
    indexes = {running.calendar.index_of(day) for day in days}
    return [*periods.values(), *[running.calendar.period(index) for index in sorted(indexes) if index >= 0]]


def _is_whole(key: DateKey, payment: Payment, running: OpenPeriod, statements: list[Reconciliation]) -> bool:
    snapshot = running.plan.snapshot
    for one in reversed(statements):
        day = get_statement_day(reconciliation=one, today=snapshot.today)
        if is_after(payment=payment, day=day, last_transaction_id=one.last_transaction_id):
            patch = running.plan.patches.get(key)
            effective_date = running.find_effective_date(key)
            return key not in one.not_yet and has_passed(
                type=key.type, effective_date=effective_date, day=day, patch=patch
            )
    return False
