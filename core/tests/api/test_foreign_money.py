"""Entries in another currency than their owner's."""

import datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.models import DailyAllowance, Transaction
from core.tests.support.factories import ExchangeRateFactory, ExpenseFactory, IncomeFactory, TransactionFactory

RENT = {"name": "rent", "amount": "1000", "frequency": "monthly", "due_date": "2026-12-05"}
PAY = {"amount": "900", "frequency": "monthly", "next_payment_date": "2026-12-01"}


def rate(quote: str, value: str, day: str = "2026-11-20", base: str = "EUR") -> None:
    ExchangeRateFactory.create(base=base, quote=quote, rate=Decimal(value), date=datetime.date.fromisoformat(day))


def test_a_purchase_converts_once_at_its_own_days_rate(api):
    rate("JPY", "160", day="2026-11-19")
    rate("JPY", "150", day="2026-11-20")

    on_thursday = api.post("/api/transaction/", {"amount": "1000", "currency": "JPY", "date": "2026-11-19"}).json()
    today = api.post("/api/transaction/", {"amount": "1000", "currency": "JPY"}).json()

    # 1000 / 160 = 6.25, and 1000 / 150 = 6.666…
    assert (on_thursday["amount"], on_thursday["base_amount"], on_thursday["remaining_amount"]) == (
        "1000",
        "6.25",
        "-6.25",
    )
    assert (today["amount"], today["base_amount"], today["remaining_amount"]) == ("1000", "6.67", "-6.67")


def test_a_purchase_keeps_its_value_until_amount_currency_or_date_change(api):
    rate("USD", "1.25", day="2026-11-20")
    bought = api.post("/api/transaction/", {"amount": "10.00", "currency": "USD"}).json()
    rate("USD", "2.00", day="2026-11-22")
    rate("USD", "1.00", day="2026-11-19")
    url = f"/api/transaction/{bought['id']}/"

    renamed = api.patch(url, {"description": "lunch"}).json()
    enlarged = api.patch(url, {"amount": "20.00"}).json()
    moved = api.patch(url, {"date": "2026-11-19"}).json()

    assert [answer["base_amount"] for answer in (bought, renamed, enlarged, moved)] == [
        "8.00",
        "8.00",
        "10.00",
        "20.00",
    ]


@pytest.mark.parametrize(
    ("url", "body"),
    [
        ("/api/transaction/", {"amount": "7.00"}),
        ("/api/income/", {**PAY, "amount": "7.00"}),
        ("/api/expense/", {**RENT, "amount": "7.00"}),
    ],
)
def test_a_stored_amount_moves_to_every_currency_that_it_fits(url, body, api):
    for code in ("USD", "JPY", "KWD"):
        rate(code, "1.25")
    row = f"{url}{api.post(url, body).json()['id']}/"

    answers = [api.patch(row, {"currency": code}) for code in ("EUR", "USD", "KWD", "JPY", "EUR")]

    assert [(answer.status_code, answer.json().get("amount")) for answer in answers] == [
        (200, "7.00"),
        (200, "7.00"),
        (200, "7.000"),
        (200, "7"),
        (200, "7.00"),
    ]


@pytest.mark.parametrize(
    ("url", "body"),
    [
        ("/api/transaction/", {"currency": "KWD"}),
        ("/api/income/", {**PAY, "currency": "KWD"}),
        ("/api/expense/", {**RENT, "currency": "KWD"}),
    ],
)
@pytest.mark.parametrize(
    ("amount", "currency", "message"),
    [
        ("7.500", "JPY", "JPY has no decimals."),
        ("24.005", "EUR", "EUR has 2 decimals."),
        ("24.005", "JPY", "JPY has no decimals."),
    ],
)
def test_a_stored_amount_that_does_not_fit_another_currency_is_refused(url, body, amount, currency, message, api):
    for code in ("JPY", "KWD"):
        rate(code, "1.25")
    stored = api.post(url, {**body, "amount": amount}).json()

    answer = api.patch(f"{url}{stored['id']}/", {"currency": currency})

    assert (answer.status_code, answer.json()) == (400, {"amount": [message]})
    assert api.get(f"{url}{stored['id']}/").json() == stored


def test_an_amount_that_is_sent_is_refused_with_more_decimals_than_its_currency_has(api):
    rate("USD", "1.25")
    row = f"/api/transaction/{api.post('/api/transaction/', {'amount': '7.00'}).json()['id']}/"

    answer = api.patch(row, {"amount": "7.000", "currency": "USD"})

    assert (answer.status_code, answer.json()) == (400, {"amount": ["USD has 2 decimals."]})


@pytest.mark.parametrize(
    ("url", "body"),
    [
        ("/api/transaction/", {"amount": "10", "currency": "CHF"}),
        ("/api/income/", {**PAY, "currency": "CHF"}),
        ("/api/expense/", {**RENT, "currency": "CHF"}),
    ],
)
def test_a_currency_without_a_rate_is_refused_by_name_of_pair_and_day(api, url, body):
    rate("CHF", "0.95", day="2026-11-23")

    answer = api.post(url, body)

    assert answer.status_code == 400
    assert answer.json() == {
        "currency": ["No exchange rate from CHF to EUR is known for 2026-11-22 or a day before it."]
    }
    assert not Transaction.objects.exists()
    assert not DailyAllowance.objects.exists()


def test_a_purchase_that_comes_to_nothing_in_ones_own_currency_is_kept(api):
    rate("IDR", "18000")

    answer = api.post("/api/transaction/", {"amount": "10.00", "currency": "IDR"})

    assert (answer.status_code, answer.json()["base_amount"]) == (201, "0.00")


def test_a_purchase_too_large_in_ones_own_currency_is_refused(api):
    rate("KWD", "0.35")

    answer = api.post("/api/transaction/", {"amount": "999999999999.999", "currency": "KWD"})

    assert answer.status_code == 400
    assert answer.json() == {"amount": ["In your currency this amount is larger than can be kept."]}
    assert not DailyAllowance.objects.exists()


def test_a_foreign_bill_counts_at_todays_rate_unrounded(api):
    rate("CHF", "0.96")
    api.post("/api/income/", {**PAY, "amount": "3000"})
    api.post("/api/expense/", {**RENT, "currency": "CHF"})

    today = api.get("/api/allowance/today/").json()
    explained = api.get("/api/allowance/explain/").json()

    # 1000 / 0.96 = 1041.666…; 3000 less that is 1958.333…, down to 1958.33; by 9 days 217.59.
    assert today["amount"] == "217.59"
    assert (explained["pool"], explained["expenses"], explained["amount"]) == ("1958.33", "1041.67", "217.59")
    own, foreign = explained["items"]
    assert (own["rate"], own["rate_date"], own["rate_is_old"]) == (None, None, False)
    assert (foreign["amount"], foreign["currency"], foreign["counted"]) == ("1000.00", "CHF", "1041.67")
    assert (foreign["rate"], foreign["rate_date"], foreign["rate_is_old"]) == ("1.04166666667", "2026-11-20", False)


def test_an_old_rate_is_used_and_said_to_be_old(api):
    rate("JPY", "150", day="2026-11-14")
    api.post("/api/expense/", {**RENT, "amount": "90000", "currency": "JPY"})

    (item,) = api.get("/api/allowance/explain/").json()["items"]

    assert (item["amount"], item["counted"], item["rate_date"], item["rate_is_old"]) == (
        "90000",
        "600.00",
        "2026-11-14",
        True,
    )
    assert item["reason"].endswith("The exchange rate is an old one, of 2026-11-14.")


def test_the_main_income_is_the_largest_in_ones_own_currency(api):
    rate("JPY", "150")
    api.post("/api/income/", {**PAY, "amount": "100000", "currency": "JPY", "next_payment_date": "2026-12-10"})
    api.post("/api/income/", {**PAY, "amount": "900", "next_payment_date": "2026-12-01"})

    period = api.get("/api/allowance/today/").json()["period"]

    assert period == {"start": "2026-11-01", "end": "2026-12-01", "days": 30, "days_left": 9}


def test_the_rate_of_a_new_day_changes_the_new_day_and_not_the_past(api, clock):
    rate("USD", "1.25")
    api.post("/api/income/", {**PAY, "currency": "USD"})
    before = api.get("/api/allowance/today/").json()

    clock.move_to(datetime.datetime(2026, 11, 23, 12, tzinfo=datetime.UTC))
    rate("USD", "1.00", day="2026-11-23")
    after = api.get("/api/allowance/today/").json()
    past = api.get(f"/api/allowance/{before['id']}/").json()

    # 900 USD are 720 EUR for 9 days, then 900 EUR for 8.
    assert (before["amount"], past["amount"], after["amount"]) == ("80.00", "80.00", "112.50")


def test_foreign_money_costs_a_write_one_statement_and_ones_own_none(alice, api):
    rate("USD", "1.25")
    IncomeFactory.create(user=alice)
    TransactionFactory.create(user=alice)

    def count(body: dict[str, str]) -> int:
        with CaptureQueriesContext(connection) as statements:
            assert api.post("/api/transaction/", body).status_code == 201
        return len(statements)

    # The first use of a pair of tokens takes a statement of its own.
    api.get("/api/languages/")
    own, foreign = count({"amount": "1.00"}), count({"amount": "1.00", "currency": "USD"})

    assert (own <= 10, foreign - own) == (True, 1)


def test_many_foreign_items_need_two_statements_more_than_ones_own(alice, api):
    for quote in ("USD", "CHF", "JPY", "GBP"):
        rate(quote, "1.25")
    ExpenseFactory.create(user=alice)

    def count() -> int:
        with CaptureQueriesContext(connection) as statements:
            assert api.get("/api/allowance/explain/").status_code == 200
        return len(statements)

    # The first use of a pair of tokens takes a statement of its own.
    api.get("/api/languages/")
    own = count()
    for quote in ("USD", "CHF", "JPY", "GBP"):
        ExpenseFactory.create(user=alice, currency=quote)

    # The rates of the first day, and those that came later.
    assert count() == own + 2
