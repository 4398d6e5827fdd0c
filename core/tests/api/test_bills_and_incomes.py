"""Bills that were paid and incomes that arrived, over HTTP (rule 10).

Alice has the plan of the first worked example, added on 22 November: 3000 a month on the 1st, a rent of 1000 on the
5th, a tenth saved. November's pool is 1700.00.
"""

import datetime
from decimal import Decimal

import pytest

from core.models import AuditEvent, DailyAllowance, Expense, Income, Transaction
from core.tests.support.factories import (
    ExchangeRateFactory,
    ExpenseFactory,
    IncomeFactory,
    OccurrencePatchFactory,
    SavingsGoalFactory,
    TransactionFactory,
)

PATH = "/api/transaction/"


@pytest.fixture
def rent(alice):
    IncomeFactory(user=alice)
    SavingsGoalFactory(user=alice)
    return ExpenseFactory(user=alice)


@pytest.fixture
def salary(rent):
    return Income.objects.get()


def record(client, status=201, **body):
    answer = client.post(PATH, body)
    assert answer.status_code == status, answer.content
    return answer.json()


def pay(client, rent, amount="1000.00", status=201, **more):
    return record(client, status, kind="bill", expense=rent.pk, amount=amount, **more)


def figure(client, on=None):
    """(pool, amount) of a day."""
    explained = client.get("/api/allowance/explain/", {"date": on} if on else {}).json()
    return explained["pool"], explained["amount"]


# ---- The worked examples ---------------------------------------------------------------------------


def test_a_bill_that_was_paid_with_another_amount(rent, arrive):
    alice = arrive("2026-12-05")
    unpaid = figure(alice)

    paid = pay(alice, rent, "1012.40")

    assert unpaid == ("1700.00", "62.96")
    assert paid == {
        "id": paid["id"],
        "allowance": paid["allowance"],
        "date": "2026-12-05",
        "amount": "1012.40",
        "currency": "EUR",
        "base_amount": "1012.40",
        "kind": "bill",
        "expense": rent.pk,
        "income": None,
        "occurrence": "2026-12-05",
        "client_id": None,
        "category": "",
        "description": "",
        # The day allows 62.50 now, and nothing was taken from it.
        "remaining_amount": "62.50",
        "created_at": "2026-12-05T12:00:00.000000Z",
        "updated_at": "2026-12-05T12:00:00.000000Z",
    }
    assert figure(alice) == ("1687.60", "62.50")
    assert alice.get(f"{PATH}{paid['id']}/").json() == paid
    assert alice.get(PATH).json()["results"] == [paid]


def test_a_bill_takes_nothing_from_its_day(rent, arrive):
    alice = arrive("2026-12-05")
    record(alice, amount="10.00")
    before = alice.get("/api/allowance/today/").json()

    pay(alice, rent, "1000.00")

    after = alice.get("/api/allowance/today/").json()
    assert {name for name in before if before[name] != after[name]} == {"revision"}
    assert (before["amount"], before["spent"], before["remaining_amount"]) == ("62.96", "10.00", "52.96")


def test_a_bill_paid_early_counts_in_the_period_of_its_payment(rent, arrive):
    """Paid on 25 November: November gives 1000 more, December has its 1000 back."""
    alice = arrive("2026-11-25")

    paid = pay(alice, rent)

    assert (paid["occurrence"], figure(alice)) == ("2026-12-05", ("700.00", "116.66"))
    assert figure(arrive("2026-12-01")) == ("2700.00", "87.09")


def test_a_bill_paid_late_counts_in_the_period_of_its_payment(rent, arrive):
    """The rent of 5 December is paid on 2 January with 1100: January has what December put aside, and gives 1100."""
    arrive("2026-12-10").get("/api/allowance/today/")
    alice = arrive("2027-01-02")
    unpaid = figure(alice)[0]

    paid = pay(alice, rent, "1100.00", occurrence="2026-12-05")

    assert (unpaid, paid["occurrence"], figure(alice)[0]) == ("1700.00", "2026-12-05", "1600.00")
    assert figure(alice, "2026-12-10")[0] == "1700.00"


def test_an_income_that_arrived_with_another_amount(salary, arrive):
    """3100 instead of 3000: 100 more, of which a tenth is saved."""
    alice = arrive("2026-12-01")

    arrived = record(alice, kind="income", income=salary.pk, amount="3100.00")

    assert (arrived["income"], arrived["expense"], arrived["occurrence"]) == (salary.pk, None, "2026-12-01")
    assert figure(alice)[0] == "1790.00"


def test_money_that_no_plan_knew_of_counts_whole(rent, arrive):
    alice = arrive("2026-11-25")

    bill = record(alice, kind="bill", amount="50.00")
    income = record(alice, kind="income", amount="100.00")

    assert [(row["expense"], row["income"], row["occurrence"]) for row in (bill, income)] == [(None, None, None)] * 2
    # 1700 - 50 + 100 less a tenth of it.
    assert figure(alice)[0] == "1740.00"


def test_of_two_transactions_on_one_date_the_first_day_settles_it(rent, arrive):
    alice = arrive("2026-12-06")
    on_the_sixth = pay(alice, rent, "400.00", occurrence="2026-12-05")
    assert figure(alice)[0] == "2300.00"

    pay(alice, rent, "600.00", date="2026-12-05", occurrence="2026-12-05")

    # 600 settle the rent of 1000, 400 count whole: 1700 + 1000 - 600 - 400.
    assert figure(alice)[0] == "1700.00"
    assert alice.delete(f"{PATH}{on_the_sixth['id']}/").status_code == 204
    assert figure(alice)[0] == "2100.00"


def test_of_two_transactions_of_one_day_the_first_written_settles_the_date(rent, arrive):
    alice = arrive("2026-12-05")

    first, second = (pay(alice, rent, amount, occurrence="2026-12-05") for amount in ("600.00", "500.00"))

    assert first["id"] < second["id"]
    assert figure(alice)[0] == "1600.00"
    alice.delete(f"{PATH}{first['id']}/")
    assert figure(alice)[0] == "2200.00"


def test_a_payment_in_another_currency_converts_at_its_own_day(rent, arrive):
    ExchangeRateFactory()
    ExchangeRateFactory(date=datetime.date(2026, 12, 5), rate=Decimal(2))
    alice = arrive("2026-12-06")

    paid = pay(alice, rent, "1500.00", currency="USD", date="2026-12-04")

    # At 1.25 dollars a euro.
    assert (paid["base_amount"], paid["occurrence"], figure(alice)[0]) == ("1200.00", "2026-12-05", "1500.00")
    moved = alice.patch(f"{PATH}{paid['id']}/", {"date": "2026-12-06"}).json()
    assert (moved["base_amount"], moved["occurrence"], figure(alice)[0]) == ("750.00", "2026-12-05", "1950.00")


# ---- The date that is meant ------------------------------------------------------------------------


def test_without_an_occurrence_the_nearest_unpaid_date_is_settled(rent, arrive):
    alice = arrive("2026-12-21")

    occurrences = [pay(alice, rent, "1.00", date=day)["occurrence"] for day in ("2026-12-20", "2026-12-21")]

    # 15 days after one date, 15 days before the next.
    assert occurrences == ["2026-12-05", "2027-01-05"]


def test_where_no_date_is_near_one_has_to_be_named(rent, alice, arrive):
    OccurrencePatchFactory(user=alice, expense=rent, date=datetime.date(2027, 1, 5), amount=None)
    client = arrive("2026-12-28")

    refused = client.post(PATH, {"kind": "bill", "expense": rent.pk, "amount": "1000"})

    assert (refused.status_code, refused.json()) == (
        400,
        {
            "detail": "No unpaid date of the item is near: send `occurrence`.",
            "code": "occurrence_required",
            "candidates": [
                *("2026-12-05", "2027-02-05", "2026-11-05", "2027-03-05", "2027-04-05", "2027-05-05"),
                *("2027-06-05", "2027-07-05", "2027-08-05", "2027-09-05", "2027-10-05", "2027-11-05"),
            ],
        },
    )
    assert not Transaction.objects.exists()


def test_before_the_items_first_period_a_payment_counts_whole(rent, arrive):
    alice = arrive("2026-12-20")

    paid = pay(alice, rent, "30.00", date="2026-10-10")

    assert (paid["occurrence"], figure(alice)[0]) == (None, "1700.00")


def test_a_null_is_a_date_that_is_not_given(rent, arrive):
    alice = arrive("2026-12-05")

    paid = pay(alice, rent, occurrence=None, income=None)

    assert paid["occurrence"] == "2026-12-05"


@pytest.mark.parametrize(
    "occurrence", ["2026-12-06", "2026-10-05", "1999-12-05", "2020-12-05", "2099-12-05", "9999-12-05"]
)
def test_a_date_that_does_not_count_is_refused(occurrence, rent, arrive):
    alice = arrive("2026-12-05")

    assert pay(alice, rent, status=400, occurrence=occurrence) == {
        "occurrence": ["This date of the item does not count."]
    }
    assert not Transaction.objects.exists()


# ---- Kinds and items -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "refused"),
    [
        ({"kind": "spend", "expense": "rent"}, {"expense": ["Only a transaction of the kind `bill` has one."]}),
        ({"kind": "income", "expense": "rent"}, {"expense": ["Only a transaction of the kind `bill` has one."]}),
        ({"kind": "bill", "income": "salary"}, {"income": ["Only a transaction of the kind `income` has one."]}),
        ({"income": "salary"}, {"income": ["Only a transaction of the kind `income` has one."]}),
        (
            {"kind": "bill", "occurrence": "2026-12-05"},
            {"occurrence": ["Only a transaction with an item of the plan settles a date."]},
        ),
        (
            {"kind": "refund", "occurrence": "2026-12-05"},
            {"occurrence": ["Only a transaction with an item of the plan settles a date."]},
        ),
        ({"kind": "gift"}, {"kind": ['"gift" is not a valid choice.']}),
        ({"kind": None}, {"kind": ["This field may not be null."]}),
        ({"kind": "bill", "expense": "a"}, {"expense": ["An id is required: a whole number."]}),
        ({"kind": "bill", "expense": True}, {"expense": ["An id is required: a whole number."]}),
        ({"kind": "bill", "expense": 10**30}, {"expense": ["There is no such row."]}),
        (
            {"kind": "bill", "expense": "rent", "occurrence": "05.12.2026"},
            {"occurrence": ["Date has wrong format. Use one of these formats instead: YYYY-MM-DD."]},
        ),
        ({"client_id": "7"}, {"client_id": ["Must be a valid UUID."]}),
        ({"client_id": True}, {"client_id": ["Must be a valid UUID."]}),
        ({"client_id": "4f9c2b1e6a0d4e7b9c351d2e8f7a6b50"}, {"client_id": ["Must be a valid UUID."]}),
    ],
)
def test_what_does_not_go_together_is_refused_at_its_field(body, refused, rent, salary, api):
    ids = {"rent": rent.pk, "salary": salary.pk}
    body = {name: ids.get(value, value) if name in ("expense", "income") else value for name, value in body.items()}

    assert record(api, 400, amount="5", **body) == refused
    assert not Transaction.objects.exists()


def test_a_deleted_item_is_nothing_to_choose_and_stays_where_it_is(rent, arrive):
    alice = arrive("2026-12-05")
    paid = pay(alice, rent)
    other = record(alice, kind="bill", amount="5")
    assert alice.delete(f"/api/expense/{rent.pk}/").status_code == 204

    chosen = pay(alice, rent, status=400)
    moved = alice.patch(f"{PATH}{other['id']}/", {"expense": rent.pk})
    put = alice.put(f"{PATH}{paid['id']}/", {**paid, "amount": "900.00"})
    elsewhere = alice.patch(f"{PATH}{paid['id']}/", {"occurrence": "2027-01-05"})

    assert chosen == moved.json() == {"expense": ["There is no such row."]}
    assert (put.status_code, put.json()["expense"], put.json()["occurrence"]) == (200, rent.pk, "2026-12-05")
    assert elsewhere.json() == {"occurrence": ["This date of the item does not count."]}
    # No bill any more but for what was paid of it, and 5.00: 2700 - 900 - 5.
    assert figure(alice)[0] == "1795.00"


def test_another_persons_item_is_one_that_does_not_exist(rent, salary, alice, bob, strangers_api):
    own = TransactionFactory(user=bob, kind="bill", amount=Decimal(5))
    before = list(Transaction.objects.values())

    for name, kind, item in (("expense", "bill", rent), ("income", "income", salary)):
        for send in (
            lambda body: strangers_api.post(PATH, body),
            lambda body: strangers_api.put(f"{PATH}{own.pk}/", body),
            lambda body: strangers_api.patch(f"{PATH}{own.pk}/", body),
        ):
            hers = send({"amount": "1", "kind": kind, name: item.pk})
            nobodys = send({"amount": "1", "kind": kind, name: 987654321})

            assert hers.status_code == nobodys.status_code == 400
            assert hers.json() == nobodys.json() == {name: ["There is no such row."]}

    assert list(Transaction.objects.values()) == before


# ---- Changing --------------------------------------------------------------------------------------


def test_a_move_keeps_the_date_that_is_settled_and_corrects_both_periods(rent, arrive):
    arrive("2026-11-25").get("/api/allowance/today/")
    alice = arrive("2026-12-05")
    paid = pay(alice, rent)
    assert (figure(alice, "2026-11-25")[0], figure(alice)[0]) == ("1700.00", "1700.00")

    moved = alice.patch(f"{PATH}{paid['id']}/", {"date": "2026-11-25"}).json()

    assert (moved["date"], moved["occurrence"]) == ("2026-11-25", "2026-12-05")
    assert (figure(alice, "2026-11-25")[0], figure(alice)[0]) == ("700.00", "2700.00")
    cheaper = alice.patch(f"{PATH}{paid['id']}/", {"amount": "900.00", "date": "2026-12-05"}).json()
    assert (cheaper["occurrence"], figure(alice, "2026-11-25")[0], figure(alice)[0]) == (
        "2026-12-05",
        "1700.00",
        "1800.00",
    )


def test_another_item_has_another_date(rent, alice, arrive):
    phone = ExpenseFactory(user=alice, name="phone", amount=Decimal(60), due_date=datetime.date(2026, 12, 10))
    client = arrive("2026-12-06")
    paid = pay(client, rent)

    other = client.patch(f"{PATH}{paid['id']}/", {"expense": phone.pk}).json()
    same = client.patch(f"{PATH}{paid['id']}/", {"expense": phone.pk, "category": "home"}).json()
    named = client.patch(f"{PATH}{paid['id']}/", {"expense": rent.pk, "occurrence": "2027-01-05"}).json()
    chosen = client.patch(f"{PATH}{paid['id']}/", {"occurrence": None}).json()

    occurrences = [(row["expense"], row["occurrence"]) for row in (other, same, named, chosen)]
    assert occurrences == [
        (phone.pk, "2026-12-10"),
        (phone.pk, "2026-12-10"),
        (rent.pk, "2027-01-05"),
        (rent.pk, "2026-12-05"),
    ]


def test_a_payment_does_not_stand_in_its_own_way(rent, arrive):
    alice = arrive("2026-12-05")
    paid = pay(alice, rent)

    again = alice.patch(f"{PATH}{paid['id']}/", {"occurrence": None})

    assert (again.status_code, again.json()["occurrence"]) == (200, "2026-12-05")


def test_a_payment_that_counts_whole_can_be_sent_back_as_it_was_read(rent, arrive):
    """It was made before the item's first period, and settles no date; on another day it still does not."""
    alice = arrive("2026-12-20")
    whole = pay(alice, rent, "30.00", date="2026-10-10")

    put = alice.put(f"{PATH}{whole['id']}/", whole)
    moved = alice.patch(f"{PATH}{whole['id']}/", {"date": "2026-12-19"})

    assert (put.status_code, put.json()) == (200, {**whole, "updated_at": put.json()["updated_at"]})
    assert (moved.json()["occurrence"], figure(alice)[0]) == (None, "1670.00")


def test_another_kind_takes_the_item_and_its_date_away(rent, salary, arrive):
    alice = arrive("2026-12-05")
    path = f"{PATH}{pay(alice, rent, '40.00')['id']}/"

    spent = alice.patch(path, {"kind": "spend"}).json()
    assert [spent[name] for name in ("kind", "expense", "income", "occurrence", "remaining_amount")] == [
        *("spend", None, None, None),
        "22.96",
    ]
    assert figure(alice) == ("1700.00", "62.96")

    arrived = alice.patch(path, {"kind": "income", "income": salary.pk}).json()
    assert (arrived["income"], arrived["occurrence"]) == (salary.pk, "2026-12-01")
    # 40 arrived instead of 3000, and a tenth less is saved: 1700 - 2960 + 296.
    assert figure(alice)[0] == "-964.00"

    sent = alice.patch(path, {"kind": "bill", "income": salary.pk})
    assert sent.json() == {"income": ["Only a transaction of the kind `income` has one."]}
    whole = alice.patch(path, {"kind": "bill"}).json()
    assert (whole["kind"], whole["income"], whole["expense"], whole["occurrence"]) == ("bill", None, None, None)


def test_a_bill_without_its_item_counts_whole(rent, arrive):
    alice = arrive("2026-12-05")
    paid = pay(alice, rent)

    loose = alice.patch(f"{PATH}{paid['id']}/", {"expense": None})

    assert (loose.status_code, loose.json()["expense"], loose.json()["occurrence"]) == (200, None, None)
    assert figure(alice)[0] == "700.00"
    refused = alice.patch(f"{PATH}{paid['id']}/", {"occurrence": "2026-12-05"})
    assert refused.json() == {"occurrence": ["Only a transaction with an item of the plan settles a date."]}


def test_what_is_left_alone_stays_valid(rent, arrive):
    alice = arrive("2026-12-05")
    paid = pay(alice, rent)
    Expense.objects.get().delete()

    changed = alice.patch(f"{PATH}{paid['id']}/", {"category": "home"})

    assert (changed.status_code, changed.json()["expense"], changed.json()["occurrence"]) == (
        200,
        rent.pk,
        "2026-12-05",
    )


def test_a_change_with_if_match_is_refused_where_the_payment_was_changed(rent, arrive):
    alice = arrive("2026-12-05")
    paid = pay(alice, rent)

    stale = alice.patch(f"{PATH}{paid['id']}/", {"amount": "5"}, headers={"If-Match": '"2026-12-05T11:59:59.000000Z"'})
    fresh = alice.patch(f"{PATH}{paid['id']}/", {"amount": "5"}, headers={"If-Match": f'"{paid["updated_at"]}"'})

    assert (stale.status_code, stale.json()["code"], fresh.status_code) == (412, "changed_meanwhile", 200)


def test_a_deleted_payment_is_taken_back(rent, arrive):
    alice = arrive("2026-12-05")
    paid = pay(alice, rent, "1500.00")
    assert figure(alice)[0] == "1200.00"

    assert alice.delete(f"{PATH}{paid['id']}/").status_code == 204
    assert figure(alice) == ("1700.00", "62.96")


def test_a_payment_that_goes_with_its_day_is_taken_back(rent, arrive):
    alice = arrive("2026-12-06")
    pay(alice, rent, "1500.00", date="2026-12-05")
    assert alice.get("/api/allowance/today/").json()["amount"] == "46.15"

    DailyAllowance.objects.filter(date=datetime.date(2026, 12, 5)).delete()

    # 1700 over 26 days.
    assert alice.get("/api/allowance/today/").json()["amount"] == "65.38"


def test_the_event_of_a_payment_says_what_it_settled(rent, arrive):
    alice = arrive("2026-12-05")
    paid = pay(alice, rent)
    alice.patch(f"{PATH}{paid['id']}/", {"occurrence": "2027-01-05"})

    changed, made = AuditEvent.objects.filter(object_type="transaction").order_by("-pk")
    assert made.changes == {
        "date": [None, "2026-12-05"],
        "amount": [None, "1000.00"],
        "currency": [None, "EUR"],
        "kind": [None, "bill"],
        "expense": [None, str(rent.pk)],
        "occurrence": [None, "2026-12-05"],
        "category": [None, ""],
        "description": [None, ""],
    }
    assert changed.changes == {"occurrence": ["2026-12-05", "2027-01-05"]}


# ---- Filters ---------------------------------------------------------------------------------------


def test_payments_are_found_by_kind_and_by_item(rent, salary, arrive, bob):
    alice = arrive("2026-12-05")
    spent = record(alice, amount="5")["id"]
    paid = pay(alice, rent)["id"]
    arrived = record(alice, kind="income", income=salary.pk, amount="3000")["id"]

    def found(**query):
        answer = alice.get(PATH, query)
        assert answer.status_code == 200, answer.content
        return [row["id"] for row in answer.json()["results"]]

    strangers = ExpenseFactory(user=bob)
    assert found(kind="spend") == [spent]
    assert found(kind="bill") == found(expense=rent.pk) == [paid]
    assert found(kind="income") == found(income=salary.pk) == [arrived]
    assert found(expense=strangers.pk) == found(expense=987654321) == found(income=10**30) == []
    alice.delete(f"/api/expense/{rent.pk}/")
    assert found(expense=rent.pk) == [paid]
    refused = alice.get(PATH, {"expense": "x"})
    assert (refused.status_code, refused.json()) == (400, {"expense": ["Enter a whole number."]})
