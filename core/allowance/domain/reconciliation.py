"""Reconciliation (rule 12): what is there at a moment takes the place of what the plan says was there.

Over are then bill dates that took effect before that day, income dates that took effect on or before it, dates that
have a payment before the moment, and those payments; but not the dates that `not_yet` names. Money for targets is
taken to be on the account still.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from core.allowance.domain.happened import SettledDate
from core.allowance.domain.period_view import PeriodView
from core.allowance.domain.pool import Account, calculate_own_pool, check_pool
from core.allowance.domain.reconciliation_lines import KeptBack, list_lines
from core.allowance.domain.results import LineKind, Reconciled
from core.allowance.domain.values import Covers, DateKey, ItemType, Payment, Place, Reconciliation, Snapshot
from core.kernel.money import round_down
from core.kernel.pay_periods import PayPeriod


def find_reconciliation(*, snapshot: Snapshot, period: PayPeriod, day: date) -> Reconciliation | None:
    """Return the reconciliation that counts on a day of a pay period: the one written last of those that hold.

    A `balance` holds as long as its day is in the period, a `spending` while the period's dates are those of then. On
    a day before its own, after the time zone was moved west, it counts as if stated on that day.
    """
    holding = [
        one
        for one in snapshot.reconciliations
        if period.start <= _get_day(one, snapshot) <= day
        and (one.covers is Covers.BALANCE or one.period_then == period)
    ]
    return max(holding, key=lambda one: one.id, default=None)


def _get_day(reconciliation: Reconciliation, snapshot: Snapshot) -> date:
    return min(reconciliation.day, snapshot.today)


@dataclass(frozen=True, slots=True)
class Moment:
    """The moment of a reconciliation, and what is over at it."""

    view: PeriodView
    day: date
    last_transaction_id: int
    not_yet: frozenset[DateKey]

    def is_after(self, payment: Payment) -> bool:
        """Return whether a payment was made after the moment.

        Payments of earlier days were before it whenever they were written.
        """
        return payment.day > self.day or (payment.day == self.day and payment.id > self.last_transaction_id)

    def is_over(self, settled: SettledDate) -> bool:
        """Return whether a date is over: taken to have left or arrived."""
        key = settled.share.key
        return key not in self.not_yet and self.would_be_over(settled)

    def would_be_over(self, settled: SettledDate) -> bool:
        """Return whether a date is over if it is not named in `not_yet`."""
        key, effective = settled.share.key, settled.share.effective_date
        if key.type is ItemType.SAVINGS_GOAL:
            return False
        if settled.share.stands and not all(map(self.is_after, self.view.plan.payments.get(key, ()))):
            return True
        return effective <= self.day if key.type is ItemType.INCOME else effective < self.day

    def leave_out(self, account: Account) -> Account:
        """Return an account without what is over. A later payment on a date that is over counts whole."""
        over = {settled.share.key for settled in account.dates if settled.share.stands and self.is_over(settled)}
        unplanned = [
            payment
            for payment in self.view.list_payments()
            if self.is_after(payment) and (payment in account.unplanned or payment.key in over)
        ]
        dates = [settled for settled in account.dates if not self.is_over(settled)]
        return Account(dates=tuple(dates), unplanned=tuple(unplanned))

    def list_all_dates(self, account: Account) -> Iterator[SettledDate]:
        """Return the account's dates, those that are named as not yet over, and incomes that were paid early."""
        known = {settled.share.key for settled in account.dates}
        yield from account.dates
        early = [key for key in self.view.plan.payments if key.type is ItemType.INCOME]
        for key in dict.fromkeys([*sorted(self.not_yet), *early]):
            share = None if key in known else self.view.find_other(key)
            if share is not None and (key in self.not_yet or share.belongs is Place.LATER):
                yield self.view.settle(share)


def reconcile(*, view: PeriodView, account: Account, reconciliation: Reconciliation) -> Reconciled:
    """Return the pool of a pay period by a reconciliation that counts in it."""
    snapshot = view.plan.snapshot
    moment = Moment(
        view=view,
        day=_get_day(reconciliation, snapshot),
        last_transaction_id=reconciliation.last_transaction_id,
        not_yet=reconciliation.not_yet,
    )
    own = calculate_own_pool(view=view, account=moment.leave_out(account))
    dates = tuple(moment.list_all_dates(account))
    kept_back = list_kept_back(moment=moment, dates=dates) if reconciliation.covers is Covers.BALANCE else []
    exact = Fraction(reconciliation.amount) + Fraction(reconciliation.spent_that_day) + Fraction(own.amount)
    exact += sum([one.amount for one in kept_back], -Fraction(reconciliation.own_pool_then or 0))
    amount = round_down(exact, decimals=snapshot.settings.decimals)
    check_pool(amount=amount)
    return Reconciled(
        reconciliation_id=reconciliation.id,
        own=own,
        amount=amount,
        spent_from=moment.day,
        lines=list_lines(
            own=own,
            reconciliation=reconciliation,
            kept_back=kept_back,
            pool=amount,
            decimals=snapshot.settings.decimals,
        ),
        over=tuple(
            settled.share.key
            for settled in account.dates
            if moment.is_over(settled) and (settled.share.periods_left or settled.share.belongs is Place.HERE)
        ),
    )


def list_kept_back(*, moment: Moment, dates: Iterable[SettledDate]) -> list[KeptBack]:
    """Return what of a balance is not for this pay period, and what is still to be added to it.

    Less: what earlier periods put aside for bill dates and targets that are not over, and what later periods count of
    incomes that are over. More: what earlier periods counted of incomes that are not over. Of incomes less the goals'
    percentages.
    """
    kept_back = []
    rest = 1 - Fraction(moment.view.savings_percent) / 100
    for settled in dates:
        share, is_over = settled.share, moment.is_over(settled)
        if share.key.type is not ItemType.INCOME:
            what, amount = LineKind.PUT_ASIDE, Fraction(0) if is_over else -settled.reserved
        elif is_over:
            what, amount = LineKind.FOR_LATER, -(share.after + settled.difference_after) * rest
        else:
            what, amount = LineKind.FOR_LATER, (share.before + settled.difference_before) * rest
        if amount:
            kept_back.append(KeptBack(what=what, settled=settled, amount=amount))
    return kept_back
