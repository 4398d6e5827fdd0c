"""The demo household: a year that follows from a seed, made once."""

import datetime
import io
import stat
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from core.allowance.queries import sum_net_spending
from core.kernel.recurrence import Frequency
from core.management.demo_household import get_first_day, list_purchases
from core.models import DailyAllowance, Expense, Income, PayPeriod, Reconciliation, SavingsGoal, Transaction, User
from core.tests.conftest import TODAY
from core.tests.support.factories import UserFactory


@pytest.fixture
def data_dir(settings, tmp_path, clock, db):
    """An empty DATA_DIR, on the day of the worked examples."""
    settings.DATA_DIR = tmp_path
    return tmp_path


def seed(**options):
    printed = io.StringIO()
    call_command("seed_demo", stdout=printed, **options)
    return printed.getvalue()


def test_the_year_follows_from_the_seed_and_the_day():
    def year(seed, today=TODAY):
        return list(list_purchases(seed=seed, first_day=get_first_day(today=today), today=today))

    assert year(1) == year(1)
    assert year(1) != year(2)
    assert year(1) != year(1, today=TODAY + timedelta(days=1))


def test_the_household_has_all_that_a_household_has(data_dir):
    seed()

    today = DailyAllowance.objects.get(date=TODAY)
    bills = set(Expense.objects.values_list("frequency", flat=True))
    purchases = Transaction.objects.all()
    days = purchases.order_by("date").values_list("date", flat=True)
    # Of the balance of 2300.00, for twelve days. What was spent before it is over.
    assert (today.pool, today.spent_before, today.period_end.isoformat(), today.amount) == (
        Decimal("737.360"),
        Decimal(0),
        "2026-12-04",
        Decimal("61.440"),
    )
    assert PayPeriod.objects.count() == 12
    assert (Reconciliation.objects.get().covers, Income.objects.get(name="Salary").adjust) == ("balance", "before")
    assert list(purchases.filter(kind="bill").order_by("date").values_list("amount", "occurrence")) == [
        (Decimal(1040), datetime.date(2026, 10, 9)),
        (Decimal("1052.4"), datetime.date(2026, 11, 9)),
    ]
    assert SavingsGoal.objects.get(name="Bicycle").target_amount == 900
    assert bills == {frequency.value for frequency in Frequency}
    assert (Income.objects.count(), Expense.objects.count(), SavingsGoal.objects.count()) == (6, 14, 3)
    assert 500 < purchases.count() < 1500
    assert 10 < purchases.filter(kind="refund").count() < 50
    assert 360 < (days[len(days) - 1] - days[0]).days < 400
    assert not purchases.filter(category="").exists()
    spent = sum_net_spending(row_ids=list(DailyAllowance.objects.values_list("pk", flat=True)))
    for row in DailyAllowance.objects.all():
        assert row.amount - row.remaining_amount == spent.get(row.pk, Decimal(0)), row.date
    assert not purchases.exclude(allowance__date=F("date")).exists()


def test_a_second_run_changes_nothing_and_prints_the_same(data_dir):
    first = seed(staff=True)
    rows = [list(model.objects.order_by("pk").values()) for model in (User, Income, Transaction, DailyAllowance)]

    with CaptureQueriesContext(connection) as statements:
        second = seed(staff=True)

    assert second == first
    assert len(statements) == 2
    assert rows == [
        list(model.objects.order_by("pk").values()) for model in (User, Income, Transaction, DailyAllowance)
    ]


def test_the_password_is_drawn_and_kept_from_others_eyes(data_dir):
    printed = seed(staff=True)

    kept = dict(line.split(" ") for line in (data_dir / "demo-login").read_text().splitlines())
    demo, staff = User.objects.get(username="demo"), User.objects.get(username="demo-staff")
    assert printed == f"Demo login: demo / {kept['demo']}\nDemo staff: demo-staff / {kept['demo-staff']}\n"
    assert stat.S_IMODE((data_dir / "demo-login").stat().st_mode) == 0o600
    assert len(kept["demo"]) >= 16
    assert kept["demo"] != kept["demo-staff"]
    assert demo.check_password(kept["demo"])
    assert staff.check_password(kept["demo-staff"])
    assert (demo.is_staff, demo.is_superuser, staff.is_staff) == (False, False, True)


def test_nobody_is_staff_unless_asked_for(data_dir):
    seed()

    assert list(User.objects.values_list("username", "is_staff")) == [("demo", False)]


def test_name_and_password_can_be_given(data_dir):
    printed = seed(username="visitor", password="Open-sesame-7")

    assert printed == "Demo login: visitor / Open-sesame-7\n"
    assert User.objects.get().check_password("Open-sesame-7")


def test_a_person_who_has_the_name_already_is_left_alone(data_dir):
    person = UserFactory(username="Demo")
    password = person.password

    printed = seed(password="Open-sesame-7")

    person.refresh_from_db()
    assert printed == "Demo login: Demo (its password is not the one that this command gave it)\n"
    assert person.password == password
    assert (User.objects.count(), Income.objects.count()) == (1, 0)


def test_a_password_changed_since_is_not_claimed_to_be_known(data_dir):
    seed()
    demo = User.objects.get()
    demo.set_password("Something-else-1")
    demo.save()

    assert seed() == "Demo login: demo (its password is not the one that this command gave it)\n"


def test_a_database_that_began_anew_gets_the_password_that_was_kept(data_dir):
    first = seed()
    User.objects.all().delete()

    assert seed() == first
    assert User.objects.count() == 1
