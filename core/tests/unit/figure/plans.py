"""Short ways to write a plan down, and to ask for its figures."""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from core.allowance.domain.closing import close_until, open_running_period
from core.allowance.domain.figure import calculate_day
from core.allowance.domain.plan import prepare_plan
from core.allowance.domain.results import DayFigure
from core.allowance.domain.scheduling import set_schedule
from core.allowance.domain.statement import state
from core.allowance.domain.values import (
    Covers,
    DateKey,
    Goal,
    ItemType,
    Patch,
    Payment,
    PlanItem,
    Settings,
    Snapshot,
)
from core.kernel.pay_periods import PayPeriod
from core.kernel.recurrence import Frequency


def day(text: str) -> date:
    """`day("2026-11-22")`."""
    return date.fromisoformat(text)


@dataclass(frozen=True)
class FixedRates:
    """Rates that never change: units of the person's currency for one of each."""

    rates: dict[str, Fraction] = field(default_factory=dict)

    def convert(self, amount: Fraction, currency: str, on_date: date) -> Fraction:
        return amount * self.rates.get(currency, Fraction(1))


def make_item(
    type: ItemType,  # noqa: A002
    amount: object,
    frequency: str,
    anchor: str,
    added: str,
    *,
    pk: int = 1,
    scheduled: str | None = None,
    days: tuple[int, int] | None = None,
    start: str | None = None,
    end: str | None = None,
    **more: object,
) -> PlanItem:
    """An item as it is stored when it is entered on the day `added`."""
    dates = set_schedule(
        frequency=Frequency(frequency),
        anchor=day(anchor),
        today=day(scheduled or added),
        days=days,
        start_date=day(start) if start else None,
        end_date=day(end) if end else None,
    )
    return PlanItem(
        type=type,
        id=pk,
        name=f"{type} {pk}",
        amount=Fraction(amount),
        currency="EUR",
        frequency=Frequency(frequency),
        anchor=dates.anchor,
        month_days=dates.month_days,
        added_on=day(added),
        valued_on=day(added),
        place=pk,
        first_date=dates.first_date,
        start_date=day(start) if start else None,
        end_date=day(end) if end else None,
        **more,
    )


def income(amount: object, frequency: str, anchor: str, added: str = "2026-11-22", **more: object) -> PlanItem:
    return make_item(ItemType.INCOME, amount, frequency, anchor, added, **more)


def expense(amount: object, frequency: str, anchor: str, added: str = "2026-11-22", **more: object) -> PlanItem:
    return make_item(ItemType.EXPENSE, amount, frequency, anchor, added, **more)


def percentage(percent: object, added: str = "2026-11-22", pk: int = 1) -> Goal:
    return Goal(id=pk, name=f"goal {pk}", added_on=day(added), percentage=Decimal(percent))


def target(amount: object, by: str, added: str = "2026-11-22", pk: int = 1) -> Goal:
    return Goal(id=pk, name=f"goal {pk}", added_on=day(added), target_amount=Fraction(amount), target_date=day(by))


def snapshot_of(*rows: object, today: str, joined: str | None = None, **settings: object) -> Snapshot:
    """A snapshot of a plan in euros, as seen on the day `today`; the account is as old as its oldest row."""
    items = tuple(row for row in rows if isinstance(row, PlanItem))
    goals = tuple(row for row in rows if isinstance(row, Goal))
    oldest = min([row.added_on for row in (*items, *goals)], default=day(today))
    return Snapshot(
        settings=Settings(
            **{"currency": "EUR", "decimals": 2, "joined_on": day(joined) if joined else oldest, **settings}
        ),
        today=day(today),
        rates=FixedRates(),
        items=items,
        goals=goals,
    )


def spending(snapshot: Snapshot, **amounts: str) -> Snapshot:
    """The snapshot after spending: `spending(snapshot, d2026_11_22="100.00")`."""
    spent = {day(name[1:].replace("_", "-")): Decimal(amount) for name, amount in amounts.items()}
    return replace(snapshot, spending={**snapshot.spending, **spent})


def paying(snapshot: Snapshot, item: PlanItem, amount: str, on: str, occurrence: str | None = None) -> Snapshot:
    """The snapshot after a bill was paid, or an income received."""
    payment = Payment(
        id=max([one.id for one in snapshot.payments], default=0) + 1,
        type=item.type,
        day=day(on),
        amount=Decimal(amount),
        item_id=item.id,
        occurrence=day(occurrence) if occurrence else None,
    )
    return replace(snapshot, payments=(*snapshot.payments, payment))


def saying(snapshot: Snapshot, item: PlanItem, occurrence: str, amount: object | None, on: str) -> Snapshot:
    """The snapshot after another amount, or None for skipped, was said of a date."""
    patch = Patch(
        key=DateKey(item.type, item.id, day(occurrence)),
        amount=None if amount is None else Fraction(amount),
        currency=item.currency,
        said_on=day(on),
    )
    return replace(snapshot, patches=(*(one for one in snapshot.patches if one.key != patch.key), patch))


def stating(
    snapshot: Snapshot, amount: str, covers: str, on: str, *, not_yet: tuple[DateKey, ...] = (), spent: str = "0.00"
) -> Snapshot:
    """The snapshot after a reconciliation, stated after everything that the snapshot holds."""
    snapshot = replace(snapshot, today=day(on))
    statement = state(
        snapshot=snapshot,
        amount=Decimal(amount),
        covers=Covers(covers),
        spent_that_day=Decimal(spent),
        last_transaction_id=max([one.id for one in snapshot.payments], default=0),
        not_yet=frozenset(not_yet),
    )
    return replace(snapshot, reconciliations=(*snapshot.reconciliations, statement.reconciliation))


def figure_of(snapshot: Snapshot, on: str) -> DayFigure:
    """The figure of a day, asked on that day or, for a day past, on the snapshot's `today`."""
    return calculate_day(snapshot=replace(snapshot, today=max(day(on), snapshot.today)), day=day(on))


def pool_and_amount(snapshot: Snapshot, on: str) -> tuple[str, str]:
    """The pool and the day's amount, as a reader would write them."""
    figure = figure_of(snapshot, on)
    return f"{figure.pool.amount:f}", f"{figure.amount:f}"


def period_of(figure: DayFigure) -> PayPeriod:
    return figure.pool.period


def closed_until(snapshot: Snapshot, on: str) -> Snapshot:
    """The snapshot on a day on which the pay periods before it have closed, by the plan as it stands."""
    plan = prepare_plan(snapshot=replace(snapshot, today=day(on)))
    running = close_until(open_period=open_running_period(plan=plan), day=day(on))
    return replace(snapshot, today=day(on), closed=running.closed)


def spend_each_day(snapshot: Snapshot, start: str, end: str) -> Snapshot:
    """The snapshot after each day of `[start, end)` spent exactly its amount."""
    today = day(start)
    while today < day(end):
        figure = calculate_day(snapshot=replace(snapshot, today=today), day=today)
        snapshot = replace(snapshot, today=today, spending={**snapshot.spending, today: figure.amount})
        today += timedelta(days=1)
    return snapshot
