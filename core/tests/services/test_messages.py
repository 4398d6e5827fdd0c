"""Statements leave for PostgreSQL in few messages, in their order, all or none; and their plans are kept.

On SQLite there are no messages: there the same calls run at once, which the first test shows.
"""

# A transaction that fails is a block of more than one statement.
# ruff: noqa: PT012

import datetime
import io
from contextlib import contextmanager, suppress
from decimal import Decimal

import pytest
from django.db import (
    DataError,
    IntegrityError,
    InternalError,
    OperationalError,
    ProgrammingError,
    connection,
    transaction,
)
from django.db.models import BigIntegerField
from django.db.transaction import TransactionManagementError
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from core.db.locks import owner_transaction
from core.models import AuditEvent, Transaction, User
from core.models.compiled import CompiledQuery, Given
from core.models.statements import insert_row
from core.postgresql import Often, few_messages, run_unread
from core.tests.conftest import TODAY
from core.tests.factories import IncomeFactory, TransactionFactory
from core.tests.logins import log_in

pytestmark = pytest.mark.django_db(transaction=True)

NAME = Often("UPDATE core_user SET first_name = %s WHERE id = %s")
NO_SUCH_CURRENCY = Often("UPDATE core_user SET currency = 'eu' WHERE id = %s")
FIRST_NAME = "SELECT first_name FROM core_user WHERE id = %s"


@pytest.fixture
def on_postgresql(engine):
    """Whether there are messages at all."""
    connection.ensure_connection()
    return engine == "postgresql"


def read_name(user):
    with connection.cursor() as cursor:
        cursor.execute(FIRST_NAME, [user.pk])
        return cursor.fetchone()[0]


def read_elsewhere(user):
    """What everybody else sees: what is committed. There is nobody else where a test has SQLite for itself."""
    if connection.vendor != "postgresql":
        return read_name(user)
    other = connection.copy("other")
    with other.cursor() as cursor:
        cursor.execute(FIRST_NAME, [user.pk])
        (name,) = cursor.fetchone()
    other.close()
    return name


def rename(user, name):
    run_unread(connection, NAME, [name, user.pk])


@pytest.fixture
def messages(on_postgresql, monkeypatch):
    """Every message that leaves from here on, but for the driver's own BEGIN and COMMIT."""
    if not on_postgresql:
        return None
    from core.postgresql.base import Cursor

    sent: list[str] = []
    execute = Cursor.execute

    def watched(cursor, query, vars=None):  # noqa: A002
        execute(cursor, query, vars)
        sent.append(cursor.query.decode())

    monkeypatch.setattr(Cursor, "execute", watched)
    return sent


def begin_the_day(user):
    """A client with a real token, a plan and today's row, on a new connection: there statements are still in words."""
    IncomeFactory(user=user)
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {log_in(user)['access']}")
    client.get("/api/allowance/today/")
    connection.close()
    connection.ensure_connection()
    return client


@contextmanager
def plain_transaction():
    with transaction.atomic():
        yield


def test_what_nobody_reads_is_stored_like_anything_else(alice):
    rename(alice, "at once")
    assert read_name(alice) == "at once"
    for block in (few_messages, plain_transaction):
        with block():
            rename(alice, "in between")
            assert read_name(alice) == "in between"
            rename(alice, "at the end")
        assert read_elsewhere(alice) == read_name(alice) == "at the end"
        with pytest.raises(ZeroDivisionError), block():
            rename(alice, "never")
            raise ZeroDivisionError
        with pytest.raises(ZeroDivisionError), block():
            read_name(alice)
            rename(alice, "never")
            raise ZeroDivisionError
        assert read_name(alice) == read_elsewhere(alice) == "at the end"


def test_a_purchase_leaves_in_three_messages(alice, messages):
    if messages is None:
        return
    client = begin_the_day(alice)
    messages.clear()

    answer = client.post("/api/transaction/", {"amount": "1"})

    assert answer.status_code == 201
    session, locked, stored = messages
    assert 'FROM "core_session"' in session
    begin, lock, days = locked.split("; ")
    assert (begin, lock.split()[0], days.split()[0]) == ("BEGIN", "SELECT", "SELECT")
    assert lock.endswith("FOR NO KEY UPDATE")
    assert 'FROM "core_dailyallowance"' in days
    row, event, day, commit = stored.split("; ")
    assert (commit, row.split()[:3], event.split()[:3], day.split()[:2]) == (
        "COMMIT", ["INSERT", "INTO", '"core_transaction"'], ["INSERT", "INTO", '"core_auditevent"'],
        ["UPDATE", '"core_dailyallowance"'],
    )  # fmt: skip
    assert Transaction.objects.get(pk=answer.json()["id"]).amount == 1
    assert AuditEvent.objects.get(object_type="transaction").object_id == str(answer.json()["id"])


def test_a_purchase_under_a_key_is_begun_once_and_its_rows_wait_too(alice, messages):
    if messages is None:
        return
    client = begin_the_day(alice)
    messages.clear()

    answer = client.post("/api/transaction/", {"amount": "1"}, headers={"Idempotency-Key": "once"})

    assert answer.status_code == 201
    # Row, event and day leave with the key.
    assert [message for message in messages if "core_idempotencykey" in message and "core_auditevent" in message]


def test_nothing_asked_is_nothing_sent(messages):
    if messages is None:
        return
    with few_messages():
        pass
    with pytest.raises(ZeroDivisionError), few_messages():
        raise ZeroDivisionError
    with few_messages(), few_messages():
        pass

    # A savepoint within is Django's to send.
    assert [message for message in messages if "SAVEPOINT" not in message and message != "COMMIT"] == []


def test_what_fails_takes_the_whole_transaction_with_it(alice, on_postgresql):
    """At the statement after it, or at the commit."""
    with pytest.raises(IntegrityError), few_messages():
        rename(alice, "lost")
        run_unread(connection, NO_SUCH_CURRENCY, [alice.pk])
        read_name(alice)
    with pytest.raises(IntegrityError), few_messages():
        rename(alice, "lost")
        run_unread(connection, NO_SUCH_CURRENCY, [alice.pk])
    with pytest.raises(IntegrityError), few_messages():
        read_name(alice)
        run_unread(connection, NO_SUCH_CURRENCY, [alice.pk])
        rename(alice, "lost")

    assert read_name(alice) == alice.first_name
    rename(alice, "works")
    assert read_name(alice) == "works"


def test_a_commit_that_rolls_back_is_no_commit(alice, on_postgresql):
    """Whoever swallows an error of the database must not be told that what they did is stored."""
    if not on_postgresql:
        return
    with pytest.raises(InternalError), few_messages(), connection.cursor() as cursor:
        cursor.execute(NAME, ["lost", alice.pk])
        with suppress(IntegrityError):
            cursor.execute(NO_SUCH_CURRENCY, [alice.pk])
    assert read_name(alice) == read_elsewhere(alice) == alice.first_name


def test_a_broken_transaction_takes_no_more_statements(alice, on_postgresql):
    with pytest.raises(TransactionManagementError), few_messages():
        transaction.set_rollback(True)
        rename(alice, "lost")
    assert read_name(alice) == alice.first_name


def test_a_message_that_was_not_understood_is_no_beginning(alice, on_postgresql):
    """Nothing of it ran, its BEGIN neither: what comes next is still part of the transaction."""
    with pytest.raises(ZeroDivisionError), few_messages():
        with pytest.raises((ProgrammingError, OperationalError)), connection.cursor() as cursor:
            cursor.execute("SELEKT 1")
        if on_postgresql:
            with connection.cursor() as cursor:
                cursor.execute(NAME, ["lost", alice.pk])
        raise ZeroDivisionError
    assert read_name(alice) == alice.first_name


def test_a_message_that_was_not_understood_loses_nothing_that_waited(alice):
    """Whoever lives with the error must not store what comes after it without what came before."""
    with few_messages():
        rename(alice, "before")
        with pytest.raises((ProgrammingError, OperationalError)), connection.cursor() as cursor:
            cursor.execute("SELEKT 1")
        AuditEvent.objects.create(user_id=alice.pk, action="after")
    assert read_name(alice) == "before"
    assert AuditEvent.objects.filter(action="after").exists()


def test_what_failed_is_not_taken_for_stored_by_whoever_overlooked_the_error(alice, on_postgresql):
    """What waits may fail in the middle of somebody else's statement, who expects an error and goes on."""
    if not on_postgresql:
        return
    for block in (few_messages, plain_transaction):
        with pytest.raises(InternalError), block():
            run_unread(connection, NO_SUCH_CURRENCY, [alice.pk])
            with pytest.raises(IntegrityError), transaction.atomic():
                read_name(alice)
        assert read_name(alice) == alice.first_name


def test_a_reference_to_nothing_fails_at_the_commit_and_leaves_the_connection_as_it_was(alice, on_postgresql):
    """PostgreSQL checks foreign keys when it is asked to commit."""
    if not on_postgresql:
        return
    for block in (few_messages, plain_transaction):
        done = []
        with pytest.raises(IntegrityError), block():
            transaction.on_commit(lambda: done.append("never"))  # noqa: B023
            rename(alice, "lost")
            insert_row(AuditEvent(user_id=0, action="lost", via="api"))
        assert done == []
        assert read_name(alice) == alice.first_name
        with block():
            transaction.on_commit(lambda: done.append(read_name(alice)))  # noqa: B023
            rename(alice, block.__name__)
        assert done == [block.__name__]
        rename(alice, alice.first_name)


@pytest.mark.parametrize("word", [b"COMMIT", b"ROLLBACK", b"PREPARE"])
def test_an_interruption_leaves_the_connection_fit_for_the_next_call(alice, on_postgresql, monkeypatch, word):
    """A task that is told by a signal that its time is over gets an exception between any two steps."""
    if not on_postgresql:
        return
    from core.postgresql.base import Cursor

    execute = Cursor.execute
    signals = [KeyboardInterrupt]

    def interrupted(cursor, query, vars=None):  # noqa: A002
        execute(cursor, query, vars)
        if isinstance(query, bytes) and query.startswith(word) and signals:
            raise signals.pop()

    connection.close()
    connection.ensure_connection()
    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(Cursor, "execute", interrupted)
        for _ in range(3):
            with few_messages():
                rename(alice, "interrupted")
                if word == b"ROLLBACK":
                    read_name(alice)
                    raise ZeroDivisionError

    with pytest.raises(ProgrammingError), connection.cursor() as cursor:
        cursor.execute("SELEKT 1")
    for block in (plain_transaction, few_messages, few_messages):
        with block():
            rename(alice, block.__name__)
        rename(alice, f"{read_name(alice)}, and once more")
        connection.close()
        assert read_name(alice) == f"{block.__name__}, and once more"


def test_a_transaction_that_was_begun_by_hand_is_left_to_that_hand(alice, on_postgresql):
    if not on_postgresql:
        return
    for finish, name in ((connection.commit, "kept"), (connection.rollback, "kept")):
        connection.set_autocommit(False)
        try:
            with few_messages():
                rename(alice, "kept" if finish == connection.commit else "lost")
            finish()
        finally:
            connection.set_autocommit(True)
        assert read_name(alice) == name


def test_going_back_to_a_savepoint_takes_back_what_waits_and_no_more(alice, on_postgresql):
    for block in (few_messages, plain_transaction):
        with block():
            rename(alice, "before")
            with pytest.raises(ZeroDivisionError), transaction.atomic():
                rename(alice, "inside")
                if on_postgresql:
                    # Nobody has learned yet that it fails, and nobody will.
                    run_unread(connection, NO_SUCH_CURRENCY, [alice.pk])
                raise ZeroDivisionError
            with pytest.raises(IntegrityError), transaction.atomic():
                run_unread(connection, NO_SUCH_CURRENCY, [alice.pk])
                read_name(alice)
            assert read_name(alice) == "before"
            with transaction.atomic():
                rename(alice, "kept")
        assert read_name(alice) == "kept"


def test_a_savepoint_that_cannot_be_released_fails_as_a_whole(alice):
    with few_messages():
        rename(alice, "before")
        with pytest.raises(IntegrityError), transaction.atomic():
            run_unread(connection, NO_SUCH_CURRENCY, [alice.pk])
        rename(alice, "after")
    assert read_name(alice) == "after"


def test_many_at_once_and_copies_come_after_what_waits(alice, on_postgresql):
    with few_messages(), connection.cursor() as cursor:
        rename(alice, "first")
        cursor.executemany("UPDATE core_user SET first_name = first_name || %s WHERE id = %s", [["!", alice.pk]] * 2)
    assert read_name(alice) == "first!!"
    if not on_postgresql:
        return
    with few_messages(), connection.cursor() as cursor:
        rename(alice, "copied")
        cursor.copy_expert("COPY (SELECT first_name FROM core_user) TO STDOUT", copy := io.StringIO())
    assert copy.getvalue() == "copied\n"
    with few_messages(), connection.cursor() as cursor:
        rename(alice, "copied again")
        cursor.copy_to(copy := io.StringIO(), "core_user", columns=["first_name"])
    assert copy.getvalue() == "copied again\n"


def test_calls_copies_and_cursors_with_a_name_are_part_of_the_transaction_too(alice, on_postgresql):
    """None of them is a statement to the driver."""
    if not on_postgresql:
        return
    with pytest.raises(ZeroDivisionError), few_messages(), connection.cursor() as cursor:
        cursor.callproc("set_config", ["core.called", "yes", True])
        cursor.execute("SELECT current_setting('core.called', true)")
        assert cursor.fetchone() == ("yes",)
        raise ZeroDivisionError
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE copies (name text)")
        with pytest.raises(ZeroDivisionError), few_messages():
            cursor.copy_from(io.StringIO("lost\n"), "copies")
            raise ZeroDivisionError
        cursor.execute("SELECT name FROM copies")
        assert cursor.fetchall() == []
        cursor.execute("DROP TABLE copies")
    with few_messages(), connection.create_cursor("named") as cursor:
        rename(alice, "first")
        cursor.execute("SELECT first_name FROM core_user")
        assert cursor.fetchall() == [("first",)]


def test_text_that_looks_like_a_parameter_or_the_end_of_a_statement_is_text(alice):
    text = "%s; COMMIT; -- ' \\ %% ; $1"
    for _ in range(5):
        with few_messages():
            rename(alice, text)
        assert read_name(alice) == text
        event = AuditEvent.of(
            user_id=alice.pk, action="a", object_type="", object_id="", changes={"name": [None, text]}, address="",
            actor_id=None, via="api", request_id="",
        )  # fmt: skip
        with few_messages():
            insert_row(event)
        assert AuditEvent.objects.latest("id").changes == {"name": [None, text]}


def test_a_purchase_that_is_undone_leaves_nothing_and_its_id_to_nobody(alice):
    TransactionFactory(user=alice)
    with pytest.raises(ZeroDivisionError), owner_transaction(alice.pk, first_day=TODAY):
        lost = TransactionFactory(user=alice)
        raise ZeroDivisionError
    with owner_transaction(alice.pk, first_day=TODAY):
        one, other = TransactionFactory(user=alice), TransactionFactory(user=alice, amount=Decimal(2))
        assert Transaction.objects.filter(pk=one.pk).exists()

    assert not Transaction.objects.filter(pk=lost.pk).exclude(pk__in=(one.pk, other.pk)).exists()
    assert sorted(Transaction.objects.values_list("pk", flat=True))[1:] == [one.pk, other.pk]
    assert one.pk < other.pk


def test_statements_are_told_of_each_by_itself(alice, on_postgresql):
    with CaptureQueriesContext(connection) as captured, few_messages():
        rename(alice, "one")
        read_name(alice)
        rename(alice, "two")

    told = [one["sql"] for one in captured.captured_queries if not one["sql"].startswith(("BEGIN", "COMMIT"))]
    assert told == [NAME % ("'one'", alice.pk), FIRST_NAME % alice.pk, NAME % ("'two'", alice.pk)]


# ---- Plans that are kept --------------------------------------------------------------------------


def list_kept():
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements")
        return [statement for (statement,) in cursor.fetchall()]


def ask(statement, *parameters):
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchall()


def test_a_plan_is_kept_from_the_third_run_on(alice, on_postgresql):
    if not on_postgresql:
        return
    connection.close()
    statement = Often("SELECT id, '100%%' FROM core_user WHERE username = %s AND id >= %s")
    expected = [(alice.pk, "100%")]

    assert [ask(statement, "alice", 1) for _ in range(2)] == [expected] * 2
    assert list_kept() == []
    assert [ask(statement, "alice", 1) for _ in range(3)] == [expected] * 3
    (kept,) = list_kept()
    assert kept == f"PREPARE often_0 AS {statement}".replace("%%", "%").replace("%s", "$1", 1).replace("%s", "$2")
    assert ask(statement, "bob", 1) == []
    # Another connection has plans of its own.
    connection.close()
    assert ask(statement, "alice", 1) == expected
    assert list_kept() == []


def test_behind_a_pooler_no_plan_is_kept(alice, on_postgresql, monkeypatch):
    if not on_postgresql:
        return
    from core.postgresql import base

    connection.close()
    monkeypatch.setattr(base.Connection, "get_backend_pid", lambda self: 1)
    statement = Often("SELECT first_name FROM core_user WHERE id = %s")

    assert [ask(statement, alice.pk) for _ in range(5)] == [[(alice.first_name,)]] * 5
    assert list_kept() == []
    connection.close()


def test_a_plan_is_also_kept_in_the_middle_of_a_transaction_that_fails(alice, on_postgresql):
    """Plans belong to the connection, not to the transaction."""
    if not on_postgresql:
        return
    connection.close()
    for _ in range(4):
        with pytest.raises(ZeroDivisionError), few_messages():
            rename(alice, "lost")
            read_name(alice)
            raise ZeroDivisionError
    rename(alice, "works")
    assert read_name(alice) == "works"
    assert len(list_kept()) == 1


def test_a_value_that_does_not_fit_is_refused_by_the_database_and_nothing_is_lost(alice, on_postgresql):
    if not on_postgresql:
        return
    for _ in range(4):
        with pytest.raises(DataError), few_messages():
            rename(alice, "n" * 200)
    assert read_name(alice) == alice.first_name


def test_a_constant_of_a_compiled_query_is_a_constant(alice):
    User.objects.filter(pk=alice.pk).update(first_name="100%s '")
    query = CompiledQuery(lambda: User.objects.filter(first_name="100%s '", pk=Given("id", BigIntegerField())))

    assert [query.first(id=alice.pk) for _ in range(4)] == [alice] * 4
    assert query.first(id=alice.pk + 1) is None


def test_every_statement_that_is_compiled_can_be_kept(alice, on_postgresql):
    """PostgreSQL can tell the type of each parameter from its place."""
    if not on_postgresql:
        return
    import gc

    import core.accounts.services.sessions
    import core.allowance.queries  # noqa: F401

    queries = [one for one in gc.get_objects() if isinstance(one, CompiledQuery)]
    connection.close()
    connection.ensure_connection()
    with transaction.atomic():
        for query in queries:
            statement = query._find_statement(connection)
            for _ in range(3):
                words = connection.connection.find_words(statement.sql, len(statement.parameters))
            assert words.startswith("EXECUTE"), statement.sql
    assert len(queries) > 8
    connection.close()


@override_settings(DEBUG=True)
def test_a_connection_that_is_debugged_tells_of_what_it_runs(alice):
    connection.close()
    try:
        debugged = connection.copy("debugged")
        debugged.settings_dict = connection.settings_dict
        with debugged.cursor() as cursor:
            cursor.execute("SELECT 1")
        assert [one["sql"] for one in debugged.queries_log] == ["SELECT 1"]
    finally:
        debugged.close()


def test_what_waits_belongs_to_its_threads_connection(alice, on_postgresql):
    if not on_postgresql:
        return
    from threading import Thread

    seen = []

    def look():
        seen.append(read_name(alice))
        connection.close()

    with few_messages():
        rename(alice, "waits")
        other = Thread(target=look)
        other.start()
        other.join()
        assert read_name(alice) == "waits"

    assert seen == [alice.first_name]


def test_the_short_way_and_the_ordinary_one_add_up_together(alice):
    """What every test ends with, a recomputation of all days, is the proof."""
    IncomeFactory(user=alice, amount=Decimal(300), frequency="weekly", next_payment_date=TODAY)
    with owner_transaction(alice.pk, first_day=TODAY):
        TransactionFactory(user=alice, date=TODAY, amount=Decimal(3))
    TransactionFactory(user=alice, date=TODAY - datetime.timedelta(days=1), amount=Decimal(4))
