"""From what the items count to a period's pool, a day's amount, and the day in one word."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from math import lcm

from core.allowance.domain.counting import CountedItem, Share, calculate_share, count_item
from core.allowance.domain.plans import ItemType, Plan, calculate_pay_calendar
from core.kernel.errors import FigureOutOfRange
from core.kernel.money import DAY_LIMIT, POOL_LIMIT, round_down
from core.kernel.periods import PayCalendar, PayPeriod

_NOTHING = Decimal(0)
# Decimals of many digits would be rounded on the way; whole numbers never are.
_POOL_LIMIT = int(POOL_LIMIT)


class Status(StrEnum):
    """The day in one word; the first that applies, in this order."""

    SHORTFALL = "shortfall"
    OVERSPENT = "overspent"
    NO_INCOME = "no_income"
    OK = "ok"


@dataclass(frozen=True, slots=True)
class Pool:
    """What one pay period has to spend, and what made it. The parts are exact, `amount` is rounded down.

    `shares` are those of the plan's items, in their order.
    """

    period: PayPeriod
    income: Fraction
    expenses: Fraction
    savings: Fraction
    amount: Decimal
    plan: Plan = field(repr=False)
    shares: tuple[Share, ...] = field(repr=False)

    @property
    def income_counts(self) -> bool:
        """Whether any income counts in the period."""
        return self.income > 0

    @property
    def items(self) -> tuple[CountedItem, ...]:
        """What each item brings, in the order of the plan."""
        return tuple(
            [count_item(item=item, share=share) for item, share in zip(self.plan.items, self.shares, strict=True)]
        )


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


def calculate_pool(*, plan: Plan, calendar: PayCalendar, period: PayPeriod) -> Pool:
    """What a pay period has to spend.

    Raises FigureOutOfRange where the pool is not strictly between minus and plus `POOL_LIMIT`.
    """
    shares = []
    incomes: list[tuple[int, int]] = []
    bills: list[tuple[int, int]] = []
    for item in plan.items:
        share = calculate_share(item=item, calendar=calendar, period=period)
        shares.append(share)
        if share.times:
            counted = item.amount.numerator * share.times, item.amount.denominator * (share.parts or 1)
            (incomes if item.type is ItemType.INCOME else bills).append(counted)
    income, income_parts = _sum(incomes)
    expenses, expense_parts = _sum(bills)
    percent, percent_parts = plan.savings_percent.as_integer_ratio()
    savings, savings_parts = income * percent, income_parts * percent_parts * 100
    left = (income * percent_parts * 100 - savings) * expense_parts - expenses * savings_parts
    amount = round_down(left, parts=savings_parts * expense_parts, decimals=plan.decimals)
    if not -POOL_LIMIT < amount < POOL_LIMIT or income >= _POOL_LIMIT * income_parts:
        raise FigureOutOfRange("The amounts of this plan add up to more than can be kept exactly.")
    return Pool(
        period=period,
        income=Fraction(income, income_parts),
        expenses=Fraction(expenses, expense_parts),
        savings=Fraction(savings, savings_parts),
        amount=amount,
        plan=plan,
        shares=tuple(shares),
    )


def _sum(ratios: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """The sum of ratios of whole numbers, as one.

    Adding fractions one by one reduces each result; over one common denominator they are integers that just add.
    """
    common = lcm(*[denominator for _numerator, denominator in ratios])
    return sum([numerator * (common // denominator) for numerator, denominator in ratios]), common


def calculate_amount(*, pool: Decimal, spent_before: Decimal, days_left: int, decimals: int) -> Decimal:
    """The day's allowance: an even share of what is left, at least 0, rounded down to the minor unit.

    `days_left` is at least 1. On a period's last day the whole rest is given out.
    """
    return round_down(max(_NOTHING, pool - spent_before), parts=days_left, decimals=decimals)


def calculate_figure(
    *, plan: Plan, on_date: date, spent_before: Decimal, spent_today: Decimal, calendar: PayCalendar | None = None
) -> Figure:
    """Return the figure of one day. `calendar` is the plan's, where the caller has it already.

    `spent_before` is the net spending (spends less refunds) of the day's pay period before the day,
    `spent_today` that of the day itself. Raises FigureOutOfRange as `calculate_pool` does.
    """
    calendar = calendar or calculate_pay_calendar(items=plan.items)
    period = calendar.period_containing(on_date)
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
