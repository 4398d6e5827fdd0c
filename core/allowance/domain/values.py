"""What a figure is calculated from: plain, frozen values. What comes out is in `results`.

One loader fills a `Snapshot` for one person or for many. Amounts are exact: `Fraction` in an item's own currency,
`Decimal` where the value is a whole number of minor units of the person's currency. Dates are calendar days in
the person's time zone. Ranges of days are half-open, `[start, end)`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import IntEnum, StrEnum
from fractions import Fraction
from typing import NamedTuple, Protocol

from core.kernel.pay_periods import PayPeriod
from core.kernel.recurrence import Frequency


class ItemType(StrEnum):
    """What a row of the plan is."""

    INCOME = "income"
    EXPENSE = "expense"
    SAVINGS_GOAL = "savings-goal"


class Adjust(StrEnum):
    """Where a date takes effect that falls on a weekend or a holiday (rule 4)."""

    NONE = "none"
    BEFORE = "before"
    AFTER = "after"


class Leftover(StrEnum):
    """What happens with what is left at the end of a pay period (rule 13)."""

    FORGET = "forget"
    CARRY = "carry"


class Overspend(StrEnum):
    """What happens with what was spent beyond the pool of a pay period (rule 13)."""

    FORGIVE = "forgive"
    REPAY = "repay"


class Covers(StrEnum):
    """What the amount of a reconciliation states (rule 12)."""

    BALANCE = "balance"
    SPENDING = "spending"


class DateKey(NamedTuple):
    """One date of one item, by its unmoved date. For a goal with a target: its target date."""

    type: ItemType
    item_id: int
    on_date: date


class Rates(Protocol):
    """Exchange rates into one person's currency."""

    def convert(self, amount: Fraction, currency: str, on_date: date) -> Fraction:
        """Return the amount in the person's currency, unrounded, by the latest rate on or before the day.

        Raises DomainError on the field `currency` where there is none.
        """


@dataclass(frozen=True, slots=True)
class Settings:
    """The person's choices.

    `joined_on` is the local day on which the account was made, or the one from which on it keeps pay periods: that
    which contains it is the first. `leftover_chosen_on` and `overspend_chosen_on` are the local days on which these
    were last changed (None: never). `weekday_weights` are seven whole numbers, Monday first.
    """

    currency: str
    decimals: int
    joined_on: date
    holiday_calendar: str = ""
    leftover: Leftover = Leftover.FORGET
    leftover_chosen_on: date | None = None
    overspend: Overspend = Overspend.FORGIVE
    overspend_chosen_on: date | None = None
    weekday_weights: tuple[int, ...] = (1, 1, 1, 1, 1, 1, 1)


@dataclass(frozen=True, slots=True)
class PlanItem:
    """An income or a bill.

    `amount` is in `currency`, above 0. `anchor` is `next_payment_date` or `due_date`. `month_days` are the days of
    the month before clamping: two for `semi-monthly`, one for `monthly`, `quarterly`, `semi-annual` and `annual`
    (31 also where the anchor is 28 Feb of a schedule on the 31st), none for the others. `first_date` is None for a
    running schedule, else the first of its dates that counts (rule 3). `added_on` is the local day on which the
    item was added, `valued_on` the one on which amount, currency or frequency was last set. `place` decides ties
    between main incomes, the lowest first: the item's id, or after `change/` the place of the item before it.
    """

    type: ItemType
    id: int
    name: str
    amount: Fraction
    currency: str
    frequency: Frequency
    anchor: date
    month_days: tuple[int, ...]
    added_on: date
    valued_on: date
    place: int
    first_date: date | None = None
    start_date: date | None = None
    end_date: date | None = None
    adjust: Adjust = Adjust.NONE
    is_deleted: bool = False


@dataclass(frozen=True, slots=True)
class Goal:
    """A savings goal: either a percentage of all income, or a target amount in the person's currency by a day."""

    id: int
    name: str
    added_on: date
    percentage: Decimal | None = None
    target_amount: Fraction | None = None
    target_date: date | None = None


@dataclass(frozen=True, slots=True)
class Patch:
    """What was said beforehand of one date (rule 10): another amount, or None for skipped.

    `currency` is the item's. `said_on` is the local day on which it was said.
    """

    key: DateKey
    amount: Fraction | None
    currency: str
    said_on: date


@dataclass(frozen=True, slots=True)
class Payment:
    """A transaction of kind `bill` (type expense) or `income`.

    `amount` is its `base_amount`, in the person's currency, above 0. `occurrence` is the unmoved date that it
    settles. `id` is its place in the order of writing.
    """

    id: int
    type: ItemType
    day: date
    amount: Decimal
    item_id: int | None = None
    occurrence: date | None = None

    @property
    def key(self) -> DateKey | None:
        """The date that the payment names, if any."""
        if self.item_id is None or self.occurrence is None:
            return None
        return DateKey(self.type, self.item_id, self.occurrence)


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """What was stated to be there at a moment of a day (rule 12).

    `id` is its place in the order of writing. Transactions with an id of at most `last_transaction_id` were stored
    before it. `spent_that_day` is the net spending of `day` (of today, where today is earlier) by these, at their
    present amounts. `not_yet` names dates that would be over and are not. Of a `spending`, `own_pool_then` and
    `period_then` are the own pool, without what was over, and the pay period as they were.
    """

    id: int
    day: date
    amount: Decimal
    covers: Covers
    last_transaction_id: int
    spent_that_day: Decimal = Decimal(0)
    not_yet: frozenset[DateKey] = frozenset()
    own_pool_then: Decimal | None = None
    period_then: PayPeriod | None = None


class Place(IntEnum):
    """Where a pay period or a day lies, as seen from the pay period that is looked at."""

    EARLIER = -1
    HERE = 0
    LATER = 1


class Sharing(NamedTuple):
    """How a closed pay period shared a date: by how many periods the rest was (0: not at all), and the whole date."""

    periods: int
    whole: Fraction


@dataclass(frozen=True, slots=True)
class ClosedLine:
    """What one date of an item, or one target, brought to a pay period when that was closed. Exact, base currency.

    `key` is the date that the share stands for now: after a change of dates the one that took it over (rule 3),
    None where none did. The other fields stay as they were. `amount` is what this period counted by plan (negative
    where a bill became cheaper and gives back), `before` what closed periods before it counted, `for_later` what
    later periods were to count: together they are the whole date. `part` says which of the date's shares this is,
    `periods_left` by how many periods the rest was shared, this one included; 0 and 0 where the period has no share,
    but the date stands for later periods or for a goal. `shared_by` says of an income how closed periods before this
    one shared the date, one entry each since the first that counted it. `belongs` is where the period lies that the
    date belongs to (rule 6).
    """

    key: DateKey | None
    type: ItemType
    item_id: int
    name: str
    on_date: date
    effective_date: date
    amount: Fraction
    before: Fraction
    for_later: Fraction
    part: int
    periods_left: int
    belongs: Place
    shared_by: tuple[Sharing, ...] = ()

    @property
    def whole(self) -> Fraction:
        """The whole date, as it was planned then."""
        return self.before + self.amount + self.for_later

    @property
    def keeps_its_date(self) -> bool:
        """Whether the date stands for itself, and the pay period that it belongs to has closed: it keeps that."""
        return self.key is not None and self.key.on_date == self.on_date and self.belongs is not Place.LATER


@dataclass(frozen=True, slots=True)
class ClosedPeriod:
    """A pay period that is over (rule 13).

    `savings_percent`, `carries`, `repays` and `lines` are kept as they were when it closed. The amounts follow the
    transactions, patches and reconciliations of the period, and of the closed periods before it.
    """

    period: PayPeriod
    savings_percent: Decimal
    carries: bool
    repays: bool
    own_pool: Decimal
    carried: Decimal
    repaid: Decimal
    pool: Decimal
    spent: Decimal
    left: Decimal
    due: Decimal
    reconciliation_id: int | None = None
    lines: tuple[ClosedLine, ...] = field(default=(), repr=False)

    @property
    def owed(self) -> Decimal:
        """What the next period has to repay: what was spent beyond max(0, pool), and what was still due."""
        return max(Decimal(0), self.spent - max(Decimal(0), self.pool)) + self.due


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything that the figures of one person depend on.

    `today` is the person's local date, `paydays_changed_on` the local day of the last write that may have laid the
    paydays elsewhere (an income added, changed or deleted; another holiday calendar or time zone; None: never).
    `items` include deleted ones that a payment names. `closed` are the closed periods that the loader chose, in
    order: the last one before the days that are asked for must be among them, and all since the days of `payments`
    and the dates that these name. `spending` is the net spending (spends less refunds) by local day, complete for
    the pay periods that are asked for. `payments` and `patches` are complete for these periods: those of their
    days, those that name a date which is shared in them, and all that name the same dates as these do.
    `reconciliations` are those of their days.
    """

    settings: Settings
    today: date
    rates: Rates
    items: tuple[PlanItem, ...] = ()
    goals: tuple[Goal, ...] = ()
    patches: tuple[Patch, ...] = ()
    payments: tuple[Payment, ...] = ()
    reconciliations: tuple[Reconciliation, ...] = ()
    closed: tuple[ClosedPeriod, ...] = ()
    spending: Mapping[date, Decimal] = field(default_factory=dict)
    paydays_changed_on: date | None = None
