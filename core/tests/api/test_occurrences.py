"""The dates of incomes and bills over HTTP: listed, skipped, given another amount.

Alice has the plan of the first worked example, added on 22 November: 3000 a month on the 1st, a rent of 1000 on the
5th, a tenth saved. November's pool is 1700.00.
"""

import datetime
from decimal import Decimal

import pytest

from core.allowance.services import check_periods
from core.clock import today_for
from core.models import AuditEvent, Expense, Income, OccurrencePatch, PayPeriod
from core.tests.support.factories import (
    ExchangeRateFactory,
    ExpenseFactory,
    IncomeFactory,
    SavingsGoalFactory,
    TransactionFactory,
)
from core.tests.support.logins import client_with, log_in
from core.tests.support.parallel import run_at_once

NOT_FOUND = {"detail": "Not found.", "code": "not_found"}


@pytest.fixture
def rent(alice):
    IncomeFactory(user=alice)
    SavingsGoalFactory(user=alice)
    return ExpenseFactory(user=alice)


@pytest.fixture
def salary(rent):
    return Income.objects.get()


def path_of(item, on_date=""):
    kind = "income" if isinstance(item, Income) else "expense"
    return f"/api/{kind}/{item.pk}/occurrences/{on_date}{'/' if on_date else ''}"


def dates(client, item, **query):
    answer = client.get(path_of(item), query)
    assert answer.status_code == 200, answer.content
    return [row["date"] for row in answer.json()["results"]]


def say(client, item, on_date, status=200, **change):
    answer = client.patch(path_of(item, on_date), change)
    assert answer.status_code == status, answer.content
    return answer.json()


def pool(client, on=None):
    return client.get("/api/allowance/explain/", {"date": on} if on else {}).json()["pool"]


def said():
    return [(row.date.isoformat(), row.amount, row.said_on.isoformat()) for row in OccurrencePatch.objects.all()]


# ---- Listing ---------------------------------------------------------------------------------------


def test_the_dates_of_a_bill_from_this_period_on_for_a_year(rent, arrive):
    alice = arrive("2026-11-25")
    paid = TransactionFactory(user=rent.user, kind="bill", expense=rent, occurrence=datetime.date(2026, 12, 5))
    say(alice, rent, "2027-01-05", amount="1100.00")
    say(alice, rent, "2027-02-05", skipped=True)

    page = alice.get(path_of(rent)).json()

    def row(date, amount="1000.00", status="planned", transaction=None):
        return {
            "date": date,
            "effective_date": date,
            "amount": amount,
            "status": status,
            "transaction": transaction,
        }

    assert page == {
        "count": 12,
        "next": None,
        "previous": None,
        "results": [
            row("2026-11-05"),
            row("2026-12-05", status="paid", transaction=paid.pk),
            row("2027-01-05", amount="1100.00"),
            row("2027-02-05", status="skipped"),
            *[row(f"2027-{month:02}-05") for month in range(3, 11)],
        ],
    }


def test_both_bounds_belong_to_the_list(rent, arrive):
    alice = arrive("2026-11-25")

    assert dates(alice, rent, date_after="2026-12-05", date_before="2027-02-05") == [
        "2026-12-05",
        "2027-01-05",
        "2027-02-05",
    ]
    assert dates(alice, rent, date_before="2026-12-05") == ["2026-11-05", "2026-12-05"]
    assert dates(alice, rent, date_after="2027-09-06")[:2] == ["2027-10-05", "2027-11-05"]
    assert dates(alice, rent, date_after="2027-02-05", date_before="2026-12-05") == []
    assert dates(alice, rent, date_after="", date_before="2026-11-05") == ["2026-11-05"]


def test_dates_before_the_first_period_do_not_count_and_closed_ones_do(rent, arrive):
    arrive("2026-11-25")

    alice = arrive("2027-02-10")

    assert dates(alice, rent, date_after="2026-01-01", date_before="2027-02-04") == [
        "2026-11-05",
        "2026-12-05",
        "2027-01-05",
    ]
    assert dates(alice, rent)[0] == "2027-02-05"


@pytest.mark.parametrize(
    ("query", "refused"),
    [
        (
            {"date_after": "2026-11-01", "date_before": "2027-12-07"},
            {"date_before": ["At most 400 days after the first one."]},
        ),
        ({"date_before": "2027-12-07"}, {"date_before": ["At most 400 days after the first one."]}),
        ({"date_after": "1999-12-31"}, {"date_after": ["Must lie from 2000-01-01 to 2046-12-07."]}),
        ({"date_before": "9999-12-31"}, {"date_before": ["Must lie from 2000-01-01 to 2046-12-07."]}),
        (
            {"date_after": "22.11.2026"},
            {"date_after": ["Date has wrong format. Use one of these formats instead: YYYY-MM-DD."]},
        ),
    ],
)
def test_a_list_spans_at_most_400_days(query, refused, rent, arrive):
    answer = arrive("2026-11-22").get(path_of(rent), query)

    assert (answer.status_code, answer.json()) == (400, refused)


def test_400_days_are_not_too_many(alice, arrive):
    milk = ExpenseFactory(user=alice, frequency="daily", due_date=datetime.date(2026, 11, 1))
    client = arrive("2026-11-22")

    first = client.get(path_of(milk), {"date_after": "2026-11-02", "date_before": "2027-12-07", "page_size": 200})
    last = client.get(
        path_of(milk), {"date_after": "2026-11-02", "date_before": "2027-12-07", "page_size": 200, "page": 3}
    )

    assert (first.json()["count"], len(first.json()["results"])) == (401, 200)
    assert [row["date"] for row in last.json()["results"]] == ["2027-12-07"]
    assert client.get(path_of(milk), {"page": 99}).json() == NOT_FOUND | {"detail": "Invalid page."}


def test_a_date_of_a_weekend_takes_effect_on_a_working_day(alice, arrive):
    IncomeFactory(user=alice)
    rent = ExpenseFactory(user=alice, adjust="after")

    rows = arrive("2026-11-25").get(path_of(rent), {"date_after": "2026-12-01"}).json()["results"]

    # 5 December 2026 is a Saturday.
    assert [(row["date"], row["effective_date"]) for row in rows[:2]] == [
        ("2026-12-05", "2026-12-07"),
        ("2027-01-05", "2027-01-05"),
    ]


def test_an_amount_stands_in_the_currency_of_its_item(alice, arrive):
    ExchangeRateFactory(quote="JPY", rate=Decimal(160))
    item = ExpenseFactory(user=alice, currency="JPY", amount=Decimal(16000))

    client = arrive("2026-11-25")

    assert client.get(path_of(item)).json()["results"][0]["amount"] == "16000"
    assert say(client, item, "2026-12-05", amount="15000")["amount"] == "15000"
    assert say(client, item, "2026-12-05", 400, amount="15000.5") == {"amount": ["JPY has no decimals."]}


# ---- Skipping --------------------------------------------------------------------------------------


def test_a_bill_that_is_skipped_beforehand_costs_nothing(rent, arrive):
    """The worked example."""
    alice = arrive("2026-11-25")

    answer = say(alice, rent, "2026-12-05", skipped=True)

    assert answer == {
        "date": "2026-12-05",
        "effective_date": "2026-12-05",
        "amount": "1000.00",
        "status": "skipped",
        "transaction": None,
    }
    today = arrive("2026-12-01").get("/api/allowance/today/").json()
    assert (pool(arrive("2026-12-01")), today["amount"]) == ("2700.00", "87.09")


def test_a_bill_that_is_skipped_in_its_period_gives_back_what_was_put_aside(rent, arrive):
    alice = arrive("2026-12-03")
    assert pool(alice) == "1700.00"

    say(alice, rent, "2026-12-05", skipped=True)

    assert pool(alice) == "2700.00"


def test_an_income_that_is_skipped_does_not_arrive(salary, arrive):
    alice = arrive("2026-12-03")

    say(alice, salary, "2026-12-01", skipped=True)

    # Without income nothing is saved: the rent alone is left.
    assert pool(alice) == "-1000.00"


def test_a_skip_can_be_taken_back_both_ways(rent, arrive):
    alice = arrive("2026-12-03")

    for take_back in (
        lambda: say(alice, rent, "2026-12-05", skipped=False)["status"],
        lambda: alice.delete(path_of(rent, "2026-12-05")).status_code,
    ):
        say(alice, rent, "2026-12-05", skipped=True)
        assert pool(alice) == "2700.00"
        assert take_back() in ("planned", 204)
        assert (pool(alice), said()) == ("1700.00", [])


def test_what_was_never_said_can_be_taken_back_too(rent, arrive):
    alice = arrive("2026-12-03")

    assert say(alice, rent, "2026-12-05", skipped=False)["status"] == "planned"
    assert alice.delete(path_of(rent, "2026-12-05")).status_code == 204
    assert AuditEvent.objects.filter(object_type="occurrence").count() == 0


def test_the_same_said_again_keeps_its_day(rent, arrive):
    say(arrive("2026-11-25"), rent, "2026-12-05", skipped=True)

    say(arrive("2026-11-28"), rent, "2026-12-05", skipped=True)

    assert said() == [("2026-12-05", None, "2026-11-25")]


def test_a_skip_of_a_period_that_has_closed_is_taken_back_in_it(rent, arrive):
    """400 are put aside in November, December and January for January; skipped in December, in January not."""
    due_date = datetime.date(2027, 1, 15)
    insurance = ExpenseFactory(
        user=rent.user, name="insurance", amount=Decimal(1200), frequency="quarterly", due_date=due_date
    )
    alice = arrive("2026-12-10")
    assert pool(alice) == "1300.00"
    say(alice, insurance, "2027-01-15", skipped=True)
    assert pool(alice) == "2100.00"
    alice = arrive("2027-01-05")
    assert pool(alice) == "1700.00"

    say(alice, insurance, "2027-01-15", skipped=False)

    assert (pool(alice, "2026-12-10"), pool(alice)) == ("1300.00", "1300.00")
    closed = PayPeriod.objects.get(start=datetime.date(2026, 12, 1))
    assert (closed.pool, list(check_periods(today_for=today_for))) == (1300, [])


# ---- Another amount --------------------------------------------------------------------------------


def test_another_amount_counts_in_the_period_of_its_date(rent, salary, arrive):
    alice = arrive("2026-11-25")

    answer = say(alice, rent, "2026-12-05", amount="1100.00")
    say(alice, salary, "2027-01-01", amount="3500.00")

    assert (answer["amount"], answer["status"], pool(alice)) == ("1100.00", "planned", "1700.00")
    assert pool(arrive("2026-12-01")) == "1600.00"
    # 500 more, less a tenth.
    assert pool(arrive("2027-01-01")) == "2150.00"


def test_a_payment_takes_the_place_of_what_was_said(rent, arrive):
    say(arrive("2026-11-25"), rent, "2026-12-05", amount="1100.00")
    alice = arrive("2026-12-05")

    paid = alice.post("/api/transaction/", {"kind": "bill", "expense": rent.pk, "amount": "1050.00"}).json()

    assert (paid["occurrence"], pool(alice)) == ("2026-12-05", "1650.00")
    alice.delete(f"/api/transaction/{paid['id']}/")
    assert pool(alice) == "1600.00"


def test_a_payment_after_a_skip_of_an_earlier_period_counts_against_it(rent, arrive):
    """Skipped in November, which has 1000 more; paid in December with 900 after all."""
    alice = arrive("2026-11-25")
    say(alice, rent, "2026-12-05", skipped=True)
    alice = arrive("2026-12-05")
    assert pool(alice) == "2700.00"

    alice.post("/api/transaction/", {"kind": "bill", "expense": rent.pk, "amount": "900", "occurrence": "2026-12-05"})

    assert pool(alice) == "1800.00"


@pytest.mark.parametrize("first", [{"amount": "900.00"}, {"skipped": True}])
def test_the_plans_own_amount_takes_back_what_was_said(first, rent, arrive):
    alice = arrive("2026-12-03")
    say(alice, rent, "2026-12-05", **first)

    answer = say(alice, rent, "2026-12-05", amount="1000")

    assert (answer["status"], answer["amount"], said(), pool(alice)) == ("planned", "1000.00", [], "1700.00")


def test_an_amount_and_a_skip_take_each_others_place(rent, arrive):
    alice = arrive("2026-12-03")

    say(alice, rent, "2026-12-05", amount="900.00")
    say(alice, rent, "2026-12-05", skipped=False)
    assert said() == [("2026-12-05", Decimal(900), "2026-12-03")]
    say(alice, rent, "2026-12-05", skipped=True)
    assert said() == [("2026-12-05", None, "2026-12-03")]
    assert say(alice, rent, "2026-12-05", amount="950.00")["status"] == "planned"
    assert (said(), pool(alice)) == ([("2026-12-05", Decimal(950), "2026-12-03")], "1750.00")


# ---- What is refused -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "refused"),
    [
        ({}, {"non_field_errors": ["Send either `amount` or `skipped`."]}),
        ({"amount": "5", "skipped": True}, {"non_field_errors": ["Send either `amount` or `skipped`."]}),
        ({"amount": "0"}, {"amount": ["Must be greater than 0."]}),
        ({"amount": "1.005"}, {"amount": ["EUR has 2 decimals."]}),
        ({"amount": None}, {"amount": ["This field may not be null."]}),
        ({"amount": "1e13"}, {"amount": ["Must be less than 1000000000000."]}),
        ({"skipped": None}, {"skipped": ["This field may not be null."]}),
        ({"skipped": "yes"}, {"skipped": ["Must be a valid boolean."]}),
        ({"skipped": 1}, {"skipped": ["Must be a valid boolean."]}),
        ([], {"non_field_errors": ["Invalid data. Expected a dictionary, but got list."]}),
    ],
)
def test_one_of_the_two_is_said(body, refused, rent, arrive):
    answer = arrive("2026-12-03").patch(path_of(rent, "2026-12-05"), body)

    assert (answer.status_code, answer.json(), said()) == (400, refused, [])


@pytest.mark.parametrize(
    "on_date",
    ["2026-12-06", "2026-10-05", "2026-02-30", "0000-01-05", "1999-12-05", "9999-12-05", "2060-12-05", "20261205", "x"],
)
def test_a_date_that_does_not_count_is_not_there(on_date, rent, arrive):
    alice = arrive("2026-12-03")

    for answer in (
        alice.patch(path_of(rent, on_date), {"skipped": True}),
        alice.delete(path_of(rent, on_date)),
    ):
        assert (answer.status_code, answer.json()) == (404, NOT_FOUND)


def test_a_date_that_a_transaction_settles_is_said_already(rent, arrive):
    alice = arrive("2026-12-03")
    say(alice, rent, "2026-12-05", amount="900.00")
    TransactionFactory(user=rent.user, kind="bill", expense=rent, occurrence=datetime.date(2026, 12, 5))

    for answer in (
        alice.patch(path_of(rent, "2026-12-05"), {"skipped": True}),
        alice.patch(path_of(rent, "2026-12-05"), {"skipped": False}),
        alice.patch(path_of(rent, "2026-12-05"), {"amount": "1000"}),
        alice.delete(path_of(rent, "2026-12-05")),
    ):
        assert (answer.status_code, answer.json()) == (
            400,
            {"non_field_errors": ["A transaction settles this date."]},
        )
    assert said() == [("2026-12-05", Decimal(900), "2026-12-03")]


def test_a_date_of_a_period_that_is_over_stays_as_it_was(rent, arrive):
    say(arrive("2026-12-03"), rent, "2026-12-05", amount="900.00")
    alice = arrive("2027-01-02")

    for answer in (
        alice.patch(path_of(rent, "2026-12-05"), {"skipped": True}),
        alice.patch(path_of(rent, "2026-12-05"), {"amount": "1000"}),
        alice.delete(path_of(rent, "2026-12-05")),
    ):
        assert (answer.status_code, answer.json()) == (
            400,
            {"non_field_errors": ["The pay period of this date is over."]},
        )
    assert said() == [("2026-12-05", Decimal(900), "2026-12-03")]


def test_another_persons_item_has_no_dates(rent, salary, arrive, bob):
    stranger = client_with(log_in(bob)["access"])

    for item in (rent, salary):
        for answer in (
            stranger.get(path_of(item)),
            stranger.patch(path_of(item, "2026-12-01"), {"skipped": True}),
            stranger.patch(path_of(item, "2026-12-05"), {}),
            stranger.delete(path_of(item, "2026-12-05")),
        ):
            assert (answer.status_code, answer.json()) == (404, NOT_FOUND)
    assert said() == []


def test_a_deleted_item_has_no_dates(rent, arrive):
    alice = arrive("2026-12-03")
    say(alice, rent, "2026-12-05", skipped=True)
    alice.delete(f"/api/expense/{rent.pk}/")

    assert alice.get(path_of(rent)).json() == NOT_FOUND
    assert alice.patch(path_of(rent, "2026-12-05"), {"skipped": False}).json() == NOT_FOUND
    assert pool(alice) == "2700.00"


def test_with_an_item_that_nothing_refers_to_what_was_said_goes(rent, api):
    say(api, rent, "2026-12-05", skipped=True)

    assert api.delete(f"/api/expense/{rent.pk}/").status_code == 204

    assert (Expense.including_deleted.count(), said()) == (0, [])
    events = AuditEvent.objects.filter(action="deleted").values_list("object_type", "object_id").order_by("pk")
    assert list(events) == [("occurrence", f"expense/{rent.pk}/2026-12-05"), ("expense", str(rent.pk))]


# ---- What follows ----------------------------------------------------------------------------------


def test_an_item_in_another_currency_keeps_the_numbers_that_were_said(rent, api):
    ExchangeRateFactory(quote="JPY", rate=Decimal(160))
    path = f"/api/expense/{rent.pk}/"
    say(api, rent, "2026-12-05", amount="900.50")

    refused = api.patch(path, {"currency": "JPY"})
    say(api, rent, "2026-12-05", amount="900.00")
    taken = api.patch(path, {"currency": "JPY"})

    assert (refused.status_code, refused.json()) == (
        400,
        {"currency": ["An amount that was said of a date does not fit the decimals of JPY."]},
    )
    assert taken.status_code == 200
    assert api.get(path_of(rent), {"date_after": "2026-12-05"}).json()["results"][0]["amount"] == "900"


def test_what_was_said_is_in_the_audit(rent, arrive):
    alice = arrive("2026-12-03")
    say(alice, rent, "2026-12-05", amount="900.00")
    say(alice, rent, "2026-12-05", amount="900.00")
    say(alice, rent, "2026-12-05", skipped=True)
    alice.delete(path_of(rent, "2026-12-05"))

    events = alice.get("/api/audit/", {"object_type": "occurrence"}).json()["results"]

    assert {event["object_id"] for event in events} == {f"expense/{rent.pk}/2026-12-05"}
    assert [(event["action"], event["changes"]) for event in events] == [
        ("deleted", {"skipped": ["true", None]}),
        ("updated", {"amount": ["900.00", None], "skipped": ["false", "true"]}),
        ("created", {"amount": [None, "900.00"], "skipped": [None, "false"]}),
    ]


def test_a_moved_date_takes_along_what_was_said(rent, api):
    say(api, rent, "2026-12-05", amount="900.00")

    api.patch(f"/api/expense/{rent.pk}/", {"due_date": "2026-12-07"})

    assert said() == [("2026-12-07", Decimal(900), "2026-11-22")]
    events = AuditEvent.objects.filter(object_type="occurrence").order_by("pk")
    assert [(event.action, event.object_id) for event in events] == [
        ("created", f"expense/{rent.pk}/2026-12-05"),
        ("deleted", f"expense/{rent.pk}/2026-12-05"),
        ("created", f"expense/{rent.pk}/2026-12-07"),
    ]


def test_each_write_raises_the_revision_and_what_changes_nothing_does_not(rent, api):
    def revision():
        return int(api.get("/api/allowance/today/").json()["revision"])

    before = revision()
    say(api, rent, "2026-12-05", skipped=True)
    after = revision()
    say(api, rent, "2026-12-05", skipped=True)
    api.delete(path_of(rent, "2027-01-05"))

    assert (after, revision()) == (before + 1, before + 1)


@pytest.mark.django_db(transaction=True)
def test_a_payment_and_a_skip_at_once_leave_one_of_both(clock):
    """Whoever is first, the other finds it: a skip is refused after a payment, and a payment takes a skip's place."""
    rent = ExpenseFactory()
    access = log_in(rent.user)["access"]
    path = path_of(rent, "2026-12-05")
    body = {"kind": "bill", "expense": rent.pk, "amount": "1000", "occurrence": "2026-12-05"}

    answers = run_at_once(
        [lambda: client_with(access).post("/api/transaction/", body) for _ in range(4)]
        + [lambda: client_with(access).patch(path, {"skipped": True}) for _ in range(4)]
    )

    assert [answer.status_code for answer in answers[:4]] == [201] * 4
    assert {answer.status_code for answer in answers[4:]} <= {200, 400}
    row = client_with(access).get(path_of(rent), {"date_after": "2026-12-05"}).json()["results"][0]
    assert (row["status"], row["transaction"]) == ("paid", min(answer.json()["id"] for answer in answers[:4]))
