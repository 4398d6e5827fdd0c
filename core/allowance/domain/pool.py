"""The own pool of a pay period (rule 11), from the shares in its dates and what happened."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from core.allowance.domain.happened import SettledDate
from core.allowance.domain.period_view import PeriodView
from core.allowance.domain.results import OwnPool
from core.allowance.domain.values import ItemType, Payment
from core.kernel.errors import FigureOutOfRange
from core.kernel.money import POOL_LIMIT, round_down

_NOTHING = Fraction(0)


@dataclass(frozen=True, slots=True)
class Account:
    """What counts in a pay period: its dates, settled, and the payments that count whole."""

    dates: tuple[SettledDate, ...]
    unplanned: tuple[Payment, ...]


def list_account(*, view: PeriodView) -> Account:
    """Return what counts in a pay period.

    A payment counts whole where it names no date, a date that does not count, or one that another payment settles.
    """
    dates = {share.key: view.settle(share) for share in view.shares if share.stands}
    gone = [view.settle(share) for share in view.shares if not share.stands]
    unplanned = []
    for payment in view.list_payments():
        key = payment.key
        if key is None or payment is not next(iter(view.plan.payments.get(key, ())), None):
            unplanned.append(payment)
        elif key not in dates:
            share = view.find_other(key)
            if share is None:
                unplanned.append(payment)
            else:
                dates[key] = view.settle(share)
    return Account(dates=(*dates.values(), *gone), unplanned=tuple(unplanned))


def calculate_own_pool(*, view: PeriodView, account: Account) -> OwnPool:
    """Return the own pool of what an account holds.

    Raises FigureOutOfRange where it is not strictly between minus and plus `POOL_LIMIT`.
    """
    incomes = [one for one in account.dates if one.share.key.type is ItemType.INCOME]
    bills = [one for one in account.dates if one.share.key.type is ItemType.EXPENSE]
    targets = [one for one in account.dates if one.share.key.type is ItemType.SAVINGS_GOAL]
    received = _sum(Fraction(payment.amount) for payment in account.unplanned if payment.type is ItemType.INCOME)
    paid = _sum(Fraction(payment.amount) for payment in account.unplanned if payment.type is ItemType.EXPENSE)

    income = _sum(one.counted for one in incomes)
    corrections = _sum(one.difference for one in incomes) + received
    expenses = _sum(one.counted for one in bills)
    all_income = income + corrections
    savings = all_income * Fraction(view.savings_percent) / 100 + _sum(one.counted for one in targets)
    differences = corrections + _sum(one.difference for one in bills) - paid

    own_pool = income - expenses - savings + differences

    amount = round_down(own_pool, decimals=view.plan.snapshot.settings.decimals)
    check_pool(amount=amount)
    check_pool(amount=income)
    return OwnPool(
        period=view.period,
        income=income,
        expenses=expenses,
        savings=savings,
        differences=differences,
        amount=amount,
        all_income=all_income,
        percentages=view.percentages,
        dates=account.dates,
        unplanned=account.unplanned,
    )


def _sum(amounts: Iterable[Fraction]) -> Fraction:
    return sum(amounts, _NOTHING)


def check_pool(*, amount: Decimal | Fraction) -> None:
    """Raise FigureOutOfRange where a sum is not strictly between minus and plus `POOL_LIMIT`."""
    if not -POOL_LIMIT < amount < POOL_LIMIT:
        raise FigureOutOfRange("The amounts of this plan add up to more than can be kept exactly.")
