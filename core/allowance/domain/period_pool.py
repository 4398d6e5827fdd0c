"""The pool of a pay period as seen from one of its days: own pool, carry and reconciliation together."""

from datetime import date
from decimal import Decimal

from core.allowance.domain.carry import calculate_carry
from core.allowance.domain.moments import find_reconciliation
from core.allowance.domain.period_view import PeriodView
from core.allowance.domain.pool import Account, calculate_own_pool, check_pool, list_account
from core.allowance.domain.reconciliation import reconcile
from core.allowance.domain.results import Pool
from core.allowance.domain.values import ClosedPeriod, ItemType


def calculate_pool(*, view: PeriodView, day: date, previous: ClosedPeriod | None, carries: bool, repays: bool) -> Pool:
    """Return the pool of a pay period as seen from a day: a reconciliation counts from its own day on.

    `previous` is the closed period that ended last before it.
    """
    account = list_account(view=view)
    reconciliation = find_reconciliation(snapshot=view.plan.snapshot, period=view.period, day=day)
    if reconciliation is not None:
        reconciled = reconcile(view=view, account=account, reconciliation=reconciliation)
        # Carried and due amounts are settled by what was stated.
        return Pool(
            own=reconciled.own,
            carried=Decimal(0),
            repaid=Decimal(0),
            due=Decimal(0),
            amount=reconciled.amount,
            spent_from=reconciled.spent_from,
            income_counts=_counts_income(account),
            previous=previous if carries or repays else None,
            reconciled=reconciled,
        )
    own = calculate_own_pool(view=view, account=account)
    carry = calculate_carry(previous=previous, own_pool=own.amount, carries=carries, repays=repays)

    pool = own.amount + carry.carried - carry.repaid

    check_pool(amount=pool)
    return Pool(
        own=own,
        carried=carry.carried,
        repaid=carry.repaid,
        due=carry.due,
        amount=pool,
        spent_from=view.period.start,
        income_counts=_counts_income(account),
        previous=previous if carries or repays else None,
    )


def _counts_income(account: Account) -> bool:
    """Return whether any income counts in the period, by plan or as one that no plan knew of."""
    planned = any(one.share.key.type is ItemType.INCOME and one.counted > 0 for one in account.dates)
    return planned or any(payment.type is ItemType.INCOME for payment in account.unplanned)
