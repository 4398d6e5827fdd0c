"""Rule 12: reconciliations, and what is over under them."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from .happened import IsWhole, convert_said, find_effects, find_settling, list_whole
from .marks import mark
from .shares import Plan
from .world import Key, Reconciliation, Transaction, round_down


@dataclass
class Sums:
    """Rule 11: what a period's own pool is made of."""

    income: Fraction
    expenses: Fraction
    targets: Fraction
    percentages: Fraction
    income_differences: Fraction
    bill_differences: Fraction
    own_pool: Fraction

    @property
    def savings(self) -> Fraction:
        """Rule 9."""
        return self.targets + self.percentages

    @property
    def differences(self) -> Fraction:
        """Rule 10."""
        return self.income_differences + self.bill_differences


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
        for reconciliation in reconciliations.values():
            if not came_before(transaction, reconciliation) and is_over(plan, key, reconciliation):
                mark("12: a transaction on a date that is over")
                if plan.calendar.find_period(transaction.date) > plan.calendar.find_period(reconciliation.date):
                    mark("reading 24: a transaction of a later period on a date that was over")
                return True
        return False

    return is_whole


def savings_percent_of(plan: Plan, i: int) -> Fraction:
    """Rules 9 and 13: the percentage of a period; a closed one keeps its own."""
    at = plan.calendar.closed_at(i)
    return plan.world.savings_percent() if at is None else plan.world.closed[at].savings_percent


def sum_period(plan: Plan, i: int, asked: date, is_whole: IsWhole, leaving_out: Reconciliation | None) -> Sums:
    """Rule 11: own pool = income - expenses - savings + differences, without what is over under a reconciliation."""
    income = expenses = targets = income_differences = bill_differences = Fraction()
    for key in plan.keys_near(i):
        if leaving_out and is_over(plan, key, leaving_out):
            continue
        effects = find_effects(plan, key, asked, is_whole)
        planned, difference = effects.planned.get(i, Fraction()), effects.differences.get(i, Fraction())
        if key[0] == "income":
            income += planned
            income_differences += difference
        elif key[0] == "expense":
            expenses += planned
            bill_differences += difference
        else:
            targets += planned
    for transaction in list_whole(plan, is_whole):
        if plan.calendar.find_period(transaction.date) != i:
            continue
        if leaving_out and came_before(transaction, leaving_out):
            continue
        if transaction.kind == "income":
            income_differences += transaction.base_amount
        else:
            bill_differences -= transaction.base_amount
    percentages = (income + income_differences) * savings_percent_of(plan, i) / 100
    if percentages:
        mark("9: a percentage")
    exact = income - expenses - (targets + percentages) + (income_differences + bill_differences)
    own_pool = round_down(exact, plan.world.minor_unit)
    if own_pool != exact:
        mark("11: rounded down")
    return Sums(income, expenses, targets, percentages, income_differences, bill_differences, own_pool)


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


def reconciled_pool(
    plan: Plan, i: int, asked: date, is_whole: IsWhole, reconciliation: Reconciliation, own_pool: Fraction
) -> Fraction:
    """Rule 12: the pool of a period under a reconciliation; `own_pool` leaves out what is over."""
    stated = reconciliation.amount + spent_before_moment(plan, reconciliation)
    if reconciliation.covers == "spending":
        assert reconciliation.own_pool_then is not None
        mark("12: spending")
        return stated + own_pool - reconciliation.own_pool_then
    mark("12: balance")
    put_aside = sum_put_aside(plan, i, asked, is_whole, reconciliation)
    later = sum_counted_later(plan, i, asked, is_whole, reconciliation)
    earlier = sum_counted_earlier(plan, i, asked, is_whole, reconciliation)
    for name, amount in (("A", put_aside), ("B", later), ("C", earlier)):
        if amount:
            mark(f"12: {name}")
    return round_down(stated + own_pool - put_aside - later + earlier, plan.world.minor_unit)


def stood_in(plan: Plan, key: Key, i: int) -> bool:
    """Rules 12 and 13: whether a date still stands; in a closed period, whether it did when that closed."""
    if plan.calendar.periods[i].is_closed:
        return i in plan.lines.get(key, {})
    return plan.stands(key)


def sum_put_aside(plan: Plan, i: int, asked: date, is_whole: IsWhole, reconciliation: Reconciliation) -> Fraction:
    """Rule 12, A: what earlier periods put aside for bill dates and targets that still stand and are not over."""
    total = Fraction()
    for key in plan.lines:
        if key[0] != "income" and stood_in(plan, key, i) and not is_over(plan, key, reconciliation):
            effects = find_effects(plan, key, asked, is_whole)
            total += sum((effects.put_aside_in(j) for j in effects.periods() if j < i), Fraction())
    return total


def sum_counted_later(plan: Plan, i: int, asked: date, is_whole: IsWhole, reconciliation: Reconciliation) -> Fraction:
    """Rule 12, B: what later periods count of incomes that are over, less the goals' percentages."""
    total = Fraction()
    for key in {*plan.keys_near(i), *plan.lines, *filter(plan.is_known, plan.naming)}:
        if key[0] == "income" and is_over(plan, key, reconciliation):
            total += counted_after(plan, key, i, asked, is_whole)
    return total * (1 - savings_percent_of(plan, i) / 100)


def counted_after(plan: Plan, key: Key, i: int, asked: date, is_whole: IsWhole) -> Fraction:
    """What periods after `i` count of an income's date; of a closed one, what they were to count when it closed."""
    effects = find_effects(plan, key, asked, is_whole)
    if not plan.calendar.periods[i].is_closed:
        return sum((effects.counted_in(j) for j in effects.periods() if j > i), Fraction())
    settling = find_settling(plan, key, is_whole)
    counted = sum((effects.counted_in(j) for j in effects.periods() if j <= i), Fraction())
    if settling and plan.calendar.find_period(settling.date) <= i:
        return settling.base_amount - counted
    line = plan.lines.get(key, {}).get(i)
    if line and key in plan.world.patches:
        return convert_said(plan, key, asked, settling) - counted
    return line.later if line else Fraction()


def sum_counted_earlier(plan: Plan, i: int, asked: date, is_whole: IsWhole, reconciliation: Reconciliation) -> Fraction:
    """Rule 12, C: what earlier periods counted of incomes that are not over, less their goals' percentages."""
    total = Fraction()
    for key in plan.lines:
        if key[0] == "income" and not is_over(plan, key, reconciliation):
            effects = find_effects(plan, key, asked, is_whole)
            for j in [j for j in effects.periods() if j < i]:
                total += effects.counted_in(j) * (1 - savings_percent_of(plan, j) / 100)
    return total
