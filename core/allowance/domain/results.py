"""What comes out of a figure: plain, frozen values.

Exact amounts are `Fraction`; `Decimal` is a whole number of minor units. Both are in the person's currency, unless
a field says otherwise. Reasons and kinds are codes; sentences are made from them elsewhere.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from core.allowance.domain.happened import DateStatus, SettledDate
from core.allowance.domain.values import ClosedPeriod, DateKey, ItemType, Payment
from core.kernel.pay_periods import PayPeriod
from core.kernel.recurrence import Frequency


class Status(StrEnum):
    """The day in one word; the first that applies, in this order."""

    SHORTFALL = "shortfall"
    OVERSPENT = "overspent"
    NO_INCOME = "no_income"
    OK = "ok"


class Reason(StrEnum):
    """Why an item counts what it counts in a pay period."""

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
    ENDED = "ended"
    OVER = "over"
    PERCENTAGE = "percentage"
    KEPT_PERCENTAGE = "kept_percentage"


@dataclass(frozen=True, slots=True)
class CountedDate:
    """What one date of an item brings to one pay period, in the person's currency, exact.

    `amount` is the whole date, as planned or said. `counted` is this period's planned share, at least 0 unless the
    date gives back what it no longer needs; `part` of `parts` says which share it is. `difference` is what a
    payment or a patch adds to the pool of this period (rule 10), with its sign.
    """

    key: DateKey
    effective_date: date
    amount: Fraction
    counted: Fraction
    part: int
    parts: int
    status: DateStatus
    payment_id: int | None
    difference: Fraction


@dataclass(frozen=True, slots=True)
class CountedItem:
    """What an income, a bill or a goal brings to one pay period, and why.

    `counted` is in the person's currency, exact: for an income what it adds, for a bill or a goal what it takes.
    `on_date` is the date that the reason means, if it means one. `set_aside` is what a bill that is put aside for
    has put aside up to and with this period, `saved` the same for a goal with a target; None for the others.
    `frequency` is None for goals. `id` is None for what the goals' percentages together took otherwise when a closed
    pay period was closed. `percentage` is that of a goal that has one, None for the others.
    """

    type: ItemType
    id: int | None
    name: str
    frequency: Frequency | None
    amount: Fraction
    currency: str
    counted: Fraction
    reason: Reason
    on_date: date | None = None
    dates: tuple[CountedDate, ...] = ()
    set_aside: Fraction | None = None
    saved: Fraction | None = None
    percentage: Decimal | None = None
    is_deleted: bool = False


@dataclass(frozen=True, slots=True)
class OwnPool:
    """The own pool of one pay period and its parts (rule 11): the parts exact, `amount` rounded down.

    `all_income` is the income with its differences: what `percentages` (goal id, name, percent) are taken of; a closed
    period has one without an id, for all goals. `dates` are what the own pool is made of. `unplanned` are the payments
    that count whole in this period. Under a reconciliation both, and the sums, leave out what is over.
    """

    period: PayPeriod
    income: Fraction
    expenses: Fraction
    savings: Fraction
    differences: Fraction
    amount: Decimal
    all_income: Fraction
    percentages: tuple[tuple[int | None, str, Decimal], ...]
    dates: tuple[SettledDate, ...]
    unplanned: tuple[Payment, ...]


class LineKind(StrEnum):
    """What a line between a stated amount and a pool is."""

    STATED = "stated"
    SPENT_THAT_DAY = "spent_that_day"
    INCOME = "income"
    BILL = "bill"
    SAVING = "saving"
    DIFFERENCE = "difference"
    PUT_ASIDE = "put_aside"
    FOR_LATER = "for_later"
    OWN_POOL_THEN = "own_pool_then"
    ROUNDING = "rounding"


@dataclass(frozen=True, slots=True)
class ReconciliationLine:
    """One step from the stated amount to the pool; `amount` has its sign, and all add up to the pool."""

    what: LineKind
    amount: Decimal
    type: ItemType | None = None
    id: int | None = None
    name: str = ""
    occurrence: date | None = None


@dataclass(frozen=True, slots=True)
class OverDate:
    """A date that was taken to have left or arrived when something was stated; `amount` is the whole, as planned or
    said.
    """

    key: DateKey
    name: str
    effective_date: date
    amount: Fraction
    status: DateStatus


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What a reconciliation makes of a pay period.

    `own` is the own pool without what is over. `over` are the dates that it took to be over, of this period and those
    with shares in it, in the plan's order. `spent_from` is the day that it was stated on.
    """

    reconciliation_id: int
    own: OwnPool
    amount: Decimal
    spent_from: date
    lines: tuple[ReconciliationLine, ...]
    over: tuple[OverDate, ...]


@dataclass(frozen=True, slots=True)
class Pool:
    """What a pay period has to spend, as seen from one of its days (rules 11 to 13).

    `spent_from` is the first day whose spending counts: the period's first, or a reconciliation's day. `due` is
    what is still owed after `repaid`. `income_counts` says whether any income counts in the period, what is over by a
    reconciliation included.
    """

    own: OwnPool
    carried: Decimal
    repaid: Decimal
    due: Decimal
    amount: Decimal
    spent_from: date
    income_counts: bool
    previous: ClosedPeriod | None = None
    reconciled: Reconciled | None = None

    @property
    def period(self) -> PayPeriod:
        """The pay period."""
        return self.own.period


@dataclass(frozen=True, slots=True)
class DayFigure:
    """A day's figure (rule 14). Every amount is a whole number of minor units of the person's currency.

    `weights_ahead` are those of the days after this one, to the period's end. `amount` and `shortfall` are at least
    0, the others may be negative. `weight` and `weights_left` are equal parts where only zeros are left.
    """

    on_date: date
    pool: Pool
    spent_before: Decimal
    spent_today: Decimal
    weight: int
    weights_left: int
    weights_ahead: tuple[int, ...]
    amount: Decimal
    remaining_amount: Decimal
    left: Decimal
    tomorrow: Decimal
    status: Status
    shortfall: Decimal

    @property
    def days_left(self) -> int:
        """Days to the next payday, `on_date` included."""
        return self.pool.period.days_left(self.on_date)
