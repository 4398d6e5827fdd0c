"""Rule 10: what really happened, against what was planned."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction

from .marks import mark
from .shares import Plan, Shares
from .world import Key, Patch, Transaction


@dataclass
class Effects:
    """What one date brings to each period: its plan, and the differences that rule 10 makes."""

    planned: Shares = field(default_factory=dict)
    differences: Shares = field(default_factory=dict)

    def add_difference(self, i: int, amount: Fraction) -> None:
        """Add to the differences of a period."""
        self.differences[i] = self.differences.get(i, Fraction()) + amount

    def periods(self) -> list[int]:
        """The periods to which it brings anything."""
        return sorted({*self.planned, *self.differences})

    def counted_in(self, i: int) -> Fraction:
        """Of an income: what a period counts in all."""
        return self.planned.get(i, Fraction()) + self.differences.get(i, Fraction())

    def put_aside_in(self, i: int) -> Fraction:
        """Of a bill: what a period gives for it in all."""
        return self.planned.get(i, Fraction()) - self.differences.get(i, Fraction())


IsWhole = Callable[[Key, Transaction], bool]
"""Rule 12: whether a transaction comes after a reconciliation under which its date is over."""


def find_settling(plan: Plan, key: Key, is_whole: IsWhole) -> Transaction | None:
    """Rule 10: the transaction that settles a date; the others that name it count whole."""
    naming = plan.naming.get(key, [])
    if len(naming) > 1:
        mark("10: several name one date")
    return naming[0] if naming and not is_whole(key, naming[0]) else None


def list_whole(plan: Plan, is_whole: IsWhole) -> list[Transaction]:
    """Rule 10: the bill and income transactions that count whole in their own period."""
    whole = []
    for transaction in plan.bills_and_incomes:
        key = transaction.key
        if key is None or not plan.is_known(key) or find_settling(plan, key, is_whole) is not transaction:
            whole.append(transaction)
            mark("10: a transaction counts whole")
    return whole


def rate_day_of(plan: Plan, key: Key, asked: date, settling: Transaction | None) -> date:
    """Rules 10 and 13: the day at whose rate a date converts.

    Where its period is closed, that period's last day; else the day of its transaction; else the day asked for.
    """
    period = plan.calendar.periods[plan.own_period(key)]
    if period.is_closed and key in plan.lines:
        return period.end - timedelta(days=1)
    return settling.date if settling else asked


def convert_said(plan: Plan, key: Key, asked: date, settling: Transaction | None) -> Fraction:
    """Rule 10: the amount that was said beforehand, in the user's currency; 0 for a skip."""
    patch = plan.world.patches.get(key)
    if patch is None or patch.amount is None:
        return Fraction()
    rate_day = rate_day_of(plan, key, asked, settling)
    return patch.amount * plan.world.rate(plan.items[key[:2]].currency, rate_day)


def find_effects(plan: Plan, key: Key, asked: date, is_whole: IsWhole) -> Effects:
    """Rule 10 for one date: its planned shares, and the differences by period."""
    settling = find_settling(plan, key, is_whole)
    patch = plan.world.patches.get(key)
    shares = plan.planned_shares(key, rate_day_of(plan, key, asked, settling))
    said = convert_said(plan, key, asked, settling)
    if key[0] == "income":
        return find_income_effects(plan, key, shares, settling, patch, said)
    return find_bill_effects(plan, key, shares, settling, patch, said)


def find_bill_effects(
    plan: Plan, key: Key, shares: Shares, settling: Transaction | None, patch: Patch | None, said: Fraction
) -> Effects:
    """Rule 10, bills: the payment's period gets back what was put aside up to and with it, and gives what was paid."""
    effects = Effects(dict(shares))
    own = plan.own_period(key)
    paid_in = plan.calendar.find_period(settling.date) if settling else None
    if patch:
        # A skip counts where it was said, an amount in the date's period.
        patch_in = plan.calendar.find_period(patch.said_on) if patch.amount is None else own
        if paid_in is None or patch_in < paid_in:
            if patch.amount is None:
                pay_bill(effects, patch_in, Fraction())
                mark("10: a bill is skipped")
            else:
                effects.add_difference(own, sum(shares.values(), Fraction()) - said)
                mark("10: a bill's amount is said beforehand")
            if settling and paid_in is not None:
                effects.planned = {i: share for i, share in effects.planned.items() if i <= paid_in}
                effects.add_difference(paid_in, said - settling.base_amount)
                mark("10: a payment after its patch counted")
            return effects
    if settling and paid_in is not None:
        pay_bill(effects, paid_in, settling.base_amount)
        mark(f"10: a bill is paid {'in' if paid_in == own else 'before' if paid_in < own else 'after'} its period")
    return effects


def pay_bill(effects: Effects, paid_in: int, paid: Fraction) -> None:
    """Later periods put nothing more aside; the payment's own gets back what was put aside, and gives what was paid."""
    effects.planned = {i: share for i, share in effects.planned.items() if i <= paid_in}
    effects.add_difference(paid_in, sum(effects.planned.values(), Fraction()) - paid)


def find_income_effects(
    plan: Plan, key: Key, shares: Shares, settling: Transaction | None, patch: Patch | None, said: Fraction
) -> Effects:
    """Rule 10, incomes: the difference to the plan, in even shares over the periods not before the payment's own."""
    effects = Effects(dict(shares))
    own = plan.own_period(key)
    received_in = plan.calendar.find_period(settling.date) if settling else None
    patch_counts = patch is not None and (received_in is None or own < received_in)
    if patch and patch_counts:
        spread(plan, key, effects, said, instead_of=None, not_before=min(shares, default=own))
        mark("10: an income is skipped" if patch.amount is None else "10: an income's amount is said beforehand")
    if settling and received_in is not None:
        instead_of = said if patch_counts else None
        spread(plan, key, effects, settling.base_amount, instead_of=instead_of, not_before=received_in)
        place = "in" if received_in == own else "before" if received_in < own else "after"
        mark(f"10: an income arrives {place} its period")
    return effects


def spread(
    plan: Plan, key: Key, effects: Effects, received: Fraction, *, instead_of: Fraction | None, not_before: int
) -> None:
    """Spread the difference of `received` to `instead_of` over the periods that share the date from `not_before` on.

    Without `instead_of` the difference is to the plan, for a closed period to the plan when it closed. A closed period
    takes one of the parts that there were from it on. No period left: the difference counts in `not_before`.
    """
    lines = plan.lines.get(key, {})
    periods = [i for i in sorted(effects.planned) if i >= not_before]
    planned = sum(effects.planned.values(), Fraction())
    given = Fraction()
    for place, i in enumerate(periods):
        parts, counted = len(periods) - place, planned
        if i in lines:
            parts = lines[i].parts
            counted = sum((share for j, share in effects.planned.items() if j <= i), Fraction()) + lines[i].later
        share = (received - (counted if instead_of is None else instead_of) - given) / parts
        effects.add_difference(i, share)
        given += share
    if len(periods) > 1:
        mark("10: a difference is shared by several periods")
    if not periods:
        effects.add_difference(not_before, received - (planned if instead_of is None else instead_of))
