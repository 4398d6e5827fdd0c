"""Whoever walks through half a year: their plan, their account, and what becomes of each date."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from random import Random

from .closing import read_plan
from .events import AddGoal, AddItem, ChangeSettings, Event
from .replaying import apply
from .schedules import list_dates
from .shares import Plan
from .world import Key, World, round_down

WAYS = ["as planned"] * 8 + ["logged"] * 3 + ["early"] * 2 + ["late"] * 2 + ["other"] * 2 + ["said", "skipped", "twice"]


@dataclass
class Happening:
    """What becomes of one date: the day on which it leaves or arrives, and how much."""

    key: Key
    way: str
    day: date
    amount: Fraction
    is_logged: bool
    says_on: date | None = None
    said: Fraction | None = None
    is_done: bool = False


@dataclass
class Walk:
    """One walk: its world, its account, and what becomes of each date."""

    random: Random
    world: World
    events: list[Event] = field(default_factory=list)
    account: Fraction = Fraction()
    percent: Fraction = Fraction()
    happenings: dict[Key, Happening] = field(default_factory=dict)
    periods: int = 0
    slack: int = 0
    ended: str = "walked"

    def do(self, event: Event) -> int:
        """Apply an event to the world."""
        self.events.append(event)
        apply(self.world, len(self.events), event)
        return len(self.events)

    def plan(self, day: date) -> Plan:
        """The plan as it stands."""
        return read_plan(self.world, day)


def make_plan(walker: Walk, day: date) -> None:
    """Draw incomes, bills, goals and settings, all added on the first day."""
    random, currency = walker.random, walker.world.settings.currency
    unit = walker.world.minor_unit

    def draw_amount(low: int, high: int) -> Fraction:
        scale = 100 if currency == "JPY" else 1
        return random.randrange(low * scale * 1000, high * scale * 1000) // (1000 * unit) * unit

    def add(kind: str, amount: Fraction, frequency: str, **fields: object) -> None:
        anchor = day + timedelta(days=random.randrange(-20, 40))
        adjust = "none" if frequency == "daily" else random.choice(["none", "none", "before", "after"])
        walker.do(AddItem(day, kind, amount, frequency, anchor, currency, adjust=adjust, **fields))  # type: ignore[arg-type]

    weights = random.choice([(1,) * 7, (1, 1, 1, 1, 1, 3, 2), (0, 0, 0, 0, 1, 2, 2), (2, 1, 1, 1, 1, 0, 0)])
    settings = {
        "leftover": random.choice(["forget", "carry"]),
        "overspend": random.choice(["forgive", "repay"]),
        "weights": weights,
        "holiday_calendar": random.choice(["", "", "ECB", "US", "SA"]),
    }
    walker.do(ChangeSettings(day, settings))
    add(
        "income",
        draw_amount(1500, 4000),
        random.choice(["weekly", "bi-weekly", "semi-monthly", "four-weekly", "monthly"]),
    )
    for _ in range(random.randrange(3)):
        frequency = random.choice(["weekly", "monthly", "quarterly", "semi-annual", "annual", "once"])
        add("income", draw_amount(50, 600), frequency)
    for _ in range(random.randrange(1, 5)):
        frequency = random.choice(
            ["weekly", "bi-weekly", "monthly", "monthly", "quarterly", "semi-annual", "annual", "once"]
        )
        add("expense", draw_amount(20, 200), frequency)
    if random.random() < 0.5:
        walker.percent = Fraction(random.choice([5, 10, 12]))
        walker.do(AddGoal(day, percentage=walker.percent))
    if random.random() < 0.5:
        target = day + timedelta(days=random.randrange(20, 200))
        walker.do(AddGoal(day, target_amount=draw_amount(100, 600), target_date=target))


def list_counting_keys(walker: Walk, day: date, first: date, last: date) -> list[Key]:
    """The dates of incomes and bills that count and take effect from `first` to `last`."""
    plan = walker.plan(day)
    keys = []
    for item in walker.world.items.values():
        if item.schedule.frequency == "once":
            dates = [item.schedule.anchor]
        else:
            dates = list_dates(item.schedule, first - timedelta(days=15), last + timedelta(days=15))
        for each in dates:
            key = (item.kind, item.id, each)
            if plan.stands(key) and first <= plan.effective_day(key) <= last:
                keys.append(key)
    return sorted(keys, key=lambda key: (key[2], key))


def open_account(walker: Walk, day: date) -> None:
    """Dates that took effect before the first day, and incomes of that day, went as planned."""
    for key in list_counting_keys(walker, day, day - timedelta(days=450), day):
        effective = walker.plan(day).effective_day(key)
        amount = walker.world.items[key[:2]].amount
        if key[0] == "income" or effective < day:
            walker.happenings[key] = Happening(key, "before", effective, amount, is_logged=False, is_done=True)
            move_account(walker, key[0], amount)


def move_account(walker: Walk, kind: str, amount: Fraction) -> None:
    """Wages arrive, and the goals' percentage of them leaves; bills leave."""
    if kind == "income":
        walker.account += amount * (1 - walker.percent / 100)
    else:
        walker.account -= amount


def draw_happening(walker: Walk, key: Key, effective: date, today: date) -> Happening:
    """Decide what becomes of a date, at the latest twelve days before it."""
    random, world = walker.random, walker.world
    planned = world.items[key[:2]].amount
    other = round_down(planned * random.randrange(80, 125) / 100, world.minor_unit) or planned
    soon = max(today, effective - timedelta(days=random.randrange(1, 12)))
    late = effective + timedelta(days=random.randrange(1, 20))
    way = random.choice(WAYS)
    match way:
        case "as planned":
            return Happening(key, way, effective, planned, is_logged=False)
        case "early":
            return Happening(key, way, soon, random.choice([planned, other]), is_logged=True)
        case "late":
            return Happening(key, way, late, random.choice([planned, other]), is_logged=True)
        case "said":
            paid = random.choice([other, planned, round_down(other * 9 / 10, world.minor_unit) or planned])
            day = random.choice([effective, effective, late])
            is_logged = day != effective or paid != other or random.random() < 0.5
            return Happening(key, way, day, paid, is_logged=is_logged, says_on=soon, said=other)
        case "skipped":
            day, paid = random.choice([(date.max, Fraction()), (late, other)])
            return Happening(key, way, day, paid, is_logged=True, says_on=soon)
    amount = planned if way == "logged" else other
    return Happening(key, way, effective, amount, is_logged=True)
