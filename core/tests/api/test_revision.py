"""`revision` of today's figure: another after each write of the owner's rows or settings, and after nothing else.

`core/tests/test_schema_answers.py` goes through every route. Here are the writes beside the routes, and what writes
nothing.
"""

import datetime
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import transaction as db_transaction

from core.allowance.services import open_days_for_all, refresh_foreign_plans
from core.clock import today_for
from core.db.locks import owner_transaction, raise_revision
from core.ledger.services import TransactionEntry, record_transactions
from core.models import DailyAllowance, Expense, IdempotencyKey, Income, Reconciliation, SavingsGoal, Transaction, User
from core.tests.conftest import TODAY
from core.tests.support.factories import (
    ExchangeRateFactory,
    ExpenseFactory,
    IncomeFactory,
    OccurrencePatchFactory,
    ReconciliationFactory,
    SavingsGoalFactory,
    TransactionFactory,
)
from core.tests.support.logins import client_with, log_in

TODAY_URL = "/api/allowance/today/"


def get_revision(user):
    return User.objects.get(pk=user.pk).revision


@pytest.fixture
def client(alice):
    return client_with(log_in(alice)["access"])


@pytest.fixture
def rows(alice):
    """A row of each kind, and the revision after them."""
    made = [
        IncomeFactory.create(user=alice),
        ExpenseFactory.create(user=alice),
        SavingsGoalFactory.create(user=alice),
        TransactionFactory.create(user=alice),
        OccurrencePatchFactory.create(user=alice),
        ReconciliationFactory.create(user=alice),
    ]
    assert get_revision(alice) == len(made) + 1  # The patch comes with a bill of its own.
    return made


# ---- Over HTTP -------------------------------------------------------------------------------------


def test_the_answer_to_a_write_has_the_revision_that_today_shows_after_it(client, alice):
    before = client.get(TODAY_URL).json()["revision"]

    bought = client.post("/api/transaction/", {"amount": "1"})
    after = client.get(TODAY_URL).json()["revision"]

    assert (bought.status_code, bought.headers["X-Revision"]) == (201, after)
    assert after != before


def test_one_request_raises_it_once(client, alice):
    client.patch("/api/auth/users/me/", {"timezone": "Asia/Tokyo", "first_name": "Alice", "leftover": "carry"})

    assert get_revision(alice) == 1


def test_reads_logins_and_new_days_leave_it_as_it_is(client, alice, clock):
    IncomeFactory(user=alice)
    before = get_revision(alice)

    clock.shift(datetime.timedelta(days=40))
    tokens = log_in(alice)
    client = client_with(tokens["access"])
    answers = [
        client.get(TODAY_URL),
        client.get("/api/allowance/explain/"),
        client.get("/api/income/"),
        client.post("/api/allowance/recalculate/"),
        client.post("/api/auth/jwt/refresh/", {"refresh": tokens["refresh"]}),
    ]

    assert [(answer.status_code, answer.headers.get("X-Revision")) for answer in answers] == [(200, None)] * 5
    assert answers[0].json()["revision"] == answers[3].json()["revision"] == str(before)
    assert get_revision(alice) == before
    assert DailyAllowance.objects.filter(user=alice).count() == 2


@pytest.mark.parametrize(
    ("write", "status"),
    [
        (lambda client, income: client.post("/api/transaction/", {"amount": "0"}), 400),
        (lambda client, income: client.patch(f"/api/income/{income.pk}/", {"amount": "x"}), 400),
        (lambda client, income: client.delete("/api/income/987654321/"), 404),
        (lambda client, income: client.delete(f"/api/income/{income.pk}/", headers={"If-Match": '"1"'}), 412),
        (lambda client, income: client.patch("/api/auth/users/me/", {"currency": "XYZ"}), 400),
        (lambda client, income: client.post("/api/allowance/"), 405),
    ],
    ids=["create", "change", "unknown", "changed meanwhile", "profile", "method"],
)
def test_a_write_that_is_refused_leaves_it_as_it_is(client, alice, write, status):
    income = IncomeFactory.create(user=alice)
    before = get_revision(alice)

    answer = write(client, income)

    assert (answer.status_code, answer.headers.get("X-Revision")) == (status, None)
    assert get_revision(alice) == before


def test_a_write_of_bobs_leaves_alices_as_it_is(alice, bob, client):
    client_with(log_in(bob)["access"]).post("/api/transaction/", {"amount": "1"})

    assert (get_revision(alice), get_revision(bob)) == (0, 1)


def test_an_answer_that_is_given_again_has_the_present_revision(client, alice):
    def send():
        return client.post("/api/transaction/", {"amount": "1"}, headers={"Idempotency-Key": "once"})

    first = send()
    client.post("/api/income/", {"amount": "9", "frequency": "monthly", "next_payment_date": "2026-12-01"})
    again = send()

    assert again.headers["Idempotent-Replayed"] == "true"
    assert (first.headers["X-Revision"], again.headers["X-Revision"], get_revision(alice)) == ("1", "2", 2)
    assert IdempotencyKey.objects.count() == 1


def test_a_purchase_that_is_known_by_its_client_id_writes_nothing(client, alice):
    body = {"amount": "1", "client_id": "a3bb189e-8bf9-3888-9912-ace4e6543002"}

    first, again = client.post("/api/transaction/", body), client.post("/api/transaction/", body)
    client.delete(f"/api/transaction/{first.json()['id']}/")
    gone = client.post("/api/transaction/", body)

    assert [answer.status_code for answer in (first, again, gone)] == [201, 200, 410]
    assert [answer.headers.get("X-Revision") for answer in (first, again, gone)] == ["1", "1", None]
    assert get_revision(alice) == 2


def test_a_date_that_is_said_to_be_as_planned_writes_nothing(client, alice):
    rent = ExpenseFactory.create(user=alice)
    path = f"/api/expense/{rent.pk}/occurrences/2026-12-05/"

    answers = [
        client.patch(path, {"skipped": False}, format="json"),
        client.delete(path),
        client.patch(path, {"skipped": True}, format="json"),
        client.delete(path),
    ]

    assert [(answer.status_code, answer.headers["X-Revision"]) for answer in answers] == [
        (200, "1"),
        (204, "1"),
        (200, "2"),
        (204, "3"),
    ]


def test_a_change_of_nothing_in_the_profile_says_the_present_revision(client, alice):
    raise_revision(alice.pk)

    answer = client.patch("/api/auth/users/me/", {"timezone": "UTC"})

    assert (answer.status_code, answer.headers["X-Revision"], get_revision(alice)) == (200, "1", 1)


def test_an_app_of_another_origin_may_read_it(client, settings):
    settings.CORS_ALLOWED_ORIGINS = ["https://app.example.org"]

    answer = client.post("/api/transaction/", {"amount": "1"}, HTTP_ORIGIN="https://app.example.org")

    assert "x-revision" in answer["Access-Control-Expose-Headers"].split(", ")


# ---- Beside the API --------------------------------------------------------------------------------


@pytest.mark.parametrize("position", range(6))
def test_a_row_that_is_saved_or_deleted_raises_it(alice, rows, position):
    row, before = rows[position], get_revision(alice)

    row.save()
    saved = get_revision(alice)
    row.delete()

    assert (saved, get_revision(alice)) == (before + 1, before + 2)


@pytest.mark.parametrize("model", [Income, Expense, SavingsGoal, Transaction, Reconciliation, DailyAllowance])
def test_rows_that_are_deleted_at_once_raise_it_once_for_each_owner(alice, bob, rows, model):
    TransactionFactory(user=bob)
    ExpenseFactory.create_batch(2, user=alice)
    before, bobs = get_revision(alice), get_revision(bob)

    model.objects.filter(user=alice).delete()

    assert (get_revision(alice), get_revision(bob)) == (before + 1, bobs)


def test_many_transactions_that_are_recorded_at_once_raise_it_once(alice):
    entries = [TransactionEntry(date=TODAY, amount=Decimal(1)), TransactionEntry(date=TODAY, amount=Decimal(2))]

    record_transactions(owner=alice, entries=entries, today=TODAY)

    assert get_revision(alice) == 1


@pytest.mark.parametrize(
    ("column", "value", "raised"),
    [
        ("currency", "JPY", 1),
        ("weekday_weights", [1, 1, 1, 1, 1, 3, 2], 1),
        ("language", "de", 1),
        ("first_name", "Alice", 1),
        ("password", "x", 0),
        ("is_staff", True, 0),
        ("last_login", datetime.datetime(2026, 11, 22, tzinfo=datetime.UTC), 0),
    ],
)
def test_of_the_account_only_the_profile_raises_it(alice, column, value, raised):
    setattr(alice, column, value)

    alice.save()

    assert (alice.revision, get_revision(alice)) == (raised, raised)


def test_new_rates_and_nightly_jobs_leave_it_as_it_is(alice, clock):
    ExchangeRateFactory()
    ExpenseFactory(user=alice, currency="USD")
    before = get_revision(alice)

    clock.shift(datetime.timedelta(days=40))
    ExchangeRateFactory(date=datetime.date(2026, 12, 31), rate=Decimal(2))
    refresh_foreign_plans(today_for=today_for)
    open_days_for_all(today_for=today_for)
    call_command("check_allowances", stdout=StringIO())

    assert get_revision(alice) == before


def test_what_is_rolled_back_leaves_it_as_it_is(alice):
    with db_transaction.atomic():
        TransactionFactory(user=alice)
        db_transaction.set_rollback(True)

    assert get_revision(alice) == 0


def test_a_lock_that_expects_a_write_and_sees_none_takes_it_back(alice):
    with owner_transaction(alice.pk, expects_write=True) as owner:
        seen = owner.revision

    assert (seen, get_revision(alice)) == (1, 0)


def test_a_lock_of_an_account_that_is_gone_finds_nobody(alice):
    with pytest.raises(User.DoesNotExist), owner_transaction(alice.pk + 1, expects_write=True):
        pass
