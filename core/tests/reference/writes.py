"""Draw one random write that suits a world as it stands."""

from collections.abc import Callable
from datetime import date, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from .closing import find_result_on, read_plan
from .events import (
    AddGoal,
    AddItem,
    AddTransaction,
    ChangeItem,
    ChangeSettings,
    ClearOccurrence,
    DeleteGoal,
    DeleteItem,
    DeleteReconciliation,
    DeleteTransaction,
    EditGoal,
    EditItem,
    EditTransaction,
    Event,
    PatchOccurrence,
    Reconcile,
)
from .reconciling import is_over
from .schedules import list_dates
from .world import DECIMALS, Item, Key, Reconciliation

if TYPE_CHECKING:
    from .generator import Maker

INCOME_FREQUENCIES = ["weekly", "bi-weekly", "semi-monthly", "four-weekly", "monthly", "monthly", "quarterly", "annual"]
BILL_FREQUENCIES = ["daily", "weekly", "semi-monthly", "monthly", "monthly", "monthly", "quarterly", "semi-annual"]
BILL_FREQUENCIES += ["annual", "once"]
CALENDARS = ["", "ECB", "US", "DE-BY", "GB-ENG", "SA"]
WEIGHTS = [(1, 1, 1, 1, 1, 1, 1), (1, 1, 1, 1, 1, 3, 2), (0, 0, 0, 0, 0, 1, 1), (2, 2, 2, 2, 2, 0, 0)]
# In euros, roughly.
SIZES = {("income", frequency): (300, 1500) for frequency in ("weekly", "bi-weekly", "semi-monthly", "once")}
SIZES |= {("income", frequency): (1000, 4000) for frequency in ("four-weekly", "monthly", "quarterly", "annual")}
SIZES |= {("expense", "daily"): (1, 12), ("expense", "weekly"): (5, 80)}
# Dates about which nothing was ever written are settled this far back at most.
NEAR = timedelta(days=40)


def draw_amount(maker: "Maker", low: int, high: int, currency: str) -> Fraction:
    """An amount of that many euros, roughly, in whole minor units."""
    unit = Fraction(1, 10 ** DECIMALS[currency])
    scale = 150 if currency == "JPY" else 1
    amount = Fraction(maker.random.randrange(low * scale * 100, high * scale * 100), 100)
    return max(amount // unit, Fraction(1)) * unit


def draw_settings(maker: "Maker") -> dict[str, Any]:
    """Some of the settings that the figure depends on."""
    random = maker.random
    settings: dict[str, Any] = {}
    if random.random() < 0.5:
        settings["leftover"] = random.choice(["forget", "carry", "carry"])
    if random.random() < 0.5:
        settings["overspend"] = random.choice(["forgive", "repay", "repay"])
    if random.random() < 0.3:
        settings["holiday_calendar"] = random.choice(CALENDARS)
    if random.random() < 0.3:
        settings["weights"] = random.choice(WEIGHTS)
    return settings


def draw_item(maker: "Maker", kind: str) -> AddItem:
    """An income or a bill, most of them around today."""
    random = maker.random
    frequency = random.choice([*INCOME_FREQUENCIES, "once"] if kind == "income" else BILL_FREQUENCIES)
    currency = maker.draw_currency()
    near, far = random.randrange(-40, 40), random.randrange(200)
    anchor = maker.today + timedelta(days=random.choice([near, near, near, far]))
    low, high = SIZES.get((kind, frequency), (20, 400))
    amount = draw_amount(maker, low, high, currency)
    start = end = days = None
    if random.random() < 0.15:
        start = anchor - timedelta(days=random.randrange(0, 20))
    if random.random() < 0.15:
        end = max(anchor, maker.today) + timedelta(days=random.randrange(1, 150))
    if frequency == "semi-monthly" and random.random() < 0.7:
        days = random.choice([(15, 31), (1, 15), (10, 25), (14, 28)])
        anchor = anchor.replace(day=random.choice([day for day in days if day < 29]))
    adjusts = ["none", "before", "after"] if kind == "income" else ["none", "none", "none", "before", "after"]
    adjust = "none" if frequency == "daily" else random.choice(adjusts)
    return AddItem(maker.today, kind, amount, frequency, anchor, currency, days, start, end, adjust)


def draw_goal(maker: "Maker") -> AddGoal:
    """A percentage, or a target."""
    if maker.random.random() < 0.5:
        return AddGoal(maker.today, percentage=Fraction(maker.random.choice([500, 1000, 1250, 333]), 100))
    target = maker.today + timedelta(days=maker.random.randrange(5, 250))
    return AddGoal(maker.today, None, draw_amount(maker, 50, 900, maker.currency), target)


def pick_item(maker: "Maker") -> Item | None:
    """One of the items that are not deleted."""
    items = [item for item in maker.world.items.values() if not item.deleted]
    incomes = [item for item in items if item.kind == "income"]
    # Half of the time an income: the periods hang on them.
    return maker.random.choice(maker.random.choice([items, incomes or items])) if items else None


def list_keys_near(maker: "Maker", item: Item) -> list[Key]:
    """The item's dates that count, around today."""
    plan = read_plan(maker.world, maker.today)
    dates = list_dates(item.schedule, maker.today - NEAR, maker.today + NEAR * 2)
    return [key for day in dates if plan.stands(key := (item.kind, item.id, day))]


def pick_key(maker: "Maker") -> Key | None:
    """A date that counts."""
    item = pick_item(maker)
    keys = list_keys_near(maker, item) if item else []
    near = sorted(keys, key=lambda key: abs(key[2] - maker.today))[:4]
    return maker.random.choice(near) if near else None


def near_amount(maker: "Maker", amount: Fraction, currency: str) -> Fraction:
    """An amount that is somewhat like another."""
    unit = Fraction(1, 10 ** DECIMALS[currency])
    if maker.random.random() < 0.3:
        return amount
    return max(amount * maker.random.randrange(70, 140) / 100 // unit, Fraction(1)) * unit


def pick_past_day(maker: "Maker") -> date:
    """Today, or a day of the last weeks since the account was made."""
    if maker.random.random() < 0.7:
        return maker.today
    return max(maker.case.made_on, maker.today - timedelta(days=maker.random.randrange(1, 45)))


def draw_purchase(maker: "Maker") -> Event:
    """Something is spent, or given back."""
    currency = maker.draw_currency()
    amount = draw_amount(maker, 1, 150, currency)
    kind = maker.random.choice(["spend"] * 7 + ["refund"])
    return AddTransaction(maker.today, pick_past_day(maker), amount, kind, currency)


def draw_large_purchase(maker: "Maker") -> Event:
    """Something that overspends the period."""
    return AddTransaction(
        maker.today, maker.today, draw_amount(maker, 300, 1500, maker.currency), "spend", maker.currency
    )


def draw_payment(maker: "Maker") -> Event | None:
    """A bill is paid or an income arrives: for a date, for one that the product chooses, or for none."""
    random = maker.random
    way = random.choice(["date"] * 6 + ["choose"] * 3 + ["none"])
    key = pick_key(maker)
    if maker.world.patches and random.random() < 0.25:
        key = random.choice(sorted(maker.world.patches))
    if way == "none" or key is None:
        kind = random.choice(["bill", "income"])
        amount = draw_amount(maker, 10, 400, maker.currency)
        return AddTransaction(maker.today, pick_past_day(maker), amount, kind, maker.currency)
    item = maker.world.items[key[:2]]
    kind = "income" if item.kind == "income" else "bill"
    currency = maker.currency if random.random() < 0.3 else item.currency
    amount = near_amount(maker, item.amount, item.currency)
    if currency != item.currency:
        amount = draw_amount(maker, 20, 900, currency)
    occurrence = None if way == "choose" else key[2]
    return AddTransaction(
        maker.today, pick_past_day(maker), amount, kind, currency, key[:2], occurrence, choose=way == "choose"
    )


def draw_patch(maker: "Maker") -> Event | None:
    """A date is skipped, gets another amount, or what was said is taken back."""
    if maker.world.patches and maker.random.random() < 0.15:
        return ClearOccurrence(maker.today, maker.random.choice(sorted(maker.world.patches)))
    key = pick_key(maker)
    if key is None:
        return None
    item = maker.world.items[key[:2]]
    amount = None if maker.random.random() < 0.5 else near_amount(maker, item.amount, item.currency)
    return PatchOccurrence(maker.today, key, amount)


def draw_edit(maker: "Maker") -> Event | None:
    """An item changes: its amount, its date, its frequency, its ends, its working days."""
    item, random = pick_item(maker), maker.random
    if item is None:
        return None
    anchor, frequency = item.schedule.anchor, item.schedule.frequency
    match random.choice(["amount", "amount", "along", "along", "move", "move", "frequency", "end", "start", "adjust"]):
        case "amount":
            return EditItem(
                maker.today, (item.kind, item.id), {"amount": near_amount(maker, item.amount, item.currency)}
            )
        case "along":
            dates = list_dates(item.schedule, maker.today - timedelta(days=60), maker.today + timedelta(days=120))
            return EditItem(maker.today, (item.kind, item.id), {"anchor": random.choice(dates)}) if dates else None
        case "move" if frequency != "semi-monthly":
            moved = anchor + timedelta(days=random.randrange(-12, 13))
            return EditItem(maker.today, (item.kind, item.id), {"anchor": moved})
        case "frequency" | "move":
            new = random.choice(["weekly", "bi-weekly", "four-weekly", "monthly", "quarterly"])
            return EditItem(maker.today, (item.kind, item.id), {"frequency": new})
        case "end":
            end = random.choice([None, maker.today + timedelta(days=random.randrange(-10, 90))])
            return EditItem(maker.today, (item.kind, item.id), {"end": end})
        case "start":
            start = random.choice([None, anchor - timedelta(days=random.randrange(0, 40))])
            return EditItem(maker.today, (item.kind, item.id), {"start": start})
    adjust = random.choice(["none", "before", "after"])
    return EditItem(maker.today, (item.kind, item.id), {"adjust": adjust})


def draw_plan_write(maker: "Maker") -> Event | None:
    """A larger change of plan."""
    random, item = maker.random, pick_item(maker)
    goals = [goal for goal in maker.world.goals.values() if not goal.deleted]
    match random.choice(["add", "add", "delete", "delete", "change", "change", "settings", "settings", "goal"]):
        case "add":
            return draw_item(maker, random.choice(["income", "expense", "expense"]))
        case "delete" if item:
            named = {transaction.item for transaction in maker.world.transactions.values() if transaction.occurrence}
            named = {name for name in named if name and not maker.world.items[name].deleted}
            if named and random.random() < 0.5:
                return DeleteItem(maker.today, random.choice(sorted(named)))
            return DeleteItem(maker.today, (item.kind, item.id))
        case "change" if item:
            start = maker.today + timedelta(days=random.randrange(-10, 60))
            changes: dict[str, Any] = {"amount": near_amount(maker, item.amount, item.currency)}
            if random.random() < 0.3 and item.schedule.frequency != "semi-monthly":
                changes["anchor"] = start + timedelta(days=random.randrange(20))
            return ChangeItem(maker.today, (item.kind, item.id), start, changes)
        case "settings":
            settings = draw_settings(maker)
            return ChangeSettings(maker.today, settings) if settings else None
        case "goal" if goals:
            goal = random.choice(goals)
            if random.random() < 0.25:
                return DeleteGoal(maker.today, goal.id)
            if goal.percentage is not None:
                return EditGoal(maker.today, goal.id, {"percentage": Fraction(random.choice([3, 8, 20]))})
            if random.random() < 0.5 and goal.target_amount is not None:
                return EditGoal(
                    maker.today, goal.id, {"target_amount": near_amount(maker, goal.target_amount, maker.currency)}
                )
            moved = maker.today + timedelta(days=random.randrange(3, 200))
            return EditGoal(maker.today, goal.id, {"target_date": moved})
    return draw_goal(maker)


def draw_correction(maker: "Maker") -> Event | None:
    """A transaction is changed, moved or deleted."""
    if not maker.world.transactions:
        return None
    transaction = maker.random.choice(list(maker.world.transactions.values()))
    match maker.random.choice(["amount", "date", "delete"]):
        case "amount":
            amount = near_amount(maker, transaction.amount, transaction.currency)
            return EditTransaction(maker.today, transaction.id, {"amount": amount})
        case "date":
            return EditTransaction(maker.today, transaction.id, {"date": pick_past_day(maker)})
    return DeleteTransaction(maker.today, transaction.id)


def draw_reconciliation(maker: "Maker") -> Event:
    """What is there is stated, with some dates that have not happened yet, or the last statement is deleted."""
    random, world = maker.random, maker.world
    if world.reconciliations and random.random() < 0.1:
        return DeleteReconciliation(maker.today, random.choice(sorted(world.reconciliations)))
    plan = read_plan(world, maker.today)
    nothing = Reconciliation(10**9, maker.today, Fraction(), "balance", frozenset())
    keys = [key for item in world.items.values() for key in list_keys_near(maker, item)]
    named = [key for key in keys if is_over(plan, key, nothing) and key not in plan.naming and key not in world.patches]
    not_yet = frozenset(key for key in named if random.random() < 0.2)
    left = find_result_on(plan, plan.calendar.find_period(maker.today), maker.today).left
    amount = left + random.randrange(-100, 600) * (150 if maker.currency == "JPY" else 1)
    return Reconcile(maker.today, amount, random.choice(["balance", "balance", "spending"]), not_yet)


WRITES: list[tuple[int, Callable[["Maker"], Event | None]]] = [
    (6, draw_purchase),
    (1, draw_large_purchase),
    (8, draw_payment),
    (4, draw_patch),
    (3, draw_edit),
    (2, draw_plan_write),
    (2, draw_correction),
    (2, draw_reconciliation),
]


def draw_write(maker: "Maker") -> Event | None:
    """Draw one write; None where nothing suits."""
    weights = [weight for weight, _draw in WRITES]
    draw = maker.random.choices([draw for _weight, draw in WRITES], weights)[0]
    return draw(maker)
