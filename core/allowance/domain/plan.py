"""A plan that is ready to be asked: made once for a figure from a snapshot and passed along."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from operator import attrgetter

from core.allowance.domain.dates import ItemDates
from core.allowance.domain.goals import find_target
from core.allowance.domain.pay_calendar import PayCalendar
from core.allowance.domain.paydays import MainIncomes, find_main_incomes
from core.allowance.domain.shares import History
from core.allowance.domain.values import ClosedLine, ClosedPeriod, DateKey, ItemType, Patch, Payment, Snapshot
from core.kernel.pay_periods import PayPeriod

PaymentsByDate = Mapping[DateKey, tuple[Payment, ...]]


@dataclass(frozen=True, slots=True)
class Plan:
    """The dates of items and targets, the main incomes, and what happened, by date.

    `named` are the payments that name a date, in their order: by day, then by writing. `payments` are those of them
    that count on their date: the first settles it (rule 10), and none is later than a statement by which the date was
    over (rule 12).
    """

    snapshot: Snapshot
    items: Mapping[tuple[ItemType, int], ItemDates]
    main_incomes: MainIncomes
    named: PaymentsByDate
    payments: PaymentsByDate
    patches: Mapping[DateKey, Patch]

    def convert(self, amount: Fraction, currency: str, *, key: DateKey, rate_day: date) -> Fraction:
        """Return an amount of a date in the person's currency.

        A date that has a transaction converts at that transaction's day's rate, any other at `rate_day`'s.
        """
        if currency == self.snapshot.settings.currency:
            return amount
        payments = self.named.get(key)
        return self.snapshot.rates.convert(amount, currency, payments[0].day if payments else rate_day)


def prepare_plan(*, snapshot: Snapshot) -> Plan:
    """Return the plan of a snapshot."""
    settings = snapshot.settings
    targets = [find_target(goal=goal, currency=settings.currency) for goal in snapshot.goals]
    items = [*snapshot.items, *[target for target in targets if target is not None]]
    dates = {(item.type, item.id): ItemDates.of(item, holiday_calendar=settings.holiday_calendar) for item in items}
    named = group_payments(payments=snapshot.payments)
    return Plan(
        snapshot=snapshot,
        items=dates,
        main_incomes=find_main_incomes(incomes=dates.values(), rates=snapshot.rates),
        named=named,
        payments=named,
        patches={patch.key: patch for patch in snapshot.patches},
    )


def group_payments(*, payments: Iterable[Payment]) -> PaymentsByDate:
    """Return the payments that name a date, by date, in their order."""
    grouped: dict[DateKey, tuple[Payment, ...]] = {}
    for payment in sorted(payments, key=attrgetter("day", "id")):
        if payment.key is not None:
            grouped[payment.key] = (*grouped.get(payment.key, ()), payment)
    return grouped


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

    def find_kept(self, dates: ItemDates, on_date: date) -> ClosedLine | None:
        """Return the last closed line of a date whose own period has closed: the date keeps that period (rule 13)."""
        line = self.history.get(dates.key(on_date))
        return line if line and line.keeps_its_date else None

    def find_closed_start(self, day: date) -> date:
        """Return the first day of the closed period that contains a day, or the day where none is known."""
        return next((closed.period.start for closed in self.closed if closed.period.contains(day)), day)

    def find_effective_date(self, key: DateKey) -> date:
        """Return the day on which a date took effect in a closed period, or takes effect by the plan."""
        line, dates = self.history.get(key), self.plan.items.get(key[:2])
        if line is not None and (dates is None or line.keeps_its_date):
            return line.effective_date
        return key.on_date if dates is None else dates.effective(key.on_date)
