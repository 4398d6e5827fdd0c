"""`POST allowance/what-if/`: changes are tried out by the real rules, and nothing of them stays."""

import datetime

import pytest
from django.apps import apps

from core.tests.support.calls import add
from core.tests.support.factories import IncomeFactory

WHAT_IF = "/api/allowance/what-if/"


def ask(api, *changes, **more):
    answer = api.post(WHAT_IF, {"changes": changes, **more}, format="json")
    assert answer.status_code == 200, answer.content
    return answer.json()


def refusal(api, *changes, **more):
    answer = api.post(WHAT_IF, {"changes": changes, **more}, format="json")
    assert answer.status_code == 400, answer.content
    return answer.json()


def today(api):
    return api.get("/api/allowance/today/").json()


def rows():
    """Everything that is stored, but for how often and when sessions and counters were used."""
    left_out = {"Session", "ThrottleCounter"}
    return {
        model.__name__: list(model._default_manager.order_by("pk").values())
        for model in apps.get_app_config("core").get_models()
        if model.__name__ not in left_out
    }


@pytest.fixture
def plan(api):
    """A pool of 1700.00: 3000 on the first, a rent of 1000 on the fifth, a tenth saved."""
    return {
        "income": add(api, "income", name="wage", amount="3000", frequency="monthly", next_payment_date="2026-12-01"),
        "expense": add(api, "expense", name="rent", amount="1000", frequency="monthly", due_date="2026-12-05"),
        "savings-goal": add(api, "savings-goal", percentage="10"),
        "transaction": add(api, "transaction", amount="8.88"),
    }


def test_a_dearer_rent_is_tried_out(api, plan):
    change = {"op": "replace", "type": "expense", "id": plan["expense"]["id"], "data": {"amount": "1090"}}

    compared = ask(api, change)

    stored = today(api)
    assert compared["before"] == {**stored, "id": None}
    assert (compared["after"]["amount"], compared["after"]["left"]) == ("178.88", "1601.12")
    assert compared["difference"] == {
        "amount": "-10.00",
        "remaining_amount": "-10.00",
        "left": "-90.00",
        "tomorrow": "-11.25",
    }
    assert compared["periods"] == [
        {"start": "2026-11-01", "end": "2026-12-01", "pool": "1610.00", "amount": "178.88"},
        {"start": "2026-12-01", "end": "2027-01-01", "pool": "1610.00", "amount": "51.93"},
        {"start": "2027-01-01", "end": "2027-02-01", "pool": "1610.00", "amount": "51.93"},
    ]


def test_nothing_of_it_stays(api, plan):
    before = rows()

    answer = api.post(
        WHAT_IF,
        {
            "changes": [
                {"op": "add", "type": "transaction", "data": {"amount": "20.00", "category": "food"}},
                {
                    "op": "add",
                    "type": "income",
                    "data": {"amount": "9", "frequency": "daily", "next_payment_date": "2026-11-22"},
                },
                {
                    "op": "replace",
                    "type": "savings-goal",
                    "id": plan["savings-goal"]["id"],
                    "data": {"percentage": "20"},
                },
                {"op": "remove", "type": "expense", "id": plan["expense"]["id"]},
            ]
        },
        format="json",
    )

    assert answer.status_code == 200
    assert rows() == before
    assert "X-Revision" not in answer.headers


@pytest.mark.parametrize(
    ("method", "type_of_row", "data"),
    [
        ("post", "income", {"amount": "700", "frequency": "weekly", "next_payment_date": "2026-11-25"}),
        ("post", "expense", {"name": "tax", "amount": "1200", "frequency": "annual", "due_date": "2027-01-15"}),
        ("post", "savings-goal", {"target_amount": "600", "target_date": "2027-01-15"}),
        ("post", "transaction", {"amount": "50.00", "date": "2026-11-22"}),
        ("post", "transaction", {"amount": "50.00", "kind": "bill"}),
        ("patch", "income", {"next_payment_date": "2026-12-15"}),
        ("patch", "expense", {"frequency": "weekly"}),
        ("patch", "savings-goal", {"percentage": "50"}),
        ("patch", "transaction", {"amount": "100.00"}),
        ("delete", "income", None),
        ("delete", "expense", None),
        ("delete", "savings-goal", None),
        ("delete", "transaction", None),
    ],
)
def test_trying_out_a_change_gives_what_making_it_gives(api, plan, method, type_of_row, data):
    op = {"post": "add", "patch": "replace", "delete": "remove"}[method]
    change = {"op": op, "type": type_of_row, "data": data or {}}
    address = f"/api/{type_of_row}/"
    if method != "post":
        change["id"] = plan[type_of_row]["id"]
        address += f"{change['id']}/"

    tried = ask(api, change)["after"]
    assert getattr(api, method)(address, data, format="json").status_code in (200, 201, 204)

    made = today(api)
    own = {"id", "revision"}
    assert {name: tried[name] for name in tried if name not in own} == {
        name: made[name] for name in made if name not in own
    }


def test_a_later_day_is_compared_as_on_the_path(api, plan):
    change = {"op": "replace", "type": "income", "id": plan["income"]["id"], "data": {"amount": "3310"}}

    compared = ask(api, change, date="2026-12-01", periods=1)

    assert (compared["before"]["date"], compared["before"]["amount"], compared["after"]["amount"]) == (
        "2026-12-01",
        "54.83",
        "63.83",
    )
    assert compared["periods"] == [{"start": "2026-12-01", "end": "2027-01-01", "pool": "1979.00", "amount": "63.83"}]


def test_changes_build_on_each_other(api, plan):
    goals = [{"op": "add", "type": "savings-goal", "data": {"percentage": "50"}} for _ in range(2)]

    refused = refusal(api, *goals)

    assert list(refused) == ["changes"]
    assert (refused["changes"][0], list(refused["changes"][1])) == ({}, ["percentage"])


def test_a_change_is_checked_as_a_write_is(api, plan):
    add_bill = {"op": "add", "type": "transaction", "data": {"amount": "1", "kind": "bill", "date": "2026-11-30"}}

    assert refusal(api, {"op": "add", "type": "expense", "data": {"amount": "-1"}}) == {
        "changes": [
            {
                "amount": ["Must be greater than 0."],
                "frequency": ["This field is required."],
                "name": ["This field is required."],
                "due_date": ["This field is required."],
            }
        ]
    }
    assert list(refusal(api, add_bill)["changes"][0]) == ["date"]


def test_a_date_that_has_to_be_named_is_asked_for(api, plan):
    tax = add(api, "expense", name="tax", amount="90", frequency="annual", due_date="2027-06-01")
    data = {"amount": "1", "kind": "bill", "expense": tax["id"]}

    refused = refusal(api, {"op": "add", "type": "transaction", "data": data})["changes"][0]

    # It is more than half a year away.
    assert (refused["code"], refused["candidates"][0]) == ("occurrence_required", "2027-06-01")


def test_a_strangers_row_is_no_row(api, plan, bob):
    income = IncomeFactory(user=bob, amount=1, next_payment_date=datetime.date(2026, 12, 1))

    for op in ("replace", "remove"):
        refused = refusal(api, {"op": op, "type": "income", "id": income.pk, "data": {"amount": "2"}})
        assert refused == {"changes": [{"id": ["There is no such row."]}]}
        assert refusal(api, {"op": op, "type": "income", "id": 10**20, "data": {}}) == refused


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"changes": []},
        {"changes": [{"op": "add", "type": "income"}]},
        {"changes": [{"op": "replace", "type": "income", "data": {}}]},
        {"changes": [{"op": "remove", "type": "income"}]},
        {"changes": [{"op": "move", "type": "income", "id": 1}]},
        {"changes": [{"op": "add", "type": "user", "data": {}}]},
        {"changes": [{"op": "add", "type": "income", "data": []}]},
        {"changes": ["add"]},
        {"changes": [{"op": "remove", "type": "income", "id": 1}] * 51},
        {"changes": [{"op": "add", "type": "transaction", "data": {"amount": "1"}}], "periods": 13},
        {"changes": [{"op": "add", "type": "transaction", "data": {"amount": "1"}}], "date": "2026-11-21"},
        {"changes": [{"op": "add", "type": "transaction", "data": {"amount": "1"}}], "date": "2027-11-24"},
    ],
)
def test_what_cannot_be_tried_out_is_refused(api, plan, body):
    before = rows()

    answer = api.post(WHAT_IF, body, format="json")

    assert answer.status_code == 400, answer.content
    assert rows() == before
