"""Rules 9, 11 and 12: what a pool is made of, part by part."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from .happened import IsWhole, convert_said, find_effects, find_settling, list_whole
from .marks import mark
from .reconciling import came_before, is_over
from .shares import Plan
from .world import Key, Reconciliation, round_down


@dataclass(frozen=True)
class Part:
    """A part of a pool, with its sign; `what` is named as in `lines` of a reconciliation.

    `key` is the date that it comes from, `item` its item: of a transaction that names no date ("transaction", place).
    """

    what: str
    amount: Fraction
    item: tuple[str, int] | None = None
    key: Key | None = None


@dataclass
class Sums:
    """Rule 11: what a period's own pool is made of. Bills and savings are positive here."""

    income: Fraction
    expenses: Fraction
    savings: Fraction
    differences: Fraction
    income_differences: Fraction
    own_pool: Fraction


def savings_percent_of(plan: Plan, i: int) -> Fraction:
    """Rules 9 and 13: the percentage of a period; a closed one keeps its own."""
    at = plan.calendar.closed_at(i)
    return plan.world.savings_percent() if at is None else plan.world.closed[at].savings_percent


def list_parts(plan: Plan, i: int, asked: date, is_whole: IsWhole, leaving_out: Reconciliation | None) -> list[Part]:
    """Rule 11: income - expenses - savings + differences of a period, without what is over under a reconciliation."""
    parts = []
    for key in plan.keys_near(i):
        if leaving_out and is_over(plan, key, leaving_out):
            continue
        effects = find_effects(plan, key, asked, is_whole)
        planned, difference = effects.planned.get(i, Fraction()), effects.differences.get(i, Fraction())
        what = {"income": "income", "expense": "bill", "savings-goal": "saving"}[key[0]]
        parts.append(Part(what, planned if key[0] == "income" else -planned, key[:2], key))
        parts.append(Part("difference", difference, key[:2], key))
    for transaction in list_whole(plan, is_whole):
        is_out = leaving_out is not None and came_before(transaction, leaving_out)
        if plan.calendar.find_period(transaction.date) == i and not is_out:
            sign = 1 if transaction.kind == "income" else -1
            parts.append(Part("difference", sign * transaction.base_amount, ("transaction", transaction.id)))
    return [*parts, Part("saving", -sum_income(plan, parts) * savings_percent_of(plan, i) / 100)]


def sum_income(plan: Plan, parts: list[Part]) -> Fraction:
    """Rule 9: all income, planned, unplanned and corrected."""
    return sum((part.amount for part in parts if part.what == "income" or is_income_difference(plan, part)), Fraction())


def is_income_difference(plan: Plan, part: Part) -> bool:
    """Whether a difference comes from an income."""
    if part.what != "difference" or part.item is None:
        return False
    kind, place = part.item
    return kind == "income" or (kind == "transaction" and plan.world.transactions[place].kind == "income")


def add_up(plan: Plan, parts: list[Part]) -> Sums:
    """Rule 11: the sums, and the own pool, rounded down."""

    def total(what: str) -> Fraction:
        return sum((part.amount for part in parts if part.what == what), Fraction())

    exact = sum((part.amount for part in parts), Fraction())
    own_pool = round_down(exact, plan.world.minor_unit)
    if own_pool != exact:
        mark("11: rounded down")
    if any(part.what == "saving" and part.item is None and part.amount for part in parts):
        mark("9: a percentage")
    return Sums(
        income=total("income"),
        expenses=-total("bill"),
        savings=-total("saving"),
        differences=total("difference"),
        income_differences=sum((part.amount for part in parts if is_income_difference(plan, part)), Fraction()),
        own_pool=own_pool,
    )


def list_around(plan: Plan, i: int, asked: date, is_whole: IsWhole, reconciliation: Reconciliation) -> list[Part]:
    """Rule 12: what a reconciliation adds to own pool' but for s: what was stated, and A, B, C or own pool' then."""
    stated = Part("stated", reconciliation.amount)
    if reconciliation.covers == "spending":
        assert reconciliation.own_pool_then is not None
        mark("12: spending")
        return [stated, Part("own_pool_then", -reconciliation.own_pool_then)]
    mark("12: balance")
    put_aside = list_put_aside(plan, i, asked, is_whole, reconciliation)
    later = list_counted_later(plan, i, asked, is_whole, reconciliation)
    earlier = list_counted_earlier(plan, i, asked, is_whole, reconciliation)
    for name, parts in (("A", put_aside), ("B", later), ("C", earlier)):
        if any(part.amount for part in parts):
            mark(f"12: {name}")
    return [stated, *put_aside, *later, *earlier]


def add_around(plan: Plan, around: list[Part], own_pool: Fraction) -> Fraction:
    """Rule 12: the pool without s; own pool' is rounded already, and the pool is rounded once more."""
    return round_down(sum((part.amount for part in around), Fraction()) + own_pool, plan.world.minor_unit)


def list_put_aside(plan: Plan, i: int, asked: date, is_whole: IsWhole, reconciliation: Reconciliation) -> list[Part]:
    """Rule 12, A: what earlier periods put aside for bill dates and targets that still stand and are not over."""
    parts = []
    for key in plan.lines:
        if key[0] != "income" and stood_in(plan, key, i) and not is_over(plan, key, reconciliation):
            effects = find_effects(plan, key, asked, is_whole)
            put_aside = sum((effects.put_aside_in(j) for j in effects.periods() if j < i), Fraction())
            parts.append(Part("put_aside", -put_aside, key[:2], key))
    return parts


def list_counted_later(
    plan: Plan, i: int, asked: date, is_whole: IsWhole, reconciliation: Reconciliation
) -> list[Part]:
    """Rule 12, B: what later periods count of incomes that are over, less the goals' percentages."""
    parts = []
    for key in sorted({*plan.keys_near(i), *plan.lines, *filter(plan.is_known, plan.naming)}):
        if key[0] == "income" and is_over(plan, key, reconciliation):
            counted = counted_after(plan, key, i, asked, is_whole) * (1 - savings_percent_of(plan, i) / 100)
            parts.append(Part("for_later", -counted, key[:2], key))
    return parts


def list_counted_earlier(
    plan: Plan, i: int, asked: date, is_whole: IsWhole, reconciliation: Reconciliation
) -> list[Part]:
    """Rule 12, C: what earlier periods counted of incomes that are not over, less their goals' percentages."""
    parts = []
    for key in plan.lines:
        if key[0] == "income" and not is_over(plan, key, reconciliation):
            effects = find_effects(plan, key, asked, is_whole)
            for j in [j for j in effects.periods() if j < i]:
                counted = effects.counted_in(j) * (1 - savings_percent_of(plan, j) / 100)
                parts.append(Part("income", counted, key[:2], key))
    return parts


def stood_in(plan: Plan, key: Key, i: int) -> bool:
    """Rules 12 and 13: whether a date still stands; in a closed period, whether it did when that closed."""
    if plan.calendar.periods[i].is_closed:
        return i in plan.lines.get(key, {})
    return plan.stands(key)


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
