"""Accounts from before pay periods were closed: what becomes of their periods and of today's row."""

import datetime
import importlib
from decimal import Decimal

import pytest
from django.apps import apps

from core import jobs
from core.allowance.queries import load_explanation
from core.allowance.services import open_day
from core.models import DailyAllowance, Expense, Income, PayPeriod, User
from core.tests.conftest import NOON, TODAY
from core.tests.support.factories import (
    ExchangeRateFactory,
    ExpenseFactory,
    IncomeFactory,
    TransactionFactory,
    UserFactory,
)


def noon(text: str) -> datetime.datetime:
    return datetime.datetime.combine(datetime.date.fromisoformat(text), datetime.time(12), tzinfo=datetime.UTC)


def upgrade() -> None:
    """Run what the upgrade does to the rows that are there."""
    for model in (Income, Expense):
        model.objects.update(valued_on=None, first_date=None)
    importlib.import_module("core.migrations.0016_first_dates").fill(apps, None)
    importlib.import_module("core.migrations.0022_kept_year").keep_a_year(apps, None)
    importlib.import_module("core.migrations.0023_dates_moved_along").mend(apps, None)


def forget_periods(person: User) -> None:
    """Leave nothing closed, and today's row as the version before wrote it."""
    person.refresh_from_db()
    open_day(owner=person, today=TODAY)
    PayPeriod.objects.filter(user=person).delete()
    DailyAllowance.objects.filter(user=person, date=TODAY).update(
        amount=Decimal(111), remaining_amount=Decimal(111), pool=Decimal(999), own_pool=None
    )


def make_account(clock, *, joined: str) -> User:
    """3000 a month, an insurance of 1200 on 15 January; and today's row as the version before wrote it."""
    clock.move_to(noon(joined))
    person = UserFactory.create()
    IncomeFactory.create(user=person, next_payment_date=datetime.date(2025, 1, 1))
    ExpenseFactory.create(
        user=person, name="insurance", amount=1200, frequency="annual", due_date=datetime.date(2027, 1, 15)
    )
    clock.move_to(NOON)
    forget_periods(person)
    return person


def periods_of(person):
    return list(PayPeriod.objects.filter(user=person).order_by("start").values_list("start", flat=True))


def months(first: str, count: int) -> list[datetime.date]:
    start = datetime.date.fromisoformat(first)
    return [
        datetime.date(start.year + (start.month - 1 + n) // 12, (start.month - 1 + n) % 12 + 1, 1) for n in range(count)
    ]


def test_the_periods_of_the_last_year_close_and_none_before_the_account_was_made(db, clock):
    old, young = make_account(clock, joined="2024-12-10"), make_account(clock, joined="2026-08-20")
    upgrade()

    for person in (old, young):
        person.refresh_from_db()
        open_day(owner=person, today=TODAY)

    assert periods_of(old) == months("2025-11-01", 12)
    assert periods_of(young) == months("2026-08-01", 3)
    # The insurance is shared by the twelve periods since the last one; by the six since August, the first of all.
    assert DailyAllowance.objects.get(user=old, date=TODAY).pool == Decimal("2900.00")
    assert DailyAllowance.objects.get(user=young, date=TODAY).pool == Decimal("2800.00")


@pytest.mark.parametrize("first", ["read", "purchase", "plan", "job"])
def test_the_first_request_closes_them_and_calculates_today_anew(first, db, clock):
    person = make_account(clock, joined="2026-08-20")
    upgrade()

    if first == "read":
        open_day(owner=person, today=TODAY)
    elif first == "purchase":
        TransactionFactory.create(user=person, amount=10)
    elif first == "plan":
        ExpenseFactory.create(user=person, name="phone", amount=60, due_date=datetime.date(2026, 11, 28))
    else:
        jobs.run_job("open-days")

    row = DailyAllowance.objects.get(user=person, date=TODAY)
    assert periods_of(person) == months("2026-08-01", 3)
    assert (row.own_pool, row.pool) == ((2740, 2740) if first == "plan" else (2800, 2800))
    assert row.amount - row.remaining_amount == (10 if first == "purchase" else 0)


def test_the_nightly_job_closes_old_accounts_one_by_one_and_others_together(db, clock):
    people = [make_account(clock, joined=joined) for joined in ("2024-12-10", "2026-08-20", "2026-11-10")]
    upgrade()

    assert jobs.run_job("open-days") == {"opened": 3, "failed": 0}

    assert [len(periods_of(person)) for person in people] == [12, 3, 0]
    assert jobs.run_job("open-days") == {"opened": 0, "failed": 0}


def test_the_upgrade_can_be_repeated(db, clock):
    old, young = make_account(clock, joined="2024-12-10"), make_account(clock, joined="2026-08-20")
    upgrade()
    clock.move_to(NOON + datetime.timedelta(days=2))

    upgrade()

    kept = dict(User.objects.values_list("pk", "kept_from"))
    assert kept == {old.pk: datetime.date(2025, 11, 22), young.pk: None}


def pay(person, amount, frequency, first, **more):
    IncomeFactory.create(
        user=person, amount=amount, frequency=frequency, next_payment_date=datetime.date.fromisoformat(first), **more
    )


def owe(person, amount, frequency, first, **more):
    ExpenseFactory.create(
        user=person, amount=amount, frequency=frequency, due_date=datetime.date.fromisoformat(first), **more
    )


def make_weekly(person, move_to):
    pay(person, 800, "weekly", "2026-06-05")
    pay(person, 1200, "annual", "2026-12-10")
    pay(person, 600, "quarterly", "2026-08-10")
    owe(person, 1200, "monthly", "2026-07-01")
    owe(person, 1200, "annual", "2027-01-15")


def make_once(person, move_to):
    pay(person, 3000, "monthly", "2026-07-01")
    pay(person, 500, "once", "2026-08-20")
    owe(person, 600, "once", "2026-09-10")
    owe(person, 900, "once", "2027-02-10")
    owe(person, 77, "once", "2026-05-10")


def make_grown(person, move_to):
    pay(person, 3000, "monthly", "2026-07-01")
    move_to("2026-08-20")
    owe(person, 240, "quarterly", "2026-11-10")
    owe(person, 1000, "monthly", "2026-08-05")
    move_to("2026-09-20")
    pay(person, 500, "bi-weekly", "2026-09-25")


def make_moved_on(person, move_to):
    pay(person, 3000, "monthly", "2026-07-01")
    owe(person, 1000, "monthly", "2026-07-05")
    move_to("2026-08-31")
    income = Income.objects.get(user=person)
    income.next_payment_date = datetime.date(2026, 12, 1)
    income.save()
    # The version before took it for a new schedule.
    Income.objects.filter(user=person).update(scheduled_on=datetime.date(2026, 8, 31))


def make_not_begun(person, move_to):
    pay(person, 2000, "monthly", "2026-07-01")
    move_to("2026-10-05")
    pay(person, 3000, "monthly", "2027-01-15")


def make_foreign(person, move_to):
    ExchangeRateFactory.create(date=datetime.date(2025, 1, 2), rate="1.25")
    ExchangeRateFactory.create(date=datetime.date(2026, 9, 1), rate="1.10")
    pay(person, 3300, "monthly", "2026-07-01", currency="USD")
    pay(person, 2800, "monthly", "2026-07-15")
    owe(person, 110, "monthly", "2026-07-20", currency="USD")


def make_west(person, move_to):
    person.timezone = "Pacific/Kiritimati"
    person.save()
    pay(person, 3000, "monthly", "2026-07-01")
    owe(person, 1000, "monthly", "2026-07-05")
    move_to("2026-10-31")
    person.timezone = "Pacific/Pago_Pago"
    person.save()


# By account: days, with first day, end and pool as the version before explained them.
BEFORE = {
    make_weekly: {
        "2026-06-20": ("2026-06-19", "2026-06-26", "464.70"),
        "2026-07-10": ("2026-07-10", "2026-07-17", "524.70"),
        "2026-09-05": ("2026-09-04", "2026-09-11", "510.85"),
        "2026-11-20": ("2026-11-20", "2026-11-27", "510.85"),
    },
    make_once: {
        "2026-06-20": ("2026-06-01", "2026-07-01", "2750.00"),
        "2026-08-25": ("2026-08-01", "2026-09-01", "3250.00"),
        "2026-09-10": ("2026-09-01", "2026-10-01", "2750.00"),
        "2026-10-10": ("2026-10-01", "2026-11-01", "2900.00"),
    },
    make_grown: {
        "2026-07-20": ("2026-07-01", "2026-08-01", "3000.00"),
        "2026-08-25": ("2026-08-01", "2026-09-01", "1760.00"),
        "2026-09-24": ("2026-09-01", "2026-10-01", "2920.00"),
        "2026-11-22": ("2026-11-01", "2026-12-01", "2920.00"),
    },
    make_moved_on: {
        "2026-06-20": ("2026-06-01", "2026-07-01", "-1000.00"),
        "2026-08-31": ("2026-08-01", "2026-09-01", "-1000.00"),
        "2026-11-22": ("2026-11-01", "2026-12-01", "-1000.00"),
    },
    make_not_begun: {
        "2026-09-10": ("2026-08-15", "2026-09-15", "2000.00"),
        "2026-10-10": ("2026-09-15", "2026-10-15", "2000.00"),
        "2026-11-22": ("2026-11-15", "2026-12-15", "2000.00"),
    },
    make_foreign: {
        "2026-08-10": ("2026-07-15", "2026-08-15", "5352.00"),
        "2026-08-31": ("2026-08-15", "2026-09-15", "5352.00"),
        "2026-09-05": ("2026-09-01", "2026-10-01", "5700.00"),
    },
    make_west: {
        "2026-10-15": ("2026-10-01", "2026-11-01", "2000.00"),
        "2026-11-10": ("2026-11-01", "2026-12-01", "2000.00"),
    },
}
# What has become another, and by which rule.
NOW = {
    # Rule 3: a date that is moved on early leaves the schedule running.
    (make_moved_on, "2026-06-20"): ("2026-06-01", "2026-07-01", "2000.00"),
    (make_moved_on, "2026-08-31"): ("2026-08-01", "2026-09-01", "2000.00"),
    (make_moved_on, "2026-11-22"): ("2026-11-01", "2026-12-01", "2000.00"),
    # Rule 5: a job that has not begun lays no paydays.
    (make_not_begun, "2026-09-10"): ("2026-09-01", "2026-10-01", "2000.00"),
    (make_not_begun, "2026-10-10"): ("2026-10-01", "2026-11-01", "2000.00"),
    (make_not_begun, "2026-11-22"): ("2026-11-01", "2026-12-01", "2000.00"),
    # Rule 5: the main income is chosen by the rate of the day on which it was last set, which is the upgrade's.
    (make_foreign, "2026-08-10"): ("2026-08-01", "2026-09-01", "5352.00"),
    (make_foreign, "2026-08-31"): ("2026-08-01", "2026-09-01", "5352.00"),
}


@pytest.mark.parametrize("make", list(BEFORE), ids=lambda make: make.__name__)
def test_figures_of_the_version_before_stay_but_for_what_a_rule_changes(make, db, clock):
    clock.move_to(noon("2026-06-01" if make is make_weekly else "2026-06-10"))
    person = UserFactory.create()
    make(person, lambda day: clock.move_to(noon(day)))
    clock.move_to(NOON)
    forget_periods(person)
    upgrade()
    person.refresh_from_db()

    today = open_day(owner=person, today=TODAY).date

    for text, before in BEFORE[make].items():
        figure = load_explanation(owner=person, on_date=datetime.date.fromisoformat(text), today=today).figure
        period = figure.pool.period
        explained = (period.start.isoformat(), period.end.isoformat(), f"{figure.pool.amount:.2f}")
        assert explained == NOW.get((make, text), before), text


@pytest.mark.parametrize(
    ("moves", "first_date", "scheduled_on"),
    [
        # Added on 5 August with 1 September: the date before is past, so it runs.
        ({"2026-08-31": "2026-10-01", "2026-09-30": "2026-11-01"}, None, "2026-08-05"),
        # Another day of the month is another schedule: that of 1 October begins with 15 November.
        ({"2026-10-01": "2026-11-15", "2026-11-10": "2026-12-15"}, "2026-11-15", "2026-10-01"),
        # Set when the date before it was past already.
        ({"2026-10-20": "2026-11-15", "2026-11-10": "2026-12-15"}, None, "2026-10-20"),
    ],
)
def test_moves_of_a_date_are_replayed_from_the_audit(moves, first_date, scheduled_on, db, clock):
    clock.move_to(noon("2026-08-05"))
    bill = ExpenseFactory.create(due_date=datetime.date(2026, 9, 1))
    for day, due in moves.items():
        clock.move_to(noon(day))
        bill.refresh_from_db()
        bill.due_date = datetime.date.fromisoformat(due)
        bill.save()
    # As the version before had it.
    Expense.objects.update(scheduled_on=datetime.date.fromisoformat([*moves][-1]))
    clock.move_to(NOON)
    upgrade()

    bill.refresh_from_db()
    assert (bill.first_date and bill.first_date.isoformat(), bill.scheduled_on.isoformat()) == (
        first_date,
        scheduled_on,
    )


def test_a_day_before_the_first_kept_period_knows_what_was_spent_then(db, clock):
    old = make_account(clock, joined="2024-12-10")
    clock.move_to(noon("2025-06-01"))
    TransactionFactory.create(user=old, amount=30)
    clock.move_to(NOON)
    forget_periods(old)
    upgrade()
    old.refresh_from_db()
    open_day(owner=old, today=TODAY)

    figure = load_explanation(owner=old, on_date=datetime.date(2025, 6, 2), today=TODAY).figure

    assert (figure.spent_before, periods_of(old)[0]) == (30, datetime.date(2025, 11, 1))
