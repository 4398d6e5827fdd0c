"""One password, whichever way its characters are composed."""

import unicodedata

import pytest
from django.contrib.auth.hashers import make_password
from django.core.management import call_command
from rest_framework.test import APIClient

from core.models import AuditEvent, User
from core.tests.support.factories import UserFactory
from core.tests.support.logins import LOGIN, is_taken

COMPOSED = unicodedata.normalize("NFC", "Zürich-häuser-9")
DECOMPOSED = unicodedata.normalize("NFD", COMPOSED)


def log_in(password):
    return APIClient().post(LOGIN, {"username": "alice", "password": password})


@pytest.mark.parametrize("typed", [COMPOSED, DECOMPOSED], ids=["composed", "decomposed"])
@pytest.mark.parametrize("chosen", [COMPOSED, DECOMPOSED], ids=["composed", "decomposed"])
def test_a_password_logs_in_however_it_is_composed(db, clock, chosen, typed):
    body = {"username": "alice", "email": "alice@example.org", "password": chosen}
    assert APIClient().post("/api/auth/users/", body).status_code == 201

    assert log_in(typed).status_code == 200


def test_a_command_hashes_the_normal_form_too(db, clock, monkeypatch):
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", DECOMPOSED)
    call_command("createsuperuser", "--noinput", username="alice", email="alice@example.org", verbosity=0)

    assert log_in(COMPOSED).status_code == 200


def test_an_older_hash_of_the_text_as_typed_is_replaced_and_ends_no_session(db, clock):
    alice = UserFactory.create(username="alice")
    User.objects.filter(pk=alice.pk).update(password=make_password(DECOMPOSED))
    assert log_in(COMPOSED).status_code == 401
    events = AuditEvent.objects.filter(user=alice).count()

    first = log_in(DECOMPOSED)
    second = log_in(COMPOSED)

    assert (first.status_code, second.status_code) == (200, 200)
    assert is_taken(first.json()["access"])
    assert list(AuditEvent.objects.filter(user=alice).order_by("pk").values_list("action", flat=True))[events:] == [
        "login",
        "login",
    ]


def test_a_password_that_changes_while_its_hash_is_renewed_stays_changed(alice):
    stale = User.objects.get(pk=alice.pk)
    stale.password = make_password(DECOMPOSED)
    changed = make_password("Another-horse-8")
    User.objects.filter(pk=alice.pk).update(password=changed)

    assert stale.check_password(DECOMPOSED)

    assert User.objects.get(pk=alice.pk).password == changed


def test_the_length_is_that_of_the_text_as_typed(alice):
    # Normalized, each of these is eighteen characters.
    long = "\ufdfa" * 128

    assert (log_in(long).status_code, log_in(f"{long}x").status_code) == (401, 400)


@pytest.mark.parametrize("name", ["alice", "nobody"])
def test_a_wrong_password_costs_the_same_for_everybody_in_each_form(alice, monkeypatch, name):
    from django.contrib.auth.hashers import MD5PasswordHasher

    runs = []
    encode = MD5PasswordHasher.encode
    monkeypatch.setattr(MD5PasswordHasher, "encode", lambda *args: runs.append(1) or encode(*args))

    costs = []
    for password in (COMPOSED, DECOMPOSED):
        runs.clear()
        APIClient().post(LOGIN, {"username": name, "password": password})
        costs.append(len(runs))

    assert costs == [1, 2]
