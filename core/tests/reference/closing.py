"""Rule 13: what a period keeps when it closes, and what one hands to the next."""

from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from .happened import rate_day_of
from .marks import mark
from .pooling import Part, Sums, add_around, add_up, list_around, list_parts, savings_percent_of
from .reconciling import find_reconciliation, net_spent, spent_before_moment, whole_after
from .shares import Plan
from .world import ClosedPeriod, Key, Line, Reconciliation, World

ONE_DAY = timedelta(days=1)


@dataclass
class Result:
    """What became of a period up to a day: rules 11 to 14.

    `parts` make the own pool, `around` what a reconciliation adds to it; `spent` are the period's spends that count.
    """

    parts: list[Part]
    around: list[Part]
    sums: Sums
    carried: Fraction
    repaid: Fraction
    due: Fraction
    pool: Fraction
    reconciliation: Reconciliation | None
    spent_from: date
    spent: Fraction

    @property
    def left(self) -> Fraction:
        """What is left of the pool."""
        return self.pool - self.spent

    @property
    def owed(self) -> Fraction:
        """Rule 13: what it leaves owed: what is still due, and what was spent beyond max(0, pool)."""
        return self.due + max(Fraction(), self.spent - max(Fraction(), self.pool))


def read_plan(world: World, day: date) -> Plan:
    """The plan of a world; read anew after each write that may change it."""
    if world.plan_cache is None or world.plan_cache[0] != world.version or abs(world.plan_cache[1] - day).days > 90:
        world.plan_cache = (world.version, day, Plan(world, day))
    return world.plan_cache[2]


def is_in_force(chosen: bool, chosen_on: date, period_start: date) -> bool:
    """Rule 13: a carry setting holds from the period after the one in which it was chosen."""
    return chosen and chosen_on < period_start


def carries_in(plan: Plan, i: int) -> bool:
    """Rule 13: whether `carry` is in force in a period."""
    at, settings = plan.calendar.closed_at(i), plan.world.settings
    if at is not None:
        return plan.world.closed[at].carries
    return is_in_force(settings.leftover == "carry", settings.leftover_chosen_on, plan.calendar.periods[i].start)


def repays_in(plan: Plan, i: int) -> bool:
    """Rule 13: whether `repay` is in force in a period."""
    at, settings = plan.calendar.closed_at(i), plan.world.settings
    if at is not None:
        return plan.world.closed[at].repays
    return is_in_force(settings.overspend == "repay", settings.overspend_chosen_on, plan.calendar.periods[i].start)


def find_result(plan: Plan, i: int, as_of: date, asked: date, previous: Result | None) -> Result:
    """Rules 11 to 13: the pool of a period, seen from a day of it, after the closed period that ended last."""
    world, period = plan.world, plan.calendar.periods[i]
    reconciliation = find_reconciliation(plan, i, as_of)
    parts, around, sums = _find_parts(plan, i, as_of, asked, reconciliation)
    carried = repaid = due = Fraction()
    if reconciliation:
        pool = add_around(plan, around, sums.own_pool) + spent_before_moment(plan, reconciliation)
    else:
        if previous and carries_in(plan, i):
            carried = max(Fraction(), previous.left)
        if previous and repays_in(plan, i):
            repaid = min(previous.owed, max(Fraction(), sums.own_pool))
            due = previous.owed - repaid
        pool = sums.own_pool + carried - repaid
        for name, amount in (("carried", carried), ("repaid", repaid), ("due", due)):
            if amount:
                mark(f"13: {name}")
    spent_from = reconciliation.date if reconciliation else period.start
    spent = sum((net_spent(t) for t in world.transactions.values() if spent_from <= t.date < period.end), Fraction())
    return Result(parts, around, sums, carried, repaid, due, pool, reconciliation, spent_from, spent)


def _find_parts(
    plan: Plan, i: int, as_of: date, asked: date, reconciliation: Reconciliation | None
) -> tuple[list[Part], list[Part], Sums]:
    """What the pool is made of, but for s and what is carried. It stays while only purchases are added."""
    key = (i, reconciliation.place if reconciliation else None, asked if plan.world.rates else None)
    if key not in plan.pools:
        is_whole = whole_after(plan, i, as_of)
        parts = list_parts(plan, i, asked, is_whole, reconciliation)
        around = list_around(plan, i, asked, is_whole, reconciliation) if reconciliation else []
        plan.pools[key] = (parts, around, add_up(plan, parts))
    return plan.pools[key]


def find_closed_results(plan: Plan) -> list[Result]:
    """The results of all closed periods, each seen from its last day. Purchases of today leave them as they are."""
    if plan.closed_results is None:
        plan.closed_results = []
        for j in range(plan.calendar.first_closed, plan.calendar.first_closed + plan.calendar.closed_count):
            end = plan.calendar.periods[j].end - ONE_DAY
            previous = plan.closed_results[-1] if plan.closed_results else None
            plan.closed_results.append(find_result(plan, j, end, end, previous))
    return plan.closed_results


def find_previous(plan: Plan, i: int) -> Result | None:
    """Rule 13: under carry or repay, the closed period that ended last, at or before the start of a period."""
    if not carries_in(plan, i) and not repays_in(plan, i):
        return None
    first = plan.calendar.first_closed
    ended = [result for j, result in enumerate(find_closed_results(plan), start=first) if j < i]
    return ended[-1] if ended else None


def find_result_on(plan: Plan, i: int, day: date) -> Result:
    """The result of a period, seen from one of its days. A closed period keeps the rates of its last day."""
    period = plan.calendar.periods[i]
    asked = period.end - ONE_DAY if period.is_closed else day
    return find_result(plan, i, day, asked, find_previous(plan, i))


def close_periods(world: World, today: date) -> None:
    """Rule 13: close each period that is over, by the plan as it stands; the first is that of the account's making."""
    while True:
        plan = read_plan(world, today)
        calendar = plan.calendar
        i = calendar.first_closed + len(world.closed) if world.closed else calendar.find_period(world.made_on)
        if calendar.periods[i].end > today:
            return
        world.closed.append(close_period(plan, i))
        world.version += 1
        mark("13: a period has closed")


def close_period(plan: Plan, i: int) -> ClosedPeriod:
    """What a period keeps."""
    period = plan.calendar.periods[i]
    lines = {}
    for key in {*plan.keys_near(i), *plan.lines}:
        line = make_line(plan, key, i)
        if line:
            lines[key] = line
    return ClosedPeriod(
        start=period.start,
        end=period.end,
        unmoved_start=period.unmoved_start,
        main_frequency=period.main_frequency,
        savings_percent=savings_percent_of(plan, i),
        carries=carries_in(plan, i),
        repays=repays_in(plan, i),
        lines=lines,
    )


def make_line(plan: Plan, key: Key, i: int) -> Line | None:
    """What a period keeps of a date: its share as planned, whether or not the date was paid.

    Of a bill that earlier periods put aside for it keeps that it still stands; of an income that has taken effect, what
    later periods were to count.
    """
    if not plan.stands(key):
        return None
    last_day = plan.calendar.periods[i].end - ONE_DAY
    naming = plan.naming.get(key)
    shares = plan.planned_shares(key, rate_day_of(plan, key, last_day, naming[0] if naming else None))
    later = [j for j in shares if j > i]
    effective, own = plan.effective_day(key), plan.own_period(key)
    has_taken_effect = key[0] == "income" and effective <= last_day and later
    was_put_aside = key[0] != "income" and any(j < i for j in shares)
    if i not in shares and not has_taken_effect and not was_put_aside:
        return None
    return Line(
        brought=shares.get(i, Fraction()),
        later=sum((shares[j] for j in later), Fraction()),
        parts=len(later) + 1 if i in shares else 0,
        own=own == i,
        effective=effective,
    )
