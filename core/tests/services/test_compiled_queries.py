"""Statements that were put into words once say what the ORM says."""

import datetime
from decimal import Decimal

import pytest
from django.apps import apps
from django.db import OperationalError, connection
from django.db.models import BigIntegerField
from django.db.models.signals import post_init, pre_init
from django.forms.models import model_to_dict

from core.accounts.services.sessions import _session_with_user
from core.allowance.queries import calculate_spent_on, find_day, list_days_to_refresh
from core.db.loaded import LoadedModel
from core.db.locks import owner_transaction
from core.models import AuditEvent, DailyAllowance, Session, Transaction, User
from core.models.compiled import CompiledQuery, Given
from core.models.statements import insert_row, update_row
from core.tests.conftest import NOON, TODAY
from core.tests.factories import TransactionFactory, UserFactory

YESTERDAY = TODAY - datetime.timedelta(days=1)


def columns_of(row):
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


@pytest.fixture
def shopping(alice):
    for day, amount in ((YESTERDAY, "12.50"), (TODAY, "3.10"), (TODAY, "0.01")):
        TransactionFactory(user=alice, date=day, amount=Decimal(amount))
    TransactionFactory(user=alice, date=TODAY, amount=Decimal("1.00"), kind="refund")
    TransactionFactory(user=UserFactory(username="bob"), amount=Decimal("99.00"))


def test_a_day_is_the_day_that_the_orm_reads(alice, shopping):
    for day in (TODAY, YESTERDAY, TODAY):
        row, expected = find_day(user_id=alice.pk, on_date=day), DailyAllowance.objects.get(user=alice, date=day)

        assert columns_of(row) == columns_of(expected)
        assert row.loaded_values == expected.loaded_values
        assert [type(value) for value in columns_of(row).values()] == [
            type(value) for value in columns_of(expected).values()
        ]
    assert find_day(user_id=alice.pk, on_date=TODAY + datetime.timedelta(days=1)) is None


def test_the_days_to_refresh_are_those_that_the_orm_reads(alice, shopping):
    found = list_days_to_refresh(user_id=alice.pk, today=YESTERDAY, days=frozenset())

    assert [columns_of(row) for row in found] == [
        columns_of(row) for row in DailyAllowance.objects.filter(user=alice).order_by("date")
    ]
    assert [row.date for row in found] == [YESTERDAY, TODAY]


def test_what_was_spent_is_what_the_orm_adds_up(alice, shopping):
    row = DailyAllowance.objects.get(user=alice, date=TODAY)

    assert calculate_spent_on(row=row) == Transaction.objects.filter(allowance=row).net_spending() == Decimal("2.11")
    Transaction.objects.filter(allowance=row).delete()
    assert calculate_spent_on(row=row) == 0


def test_a_session_comes_with_its_person(alice):
    session = Session.objects.create(user=alice, created_at=NOON, expires_at=NOON + datetime.timedelta(days=1))

    found = _session_with_user.first(id=session.pk)

    expected = Session.objects.select_related("user").get(pk=session.pk)
    assert columns_of(found) == columns_of(expected)
    assert columns_of(found.user) == columns_of(expected.user)
    assert found.user.loaded_values == expected.user.loaded_values
    assert _session_with_user.first(id=session.pk + 1) is None


def test_a_locked_owner_is_read_as_the_orm_reads_them_and_nobody_else(alice):
    with owner_transaction(alice.pk) as owner:
        assert columns_of(owner) == columns_of(User.objects.get(pk=alice.pk))

    with pytest.raises(User.DoesNotExist), owner_transaction(alice.pk + 1):
        pass


def test_a_row_is_inserted_and_updated_as_save_does_it(alice):
    values = {
        "user_id": alice.pk, "action": "created", "object_type": "income", "object_id": "7", "via": "api",
        "changes": {"name": [None, "wage ' \" \\ %s"], "list": [1, True, None]}, "address": "::1", "actor_id": None,
    }  # fmt: skip
    event = AuditEvent(**values)

    insert_row(event)

    stored = AuditEvent.objects.latest("id")
    assert {**columns_of(stored), "id": None} == columns_of(event)
    assert {name: getattr(stored, name) for name in values} == values
    assert (stored.at, event._state.adding) == (NOON, False)
    values["request_id"] = ""
    assert columns_of(AuditEvent.of(**values)) == columns_of(AuditEvent(**values))

    saved = AuditEvent(**values)
    saved.save()
    assert columns_of(AuditEvent.objects.get(pk=saved.pk)) == columns_of(saved)


def test_an_update_stores_these_columns_alone(alice, shopping):
    row = DailyAllowance.objects.get(user=alice, date=TODAY)
    before = model_to_dict(row)
    row.tomorrow, row.pool = Decimal("1.234"), Decimal("99.000")

    update_row(row, columns=("tomorrow",))

    assert model_to_dict(DailyAllowance.objects.get(pk=row.pk)) == {**before, "tomorrow": Decimal("1.234")}
    update_row(DailyAllowance.objects.get(user=alice, date=TODAY), columns=("tomorrow", "updated_at"))
    DailyAllowance.objects.filter(user=alice, date=TODAY).update(tomorrow=before["tomorrow"])


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_died_since_the_last_request_is_replaced_unnoticed(alice, engine):
    if engine != "postgresql":
        # There is no server that could end a session.
        return
    query = CompiledQuery(lambda: User.objects.filter(pk=Given("id", BigIntegerField())))
    assert query.first(id=alice.pk) == alice
    end_own_session()
    connection.health_check_done = False

    assert query.first(id=alice.pk) == alice

    end_own_session()
    with pytest.raises(OperationalError):
        # Within a request that has asked before, what came earlier may be lost: that must be seen.
        query.first(id=alice.pk)
    connection.close()


def end_own_session():
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pid = cursor.fetchone()[0]
    other = connection.copy("other")
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [pid])
    other.close()


def test_nobody_listens_to_rows_that_are_made():
    """Rows that are read are made past the signals that would tell of them."""
    rows = [model for model in apps.get_models() if issubclass(model, LoadedModel)]

    assert len(rows) >= 6
    assert [model for model in rows for signal in (pre_init, post_init) if signal.has_listeners(model)] == []
