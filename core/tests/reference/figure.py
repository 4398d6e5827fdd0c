"""Rules 11, 14 and 15: everything that the API says about a day."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction

from .closing import Result, close_periods, find_previous, find_result_on, read_plan
from .happened import find_effects, find_settling, list_whole
from .marks import mark
from .pooling import Part
from .reconciling import is_over, net_spent, spent_before_moment, whole_after
from .shares import Plan
from .world import Key, World, round_down

ONE_DAY = timedelta(days=1)


@dataclass
class CountedDate:
    """A date in a period: what `explain` says of it. `amount` is in the item's currency, the rest in the user's."""

    date: date
    effective: date
    amount: Fraction
    counted: Fraction
    difference: Fraction
    part: int
    parts: int
    status: str
    transaction: int | None


@dataclass
class Figure:
    """What `today/` and `explain/` say of a day."""

    date: date
    start: date
    end: date
    income: Fraction
    expenses: Fraction
    savings: Fraction
    differences: Fraction
    own_pool: Fraction
    carried: Fraction
    repaid: Fraction
    due: Fraction
    pool: Fraction
    reconciliation: int | None
    lines: list[Part]
    over: set[Key]
    spent_before: Fraction
    spent: Fraction
    days_left: int
    weight: int
    weights_left: int
    amount: Fraction
    remaining: Fraction
    left: Fraction
    status: str
    shortfall: Fraction
    tomorrow: Fraction | None
    previous: Result | None
    counted: dict[tuple[str, int], Fraction]
    dates: dict[tuple[str, int], list[CountedDate]]
    unplanned: list[int]


def days_from(day: date, end: date) -> list[date]:
    """Each day from `day` to `end`, which is not one of them."""
    days = []
    while day < end:
        days.append(day)
        day += ONE_DAY
    return days


def weigh(world: World, day: date, end: date) -> tuple[int, int]:
    """Rule 14: the weight of a day and the sum of the weights from it on; equal ones where only zeros are left."""
    weights = [world.settings.weights[each.weekday()] for each in days_from(day, end)]
    if not any(weights):
        mark("14: only zeros are left")
        weights = [1] * len(weights)
    if len(set(weights)) > 1:
        mark("14: weights differ")
    return weights[0], sum(weights)


def find_amount(world: World, day: date, *, today: date) -> Fraction:
    """Rule 14: the amount of a day. Periods that are over must be closed."""
    plan = read_plan(world, today)
    i = plan.calendar.find_period(day)
    return amount_of(world, find_result_on(plan, i, day), day, plan.calendar.periods[i].end)


def amount_of(world: World, result: Result, day: date, end: date) -> Fraction:
    """Rule 14: amount = max(0, pool - spent before) x weight / weights left, rounded down."""
    available = max(Fraction(), result.pool - sum_spent(world, result.spent_from, day))
    weight, weights_left = weigh(world, day, end)
    return round_down(available * weight / weights_left, world.minor_unit)


def find_figure(world: World, day: date, *, today: date) -> Figure:
    """The figure of a day that is not later than today. Periods that are over must be closed."""
    plan = read_plan(world, today)
    i = plan.calendar.find_period(day)
    period = plan.calendar.periods[i]
    result = find_result_on(plan, i, day)
    spent_before = sum_spent(world, result.spent_from, day)
    spent = sum_spent(world, day, day + ONE_DAY)
    weight, weights_left = weigh(world, day, period.end)
    amount = amount_of(world, result, day, period.end)
    left = result.pool - spent_before - spent
    counted, dates = take_apart(plan, i, day, result)
    unplanned = list_unplanned(plan, i, day)
    remaining = amount - spent
    if result.pool < 0:
        status = "shortfall"
    elif remaining < 0 or left < 0:
        status = "overspent"
    else:
        status = "ok" if has_income(plan, dates, unplanned) else "no_income"
    mark(f"14: {status}")
    return Figure(
        date=day,
        start=period.start,
        end=period.end,
        income=result.sums.income,
        expenses=result.sums.expenses,
        savings=result.sums.savings,
        differences=result.sums.differences,
        own_pool=result.sums.own_pool,
        carried=result.carried,
        repaid=result.repaid,
        due=result.due,
        pool=result.pool,
        reconciliation=result.reconciliation.place if result.reconciliation else None,
        lines=list_lines(plan, result),
        over=list_over(plan, i, result),
        spent_before=spent_before,
        spent=spent,
        days_left=len(days_from(day, period.end)),
        weight=weight,
        weights_left=weights_left,
        amount=amount,
        remaining=remaining,
        left=left,
        status=status,
        shortfall=max(Fraction(), -result.pool),
        tomorrow=None,
        previous=find_previous(plan, i),
        counted=counted,
        dates=dates,
        unplanned=unplanned,
    )


def find_today(world: World, today: date) -> Figure:
    """Today's figure with tomorrow's amount, if nothing more is spent today."""
    figure = find_figure(world, today, today=today)
    tomorrow = today + ONE_DAY
    if tomorrow < figure.end:
        figure.tomorrow = find_amount(world, tomorrow, today=today)
    else:
        after = replace(world, closed=list(world.closed), plan_cache=None)
        close_periods(after, tomorrow)
        figure.tomorrow = find_amount(after, tomorrow, today=tomorrow)
    return figure


def sum_spent(world: World, first: date, end: date) -> Fraction:
    """Spends less refunds from `first` up to, not including, `end`."""
    return sum((net_spent(t) for t in world.transactions.values() if first <= t.date < end), Fraction())


def list_unplanned(plan: Plan, i: int, day: date) -> list[int]:
    """Rule 10: the transactions of a period that count whole."""
    whole = list_whole(plan, whole_after(plan, i, day))
    return sorted(transaction.id for transaction in whole if plan.calendar.find_period(transaction.date) == i)


def list_lines(plan: Plan, result: Result) -> list[Part]:
    """Rule 12: the lines that lead from the stated amount to the pool."""
    if result.reconciliation is None:
        return []
    spent = Part("spent_that_day", spent_before_moment(plan, result.reconciliation))
    parts = [part for part in [*result.around, spent, *result.parts] if part.amount]
    rounding = result.pool - sum((part.amount for part in parts), Fraction())
    return [*parts, Part("rounding", rounding)]


def list_over(plan: Plan, i: int, result: Result) -> set[Key]:
    """Rule 12: what was taken to be over, of this period and of dates with shares in it."""
    if result.reconciliation is None:
        return set()
    keys = [key for key in plan.keys_near(i) if plan.own_period(key) == i or i in plan.planned_shares(key, date.max)]
    return {key for key in keys if is_over(plan, key, result.reconciliation)}


def has_income(plan: Plan, dates: dict[tuple[str, int], list[CountedDate]], unplanned: list[int]) -> bool:
    """Rule 14, `no_income`: whether an income has a date in the period or came unplanned."""
    if any(plan.world.transactions[place].kind == "income" for place in unplanned):
        return True
    return any(item[0] == "income" and any(each.counted for each in dates[item]) for item in dates)


def take_apart(
    plan: Plan, i: int, day: date, result: Result
) -> tuple[dict[tuple[str, int], Fraction], dict[tuple[str, int], list[CountedDate]]]:
    """Return what each item brings to a period's pool as planned, and the dates that the period counts of it."""
    is_whole = whole_after(plan, i, day)
    counted: dict[tuple[str, int], Fraction] = {}
    dates: dict[tuple[str, int], list[CountedDate]] = {}
    for key in plan.keys_near(i):
        effects = find_effects(plan, key, day, is_whole)
        if i not in effects.planned and i not in effects.differences:
            continue
        item = key[:2]
        dates.setdefault(item, []).append(describe(plan, key, i, day))
        if not (result.reconciliation and is_over(plan, key, result.reconciliation)):
            counted[item] = counted.get(item, Fraction()) + effects.planned.get(i, Fraction())
    received = result.sums.income + result.sums.income_differences
    for goal in plan.world.goals.values():
        # A closed period keeps the sum of the percentages alone.
        if goal.percentage is not None and not goal.deleted and not plan.calendar.periods[i].is_closed:
            counted["savings-goal", goal.id] = received * goal.percentage / 100
    return counted, dates


def describe(plan: Plan, key: Key, i: int, day: date) -> CountedDate:
    """What `explain` says of a date in a period."""
    is_whole = whole_after(plan, i, day)
    effects = find_effects(plan, key, day, is_whole)
    settling = find_settling(plan, key, is_whole)
    patch = plan.world.patches.get(key)
    item = plan.items[key[:2]]
    periods = sorted(plan.planned_shares(key, day))
    status = "paid" if settling else "skipped" if patch and patch.amount is None else "planned"
    return CountedDate(
        date=key[2],
        effective=plan.effective_day(key),
        amount=patch.amount if patch and patch.amount is not None else item.amount,
        counted=effects.planned.get(i, Fraction()),
        difference=effects.differences.get(i, Fraction()),
        part=periods.index(i) + 1 if i in periods else 0,
        parts=len(periods),
        status=status,
        transaction=settling.id if settling else None,
    )
