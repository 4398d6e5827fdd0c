"""Accounts from before pay periods were closed: what becomes of their periods and of today's row."""

import datetime
import importlib
from decimal import Decimal

import pytest
from django.apps import apps

from core import jobs
from core.allowance.services import open_day
from core.models import DailyAllowance, PayPeriod, User
from core.tests.conftest import NOON, TODAY
from core.tests.support.factories import ExpenseFactory, IncomeFactory, TransactionFactory, UserFactory


def noon(text: str) -> datetime.datetime:
    return datetime.datetime.combine(datetime.date.fromisoformat(text), datetime.time(12), tzinfo=datetime.UTC)


def upgrade() -> None:
    """Run what the upgrade does to the rows that are there."""
    importlib.import_module("core.migrations.0022_kept_year").keep_a_year(apps, None)


def make_account(clock, *, joined: str) -> User:
    """3000 a month, an insurance of 1200 on 15 January; and today's row as the version before wrote it."""
    clock.move_to(noon(joined))
    person = UserFactory.create()
    IncomeFactory.create(user=person, next_payment_date=datetime.date(2025, 1, 1))
    ExpenseFactory.create(
        user=person, name="insurance", amount=1200, frequency="annual", due_date=datetime.date(2027, 1, 15)
    )
    clock.move_to(NOON)
    PayPeriod.objects.filter(user=person).delete()
    DailyAllowance.objects.filter(user=person).delete()
    DailyAllowance.objects.create(
        user=person,
        date=TODAY,
        currency="EUR",
        amount=Decimal(111),
        remaining_amount=Decimal(111),
        pool=Decimal(999),
        spent_before=Decimal(0),
        tomorrow=Decimal(111),
        period_start=datetime.date(2026, 11, 1),
        period_end=datetime.date(2026, 12, 1),
        own_pool=None,
        income_counts=True,
    )
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
    assert DailyAllowance.objects.get(user=old).pool == Decimal("2900.00")
    assert DailyAllowance.objects.get(user=young).pool == Decimal("2800.00")


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

    row = DailyAllowance.objects.get(user=person)
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
