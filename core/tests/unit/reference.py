"""The figure once more, by brute force, written from the contract's text and not from the product.

Nothing is computed that can be walked: dates are stepped one by one from their anchor, paydays and periods are
lists that are filtered, and every rule is a sentence of section 3. It shares the plain input values with the
product and no function. Slow, and meant to be: its only virtue is that a reader can check it against the text.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cache, lru_cache

from core.allowance.domain import Plan, PlanItem

LENGTH_ORDER = ["once", "daily", "weekly", "bi-weekly", "four-weekly", "monthly", "quarterly", "semi-annual", "annual"]
DAY_STEPS = {"daily": 1, "weekly": 7, "bi-weekly": 14, "four-weekly": 28}
MONTH_STEPS = {"monthly": 1, "quarterly": 3, "semi-annual": 6, "annual": 12}
TIMES_A_YEAR = {
    "daily": Fraction(365),
    "weekly": Fraction(365, 7),
    "bi-weekly": Fraction(365, 14),
    "four-weekly": Fraction(365, 28),
    "monthly": Fraction(12),
    "quarterly": Fraction(4),
    "semi-annual": Fraction(2),
    "annual": Fraction(1),
}

Period = tuple[date, date]
"""A pay period: its first day, and the next payday, which is not part of it."""


@dataclass(frozen=True)
class Answer:
    """What the contract says about one day."""

    period: Period
    counted: tuple[Fraction, ...]
    pool: Decimal
    amount: Decimal
    remaining_amount: Decimal
    tomorrow: Decimal
    status: str
    shortfall: Decimal


@cache
def _last_day_of(year: int, month: int) -> int:
    for day in (31, 30, 29, 28):
        try:
            date(year, month, day)
        except ValueError:
            continue
        return day
    raise AssertionError("every month has 28 days")


def walk(anchor: date, frequency: str, direction: int) -> Iterator[date]:
    """Rule 2: the dates one step, two steps, … from the anchor, forward (1) or back (-1), without end.

    Months are counted from the anchor itself: each date has its day, or else its month's last one.
    """
    day, year, month = anchor, anchor.year, anchor.month
    if frequency in DAY_STEPS:
        step = timedelta(days=direction * DAY_STEPS[frequency])
        while True:
            day += step
            yield day
    while True:
        for _ in range(MONTH_STEPS[frequency]):
            month += direction
            if month == 13:
                year, month = year + 1, 1
            elif month == 0:
                year, month = year - 1, 12
        yield date(year, month, min(anchor.day, _last_day_of(year, month)))


@lru_cache(maxsize=4096)
def all_dates(anchor: date, frequency: str, first: date, last: date) -> list[date]:
    """Rule 2: every date of a schedule from `first` to `last`, stepping to both sides of its anchor."""
    dates = [anchor]
    if frequency != "once":
        for later in walk(anchor, frequency, 1):
            if later > last:
                break
            dates.append(later)
        dates.reverse()
        for earlier in walk(anchor, frequency, -1):
            if earlier < first:
                break
            dates.append(earlier)
        dates.reverse()
    return [day for day in dates if first <= day <= last]


class Reference:
    """The contract's section 3 for one plan."""

    def __init__(self, plan: Plan, on_date: date) -> None:
        self.plan = plan
        named = [on_date, *(item.added_on for item in plan.items)]
        named += [item.anchor for item in plan.items if item.frequency.value == "once" or item.anchor > on_date]
        # Two years to either side: no rule looks further than one cycle beyond a day that it names.
        self.first, self.last = min(named) - timedelta(days=800), max(named) + timedelta(days=800)
        self.main_income = self.find_main_income()
        self.payday_frequency = self.main_income.frequency.value if self.main_income else "monthly"
        self.paydays = self.dates_of_main_income()
        self.known_periods: dict[date, Period] = {}
        self.known_pools: dict[Period, tuple[tuple[Fraction, ...], Decimal, bool]] = {}

    def dates_of(self, item: PlanItem) -> list[date]:
        return all_dates(item.anchor, item.frequency.value, self.first, self.last)

    def find_main_income(self) -> PlanItem | None:
        """Rule 3: among the recurring incomes the largest per year; ties: lowest id."""
        best = None
        for item in sorted(self.plan.items, key=lambda item: item.id):
            if item.type.value != "income" or item.frequency.value == "once":
                continue
            yearly = item.amount * TIMES_A_YEAR[item.frequency.value]
            if best is None or yearly > best[0]:
                best = (yearly, item)
        return best[1] if best else None

    def dates_of_main_income(self) -> list[date]:
        """Rule 3: the paydays. No recurring income: each calendar month's first day."""
        if self.main_income is not None:
            return self.dates_of(self.main_income)
        return all_dates(date(2024, 1, 1), "monthly", self.first, self.last)

    def period_of(self, day: date) -> Period:
        """Rule 3: from the latest payday on or before the day up to, not including, the next one."""
        if day not in self.known_periods:
            self.known_periods[day] = (
                max(payday for payday in self.paydays if payday <= day),
                min(payday for payday in self.paydays if payday > day),
            )
        return self.known_periods[day]

    def s0(self, item: PlanItem) -> date:
        """Rule 4: the start of the pay period that contains the day the item was added."""
        return self.period_of(item.added_on)[0]

    def counting_dates(self, item: PlanItem) -> list[date]:
        """Rule 4: those dates of a recurring item that count."""
        one_step_before = next(walk(item.anchor, item.frequency.value, -1))
        if one_step_before <= item.scheduled_on:
            s0 = self.s0(item)
            return [day for day in self.dates_of(item) if day >= s0]
        return [day for day in self.dates_of(item) if day >= item.anchor]

    def counted(self, item: PlanItem, period: Period) -> Fraction:
        """Rules 5 to 8: what an item brings to a period's pool."""
        if item.frequency.value == "once":
            return self.counted_once(item, period)
        if LENGTH_ORDER.index(item.frequency.value) <= LENGTH_ORDER.index(self.payday_frequency):
            return item.amount * len([day for day in self.counting_dates(item) if period[0] <= day < period[1]])
        if item.type.value == "expense":
            return self.counted_longer_bill(item, period)
        return self.counted_longer_income(item, period)

    def counted_once(self, item: PlanItem, period: Period) -> Fraction:
        """Rule 7 for a bill, the last sentence of rule 8 for an income."""
        if item.type.value == "income":
            inside = period[0] <= item.anchor < period[1]
            return item.amount if inside and period[0] >= self.s0(item) else Fraction(0)
        s0 = self.s0(item)
        sharing = [payday for payday in self.paydays if s0 <= payday <= item.anchor]
        return item.amount / len(sharing) if period[0] in sharing else Fraction(0)

    def counted_longer_bill(self, item: PlanItem, period: Period) -> Fraction:
        """Rule 6: an even share on each payday after the previous date, up to and including the bill's."""
        due = min(day for day in self.counting_dates(item) if day >= period[0])
        dates = self.dates_of(item)
        previous = dates[dates.index(due) - 1]
        s0 = self.s0(item)
        sharing = [payday for payday in self.paydays if previous < payday <= due and payday >= s0]
        return item.amount / len(sharing) if period[0] in sharing else Fraction(0)

    def counted_longer_income(self, item: PlanItem, period: Period) -> Fraction:
        """Rule 8: an even share over the periods that end after its latest date and not after the following one."""
        arrived_dates = [day for day in self.counting_dates(item) if day < period[1]]
        if not arrived_dates:
            return Fraction(0)
        arrived = max(arrived_dates)
        dates = self.dates_of(item)
        following = dates[dates.index(arrived) + 1]
        sharing = [end for end in self.paydays if arrived < end <= following]
        return item.amount / len(sharing)

    def pool_of(self, period: Period) -> tuple[tuple[Fraction, ...], Decimal, bool]:
        """Rule 9: what each item counts, the pool in whole minor units, and whether an income counts."""
        if period not in self.known_pools:
            self.known_pools[period] = self.work_out_pool(period)
        return self.known_pools[period]

    def work_out_pool(self, period: Period) -> tuple[tuple[Fraction, ...], Decimal, bool]:
        """Rule 9, item by item."""
        counted = tuple(self.counted(item, period) for item in self.plan.items)
        income = expenses = Fraction(0)
        for item, value in zip(self.plan.items, counted, strict=True):
            if item.type.value == "income":
                income += value
            else:
                expenses += value
        savings = income * Fraction(self.plan.savings_percent) / 100
        return counted, floor_to(income - expenses - savings, self.plan.decimals), income > 0

    def amount_of(self, day: date, spent_before: Decimal) -> Decimal:
        """Rule 10: the day's allowance."""
        period = self.period_of(day)
        _counted, pool, _income_counts = self.pool_of(period)
        left = Fraction(pool) - Fraction(spent_before)
        days_left = len(days_of((day, period[1])))
        return floor_to(max(Fraction(0), left) / days_left, self.plan.decimals)

    def answer(self, day: date, *, spent_before: Decimal, spent_today: Decimal) -> Answer:
        """Everything that the contract says about a day."""
        period = self.period_of(day)
        counted, pool, income_counts = self.pool_of(period)
        amount = self.amount_of(day, spent_before)
        remaining = amount - spent_today
        next_day = day + timedelta(days=1)
        # A new period begins with nothing spent.
        spent_before_tomorrow = spent_before + spent_today if next_day < period[1] else Decimal(0)
        if pool < 0:
            status = "shortfall"
        elif remaining < 0:
            status = "overspent"
        else:
            status = "ok" if income_counts else "no_income"
        return Answer(
            period=period,
            counted=counted,
            pool=pool,
            amount=amount,
            remaining_amount=remaining,
            tomorrow=self.amount_of(next_day, spent_before_tomorrow),
            status=status,
            shortfall=-pool if pool < 0 else Decimal(0),
        )


def floor_to(value: Fraction, decimals: int) -> Decimal:
    """The largest whole number of minor units that is not above the value."""
    minor_units = value * 10**decimals
    whole = int(minor_units)  # Toward zero.
    if whole > minor_units:
        whole -= 1
    return Decimal(whole) / Decimal(10**decimals)


def days_of(period: Period) -> list[date]:
    """Each day of a period, one by one."""
    days, day = [], period[0]
    while day < period[1]:
        days.append(day)
        day += timedelta(days=1)
    return days
