"""Rows in a currency that ISO 4217 has withdrawn: they stay readable and changeable, and no others are made."""

import datetime
from decimal import Decimal

import pytest
from django.db.models import QuerySet

from core.allowance.services import open_days_for_all, refresh_foreign_plans
from core.clock import today_for
from core.jobs import run_job
from core.models import DailyAllowance, Income, User
from core.tests.conftest import TODAY, client_of
from core.tests.support.factories import (
    ExchangeRateFactory,
    ExpenseFactory,
    IncomeFactory,
    TransactionFactory,
    UserFactory,
)

PAY = {"amount": "900", "frequency": "monthly", "next_payment_date": "2026-12-01"}
REFUSED = {"currency": ["Not an ISO 4217 currency code."]}


@pytest.fixture
def rate(db: None, clock: object) -> None:
    """One euro was worth two leva."""
    ExchangeRateFactory.create(base="EUR", quote="BGN", rate=Decimal(2), date=datetime.date(2025, 12, 31))


@pytest.fixture
def bulgarian(db: None, clock: object) -> User:
    """A person whose own currency was withdrawn."""
    return UserFactory.create(username="boyan", currency="BGN")


@pytest.mark.parametrize(
    ("path", "factory"),
    [("income", IncomeFactory), ("expense", ExpenseFactory), ("transaction", TransactionFactory)],
    ids=["income", "expense", "transaction"],
)
def test_a_stored_row_can_be_read_changed_and_deleted(api, alice, rate, path, factory):
    row = factory.create(user=alice, amount=Decimal("24.50"), currency="BGN")
    url = f"/api/{path}/{row.pk}/"

    listed = api.get(f"/api/{path}/").json()["results"]
    changed = api.patch(url, {"amount": "25.50"})
    kept = api.patch(url, {"amount": "25.50", "currency": "BGN"})
    too_fine = api.patch(url, {"amount": "25.505"})
    deleted = api.delete(url)

    assert [(shown["amount"], shown["currency"]) for shown in listed] == [("24.50", "BGN")]
    assert (changed.status_code, changed.json()["amount"]) == (200, "25.50")
    assert (kept.status_code, kept.json()["amount"]) == (200, "25.50")
    assert (too_fine.status_code, too_fine.json()) == (400, {"amount": ["BGN has 2 decimals."]})
    assert deleted.status_code == 204


def test_a_stored_row_counts_at_the_last_rate(api, alice, rate):
    Income.objects.create(
        user=alice, amount=Decimal(1800), currency="BGN", frequency="monthly", next_payment_date=TODAY
    )

    today = api.get("/api/allowance/today/").json()

    # 1800 leva are 900 euros, for the 30 days from the 22nd to the 22nd.
    assert (today["amount"], today["remaining_amount"], today["status"]) == ("30.00", "30.00", "ok")


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("income", {**PAY, "currency": "BGN"}),
        (
            "expense",
            {"name": "rent", "amount": "9", "frequency": "monthly", "due_date": "2026-12-05", "currency": "BGN"},
        ),
        ("transaction", {"amount": "9", "currency": "BGN"}),
    ],
)
def test_a_new_row_in_it_is_refused(api, rate, path, body):
    answer = api.post(f"/api/{path}/", body)

    assert (answer.status_code, answer.json()) == (400, REFUSED)


def test_a_row_in_another_currency_does_not_take_it(api, alice, rate):
    income = IncomeFactory.create(user=alice)

    answer = api.patch(f"/api/income/{income.pk}/", {"currency": "BGN"})

    assert (answer.status_code, answer.json()) == (400, REFUSED)


def test_an_account_in_another_currency_does_not_take_it(api, rate):
    answer = api.patch("/api/auth/users/me/", {"currency": "BGN"})

    assert (answer.status_code, answer.json()) == (400, REFUSED)


def test_an_account_that_has_it_goes_on(bulgarian):
    client = client_of(bulgarian)

    named = client.post("/api/transaction/", {"amount": "9.50", "currency": "BGN"})
    unnamed = client.post("/api/income/", PAY)
    profile = client.patch("/api/auth/users/me/", {"currency": "BGN", "first_name": "Boyan"})
    today = client.get("/api/allowance/today/")

    assert (named.status_code, named.json()["base_amount"]) == (201, "9.50")
    assert (unnamed.status_code, unnamed.json()["currency"]) == (201, "BGN")
    assert (profile.status_code, profile.json()["first_name"]) == (200, "Boyan")
    # 900 for the nine days from the 22nd to the 1st, less 9.50.
    assert (today.json()["currency"], today.json()["amount"], today.json()["remaining_amount"]) == (
        "BGN",
        "100.00",
        "90.50",
    )


def test_an_account_that_has_it_can_change_to_one_in_use(bulgarian, rate):
    client = client_of(bulgarian)
    client.post("/api/transaction/", {"amount": "9.50"})

    answer = client.patch("/api/auth/users/me/", {"currency": "EUR"})

    assert answer.status_code == 200
    assert client.get("/api/allowance/today/").json()["spent"] == "4.75"


@pytest.fixture
def unreadable(bulgarian: User) -> User:
    """A person whose currency, written by other means, is no code at all."""
    IncomeFactory.create(user=bulgarian, currency="BGN")
    DailyAllowance.objects.filter(user=bulgarian).delete()
    User.objects.filter(pk=bulgarian.pk).update(currency="QQQ")
    return bulgarian


NOTHING = {
    **dict.fromkeys(("amount", "remaining_amount", "pool", "spent_before", "tomorrow"), Decimal(0)),
    "period_start": datetime.date(2026, 11, 1),
    "period_end": datetime.date(2026, 12, 1),
    "income_counts": True,
}


@pytest.mark.drifts
def test_one_row_in_an_unknown_currency_stops_no_job_for_the_others(alice, unreadable, rate):
    IncomeFactory.create(user=alice, amount=Decimal(900), next_payment_date=datetime.date(2026, 12, 1))
    ExpenseFactory.create(user=alice, amount=Decimal(2), currency="BGN", due_date=datetime.date(2026, 12, 1))
    # Django's own queryset: the product's makes today's rows again.
    QuerySet(DailyAllowance).delete()

    opened = open_days_for_all(today_for=today_for)
    DailyAllowance.objects.create(user=unreadable, date=TODAY, currency="QQQ", **NOTHING)
    DailyAllowance.objects.filter(user=alice).update(remaining_amount=1)
    refreshed = refresh_foreign_plans(today_for=today_for)
    checked = run_job("check-drift")

    assert (opened.written, opened.failed) == (1, 1)
    assert (refreshed.written, refreshed.failed) == (1, 1)
    assert checked == {"drift": 0, "failed": 1}
