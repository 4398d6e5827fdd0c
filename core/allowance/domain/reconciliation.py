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
from core.allowance.domain.moments import get_statement_day, has_passed, is_after
from core.allowance.domain.period_view import PeriodView
from core.allowance.domain.pool import Account, calculate_own_pool, check_pool
from core.allowance.domain.reconciliation_lines import KeptBack, list_lines
from core.allowance.domain.results import LineKind, OverDate, Reconciled
from core.allowance.domain.values import Covers, DateKey, ItemType, Payment, Place, Reconciliation
from core.kernel.money import round_down


@dataclass(frozen=True, slots=True)
class Moment:
    """The moment of a reconciliation, and what is over at it."""

    view: PeriodView
    day: date
    last_transaction_id: int
    not_yet: frozenset[DateKey]

    def is_after(self, payment: Payment) -> bool:
        """Return whether a payment was made after the moment."""
        return is_after(payment=payment, day=self.day, last_transaction_id=self.last_transaction_id)

    def is_over(self, settled: SettledDate) -> bool:
        """Return whether a date is over: taken to have left or arrived."""
        key = settled.share.key
        return key not in self.not_yet and self.would_be_over(settled)

    def would_be_over(self, settled: SettledDate) -> bool:
        """Return whether a date is over if it is not named in `not_yet`."""
        share, plan = settled.share, self.view.plan
        patch = plan.patches.get(share.key) if share.stands else None
        payments = plan.named.get(share.key, ()) if share.stands else ()
        has_payment = not all(map(self.is_after, payments))
        return has_payment or has_passed(
            type=share.key.type, effective_date=share.effective_date, day=self.day, patch=patch
        )

    def leave_out(self, account: Account) -> Account:
        """Return an account without what is over."""
        return Account(
            dates=tuple(settled for settled in account.dates if not self.is_over(settled)),
            unplanned=tuple(payment for payment in account.unplanned if self.is_after(payment)),
        )

    def list_all_dates(self, account: Account) -> Iterator[SettledDate]:
        """Return the account's dates, those that are named as not yet over, and incomes that were paid early."""
        known = {settled.share.key for settled in account.dates}
        yield from account.dates
        early = [key for key in self.view.plan.named if key.type is ItemType.INCOME]
        for key in dict.fromkeys([*sorted(self.not_yet), *early]):
            share = None if key in known else self.view.find_other(key)
            if share is not None and (key in self.not_yet or share.belongs is Place.LATER):
                yield self.view.settle(share)


def reconcile(*, view: PeriodView, account: Account, reconciliation: Reconciliation) -> Reconciled:
    """Return the pool of a pay period by a reconciliation that counts in it."""
    snapshot = view.plan.snapshot
    moment = Moment(
        view=view,
        day=get_statement_day(reconciliation=reconciliation, today=snapshot.today),
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
            names={key: dates.item.name for key, dates in view.plan.items.items()},
        ),
        over=tuple(_list_over(moment, account)),
    )


def _list_over(moment: Moment, account: Account) -> Iterator[OverDate]:
    for settled in account.dates:
        share = settled.share
        if moment.is_over(settled) and (share.periods_left or share.belongs is Place.HERE):
            yield OverDate(
                key=share.key,
                name=share.name,
                effective_date=share.effective_date,
                amount=settled.amount,
                status=settled.status,
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
