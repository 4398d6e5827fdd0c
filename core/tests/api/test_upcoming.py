"""`GET upcoming/`: the dates of all items by the day on which they take effect."""

import datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.models import OccurrencePatch, User
from core.tests.support.calls import add
from core.tests.support.factories import ExchangeRateFactory, ExpenseFactory, IncomeFactory, SavingsGoalFactory

UPCOMING = "/api/upcoming/"


def ask(api, **bounds):
    answer = api.get(UPCOMING, bounds)
    assert answer.status_code == 200, answer.content
    return answer.json()


def days(page):
    return [(one["name"], one["effective_date"], one["status"]) for one in page["results"]]


@pytest.fixture
def plan(api):
    """3000 a month on the first, a rent of 1000 on the fifth, an insurance of 1200 in January, a bike by then."""
    return {
        "wage": add(api, "income", name="wage", amount="3000", frequency="monthly", next_payment_date="2026-12-01"),
        "rent": add(api, "expense", name="rent", amount="1000", frequency="monthly", due_date="2026-12-05"),
        "insurance": add(api, "expense", name="insurance", amount="1200", frequency="annual", due_date="2027-01-15"),
        "bike": add(api, "savings-goal", name="bike", target_amount="600", target_date="2027-01-15"),
        "sea": add(api, "savings-goal", name="sea", percentage="10"),
    }


def test_without_bounds_it_lists_this_pay_period_up_to_the_next_payday(api, plan):
    page = ask(api)

    assert (page["count"], page["next"], page["previous"]) == (3, None, None)
    assert days(page) == [
        ("wage", "2026-11-01", "planned"),
        ("rent", "2026-11-05", "planned"),
        ("wage", "2026-12-01", "planned"),
    ]
    assert page["results"][1] == {
        "type": "expense",
        "id": plan["rent"]["id"],
        "name": "rent",
        "date": "2026-11-05",
        "effective_date": "2026-11-05",
        "amount": "1000.00",
        "currency": "EUR",
        "base_amount": "1000.00",
        "status": "planned",
        "transaction": None,
        "days_until": -17,
        "set_aside": None,
    }


def test_longer_bills_and_targets_show_what_is_put_aside(api, plan):
    page = ask(api, since="2027-01-15", until="2027-01-15")

    assert [(one["type"], one["name"], one["days_until"], one["set_aside"]) for one in page["results"]] == [
        ("expense", "insurance", 54, "400.00"),
        ("savings-goal", "bike", 54, "200.00"),
    ]


def test_a_bill_that_is_paid_or_skipped_says_so(api, plan, alice):
    rent = plan["rent"]["id"]
    paid = add(api, "transaction", kind="bill", amount="1012.40", expense=rent, occurrence="2026-11-05")
    OccurrencePatch.objects.create(
        user=alice, expense_id=rent, date=datetime.date(2026, 12, 5), amount=None, said_on=datetime.date(2026, 11, 22)
    )

    found = [one for one in ask(api, until="2027-01-31")["results"] if one["name"] == "rent"]

    assert [(one["date"], one["status"], one["transaction"], one["amount"]) for one in found] == [
        ("2026-11-05", "paid", paid["id"], "1000.00"),
        ("2026-12-05", "skipped", None, "1000.00"),
        ("2027-01-05", "planned", None, "1000.00"),
    ]


def test_closed_periods_show_what_they_kept(api, plan, clock):
    clock.shift(datetime.timedelta(days=40))
    add(api, "transaction", amount="1")
    api.patch(f"/api/expense/{plan['rent']['id']}/", {"amount": "1100"})

    found = [one for one in ask(api, since="2026-11-01")["results"] if one["name"] == "rent"]

    assert [(one["date"], one["amount"], one["base_amount"], one["days_until"]) for one in found] == [
        ("2026-11-05", "1000.00", "1000.00", -57),
        ("2026-12-05", "1000.00", "1000.00", -27),
        ("2027-01-05", "1100.00", "1100.00", 4),
    ]


def test_a_foreign_bill_shows_both_amounts(api, plan):
    ExchangeRateFactory(quote="JPY", rate=Decimal(150), date=datetime.date(2026, 11, 20))
    add(api, "expense", name="pass", amount="9000", currency="JPY", frequency="monthly", due_date="2026-11-25")

    (one,) = ask(api, since="2026-11-25", until="2026-11-25")["results"]

    assert (one["amount"], one["currency"], one["base_amount"]) == ("9000", "JPY", "60.00")


def test_a_wage_on_a_sunday_stands_on_the_friday_before(api, clock):
    clock.move_to(datetime.datetime(2026, 10, 15, 12, tzinfo=datetime.UTC))
    User.objects.update(date_joined=datetime.datetime(2026, 10, 15, 12, tzinfo=datetime.UTC))
    add(api, "income", amount="3000", frequency="monthly", next_payment_date="2026-11-01", adjust="before")

    (one,) = ask(api, since="2026-10-20", until="2026-10-31")["results"]

    assert (one["date"], one["effective_date"], one["days_until"]) == ("2026-11-01", "2026-10-30", 15)


def test_bounds_are_included_and_pages_follow_each_other(api, alice):
    ExpenseFactory(user=alice, frequency="daily", due_date=datetime.date(2026, 11, 22), amount=Decimal(1))

    first = ask(api, since="2026-11-22", until="2027-11-23", page_size=200)
    second = api.get(first["next"]).json()

    assert (first["count"], len(first["results"]), len(second["results"]), second["next"]) == (367, 200, 167, None)
    assert (first["results"][0]["effective_date"], second["results"][-1]["effective_date"]) == (
        "2026-11-22",
        "2027-11-23",
    )


@pytest.mark.parametrize(
    ("bounds", "field"),
    [
        ({"since": "2025-10-17"}, "since"),
        ({"since": "2027-11-24"}, "since"),
        ({"until": "2027-11-24"}, "until"),
        ({"since": "2026-12-01", "until": "2026-11-30"}, "until"),
        ({"until": "2026-10-31"}, "until"),
        ({"since": "2027-01-01"}, "until"),
        ({"since": "x"}, "since"),
        ({"until": "2026-02-30"}, "until"),
    ],
)
def test_bounds_that_are_too_far_or_crossed_are_refused(api, plan, bounds, field):
    answer = api.get(UPCOMING, bounds)

    assert (answer.status_code, list(answer.json())) == (400, [field])


def test_the_farthest_bounds_are_taken(api, plan):
    """From November, in which the account was made, 13 wages and 13 rents, the insurance and the bike."""
    assert ask(api, since="2025-10-18", until="2027-11-23")["count"] == 28


def test_nobody_sees_anothers_dates(strangers_api, api, plan):
    assert ask(strangers_api)["results"] == []


def test_it_stores_nothing_but_todays_row(api, plan):
    before = api.get("/api/allowance/today/").json()

    ask(api, until="2027-11-01")

    assert api.get("/api/allowance/today/").json() == before


def test_it_costs_the_same_however_many_items_there_are(api, alice):
    def count():
        with CaptureQueriesContext(connection) as statements:
            ask(api, until="2027-11-01")
        return len(statements)

    IncomeFactory(user=alice)
    ask(api)
    with_one = count()
    ExpenseFactory.create_batch(20, user=alice)
    SavingsGoalFactory.create_batch(5, user=alice, percentage=Decimal(1))

    assert (count(), with_one <= 12) == (with_one, True)
