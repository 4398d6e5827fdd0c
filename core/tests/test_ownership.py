"""Another person's row behaves exactly like one that does not exist: in a path, in a body, in a list, in a filter.

Alice owns, Bob is the stranger. The routes are collected from the URLs.
"""

import datetime

import pytest

from core.models import AuditEvent, DailyAllowance, Expense, Income, Reconciliation, SavingsGoal, Session, Transaction
from core.tests.conftest import NOON
from core.tests.support.factories import (
    ExpenseFactory,
    IncomeFactory,
    ReconciliationFactory,
    SavingsGoalFactory,
    TransactionFactory,
)
from core.tests.support.routes import list_routes

UNKNOWN_ID = 987654321
OF_ROWS = [route for route in list_routes() if "{id}" in route.path]
LISTS = [
    route
    for route in list_routes()
    if "get" in route.methods and any(row.path == route.path + "{id}/" for row in OF_ROWS)
]
MODELS = {
    "income": Income,
    "expense": Expense,
    "savings-goal": SavingsGoal,
    "transaction": Transaction,
    "reconciliation": Reconciliation,
    "allowance": DailyAllowance,
}
BODIES = {
    "income": {"amount": "1", "frequency": "monthly", "next_payment_date": "2026-12-01"},
    "expense": {"name": "x", "amount": "1", "frequency": "monthly", "due_date": "2026-12-01"},
    "savings-goal": {"percentage": "1"},
    "transaction": {"amount": "1"},
}


@pytest.fixture
def alices_rows(alice) -> dict[str, int]:
    """An id of each kind that is Alice's."""
    rows = {
        "income": IncomeFactory(user=alice, name="alices"),
        "expense": ExpenseFactory(user=alice, name="alices"),
        "savings-goal": SavingsGoalFactory(user=alice, name="alices"),
        "transaction": TransactionFactory(user=alice, category="alices", description="alices"),
        "reconciliation": ReconciliationFactory(user=alice, note="alices"),
    }
    rows["allowance"] = rows["transaction"].allowance
    ids = {name: row.pk for name, row in rows.items()}
    session = Session.objects.create(user=alice, created_at=NOON, expires_at=NOON + datetime.timedelta(days=30))
    event = AuditEvent.objects.filter(user=alice).latest("pk")
    return ids | {"users": alice.pk, "audit": event.pk, "sessions": session.pk}


def name_of(route) -> str:
    return route.path.partition("{id}/")[0].rstrip("/").rsplit("/", 1)[-1]


def everything():
    rows = {name: list(model.objects.order_by("pk").values()) for name, model in MODELS.items()}
    # Each call uses the caller's session, which is noted on it.
    return rows | {"sessions": list(Session.objects.order_by("pk").values("pk", "user_id", "ended_at", "revoked_at"))}


@pytest.mark.parametrize("route", OF_ROWS, ids=str)
def test_a_strangers_row_in_a_path_is_a_row_that_does_not_exist(route, alices_rows, strangers_api):
    alices_id = alices_rows[name_of(route)]
    before = everything()

    for method in ("get", "put", "patch", "delete", "post", "options", "head"):
        for body in (BODIES.get(name_of(route), {}), {}):
            of_alice = getattr(strangers_api, method)(route.fill(alices_id), body)
            of_nobody = getattr(strangers_api, method)(route.fill(UNKNOWN_ID), body)

            assert of_alice.status_code == of_nobody.status_code, method
            assert of_alice.content == of_nobody.content, method
            if method in route.methods:
                assert of_alice.status_code == 404, method
                assert of_alice.json() == {"detail": "Not found.", "code": "not_found"}
            assert of_alice.status_code != 403

    assert everything() == before


@pytest.mark.parametrize("route", LISTS, ids=str)
def test_a_list_holds_a_persons_own_rows_alone(route, alices_rows, strangers_api, api):
    of_bob = {row["id"] for row in strangers_api.get(route.path).json()["results"]}
    of_alice = {row["id"] for row in api.get(route.path).json()["results"]}

    assert alices_rows[name_of(route)] in of_alice
    assert of_alice & of_bob == set()


@pytest.mark.parametrize(
    "query",
    [
        "transaction/?search=alices",
        "transaction/?category=alices",
        "transaction/?date=2026-11-22",
        "transaction/?date_after=2026-11-22",
        "transaction/?date_before=2026-11-22",
        "transaction/?kind=spend",
        "transaction/?min_amount=1",
        "transaction/?max_amount=100",
        "income/?search=alices",
        "expense/?search=alices",
        "savings-goal/?search=alices",
        "allowance/?date_after=2026-11-22",
        "allowance/?date_before=2026-11-22",
    ],
)
def test_no_filter_finds_a_strangers_row(query, alices_rows, strangers_api, api):
    assert len(api.get(f"/api/{query}").json()["results"]) == 1
    assert strangers_api.get(f"/api/{query}").json()["results"] == []


@pytest.mark.parametrize("shape", [int, str])
def test_a_strangers_day_in_a_body_is_a_day_that_does_not_exist(shape, alices_rows, strangers_api, bob):
    own = TransactionFactory(user=bob)
    before = everything()

    for send in (
        lambda body: strangers_api.post("/api/transaction/", body),
        lambda body: strangers_api.put(f"/api/transaction/{own.pk}/", body),
        lambda body: strangers_api.patch(f"/api/transaction/{own.pk}/", body),
    ):
        of_alice = send({"amount": "1", "allowance": shape(alices_rows["allowance"])})
        of_nobody = send({"amount": "1", "allowance": shape(UNKNOWN_ID)})

        assert of_alice.status_code == of_nobody.status_code == 400
        assert of_alice.json() == of_nobody.json() == {"allowance": ["There is no such row."]}

    assert everything() == before


@pytest.mark.parametrize("name", list(BODIES))
def test_nobody_can_write_rows_for_somebody_else(name, alice, bob, strangers_api):
    for owner in (alice.pk, "alice", {"id": alice.pk}):
        body = BODIES[name] | {"user": owner, "user_id": alice.pk, "owner": alice.pk, "id": 1}

        made = strangers_api.post(f"/api/{name}/", body)
        changed = strangers_api.patch(f"/api/{name}/{made.json()['id']}/", {"user": owner, "user_id": alice.pk})

        assert (made.status_code, changed.status_code) == (201, 200)

    assert set(MODELS[name].objects.values_list("user", flat=True)) == {bob.pk}


def test_a_key_that_a_stranger_used_is_new(api, strangers_api):
    key = {"Idempotency-Key": "shared"}
    of_alice = api.post("/api/transaction/", {"amount": "1"}, headers=key)

    of_bob = strangers_api.post("/api/transaction/", {"amount": "2"}, headers=key)

    assert (of_alice.status_code, of_bob.status_code) == (201, 201)
    assert "Idempotent-Replayed" not in of_bob.headers
    assert of_bob.json()["amount"] == "2.00"


# What is the same for everybody.
OPEN = {"/api/", "/api/timezones/", "/api/holiday-calendars/", "/api/languages/", "/api/currencies/"}


@pytest.mark.parametrize(
    "route",
    [route for route in list_routes() if not route.path.startswith("/api/auth/") and route.path not in OPEN],
    ids=str,
)
def test_without_a_token_there_is_nothing_to_see(route, anonymous):
    for method in route.methods:
        answer = getattr(anonymous, method)(route.fill(1))

        assert answer.status_code == 401, method
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
        assert answer.json()["code"] == "not_authenticated"
