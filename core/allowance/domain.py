"""The figure: how much may be spent today, as a pure function of a person's rows and a day.

The budget runs from payday to payday. What arrives in the pay period, less the bills that fall in it,
less what must be put aside for larger bills ahead, less savings, is the pool. Each day may spend what
is left of the pool divided by the days that are left.

Everything is exact (`Fraction`) until the pool is rounded toward minus infinity to the minor unit; the
day's amount is then a floor of whole minor units. Amounts are in the person's own currency.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from math import lcm

from core.kernel.errors import FigureOutOfRange
from core.kernel.frequencies import Frequency
from core.kernel.money import DAY_LIMIT, POOL_LIMIT, round_down
from core.kernel.periods import PayCalendar, PayPeriod
from core.kernel.schedules import ONE_DAY, Schedule


class ItemType(StrEnum):
    """Which side of the plan an item stands on."""

    INCOME = "income"
    EXPENSE = "expense"


class Status(StrEnum):
    """The day in one word; the first that applies, in this order."""

    SHORTFALL = "shortfall"
    OVERSPENT = "overspent"
    NO_INCOME = "no_income"
    OK = "ok"


class Reason(StrEnum):
    """Why an item counts what it counts."""

    DATES_IN_PERIOD = "dates_in_period"
    NO_DATE_IN_PERIOD = "no_date_in_period"
    PUT_ASIDE = "put_aside"
    PUT_ASIDE_LATER = "put_aside_later"
    SPREAD = "spread"
    NOT_YET_ARRIVED = "not_yet_arrived"
    ONCE_IN_PERIOD = "once_in_period"
    ONCE_OUTSIDE = "once_outside"
    BEFORE_ADDED = "before_added"
    PAST = "past"


@dataclass(frozen=True, slots=True)
class PlanItem:
    """An income or a bill.

    `amount` is in the person's currency, exact and above 0. `added_on` is the local day the item was
    added, `scheduled_on` the one on which its frequency or date was last changed.
    """

    type: ItemType
    id: int
    name: str
    amount: Fraction
    frequency: Frequency
    anchor: date
    added_on: date
    scheduled_on: date

    @property
    def schedule(self) -> Schedule:
        """The item's dates, without regard to which of them count."""
        return Schedule(anchor=self.anchor, frequency=self.frequency)


@dataclass(frozen=True, slots=True)
class Plan:
    """All that a pool depends on: the items and the goals of one person, amounts in one currency.

    `savings_percent` is the sum of the goals' percentages of the income counted, 0 to 100.
    """

    decimals: int
    items: tuple[PlanItem, ...] = ()
    savings_percent: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class CountedItem:
    """What one item brings to a pay period's pool, exact and at least 0, and why.

    `dates` is how many of its dates fall in the period, `parts` over how many paydays or periods one
    date is shared (0 where that is not the reason), `on_date` the date that is meant.
    """

    item: PlanItem
    counted: Fraction
    reason: Reason
    dates: int = 0
    parts: int = 0
    on_date: date | None = None


@dataclass(frozen=True, slots=True)
class Pool:
    """What one pay period has to spend, and what made it. The parts are exact, `amount` is rounded down."""

    period: PayPeriod
    income: Fraction
    expenses: Fraction
    savings: Fraction
    amount: Decimal
    income_counts: bool
    items: tuple[CountedItem, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Figure:
    """A day's figure. Every amount is a whole number of minor units.

    `amount` is at least 0; `remaining_amount` and `spent_before` may be negative.
    """

    on_date: date
    pool: Pool
    spent_before: Decimal
    amount: Decimal
    remaining_amount: Decimal
    tomorrow: Decimal

    @property
    def days_left(self) -> int:
        """Days to the next payday, `on_date` included."""
        return self.pool.period.days_left(self.on_date)


def find_main_income(*, items: Iterable[PlanItem]) -> PlanItem | None:
    """The recurring income that is largest per year, ties to the lowest id; None without one."""
    recurring = [item for item in items if item.type is ItemType.INCOME and item.frequency.recurs]
    return min(recurring, key=lambda item: (-item.amount * item.frequency.per_year, item.id), default=None)


def calculate_pay_calendar(*, items: Iterable[PlanItem]) -> PayCalendar:
    """The paydays of a plan: the main income's dates, or each month's first day without one."""
    main_income = find_main_income(items=items)
    if main_income is None:
        return PayCalendar.of_calendar_months()
    return PayCalendar(schedule=main_income.schedule)


def is_running(*, schedule: Schedule, scheduled_on: date) -> bool:
    """Whether a recurring schedule was under way when it was entered.

    It is where the date one step before the anchor is on or before the day it was last scheduled: then
    its dates before the anchor count too. Always false for `once`.
    """
    return schedule.frequency.recurs and schedule.date_at(-1) <= scheduled_on


def find_next_occurrence(*, schedule: Schedule, scheduled_on: date, today: date) -> date | None:
    """The first date of a schedule on or after `today` that counts; None when past and `once`."""
    if schedule.anchor >= today and not is_running(schedule=schedule, scheduled_on=scheduled_on):
        return schedule.anchor
    if not schedule.frequency.recurs:
        return None
    return schedule.date_at(schedule.index_on_or_after(today))


_NOTHING = Fraction(0)


def _count_once(*, item: PlanItem, calendar: PayCalendar, period: PayPeriod, first_start: date) -> CountedItem:
    """Rule for an item `once`: a bill is shared over the paydays up to its date, an income counts when it arrives."""
    on_date = item.anchor
    if on_date < first_start:
        return CountedItem(item=item, counted=_NOTHING, reason=Reason.BEFORE_ADDED, on_date=on_date)
    if item.type is ItemType.INCOME:
        if period.start <= on_date < period.end:
            return CountedItem(item=item, counted=item.amount, reason=Reason.ONCE_IN_PERIOD, on_date=on_date)
        return CountedItem(item=item, counted=_NOTHING, reason=Reason.ONCE_OUTSIDE, on_date=on_date)
    if on_date < period.start:
        return CountedItem(item=item, counted=_NOTHING, reason=Reason.PAST, on_date=on_date)
    return _put_aside(item=item, calendar=calendar, period=period, share_from=first_start, due=on_date)


def _put_aside(*, item: PlanItem, calendar: PayCalendar, period: PayPeriod, share_from: date, due: date) -> CountedItem:
    """An even share of a bill, on each payday of `[share_from, due]`. The period does not start after `due`."""
    if period.start < share_from:
        return CountedItem(item=item, counted=_NOTHING, reason=Reason.PUT_ASIDE_LATER, on_date=due)
    paydays = calendar.count_paydays(share_from, due)
    return CountedItem(item=item, counted=item.amount / paydays, reason=Reason.PUT_ASIDE, parts=paydays, on_date=due)


def _count_dates(*, item: PlanItem, schedule: Schedule, period: PayPeriod, first_date: date) -> CountedItem:
    """Rule for an item no longer than the pay period: each date that counts, at full amount."""
    dates = schedule.count_between(max(period.start, first_date), period.end)
    if dates == 0:
        return CountedItem(item=item, counted=_NOTHING, reason=Reason.NO_DATE_IN_PERIOD)
    return CountedItem(item=item, counted=item.amount * dates, reason=Reason.DATES_IN_PERIOD, dates=dates)


def _count_put_aside(
    *,
    item: PlanItem,
    schedule: Schedule,
    calendar: PayCalendar,
    period: PayPeriod,
    first_start: date,
    first_date: date,
) -> CountedItem:
    """Rule for a bill with a longer cycle: an even share of its next date on each payday before it."""
    index = schedule.index_on_or_after(max(period.start, first_date))
    # The first day that may put aside: after the previous date, and not before the item was known.
    share_from = max(schedule.date_at(index - 1) + ONE_DAY, first_start)
    return _put_aside(item=item, calendar=calendar, period=period, share_from=share_from, due=schedule.date_at(index))


def _count_spread(
    *, item: PlanItem, schedule: Schedule, calendar: PayCalendar, period: PayPeriod, first_date: date
) -> CountedItem:
    """Rule for an income with a longer cycle: spent after it arrives, evenly until it arrives again."""
    index = schedule.index_on_or_before(period.last_day)
    arrived = schedule.date_at(index)
    if arrived < first_date:
        first = schedule.date_at(schedule.index_on_or_after(first_date))
        return CountedItem(item=item, counted=_NOTHING, reason=Reason.NOT_YET_ARRIVED, on_date=first)
    # A period ends on the payday that begins the next one: as many periods end in a stretch as it has paydays.
    periods = calendar.count_paydays(arrived + ONE_DAY, schedule.date_at(index + 1))
    return CountedItem(item=item, counted=item.amount / periods, reason=Reason.SPREAD, parts=periods, on_date=arrived)


def calculate_counted(*, item: PlanItem, calendar: PayCalendar, period: PayPeriod) -> CountedItem:
    """What one item brings to one pay period: at least 0, exact."""
    first_start = calendar.payday_on_or_before(item.added_on)
    if not item.frequency.recurs:
        return _count_once(item=item, calendar=calendar, period=period, first_start=first_start)
    schedule = item.schedule
    running = is_running(schedule=schedule, scheduled_on=item.scheduled_on)
    first_date = first_start if running else item.anchor
    if item.frequency.rank <= calendar.frequency.rank:
        return _count_dates(item=item, schedule=schedule, period=period, first_date=first_date)
    if item.type is ItemType.EXPENSE:
        return _count_put_aside(
            item=item,
            schedule=schedule,
            calendar=calendar,
            period=period,
            first_start=first_start,
            first_date=first_date,
        )
    return _count_spread(item=item, schedule=schedule, calendar=calendar, period=period, first_date=first_date)


def calculate_pool(*, plan: Plan, calendar: PayCalendar, period: PayPeriod) -> Pool:
    """What a pay period has to spend.

    Raises FigureOutOfRange where the pool is not strictly between minus and plus `POOL_LIMIT`.
    """
    counted = tuple([calculate_counted(item=item, calendar=calendar, period=period) for item in plan.items])
    income = _sum([part.counted for part in counted if part.item.type is ItemType.INCOME])
    expenses = _sum([part.counted for part in counted if part.item.type is ItemType.EXPENSE])
    savings = income * Fraction(plan.savings_percent) / 100
    amount = round_down(income - expenses - savings, decimals=plan.decimals)
    if not -POOL_LIMIT < amount < POOL_LIMIT or income >= POOL_LIMIT:
        raise FigureOutOfRange("The amounts of this plan add up to more than can be kept exactly.")
    return Pool(
        period=period,
        income=income,
        expenses=expenses,
        savings=savings,
        amount=amount,
        income_counts=income > 0,
        items=counted,
    )


def _sum(parts: Iterable[Fraction]) -> Fraction:
    # Adding fractions one by one reduces each result; over one common denominator they are integers that just add.
    ratios = [part.as_integer_ratio() for part in parts]
    common = lcm(*[denominator for _numerator, denominator in ratios])
    return Fraction(sum([numerator * (common // denominator) for numerator, denominator in ratios]), common)


def calculate_amount(*, pool: Decimal, spent_before: Decimal, days_left: int, decimals: int) -> Decimal:
    """The day's allowance: an even share of what is left, at least 0, rounded down to the minor unit.

    `days_left` is at least 1. On a period's last day the whole rest is given out.
    """
    return round_down(Fraction(max(Decimal(0), pool - spent_before)) / days_left, decimals=decimals)


def calculate_figure(
    *, plan: Plan, on_date: date, spent_before: Decimal, spent_today: Decimal, period: PayPeriod | None = None
) -> Figure:
    """The figure of one day.

    `spent_before` is the net spending (spends less refunds) of the day's pay period before the day,
    `spent_today` that of the day itself. Raises FigureOutOfRange as `calculate_pool` does.
    """
    calendar = calculate_pay_calendar(items=plan.items)
    period = period or calendar.period_containing(on_date)
    pool = calculate_pool(plan=plan, calendar=calendar, period=period)
    days_left = period.days_left(on_date)
    if days_left > 1:
        tomorrow = calculate_tomorrow(
            pool=pool.amount,
            spent_before=spent_before,
            spent_today=spent_today,
            days_left=days_left,
            decimals=plan.decimals,
        )
    else:
        following = calendar.period_containing(period.end)
        next_pool = calculate_pool(plan=plan, calendar=calendar, period=following)
        tomorrow = calculate_amount(
            pool=next_pool.amount, spent_before=Decimal(0), days_left=following.days, decimals=plan.decimals
        )
    amount = calculate_amount(pool=pool.amount, spent_before=spent_before, days_left=days_left, decimals=plan.decimals)
    return Figure(
        on_date=on_date,
        pool=pool,
        spent_before=spent_before,
        amount=amount,
        remaining_amount=calculate_remaining(amount=amount, spent_today=spent_today),
        tomorrow=tomorrow,
    )


def calculate_tomorrow(
    *, pool: Decimal, spent_before: Decimal, spent_today: Decimal, days_left: int, decimals: int
) -> Decimal:
    """Tomorrow's allowance within the same pay period, if nothing more is spent today. `days_left` is above 1."""
    return calculate_amount(
        pool=pool, spent_before=spent_before + spent_today, days_left=days_left - 1, decimals=decimals
    )


def calculate_remaining(*, amount: Decimal, spent_today: Decimal) -> Decimal:
    """What is left of the day's allowance; negative where more was spent.

    Raises FigureOutOfRange where the day's net spending is not strictly between minus and plus `DAY_LIMIT`.
    """
    if not -DAY_LIMIT < spent_today < DAY_LIMIT:
        raise FigureOutOfRange("The transactions of this day add up to more than can be kept exactly.")
    return amount - spent_today


def calculate_shortfall(*, pool: Decimal) -> Decimal:
    """By how much a pool falls short of 0; 0 where it does not."""
    return max(Decimal(0), -pool)


def calculate_status(*, pool: Decimal, remaining_amount: Decimal, income_counts: bool) -> Status:
    """The day in one word."""
    if pool < 0:
        return Status.SHORTFALL
    if remaining_amount < 0:
        return Status.OVERSPENT
    if not income_counts:
        return Status.NO_INCOME
    return Status.OK


def sum_percentages(*, percentages: Sequence[Decimal]) -> Decimal:
    """The goals' percentages together; above 100 they break the rule on goals."""
    return sum(percentages, Decimal(0))
