"""`If-Match` with a row's `updated_at`: a change is refused where somebody else changed the row meanwhile."""

import datetime

import pytest

from core.models import AuditEvent, Expense, Income, SavingsGoal, Transaction
from core.tests.conftest import NOON
from core.tests.support.factories import ExpenseFactory, IncomeFactory, SavingsGoalFactory, TransactionFactory

ROWS = {
    "income": (Income, IncomeFactory, {"name": "second job"}),
    "expense": (Expense, ExpenseFactory, {"name": "flat"}),
    "savings-goal": (SavingsGoal, SavingsGoalFactory, {"name": "car"}),
    "transaction": (Transaction, TransactionFactory, {"category": "food"}),
}
STALE = '"2026-11-22T11:59:59.000000Z"'

each_kind = pytest.mark.parametrize("kind", list(ROWS))


@pytest.fixture
def row(kind, alice):
    _model, factory, _changes = ROWS[kind]
    return factory.create(user=alice)


def path_of(kind, row):
    return f"/api/{kind}/{row.pk}/"


def send(api, method, kind, row, if_match):
    body = api.get(path_of(kind, row)).json() | ROWS[kind][2] if method == "put" else ROWS[kind][2]
    return getattr(api, method)(path_of(kind, row), body, headers={"If-Match": if_match})


@each_kind
@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_a_row_that_was_changed_meanwhile_is_not_written(kind, method, row, api):
    model = ROWS[kind][0]
    stored = list(model.objects.values())
    events = AuditEvent.objects.count()

    answer = send(api, method, kind, row, STALE)

    assert (answer.status_code, answer.json()) == (
        412,
        {"detail": "This was changed since it was read. Read it again.", "code": "changed_meanwhile"},
    )
    assert list(model.objects.values()) == stored
    assert AuditEvent.objects.count() == events


@each_kind
@pytest.mark.parametrize(("method", "status"), [("put", 200), ("patch", 200), ("delete", 204)])
def test_a_row_that_is_as_it_was_read_is_written(kind, method, status, row, api):
    read = api.get(path_of(kind, row)).json()

    assert send(api, method, kind, row, f'"{read["updated_at"]}"').status_code == status


@each_kind
def test_of_two_changes_of_what_both_read_the_second_is_refused(kind, row, api, clock):
    tag = f'"{api.get(path_of(kind, row)).json()["updated_at"]}"'
    clock.move_to(NOON + datetime.timedelta(seconds=1))

    answers = [send(api, "patch", kind, row, tag) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 412]


@pytest.mark.parametrize("header", ["*", STALE.strip('"'), f"W/{STALE}", f"{STALE}, {STALE}", "", '"'])
def test_whatever_is_not_one_quoted_value_is_not_looked_at(header, alice, api):
    row = TransactionFactory.create(user=alice)

    answer = api.patch(path_of("transaction", row), {"category": "food"}, headers={"If-Match": header})

    assert (answer.status_code, answer.json()["category"]) == (200, "food")


def test_a_strangers_row_is_missing_before_it_is_compared(alice, strangers_api):
    row = TransactionFactory.create(user=alice)

    answer = strangers_api.patch(path_of("transaction", row), {}, headers={"If-Match": STALE})

    assert answer.status_code == 404


def test_reading_and_adding_look_at_no_such_header(alice, api):
    row = TransactionFactory.create(user=alice)

    read = api.get(path_of("transaction", row), headers={"If-Match": STALE})
    added = api.post("/api/transaction/", {"amount": "1"}, headers={"If-Match": STALE})

    assert (read.status_code, added.status_code) == (200, 201)


def test_a_payment_whose_date_is_handed_over_is_another_version(api, alice, clock):
    rent = ExpenseFactory(user=alice)
    paid = api.post(
        "/api/transaction/", {"amount": "1000.00", "kind": "bill", "expense": rent.pk, "occurrence": "2026-11-05"}
    ).json()
    clock.shift(datetime.timedelta(seconds=1))

    assert api.patch(f"/api/expense/{rent.pk}/", {"due_date": "2026-12-07"}).status_code == 200

    version = {"If-Match": f'"{paid["updated_at"]}"'}
    answer = api.patch(f"/api/transaction/{paid['id']}/", {"amount": "1.00"}, headers=version)
    stored = api.get(f"/api/transaction/{paid['id']}/").json()
    assert (answer.status_code, stored["occurrence"], stored["amount"]) == (412, "2026-11-07", "1000.00")
    [event] = AuditEvent.objects.filter(user=alice, object_type="transaction", action="updated")
    assert event.changes == {"occurrence": ["2026-11-05", "2026-11-07"]}
