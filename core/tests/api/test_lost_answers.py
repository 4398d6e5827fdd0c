"""A write whose commit got no answer is not reported as one that changed nothing."""

import pytest
from django.db import connection

from core.db.transactions import CommitUnanswered, atomic_write
from core.models import Transaction
from core.tests.support.factories import PASSWORD

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite runs in this process: no answer can be lost"),
]

PURCHASES = "/api/transaction/"
KEY = {"Idempotency-Key": "once"}


@pytest.fixture
def end_session():
    """Let the server end the session that inserts into a table: `end_session(table, when)`."""
    triggers = []

    def install(table, when):
        at_commit = when == "at the commit"
        kind, deferred = ("CONSTRAINT TRIGGER", "DEFERRABLE INITIALLY DEFERRED") if at_commit else ("TRIGGER", "")
        with connection.cursor() as cursor:
            cursor.execute(
                "CREATE OR REPLACE FUNCTION end_own_session() RETURNS trigger LANGUAGE plpgsql AS "
                "$$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$"
            )
            cursor.execute(
                f"CREATE {kind} ends_session AFTER INSERT ON {table} {deferred} "
                "FOR EACH ROW EXECUTE FUNCTION end_own_session()"
            )
        triggers.append(table)

    def remove():
        connection.close()
        while triggers:
            with connection.cursor() as cursor:
                cursor.execute(f"DROP TRIGGER ends_session ON {triggers.pop()}")

    install.remove = remove
    yield install
    remove()


@pytest.mark.parametrize("headers", [{}, KEY], ids=["without a key", "with a key"])
def test_a_purchase_whose_commit_is_not_answered_may_be_stored(api, end_session, headers):
    end_session("core_transaction", "at the commit")

    answer = api.post(PURCHASES, {"amount": "1"}, headers=headers)

    assert (answer.status_code, answer.json()["code"], answer["Retry-After"]) == (503, "outcome_unknown", "2")


def test_a_purchase_that_fails_before_the_commit_is_not_stored(api, end_session):
    end_session("core_transaction", "at the insert")

    answer = api.post(PURCHASES, {"amount": "1"}, headers=KEY)

    assert (answer.status_code, answer.json()["code"], answer["Retry-After"]) == (503, "unavailable", "2")


@pytest.mark.parametrize("when", ["at the insert", "at the commit"])
def test_the_retry_with_the_key_stores_it_once(api, end_session, when):
    end_session("core_transaction", when)
    api.post(PURCHASES, {"amount": "1"}, headers=KEY)
    end_session.remove()

    retried = [api.post(PURCHASES, {"amount": "1"}, headers=KEY) for _ in range(2)]

    assert [answer.status_code for answer in retried] == [201, 201]
    assert [answer.get("Idempotent-Replayed") for answer in retried] == [None, "true"]
    assert Transaction.objects.count() == 1


def test_a_registration_whose_commit_is_not_answered_may_be_stored(anonymous, end_session):
    end_session("core_user", "at the commit")

    body = {"username": "carol", "email": "carol@example.org", "password": PASSWORD}
    answer = anonymous.post("/api/auth/users/", body)

    assert (answer.status_code, answer.json()["code"]) == (503, "outcome_unknown")


def rename_in_nested_blocks(person):
    with atomic_write():
        with atomic_write():
            person.first_name = "Alice"
            person.save()
        assert connection.in_atomic_block


def test_of_nested_blocks_the_outermost_commits(alice, end_session):
    end_session("core_auditevent", "at the commit")

    with pytest.raises(CommitUnanswered):
        rename_in_nested_blocks(alice)
