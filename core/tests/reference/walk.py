"""Walk through half a year: an account whose bills leave and wages arrive, and a person who spends exactly `amount`.

`python -m core.tests.reference.walk 1000` walks that many. At each period's end
0 <= account - what rules 7 to 9 keep for later <= one minor unit a period so far (and two a reconciliation).
A walk ends where its pool, or what is left of it, falls below zero, and does not count then.
"""

import sys
from collections import Counter
from datetime import date, timedelta
from fractions import Fraction
from random import Random

from .closing import find_result_on
from .events import AddTransaction, PatchOccurrence, Reconcile
from .figure import find_amount
from .happened import find_effects
from .marks import SEEN, mark
from .reconciling import whole_after
from .shares import Plan
from .walker import Walk, draw_happening, list_counting_keys, make_plan, move_account, open_account
from .world import Refused, Settings, World, round_down

ONE_DAY = timedelta(days=1)
DAYS = 182
CURRENCIES = ["EUR", "JPY", "KWD"]


class AccountBroken(AssertionError):  # noqa: N818
    """The account held less or more than the rules keep."""


def walk(seed: int) -> Walk:
    """Walk once. Raises AccountBroken."""
    random = Random(seed)
    day = date(2026, 1, 1) + timedelta(days=random.randrange(365))
    currency = random.choice(CURRENCIES)
    walker = Walk(random, World(made_on=day, settings=Settings(currency=currency)))
    make_plan(walker, day)
    open_account(walker, day)
    for _ in range(DAYS):
        live_a_day(walker, day)
        if walker.ended != "walked":
            break
        day += ONE_DAY
    return walker


def live_a_day(walker: Walk, today: date) -> None:
    """Wages, a reconciliation now and then, bills, and in the evening exactly `amount` is spent."""
    random = walker.random
    for key in list_counting_keys(walker, today, today, today + timedelta(days=12)):
        if key not in walker.happenings:
            effective = walker.plan(today).effective_day(key)
            walker.happenings[key] = draw_happening(walker, key, effective, today)
    say_beforehand(walker, today)
    happen(walker, "income", today)
    if random.random() < 0.01:
        walker.do(AddTransaction(today, today, 10 * walker.world.minor_unit, "income", walker.world.settings.currency))
        move_account(walker, "income", 10 * walker.world.minor_unit)
    if random.random() < 0.04:
        reconcile_truly(walker, today)
    happen(walker, "expense", today)
    amount = find_amount(walker.world, today, today=today)
    if amount:
        walker.do(AddTransaction(today, today, amount, "spend", walker.world.settings.currency))
        walker.account -= amount
    plan = walker.plan(today)
    i = plan.calendar.find_period(today)
    if plan.calendar.periods[i].end == today + ONE_DAY:
        walker.periods += 1
        end_period(walker, plan, i, today)


def say_beforehand(walker: Walk, today: date) -> None:
    """Patch what is said beforehand; where it is too late for that, the date goes as planned."""
    for happening in walker.happenings.values():
        if happening.says_on != today or happening.is_done:
            continue
        try:
            walker.do(PatchOccurrence(today, happening.key, happening.said))
        except Refused:
            walker.events.pop()
            item = walker.world.items[happening.key[:2]]
            effective = walker.plan(today).effective_day(happening.key)
            happening.way, happening.day, happening.amount, happening.is_logged = (
                "as planned",
                effective,
                item.amount,
                False,
            )


def happen(walker: Walk, kind: str, today: date) -> None:
    """Let what is drawn for today leave or arrive."""
    currency = walker.world.settings.currency
    transaction_kind = "income" if kind == "income" else "bill"
    for happening in list(walker.happenings.values()):
        if happening.key[0] != kind or happening.day != today or happening.is_done:
            continue
        happening.is_done = True
        move_account(walker, kind, happening.amount)
        mark(f"walk: {kind} {happening.way}")
        if happening.is_logged:
            event = AddTransaction(
                today, today, happening.amount, transaction_kind, currency, happening.key[:2], happening.key[2]
            )
            walker.do(event)
            if happening.way == "twice":
                walker.do(event)
                move_account(walker, kind, happening.amount)


def reconcile_truly(walker: Walk, today: date) -> None:
    """State the truth: the account's balance, or what may be spent, and what is late."""
    plan = walker.plan(today)
    late = set()
    for happening in walker.happenings.values():
        effective = plan.effective_day(happening.key)
        is_over = effective <= today if happening.key[0] == "income" else effective < today
        if is_over and not happening.is_done and happening.way != "skipped":
            late.add(happening.key)
    if walker.random.random() < 0.7:
        stated, covers = round_down(walker.account, walker.world.minor_unit), "balance"
    else:
        stated, covers = find_left(walker, today), "spending"
    walker.do(Reconcile(today, stated, covers, frozenset(late)))
    walker.slack += 2
    mark("walk: late under a reconciliation" if late else "walk: a reconciliation")


def find_left(walker: Walk, today: date) -> Fraction:
    """What is left of the pool."""
    plan = walker.plan(today)
    return find_result_on(plan, plan.calendar.find_period(today), today).left


def end_period(walker: Walk, plan: Plan, i: int, today: date) -> None:
    """Compare the account with what the rules keep for later."""
    result = find_result_on(plan, i, today)
    if result.pool < 0 or result.left < 0:
        walker.ended = "below zero"
        return
    free = walker.account - keep_for_later(walker, plan, i, today)
    allowed = (walker.periods + walker.slack) * walker.world.minor_unit
    if not 0 <= free <= allowed or result.left:
        raise AccountBroken(
            f"{today}: the account holds {float(walker.account):.4f}, of which {float(free):.4f} is nobody's; "
            f"left {result.left}, allowed {allowed}"
        )


def keep_for_later(walker: Walk, plan: Plan, i: int, today: date) -> Fraction:
    """Rules 7 to 9: what is put aside for bills that have not left and for targets, and incomes that count later.

    An income that has not arrived and was counted lacks.
    """
    is_whole = whole_after(plan, i, today)
    kept = Fraction()
    for key in {*plan.keys_near(i), *plan.lines}:
        effects = find_effects(plan, key, today, is_whole)
        happening = walker.happenings.get(key)
        is_done = happening is not None and happening.is_done
        before = [j for j in effects.periods() if j <= i]
        after = [j for j in effects.periods() if j > i]
        if key[0] != "income":
            if not is_done:
                kept += sum((effects.put_aside_in(j) for j in before), Fraction())
            continue
        if is_done:
            counted = sum((effects.counted_in(j) for j in after), Fraction())
        else:
            counted = -sum((effects.counted_in(j) for j in before), Fraction())
        kept += counted * (1 - walker.percent / 100)
    return kept


def main(walks: int, first: int) -> None:
    """Walk until that many have reached their end, and print how they ended and what they met."""
    ended: Counter[str] = Counter()
    met: Counter[str] = Counter()
    seed = first
    while ended["walked"] < walks:
        SEEN.clear()
        try:
            ended[walk(seed).ended] += 1
        except Exception as error:
            sys.stdout.write(f"seed {seed}: {type(error).__name__}: {error}\n")
            ended["broken"] += 1
        met.update(SEEN)
        seed += 1
    for name, count in sorted(met.items()):
        sys.stdout.write(f"{100 * count / (seed - first):5.1f} %  {name}\n")
    sys.stdout.write(f"seeds {first} to {seed - 1}: {dict(ended)}\n")


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0)
