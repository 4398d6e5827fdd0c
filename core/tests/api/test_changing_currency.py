"""Another currency for a person: everything said anew at each day's rate, or nothing."""

import datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from core.db.locks import owner_transaction
from core.models import AuditEvent, DailyAllowance, ExchangeRate, Transaction, User
from core.tests.conftest import TODAY
from core.tests.support.factories import (
    ExchangeRateFactory,
    ExpenseFactory,
    IncomeFactory,
    TransactionFactory,
    UserFactory,
)

FRIDAY, SATURDAY = datetime.date(2026, 11, 20), datetime.date(2026, 11, 21)


@pytest.fixture
def rates(db: None) -> None:
    """One euro: 1.50 dollars on Friday, 2.00 on Saturday, 1.25 today; 150 yen always."""
    for day, rate in ((FRIDAY, "1.50"), (SATURDAY, "2.00"), (TODAY, "1.25")):
        ExchangeRateFactory.create(date=day, rate=Decimal(rate))
    ExchangeRateFactory.create(quote="JPY", rate=Decimal(150))


@pytest.fixture
def household(alice: User, rates: None) -> User:
    """900 euros a month and purchases on three days, one of them in dollars and one in yen."""
    IncomeFactory.create(user=alice, amount=Decimal(900), added_on=datetime.date(2026, 11, 1))
    TransactionFactory.create(user=alice, date=FRIDAY, amount=Decimal(20))
    TransactionFactory.create(user=alice, date=FRIDAY, amount=Decimal("7.50"), currency="USD", kind="refund")
    TransactionFactory.create(user=alice, date=SATURDAY, amount=Decimal(1000), currency="JPY")
    TransactionFactory.create(user=alice, date=TODAY, amount=Decimal(10))
    return alice


def snapshot(user: User) -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
    return (
        list(
            DailyAllowance.objects.filter(user=user)
            .order_by("date")
            .values_list("date", "currency", "amount", "remaining_amount", "pool", "spent_before")
        ),
        list(Transaction.objects.filter(user=user).order_by("pk").values_list("amount", "currency", "base_amount")),
    )


def test_transactions_and_days_are_said_at_each_days_rate(household, api):
    answer = api.patch("/api/auth/users/me/", {"currency": "USD"})

    assert (answer.status_code, answer.json()["currency"]) == (200, "USD")
    event = AuditEvent.objects.latest("pk")
    assert (event.user_id, event.action, event.changes) == (household.pk, "updated", {"currency": ["EUR", "USD"]})
    days, transactions = snapshot(household)
    # 900 / 11 days left = 81.81 EUR on Friday; 885 / 10 = 88.50 on Saturday, less 6.67. 1000 JPY are 6.666… EUR.
    # Today: 900 EUR are 1125 USD, less 22.50 and 13.33 spent before: 1089.17 / 9 = 121.01, less 12.50.
    assert transactions == [
        (Decimal(20), "EUR", Decimal("30.00")),
        (Decimal("7.50"), "USD", Decimal("7.50")),
        (Decimal(1000), "JPY", Decimal("13.33")),
        (Decimal(10), "EUR", Decimal("12.50")),
    ]
    assert days == [
        (FRIDAY, "USD", Decimal("122.72"), Decimal("100.22"), Decimal(1350), Decimal(0)),
        (SATURDAY, "USD", Decimal("177.00"), Decimal("163.67"), Decimal(1800), Decimal("30.00")),
        (TODAY, "USD", Decimal("121.01"), Decimal("108.51"), Decimal(1125), Decimal("35.83")),
    ]


def test_going_back_gives_the_very_transactions_of_before(household, api):
    _, before = snapshot(household)

    api.patch("/api/auth/users/me/", {"currency": "JPY"})
    _, in_yen = snapshot(household)
    api.patch("/api/auth/users/me/", {"currency": "EUR"})
    _, after = snapshot(household)

    assert [row[2] for row in in_yen] == [3000, 750, 1000, 1500]
    assert after == before


@pytest.mark.parametrize("day", [FRIDAY, SATURDAY])
def test_a_missing_rate_on_any_day_changes_nothing(household, api, day):
    TransactionFactory.create(user=household, date=day, amount=Decimal(5))
    ExchangeRate.objects.filter(quote="USD", date__lte=day).delete()
    before = snapshot(household)

    answer = api.patch("/api/auth/users/me/", {"currency": "CHF", "first_name": "Alicia"})
    ExchangeRateFactory.create(quote="CHF", date=day + datetime.timedelta(days=1), rate=Decimal("0.9"))
    later = api.patch("/api/auth/users/me/", {"currency": "CHF", "first_name": "Alicia"})

    assert (answer.status_code, later.status_code) == (400, 400)
    assert list(answer.json()) == list(later.json()) == ["currency"]
    assert str(FRIDAY) in later.json()["currency"][0]
    household.refresh_from_db()
    assert (household.currency, household.first_name) == ("EUR", "")
    assert snapshot(household) == before


def test_a_plan_that_cannot_be_converted_today_keeps_the_currency(alice, api):
    IncomeFactory.create(user=alice)

    answer = api.patch("/api/auth/users/me/", {"currency": "USD"})

    assert answer.status_code == 400
    assert answer.json() == {
        "currency": ["No exchange rate from EUR to USD is known for 2026-11-22 or a day before it."]
    }


def test_amounts_that_pass_their_bounds_keep_the_currency(alice, api, rates):
    ExchangeRateFactory.create(quote="IDR", rate=Decimal(18000))
    TransactionFactory.create(user=alice, amount=Decimal("99999999999.99"))
    before = snapshot(alice)

    answer = api.patch("/api/auth/users/me/", {"currency": "IDR"})

    assert (answer.status_code, list(answer.json())) == (400, ["currency"])
    assert snapshot(alice) == before


def test_somebody_new_needs_no_rate(alice, api):
    api.get("/api/allowance/today/")

    answer = api.patch("/api/auth/users/me/", {"currency": "KWD"})

    assert answer.status_code == 200
    assert api.get("/api/allowance/today/").json()["amount"] == "0.000"


def test_a_shortfall_stays_one_however_small_it_becomes(alice, api, clock):
    ExchangeRateFactory.create(quote="JPY", rate=Decimal("0.02"))
    ExpenseFactory.create(user=alice, amount=Decimal("0.50"), frequency="daily", due_date=TODAY)
    clock.move_to(datetime.datetime(2026, 11, 23, 12, tzinfo=datetime.UTC))

    api.patch("/api/auth/users/me/", {"currency": "JPY"})

    past = DailyAllowance.objects.get(user=alice, date=TODAY)
    # Thirty days of 0.50 are 15 EUR, 0.30 JPY: toward minus infinity that is one yen.
    assert (past.amount, past.pool) == (0, -1)


def test_a_shell_or_the_admin_changes_the_currency_no_other_way(household):
    household.currency = "USD"
    household.save()

    assert {row[1] for row in snapshot(household)[0]} == {"USD"}


def test_somebody_who_read_the_account_before_does_not_undo_the_change(household):
    read_before = User.objects.get(pk=household.pk)
    household.currency = "USD"
    household.save(update_fields=["currency"])

    read_before.first_name = "Alicia"
    read_before.save()

    household.refresh_from_db()
    assert (household.currency, household.first_name) == ("USD", "Alicia")
    assert {row[1] for row in snapshot(household)[0]} == {"USD"}


def test_a_currency_changed_twice_under_one_lock_is_converted_twice(household, api):
    api.patch("/api/auth/users/me/", {"currency": "USD"})
    api.patch("/api/auth/users/me/", {"currency": "JPY"})
    one_by_one = snapshot(household)
    api.patch("/api/auth/users/me/", {"currency": "USD"})

    with owner_transaction(household.pk) as owner:
        household.currency = "EUR"
        household.save()
        owner.currency = "JPY"
        owner.save(update_fields=["currency"])
    at_once = snapshot(household)

    assert at_once[1] == one_by_one[1]
    # There and back is within a cent, and a cent is two yen.
    assert {row[1] for row in at_once[0]} == {"JPY"}
    assert all(abs(now[2] - then[2]) <= 2 for now, then in zip(at_once[0], one_by_one[0], strict=True))


@pytest.mark.django_db(transaction=True)
def test_a_write_that_fails_after_the_conversion_takes_it_along(household):
    UserFactory.create(username="taken")
    before = snapshot(household)
    household.currency = "USD"
    household.username = "taken"

    with pytest.raises(IntegrityError):
        household.save()

    assert snapshot(household) == before


def test_the_stranger_is_not_touched(household, bob, api):
    TransactionFactory.create(user=bob)
    before = snapshot(bob)

    api.patch("/api/auth/users/me/", {"currency": "USD"})

    assert snapshot(bob) == before


def test_statements_do_not_grow_with_the_days(rates, clock):
    def count(days: int) -> int:
        person = UserFactory.create()
        for back in range(days):
            TransactionFactory.create(user=person, date=TODAY - datetime.timedelta(days=back % 3))
            TransactionFactory.create(user=person, date=TODAY - datetime.timedelta(days=back % 3), currency="JPY")
        with CaptureQueriesContext(connection) as statements:
            person.currency = "USD"
            person.save()
        return len(statements)

    assert count(3) == count(12)
