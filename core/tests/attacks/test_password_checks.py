"""Every check of a password is counted and recorded, right or wrong, wherever it is made."""

import threading

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher, make_password
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from core.accounts import hashers
from core.kernel.limits import Limit
from core.models import AuditEvent, Session, User
from core.tests.api.test_second_factor import BACKUP, FACTOR, TOTP, switch_on
from core.tests.conftest import client_of
from core.tests.support.factories import PASSWORD, UserFactory
from core.tests.support.logins import LOGIN, ME, client_with, log_in

USERS = "/api/auth/users/"
WRONG = "wrong-horse-9"

# Whatever takes the current password: method, path and the rest of the body.
PLACES = {
    "a new address": ("patch", ME, {"email": "new@example.org"}),
    "a new password": ("post", f"{USERS}set_password/", {"new_password": "Another-horse-8"}),
    "a new username": ("post", f"{USERS}set_username/", {"new_username": "alicia"}),
    "the end of the account": ("delete", ME, {}),
    "a second factor": ("post", TOTP, {}),
    "other backup codes": ("post", BACKUP, {"otp": "000000"}),
    "no second factor": ("delete", FACTOR, {"otp": "000000"}),
}


@pytest.fixture
def limits(settings):
    """Three failed logins, five checks of a password."""
    settings.THROTTLES = {
        **settings.THROTTLES,
        "login": Limit(calls=3, seconds=900),
        "password": Limit(calls=5, seconds=60),
    }


def try_login(password=PASSWORD, *, name="alice", address="192.0.2.1"):
    return APIClient().post(LOGIN, {"username": name, "password": password}, REMOTE_ADDR=address)


@pytest.mark.parametrize("place", PLACES)
def test_a_wrong_current_password_counts_and_is_recorded_everywhere(place, alice, limits):
    method, path, body = PLACES[place]
    client = client_of(alice)
    before = AuditEvent.objects.filter(user=alice).count()

    answers = [
        getattr(client, method)(path, {**body, "current_password": WRONG}, REMOTE_ADDR="192.0.2.1") for _try in range(4)
    ]

    assert [answer.status_code for answer in answers] == [400, 400, 400, 429]
    assert answers[0].json() == {"current_password": ["Invalid password."]}
    assert 0 < int(answers[3]["Retry-After"]) <= 900
    events = AuditEvent.objects.filter(user=alice).order_by("pk")[before:]
    assert [(event.action, event.address) for event in events] == [("login_failed", "192.0.2.1")] * 3
    # The same count as that of logins.
    assert try_login().status_code == 429


def test_right_passwords_count_for_the_account_whatever_the_address(alice, limits):
    answers = [try_login(address=f"192.0.2.{number}") for number in range(6)]

    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    assert 0 < int(answers[5]["Retry-After"]) <= 60
    # Not those of anybody else.
    UserFactory.create(username="bob")
    assert try_login(name="bob").status_code == 200


def test_checks_of_one_account_count_together_wherever_they_are_made(alice, limits):
    client = client_of(alice)
    User.objects.filter(pk=alice.pk).update(is_staff=True)
    rename = {"new_username": "alice", "current_password": PASSWORD}

    answers = [
        try_login(),
        try_login(name=alice.email),
        client.post(f"{USERS}set_username/", rename),
        client.post(TOTP, {"current_password": PASSWORD}),
        Client().post("/admin/login/", {"username": "alice", "password": PASSWORD}),
        try_login(),
        client.post(f"{USERS}set_username/", rename),
        Client().post("/admin/login/", {"username": "alice", "password": PASSWORD}),
    ]

    assert [answer.status_code for answer in answers] == [200, 200, 204, 201, 302, 429, 429, 429]


def test_an_unknown_account_is_limited_like_a_known_one(db, clock, settings):
    settings.THROTTLES = {**settings.THROTTLES, "password": Limit(calls=5, seconds=60)}

    answers = [try_login(name="nobody", address=f"192.0.2.{number}").status_code for number in range(6)]

    assert answers == [401] * 5 + [429]


def test_the_product_allows_thirty_checks_a_minute(settings):
    from fintech_app import settings as product

    assert product.THROTTLES["password"] == Limit(calls=30, seconds=60)


def test_a_refused_check_costs_no_hash_and_writes_nothing(alice, limits, monkeypatch):
    for _login in range(5):
        try_login()
    monkeypatch.setattr(MD5PasswordHasher, "encode", lambda *_given: pytest.fail("it was hashed"))

    with CaptureQueriesContext(
        connection,
    ) as queries:
        answer = try_login()

    assert answer.status_code == 429
    assert {query["sql"].split()[0] for query in queries} == {"SELECT"}


def test_a_refused_login_opens_nothing(alice, limits):
    for _login in range(5):
        try_login()
    sessions = Session.objects.count()

    try_login()

    assert Session.objects.count() == sessions


# ---- The hasher --------------------------------------------------------------------------------------


@pytest.fixture
def argon2(settings):
    """The product's own hasher, which takes one password at a time."""
    settings.PASSWORD_HASHERS = ["core.accounts.hashers.PasswordHasher"]


@pytest.fixture
def occupy(monkeypatch, argon2):
    """Let another request take the hasher: `occupy()` returns what ends it."""
    monkeypatch.setattr(hashers, "LONGEST_WAIT_SECONDS", 0.05)
    start, end = threading.Event(), threading.Event()

    class SlowArgon2(hashers.Argon2PasswordHasher):
        def verify(self, password, encoded):
            start.set()
            return end.wait(timeout=30)

    class SlowHasher(hashers.PasswordHasher, SlowArgon2):
        pass

    other = threading.Thread(target=lambda: SlowHasher().verify(PASSWORD, ""))

    def release():
        end.set()
        other.join()

    def begin():
        other.start()
        assert start.wait(timeout=30)
        return release

    yield begin
    release()


def test_who_waits_too_long_for_the_hasher_is_told_when_to_come_again(alice, occupy):
    occupy()

    answer = try_login()

    assert (answer.status_code, answer.json()["code"], answer["Retry-After"]) == (429, "throttled", "2")


def test_a_check_that_was_not_made_counts_nowhere(alice, settings, occupy):
    one_try = Limit(calls=1, seconds=900)
    settings.THROTTLES = {**settings.THROTTLES, "login": one_try, "password": one_try, "anon": one_try}
    User.objects.filter(pk=alice.pk).update(password=make_password(PASSWORD))
    release = occupy()

    refused = [try_login().status_code for _login in range(3)]
    release()

    assert refused == [429] * 3
    assert not AuditEvent.objects.filter(action="login_failed").exists()
    assert try_login().status_code == 200


def test_pages_say_that_the_hasher_is_busy_too(alice, mailoutbox, occupy):
    from core.tests.api.test_accounts_reset import NEW, ask, open_link, submit

    link = ask(mailoutbox)
    User.objects.filter(pk=alice.pk).update(is_staff=True)
    browser, path, _page = open_link(link)
    occupy()

    answers = [
        submit(browser, path, NEW),
        APIClient().post(f"{USERS}reset_password_confirm/", {**link, "new_password": NEW}),
        Client().post("/admin/login/", {"username": "alice", "password": PASSWORD}),
        APIClient().post(USERS, {"username": "carol", "email": "carol@example.org", "password": PASSWORD}),
    ]

    assert [answer.status_code for answer in answers] == [429] * 4
    assert all(int(answer["Retry-After"]) >= 1 for answer in answers)


def test_a_right_password_passes_when_the_hasher_is_free(alice, argon2):
    User.objects.filter(pk=alice.pk).update(password=make_password(PASSWORD))

    assert try_login().status_code == 200


@pytest.mark.parametrize("limit", ["login", "password", "anon"])
def test_parallel_checks_pass_no_limit_together_and_give_back_what_did_not_happen(alice, settings, limit):
    settings.THROTTLES = {**settings.THROTTLES, limit: Limit(calls=2, seconds=60)}
    password = WRONG if limit == "login" else PASSWORD
    expected = 401 if limit == "login" else 200

    answers = [try_login(password).status_code for _try in range(5)]

    assert answers == [expected] * 2 + [429] * 3
    # A wrong one is no call, so the others of the address have their own count.
    settings.THROTTLES = {**settings.THROTTLES, "anon": Limit(calls=2, seconds=60), "login": None, "password": None}
    wrong = [try_login(WRONG, address="203.0.113.9").status_code for _try in range(4)]
    assert wrong == [401] * 4


def test_a_switched_on_factor_counts_passwords_and_codes_apart(alice, limits, clock):
    client = client_with(log_in(alice)["access"])
    switch_on(client, clock)

    answers = [try_login().json()["code"] for _try in range(3)]

    assert answers == ["otp_required"] * 3
