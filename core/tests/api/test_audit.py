"""What an owner can see of what happened."""

import datetime
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection
from django.db import transaction as db_transaction
from django.test.utils import CaptureQueriesContext

from core.audit.services import record_event
from core.ledger.services import TransactionEntry, record_transactions
from core.models import AuditEvent, Income, User
from core.tests.conftest import NOON, TODAY, client_of
from core.tests.support.factories import IncomeFactory, TransactionFactory

INCOME = {"name": "job", "amount": "3000", "frequency": "monthly", "next_payment_date": "2026-12-01"}


def events_of(user):
    """What happened to this person, oldest first, as `(action, object_type, changes)`."""
    rows = AuditEvent.objects.filter(user=user).order_by("id")
    return [(event.action, event.object_type, event.changes) for event in rows]


@pytest.fixture
def test_what_is_written_over_the_api_is_told_newest_first(api, alice):
    income = api.post("/api/income/", INCOME, HTTP_X_REQUEST_ID="first").json()
    api.patch(f"/api/income/{income['id']}/", {"amount": "3100.50"})
    api.delete(f"/api/income/{income['id']}/")

    answer = api.get("/api/audit/", {"object_type": "income"}).json()

    assert answer["count"] == 3
    deleted, updated, created = answer["results"]
    assert deleted["action"] == "deleted"
    assert deleted["changes"]["amount"] == ["3100.50", None]
    assert updated["action"] == "updated"
    assert updated["changes"] == {"amount": ["3000.00", "3100.50"]}
    assert created == {
        "id": created["id"],
        "at": "2026-11-22T12:00:00.000000Z",
        "action": "created",
        "object_type": "income",
        "object_id": str(income["id"]),
        "changes": {
            "name": [None, "job"],
            "amount": [None, "3000.00"],
            "currency": [None, "EUR"],
            "frequency": [None, "monthly"],
            "next_payment_date": [None, "2026-12-01"],
        },
        "address": "127.0.0.1",
    }
    stored = AuditEvent.objects.get(pk=created["id"])
    assert (stored.actor_id, stored.via, stored.request_id) == (alice.pk, "api", "first")


def test_a_write_that_changes_nothing_is_no_event(api, alice):
    income = api.post("/api/income/", INCOME).json()
    before = events_of(alice)

    api.put(f"/api/income/{income['id']}/", INCOME)

    assert events_of(alice) == before


@pytest.mark.parametrize(
    ("path", "body", "changed", "expected"),
    [
        ("expense", {**INCOME, "due_date": "2026-12-05"}, {"due_date": "2026-12-06"}, ["2026-12-05", "2026-12-06"]),
        ("savings-goal", {"percentage": "10"}, {"percentage": "12.5"}, ["10.00", "12.50"]),
        ("transaction", {"amount": "4"}, {"category": "food"}, ["", "food"]),
    ],
)
def test_every_kind_of_row_is_told(api, alice, path, body, changed, expected):
    row = api.post(f"/api/{path}/", body).json()
    api.patch(f"/api/{path}/{row['id']}/", changed)
    api.delete(f"/api/{path}/{row['id']}/")

    created, updated, deleted = [event for event in events_of(alice) if event[1] == path]

    (field,) = changed
    assert (created[0], updated[0], deleted[0]) == ("created", "updated", "deleted")
    assert updated[2] == {field: expected}
    assert deleted[2][field] == [expected[1], None]


def test_amounts_are_told_in_the_minor_unit_of_their_currency(alice):
    User.objects.filter(pk=alice.pk).update(currency="KWD")

    IncomeFactory.create(user=User.objects.get(pk=alice.pk), amount="1.25", currency="KWD")

    assert events_of(alice)[-1][2]["amount"] == [None, "1.250"]


def test_a_day_that_follows_from_the_rest_is_not_told(api, alice):
    api.post("/api/income/", INCOME)
    api.get("/api/allowance/today/")
    api.post("/api/allowance/recalculate/")

    assert [event[1] for event in events_of(alice)] == ["user", "income"]


def test_rows_written_by_a_command_or_in_the_shell_are_told_without_an_actor(alice):
    IncomeFactory.create(user=alice)

    event = AuditEvent.objects.filter(user=alice).latest("id")

    assert (event.action, event.actor_id, event.via, event.address) == ("created", None, "command", "")


def test_bulk_writes_are_told_row_by_row_in_one_statement(alice):
    entries = [TransactionEntry(date=TODAY, amount=Decimal(number)) for number in (1, 2)]

    record_transactions(owner=alice, entries=entries, today=TODAY)

    told = [event for event in events_of(alice) if event[1] == "transaction"]
    assert [event[2]["amount"] for event in told] == [[None, "1.00"], [None, "2.00"]]


def test_deleting_many_rows_at_once_is_told(alice):
    for _ in range(2):
        IncomeFactory.create(user=alice)

    Income.objects.filter(user=alice).delete()

    assert [event[0] for event in events_of(alice)][-2:] == ["deleted", "deleted"]


def test_a_write_that_is_rolled_back_leaves_no_event(alice):
    before = events_of(alice)

    with db_transaction.atomic():
        IncomeFactory.create(user=alice)
        db_transaction.set_rollback(True)

    assert events_of(alice) == before


def test_the_profile_is_told_and_the_password_is_not(alice):
    alice.first_name = "Alice"
    alice.email = "new@example.org"
    alice.set_password("Another-horse-10")
    alice.save()

    assert events_of(alice)[1:] == [
        ("updated", "user", {"first_name": ["", "Alice"]}),
        ("email_changed", "user", {"email": ["alice@example.org", "new@example.org"]}),
        ("password_changed", "user", {}),
    ]
    assert "horse" not in str(list(AuditEvent.objects.values()))
    assert alice.password not in str(list(AuditEvent.objects.values()))


def test_a_login_that_only_renews_an_old_hash_is_no_change_of_password(alice, settings):
    settings.PASSWORD_HASHERS = list(reversed(settings.PASSWORD_HASHERS))
    before = alice.password

    assert alice.check_password("Correct-horse-9")

    assert alice.password != before
    assert [event[0] for event in events_of(alice)] == ["created"]


def test_nobody_sees_another_persons_events(api, strangers_api, alice):
    api.post("/api/income/", INCOME)
    event = AuditEvent.objects.filter(user=alice).latest("id")

    listed = strangers_api.get("/api/audit/").json()["results"]

    assert {row["object_type"] for row in listed} == {"user"}
    assert strangers_api.get(f"/api/audit/{event.pk}/").status_code == 404
    assert strangers_api.get("/api/audit/", {"object_type": "income"}).json()["count"] == 0


def test_a_stranger_without_a_token_sees_nothing(db):
    assert client_of(None).get("/api/audit/").status_code == 401


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_events_can_only_be_read_over_the_api(api, alice, method):
    event = AuditEvent.objects.filter(user=alice).latest("id")

    assert getattr(api, method)("/api/audit/", {"action": "x"}).status_code == 405
    assert getattr(api, method)(f"/api/audit/{event.pk}/", {"action": "x"}).status_code == 405
    assert events_of(alice) == [("created", "user", event.changes)]


def test_the_model_neither_changes_nor_deletes_an_event(alice):
    event = AuditEvent.objects.filter(user=alice).latest("id")

    with pytest.raises(TypeError):
        event.save()
    with pytest.raises(TypeError):
        event.delete()
    with pytest.raises(TypeError):
        AuditEvent.objects.all().delete()
    with pytest.raises(TypeError):
        AuditEvent.objects.update(action="x")


def run_sql(statement):
    with db_transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_the_database_refuses_to_change_an_event(alice):
    with pytest.raises(DatabaseError, match="neither changed nor deleted"):
        run_sql("UPDATE core_auditevent SET action = 'x'")


@pytest.mark.skipif(connection.vendor != "postgresql", reason="on SQLite the model alone refuses, see the migration")
def test_the_database_refuses_to_delete_an_event(alice):
    with pytest.raises(DatabaseError, match="neither changed nor deleted"):
        run_sql("DELETE FROM core_auditevent")


def test_deleting_an_account_erases_its_events_and_no_others(alice, bob):
    TransactionFactory.create(user=alice)
    TransactionFactory.create(user=bob)
    before = events_of(bob)

    alice.delete()

    assert AuditEvent.objects.exclude(user=bob).count() == 0
    assert events_of(bob) == before


def test_deleting_several_accounts_at_once_erases_their_events(alice, bob):
    User.objects.all().delete()

    assert AuditEvent.objects.count() == 0


def test_an_event_can_name_who_caused_it(alice, bob):
    record_event(user_id=alice.pk, action="2fa_disabled", actor_id=bob.pk)

    event = AuditEvent.objects.latest("id")

    assert (event.user_id, event.actor_id, event.action, event.changes) == (alice.pk, bob.pk, "2fa_disabled", {})
    assert event.at == datetime.datetime(2026, 11, 22, 12, tzinfo=datetime.UTC)


def test_the_first_purchase_of_a_day_costs_ten_statements(api, clock):
    api.post("/api/income/", INCOME)
    clock.move_to(NOON + datetime.timedelta(days=1))
    # The access token of yesterday is traded for the next.
    api.get("/api/auth/users/me/")

    with CaptureQueriesContext(connection) as captured:
        answer = api.post("/api/transaction/", {"amount": "4"})

    statements = [query["sql"] for query in captured if "SAVEPOINT" not in query["sql"]]
    assert answer.status_code == 201
    assert len(statements) == 10
