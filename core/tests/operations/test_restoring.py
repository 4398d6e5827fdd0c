"""After the database was filled from a copy: nothing that was ended or used since it was made works again."""

import datetime

import pytest
from django.core.management import call_command
from django.test import Client
from rest_framework.test import APIClient

from core.clock import now as clock_now
from core.models import AuditEvent, BackupCode, Session, User
from core.tests.api.test_second_factor import later, make_code, switch_on
from core.tests.support.factories import PASSWORD
from core.tests.support.logins import LOGIN, REFRESH, client_with, is_taken, log_in


def try_code(code):
    return APIClient().post(LOGIN, {"username": "alice", "password": PASSWORD, "otp": code}).status_code


def test_every_session_ends_and_its_owner_can_see_it(alice, bob, capsys):
    hers, his = log_in(alice), log_in(bob)

    call_command("end_logins")

    for tokens in (hers, his):
        assert not is_taken(tokens["access"])
        assert APIClient().post(REFRESH, {"refresh": tokens["refresh"]}).status_code == 401
    for user in (alice, bob):
        assert AuditEvent.objects.filter(user=user).latest("pk").action == "sessions_revoked"
    assert "Sessions ended for 2 accounts" in capsys.readouterr().out
    assert is_taken(log_in(alice)["access"])


def test_sessions_of_the_admin_end_too(alice):
    User.objects.filter(pk=alice.pk).update(is_staff=True, is_superuser=True)
    browser = Client()
    browser.force_login(User.objects.get(pk=alice.pk))
    assert browser.get("/admin/").status_code == 200

    call_command("end_logins", verbosity=0)

    assert browser.get("/admin/").status_code == 302


def test_no_code_that_could_have_been_used_since_works_again(alice, clock):
    secret, codes = switch_on(client_with(log_in(alice)["access"]), clock)
    later(clock)

    call_command("end_logins", verbosity=0)

    assert [try_code(make_code(secret)), try_code(codes[0])] == [401, 401]
    assert not BackupCode.objects.exists()
    clock.shift(datetime.timedelta(minutes=1))
    assert try_code(make_code(secret)) == 200


@pytest.mark.parametrize("kind", ["access", "refresh"])
def test_a_token_does_not_open_a_session_that_was_given_its_id_anew(alice, clock, kind):
    lost = log_in(alice)
    # The copy knows nothing of that session, and a login since then gets its id.
    gone = Session.objects.get()
    gone.delete()
    clock.shift(datetime.timedelta(minutes=5))
    Session.objects.create(
        pk=gone.pk, user=alice, created_at=gone.created_at + datetime.timedelta(minutes=5), expires_at=gone.expires_at
    )

    if kind == "access":
        assert not is_taken(lost["access"])
    else:
        assert APIClient().post(REFRESH, {"refresh": lost["refresh"]}).status_code == 401
    # It is no theft either.
    assert Session.objects.get().revoked_at is None


def test_clocks_of_servers_may_differ_by_a_minute(alice, clock):
    tokens = log_in(alice)

    Session.objects.update(created_at=clock_now() + datetime.timedelta(seconds=60))
    assert is_taken(tokens["access"])

    Session.objects.update(created_at=clock_now() + datetime.timedelta(seconds=61))
    assert not is_taken(tokens["access"])
