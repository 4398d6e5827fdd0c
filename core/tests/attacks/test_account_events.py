"""Whatever happens to an account leaves an event, whoever did it and however; nothing secret is in one."""

import datetime

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.db import transaction as db_transaction
from django.test import Client
from rest_framework.test import APIClient

from core.accounts.domain import GRACE
from core.models import AuditEvent, User
from core.tests.api.test_accounts_reset import ask, confirm, post
from core.tests.api.test_second_factor import BACKUP, FACTOR, later, make_code, switch_on
from core.tests.support.factories import PASSWORD, IncomeFactory, TransactionFactory, UserFactory
from core.tests.support.logins import LOGIN, LOGOUT, ME, REFRESH, client_with, is_taken, log_in

NEW = "Another-horse-8"


def told(user, since=0):
    """What an account's owner can read of it, oldest first: action, who did it, and the way it came."""
    events = AuditEvent.objects.filter(user=user, pk__gt=since).order_by("pk")
    return [(event.action, event.actor_id, event.via) for event in events]


def now_of(user):
    """Where this account's events have got to."""
    return AuditEvent.objects.filter(user=user).latest("pk").pk


@pytest.fixture
def client(alice):
    """Alice's client, with a real token."""
    return client_with(log_in(alice)["access"])


@pytest.fixture
def staff(db, clock):
    """A superuser's browser, in the admin."""
    root = UserFactory.create(username="root", is_staff=True, is_superuser=True)
    browser = Client()
    browser.force_login(root)
    browser.root = root
    return browser


def test_a_registration_is_told(anonymous):
    body = {"username": "carol", "email": "carol@example.org", "password": PASSWORD}
    assert anonymous.post("/api/auth/users/", body, REMOTE_ADDR="192.0.2.9").status_code == 201

    event = AuditEvent.objects.get(user__username="carol")

    assert (event.action, event.object_type, event.address, event.via) == ("created", "user", "192.0.2.9", "api")
    assert event.changes["username"] == [None, "carol"]


def test_logins_refused_logins_and_logouts_are_told(alice):
    start = now_of(alice)

    APIClient().post(LOGIN, {"username": "alice", "password": "wrong-horse-9"})
    tokens = log_in(alice)
    APIClient().post(LOGOUT, {"refresh": tokens["refresh"]})

    # A refused login is answered with an exception, which takes no event with it.
    assert told(alice, start) == [
        ("login_failed", None, "api"),
        ("login", alice.pk, "api"),
        ("logout", alice.pk, "api"),
    ]


@pytest.mark.django_db(transaction=True)
def test_a_refused_login_is_told_even_where_requests_are_transactions(clock, settings):
    alice = UserFactory.create(username="alice")

    APIClient().post(LOGIN, {"username": "alice", "password": "wrong-horse-9"})

    assert connection.settings_dict["ATOMIC_REQUESTS"] is False
    assert told(alice)[-1] == ("login_failed", None, "api")


def test_a_refused_login_of_nobody_is_kept_for_staff(db, clock):
    APIClient().post(LOGIN, {"username": "nobody", "password": PASSWORD})

    event = AuditEvent.objects.get()

    assert (event.user_id, event.action, event.object_id, event.changes) == (None, "login_failed", "", {})


def test_events_of_nobody_are_deleted_after_three_months_and_no_others(alice, clock):
    # In the past for the database's own clock, too.
    clock.move_to(datetime.datetime(2026, 6, 1, 12, tzinfo=datetime.UTC))
    APIClient().post(LOGIN, {"username": "nobody", "password": PASSWORD})
    APIClient().post(LOGIN, {"username": "alice", "password": "wrong-horse-9"})
    kept = told(alice)
    clock.shift(datetime.timedelta(days=90))
    call_command("run_jobs", "clean-up", verbosity=0)
    assert AuditEvent.objects.filter(user=None).count() == 1
    clock.shift(datetime.timedelta(seconds=1))

    call_command("run_jobs", "clean-up", verbosity=0)

    assert not AuditEvent.objects.filter(user=None).exists()
    assert told(alice) == kept


def test_the_database_keeps_young_events_of_nobody(db, clock):
    if connection.vendor == "sqlite":
        pytest.skip("SQLite: the model refuses, the database cannot tell who deletes")
    APIClient().post(LOGIN, {"username": "nobody", "password": PASSWORD})

    with pytest.raises(DatabaseError, match="neither changed nor deleted"), db_transaction.atomic():
        AuditEvent.objects.delete_ownerless(before=datetime.datetime(2100, 1, 1, tzinfo=datetime.UTC))


def test_logins_to_the_admin_are_told(db, clock):
    root = UserFactory.create(username="root", is_staff=True, is_superuser=True)
    start = now_of(root)

    Client().post("/admin/login/", {"username": "root", "password": "wrong-horse-9"})
    Client().post("/admin/login/", {"username": "root", "password": PASSWORD})

    assert told(root, start)[0] == ("login_failed", None, "admin")
    assert ("login", root.pk, "admin") in told(root, start)


def test_a_new_password_is_told_either_way_with_the_sessions_that_it_ended(alice, client, mailoutbox):
    start = now_of(alice)

    client.post("/api/auth/users/set_password/", {"current_password": PASSWORD, "new_password": NEW})
    assert told(alice, start) == [("sessions_revoked", alice.pk, "api"), ("password_changed", alice.pk, "api")]

    start = now_of(alice)
    confirm(ask(mailoutbox), password="Third-horse-7")

    # By mail nobody is logged in: the link shows that it was the owner, or somebody who reads their mail.
    assert told(alice, start) == [("password_reset_asked", None, "api"), ("password_changed", None, "api")]


def test_asking_for_a_link_is_told_to_its_owner_and_an_unknown_address_to_nobody(alice, mailoutbox):
    start = now_of(alice)

    post("reset_password", {"email": "ALICE@example.org"})
    post("reset_username", {"email": "alice@example.org"})
    post("reset_password", {"email": "nobody@example.org"})

    assert [action for action, _actor, _via in told(alice, start)] == ["password_reset_asked", "username_reset_asked"]
    stranger = AuditEvent.objects.get(user=None)
    assert (stranger.action, stranger.changes) == ("password_reset_asked", {})


def test_new_names_and_addresses_are_told(alice, client):
    start = now_of(alice)

    client.post("/api/auth/users/set_username/", {"current_password": PASSWORD, "new_username": "alicia"})
    client.patch(ME, {"email": "new@example.org", "current_password": PASSWORD})

    events = AuditEvent.objects.filter(user=alice, pk__gt=start).order_by("pk")
    assert [(event.action, event.changes) for event in events] == [
        ("updated", {"username": ["alice", "alicia"]}),
        ("email_changed", {"email": ["alice@example.org", "new@example.org"]}),
    ]


def test_the_life_of_a_second_factor_is_told(alice, client, clock):
    # A second session, which switching it on ends.
    log_in(alice)
    start = now_of(alice)
    secret, _codes = switch_on(client, clock)

    client.post(BACKUP, {"current_password": PASSWORD, "otp": make_code(secret)})
    later(clock)
    APIClient().post(LOGIN, {"username": "alice", "password": PASSWORD, "otp": "000000"})
    client.delete(FACTOR, {"current_password": PASSWORD, "otp": make_code(secret)})

    assert told(alice, start) == [
        ("sessions_revoked", alice.pk, "api"),
        ("2fa_enabled", alice.pk, "api"),
        ("backup_codes_renewed", alice.pk, "api"),
        ("login_failed", None, "api"),
        ("2fa_disabled", alice.pk, "api"),
    ]


def test_a_second_factor_taken_off_by_the_operator_or_by_staff_is_told(alice, client, clock, staff, capsys):
    switch_on(client, clock)
    start = now_of(alice)
    call_command("disable_second_factor", "alice")
    switch_on(client, clock)
    between = now_of(alice)
    staff.post(
        "/admin/core/user/",
        {"action": "remove_second_factors", "_selected_action": [alice.pk]},
    )

    assert told(alice, start)[0] == ("2fa_disabled", None, "command")
    assert told(alice, between) == [("2fa_disabled", staff.root.pk, "admin")]


def test_the_theft_of_a_refresh_token_is_told(alice, clock):
    stolen = log_in(alice)["refresh"]
    fresh = APIClient().post(REFRESH, {"refresh": stolen}).json()
    assert is_taken(fresh["access"])
    clock.shift(GRACE * 2)
    start = now_of(alice)

    answer = APIClient().post(REFRESH, {"refresh": stolen}, REMOTE_ADDR="203.0.113.66")

    assert answer.status_code == 401
    events = AuditEvent.objects.filter(user=alice, pk__gt=start).order_by("pk")
    assert [(event.action, event.actor_id, event.address) for event in events] == [
        ("sessions_revoked", None, "203.0.113.66"),
        ("token_reused", None, "203.0.113.66"),
    ]


def test_what_staff_do_to_an_account_is_told_with_their_name_on_it(alice, client, staff):
    start = now_of(alice)

    staff.post("/admin/core/user/", {"action": "end_sessions", "_selected_action": [alice.pk]})
    staff.post("/admin/core/user/", {"action": "send_password_links", "_selected_action": [alice.pk]})

    assert told(alice, start) == [
        ("sessions_revoked", staff.root.pk, "admin"),
        ("password_reset_asked", staff.root.pk, "admin"),
    ]


def test_rows_are_told_whichever_way_they_are_written(alice, client, staff):
    start = now_of(alice)
    body = {"name": "job", "amount": "3000", "frequency": "monthly", "next_payment_date": "2026-12-01"}

    made = client.post("/api/income/", body).json()
    staff.post(f"/admin/core/income/{made['id']}/delete/", {"post": "yes"})
    IncomeFactory.create(user=alice)
    TransactionFactory.create(user=alice)
    call_command("check_allowances", "--fix", verbosity=0)

    assert told(alice, start) == [
        ("created", alice.pk, "api"),
        ("deleted", staff.root.pk, "admin"),
        ("created", None, "command"),
        ("created", None, "command"),
    ]


def test_a_deleted_account_takes_its_events_along_and_no_others(alice, bob, client):
    log_in(bob)
    kept = told(bob)

    assert client.delete(ME, {"current_password": PASSWORD}).status_code == 204

    assert not User.objects.filter(username="alice").exists()
    assert AuditEvent.objects.exclude(user=bob).count() == 0
    assert told(bob) == kept


@pytest.mark.parametrize("statement", ["UPDATE core_auditevent SET address = ''", "DELETE FROM core_auditevent"])
def test_the_database_keeps_events_from_everybody_but_their_accounts_end(statement, alice):
    if connection.vendor == "sqlite" and statement.startswith("DELETE"):
        pytest.skip("SQLite: the model refuses, the database cannot tell who deletes")

    with pytest.raises(DatabaseError, match="neither changed nor deleted"), db_transaction.atomic():
        connection.cursor().execute(statement)


def test_a_transaction_that_erases_one_account_erases_no_other(alice, bob):
    if connection.vendor == "sqlite":
        pytest.skip("SQLite: the model refuses, the database cannot tell who deletes")
    with db_transaction.atomic():
        alice.delete()

        with pytest.raises(DatabaseError, match="neither changed nor deleted"), db_transaction.atomic():
            connection.cursor().execute("DELETE FROM core_auditevent")

    assert told(bob)
