"""A plan that is ready to be asked: made once for a figure from a snapshot and passed along."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from operator import attrgetter

from core.allowance.domain.dates import ItemDates
from core.allowance.domain.pay_calendar import PayCalendar
from core.allowance.domain.paydays import MainIncomes, find_main_incomes
from core.allowance.domain.shares import History
from core.allowance.domain.values import ClosedPeriod, DateKey, ItemType, Patch, Payment, Snapshot
from core.kernel.pay_periods import PayPeriod


@dataclass(frozen=True, slots=True)
class Plan:
    """The dates of the items, the main incomes, and what happened, by date.

    `payments` are those that name a date, in their order: the first by day, then by writing, settles it (rule 10).
    """

    snapshot: Snapshot
    items: Mapping[tuple[ItemType, int], ItemDates]
    main_incomes: MainIncomes
    payments: Mapping[DateKey, tuple[Payment, ...]]
    patches: Mapping[DateKey, Patch]

    def convert(self, amount: Fraction, currency: str, *, key: DateKey, rate_day: date) -> Fraction:
        """Return an amount of a date in the person's currency.

        A date that has a transaction converts at that transaction's day's rate, any other at `rate_day`'s.
        """
        if currency == self.snapshot.settings.currency:
            return amount
        payments = self.payments.get(key)
        return self.snapshot.rates.convert(amount, currency, payments[0].day if payments else rate_day)


def prepare_plan(*, snapshot: Snapshot) -> Plan:
    """Return the plan of a snapshot."""
    calendar = snapshot.settings.holiday_calendar
    items = {(item.type, item.id): ItemDates.of(item, holiday_calendar=calendar) for item in snapshot.items}
    payments: dict[DateKey, tuple[Payment, ...]] = {}
    for payment in sorted(snapshot.payments, key=attrgetter("day", "id")):
        if payment.key is not None:
            payments[payment.key] = (*payments.get(payment.key, ()), payment)
    return Plan(
        snapshot=snapshot,
        items=items,
        main_incomes=find_main_incomes(incomes=items.values(), rates=snapshot.rates),
        payments=payments,
        patches={patch.key: patch for patch in snapshot.patches},
    )


@dataclass(frozen=True, slots=True)
class OpenPeriod:
    """A pay period that has not closed, as the first one of its calendar, and what closed before it.

    `rate_day` is the day whose exchange rates count. No date that lies before `earliest`, unmoved and moved, belongs
    to the period.
    """

    plan: Plan
    calendar: PayCalendar
    closed: tuple[ClosedPeriod, ...]
    history: History
    rate_day: date
    period: PayPeriod
    earliest: date

    @classmethod
    def of(
        cls, plan: Plan, calendar: PayCalendar, *, closed: tuple[ClosedPeriod, ...], history: History, rate_day: date
    ) -> "OpenPeriod":
        """Return the first pay period of a calendar."""
        period = calendar.period()
        earliest = min(period.start, calendar.window().start)
        return cls(plan, calendar, closed, history, rate_day, period, earliest)

    def list_dates(self, dates: ItemDates, start: date) -> Iterable[date]:
        """Return the dates of an item that count by rule 3 from the first that may take effect on or after a day.

        None of an item that was added after this period. Of a deleted item only those count that a payment names.
        """
        item = dates.item
        if item.added_on >= self.period.end:
            return ()
        if not item.is_deleted:
            return dates.counting_near(start)
        named = [key.on_date for key in self.plan.payments if key[:2] == (item.type, item.id)]
        return sorted(on_date for on_date in named if dates.is_counting(on_date))

    def find_closed_start(self, day: date) -> date:
        """Return the first day of the closed period that contains a day, or the day where none is known."""
        return next((closed.period.start for closed in self.closed if closed.period.contains(day)), day)
