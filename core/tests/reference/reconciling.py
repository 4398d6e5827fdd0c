"""Rule 12: which reconciliation counts, and what is over under it."""

from datetime import date
from fractions import Fraction

from .happened import IsWhole
from .marks import mark
from .shares import Plan
from .world import Key, Reconciliation, Transaction


def came_before(transaction: Transaction, reconciliation: Reconciliation) -> bool:
    """Of earlier days, whenever written; of that day, stored before."""
    if transaction.date == reconciliation.date:
        return transaction.id < reconciliation.place
    return transaction.date < reconciliation.date


def is_over(plan: Plan, key: Key, reconciliation: Reconciliation) -> bool:
    """Rule 12: whether a date was over at the moment of the reconciliation. A target never is.

    A skip counts as a payment of 0 on the day on which it was said.
    """
    if key in reconciliation.not_yet:
        mark("12: not yet")
        return False
    if any(came_before(transaction, reconciliation) for transaction in plan.naming.get(key, [])):
        return True
    patch = plan.world.patches.get(key)
    if patch and patch.amount is None and (patch.said_on, patch.place) < (reconciliation.date, reconciliation.place):
        mark("reading 25: a skipped date is over")
        return True
    effective = plan.effective_day(key)
    if key[0] == "income":
        return effective <= reconciliation.date
    return key[0] == "expense" and effective < reconciliation.date


def counts_in(plan: Plan, reconciliation: Reconciliation, i: int) -> bool:
    """Rule 12: a balance as long as its day is in the period, a spending while the period's dates are those of then."""
    period = plan.calendar.periods[i]
    if not period.start <= reconciliation.date < period.end:
        return False
    if reconciliation.covers == "spending" and reconciliation.period != (period.start, period.end):
        mark("12: void")
        return False
    return True


def find_reconciliation(plan: Plan, i: int, as_of: date) -> Reconciliation | None:
    """Rule 12: of those up to a day the one written last that counts."""
    found = [
        reconciliation
        for reconciliation in plan.world.reconciliations.values()
        if reconciliation.date <= as_of and counts_in(plan, reconciliation, i)
    ]
    return max(found, key=lambda reconciliation: reconciliation.place, default=None)


def whole_after(plan: Plan, i: int, as_of: date) -> IsWhole:
    """Rule 12: a transaction on a date that was over before it counts whole, under those that count up to a day."""
    reconciliations = {}
    for stated in plan.world.reconciliations.values():
        at = plan.calendar.find_period(stated.date)
        if at < i:
            in_force = find_reconciliation(plan, at, date.max)
        else:
            in_force = find_reconciliation(plan, at, as_of) if at == i else None
        if in_force:
            reconciliations[in_force.place] = in_force

    def is_whole(key: Key, transaction: Transaction) -> bool:
        before = [one for one in reconciliations.values() if not came_before(transaction, one)]
        # What is stated last says anew what is there.
        last = max(before, key=lambda one: (one.date, one.place), default=None)
        if last is None or not is_over(plan, key, last):
            return False
        mark("12: a transaction on a date that is over")
        if plan.calendar.find_period(transaction.date) > plan.calendar.find_period(last.date):
            mark("reading 24: a transaction of a later period on a date that was over")
        return True

    return is_whole


def spent_before_moment(plan: Plan, reconciliation: Reconciliation) -> Fraction:
    """Rule 12, s: what was spent on the day before the moment, at its present amounts."""
    spent = Fraction()
    for transaction in plan.world.transactions.values():
        if transaction.date == reconciliation.date and came_before(transaction, reconciliation):
            spent += net_spent(transaction)
    return spent


def net_spent(transaction: Transaction) -> Fraction:
    """Rule 14: what a transaction takes from its day: spends less refunds."""
    return {"spend": 1, "refund": -1, "bill": 0, "income": 0}[transaction.kind] * transaction.base_amount
