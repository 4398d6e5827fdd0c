"""Guessing passwords and codes, and flooding the doors that are open to anybody."""

import threading

import pytest
from django.test import Client
from rest_framework.test import APIClient

from core.kernel.limits import Limit
from core.models import AuditEvent
from core.tests.api.test_second_factor import make_code, switch_on
from core.tests.conftest import client_of
from core.tests.support.factories import PASSWORD

LOGIN = "/api/auth/jwt/create/"


@pytest.fixture
def limits(settings):
    """The limits as they are in production: the tests run without."""
    settings.THROTTLES = {
        "login": Limit(calls=3, seconds=900),
        "password": Limit(calls=30, seconds=60),
        "otp": Limit(calls=5, seconds=900),
        "reset": Limit(calls=2, seconds=3600),
        "anon": Limit(calls=60, seconds=60),
        "user": Limit(calls=600, seconds=60),
    }


def try_to_log_in(name="alice", password="wrong-horse-9", address="192.0.2.1"):
    return APIClient().post(LOGIN, {"username": name, "password": password}, REMOTE_ADDR=address)


def test_a_fourth_guess_is_not_looked_at(alice, limits):
    for _guess in range(3):
        assert try_to_log_in().status_code == 401

    answer = try_to_log_in(password=PASSWORD)

    assert answer.status_code == 429
    assert answer.json()["code"] == "throttled"
    assert 0 < int(answer["Retry-After"]) <= 900


def test_guesses_count_for_the_account_whichever_of_its_names_is_typed(alice, limits):
    for name in ("alice", "ALICE", alice.email):
        try_to_log_in(name=name)

    assert try_to_log_in(name=alice.email.upper()).status_code == 429


def test_an_unknown_account_locks_like_a_known_one(db, clock, limits):
    answers = [try_to_log_in(name="nobody-here").status_code for _guess in range(4)]

    assert answers == [401, 401, 401, 429]


def test_a_lock_on_one_address_does_not_keep_the_owner_out_elsewhere(alice, limits):
    for _guess in range(4):
        try_to_log_in()

    assert try_to_log_in(password=PASSWORD, address="198.51.100.7").status_code == 200


def test_logins_that_succeed_do_not_count(alice, limits):
    answers = {try_to_log_in(password=PASSWORD).status_code for _login in range(6)}

    assert answers == {200}


def test_a_forged_header_opens_no_new_count(alice, limits):
    answers = []
    for guess in range(4):
        client = APIClient(headers={"X-Forwarded-For": f"203.0.113.{guess}"})
        answers.append(client.post(LOGIN, {"username": "alice", "password": "wrong-horse-9"}).status_code)

    assert answers == [401, 401, 401, 429]


def test_the_admin_counts_the_same_guesses(alice, limits):
    for _guess in range(3):
        try_to_log_in(address="127.0.0.1")

    page = Client().post("/admin/login/", {"username": "alice", "password": PASSWORD})

    assert "Too many tries" in page.content.decode()
    assert page.status_code == 429
    assert 0 < int(page["Retry-After"]) <= 900


def test_a_password_is_not_guessed_with_a_stolen_token(alice, limits):
    client = client_of(alice)
    body = {"current_password": "wrong-horse-9", "new_password": "Other-horse-77"}

    answers = [client.post("/api/auth/users/set_password/", body).status_code for _guess in range(4)]

    assert answers == [400, 400, 400, 429]


@pytest.mark.parametrize("path", ["users/reset_password/", "users/reset_username/"])
def test_links_are_not_asked_for_without_end(alice, limits, path):
    answers = [APIClient().post(f"/api/auth/{path}", {"email": "x@example.org"}).status_code for _call in range(3)]

    assert answers == [204, 204, 429]


def test_accounts_are_not_opened_without_end(db, clock, limits):
    answers = [
        APIClient()
        .post("/api/auth/users/", {"username": f"p{n}", "email": f"p{n}@example.org", "password": PASSWORD})
        .status_code
        for n in range(3)
    ]

    assert answers == [201, 201, 429]


def test_logins_that_succeed_are_calls_like_any_other(alice, limits, settings):
    settings.THROTTLES["anon"] = Limit(calls=2, seconds=60)

    answers = [try_to_log_in(password=PASSWORD) for _login in range(3)]

    # Each costs a hash, so there is an end to them, too.
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[2]["Retry-After"] == "60"


def test_logins_that_fail_leave_the_other_calls_of_an_address_alone(alice, limits, settings):
    settings.THROTTLES["anon"] = Limit(calls=2, seconds=60)
    for _guess in range(3):
        try_to_log_in()

    answers = [APIClient().get("/api/income/", REMOTE_ADDR="192.0.2.1").status_code for _call in range(3)]

    assert answers == [401, 401, 429]


@pytest.mark.parametrize("path", ["/password/reset/confirm/MQ/x-y", "/username/reset/confirm/MQ/x-y"])
def test_links_are_not_guessed_without_end_on_their_pages_either(path, alice, limits, settings):
    settings.THROTTLES["anon"] = Limit(calls=3, seconds=60)
    browser = Client()

    pages = [browser.get(path), browser.post(path, {"value": "Another-horse-8"}), browser.get(path), browser.get(path)]

    assert [page.status_code for page in pages] == [400, 400, 400, 429]
    assert pages[3]["Retry-After"] == "60"
    assert "Too many tries. Wait 60 seconds." in pages[3].content.decode()


@pytest.mark.django_db(transaction=True)
def test_parallel_guesses_pass_no_limit_together(alice, limits):
    answers = []

    def guess() -> None:
        from django.db import connection

        answers.append(try_to_log_in().status_code)
        connection.close()

    threads = [threading.Thread(target=guess) for _guess in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(answers) == [401] * 3 + [429] * 9


def test_the_owner_sees_who_tried_and_who_got_in(alice):
    try_to_log_in()
    tokens = try_to_log_in(password=PASSWORD, address="198.51.100.7").json()
    APIClient().post("/api/auth/jwt/logout/", {"refresh": tokens["refresh"]})

    events = [event for event in client_of(alice).get("/api/audit/").json()["results"] if event["action"] != "created"]

    assert [(event["action"], event["address"]) for event in events] == [
        ("logout", "127.0.0.1"),
        ("login", "198.51.100.7"),
        ("login_failed", "192.0.2.1"),
    ]
    assert PASSWORD not in str(list(AuditEvent.objects.values()))


def test_codes_are_not_guessed_without_end_whatever_the_address(alice, limits):
    secret, _codes = switch_on(client_of(alice))
    body = {"username": "alice", "password": PASSWORD}

    answers = [
        APIClient().post(LOGIN, {**body, "otp": f"{guess:06d}"}, REMOTE_ADDR=f"192.0.2.{guess}") for guess in range(6)
    ]

    assert [answer.status_code for answer in answers] == [401] * 5 + [429]
    assert 0 < int(answers[5]["Retry-After"]) <= 900
    # Past the limit the right one is not looked at either.
    assert APIClient().post(LOGIN, {**body, "otp": make_code(secret)}).status_code == 429


@pytest.mark.parametrize("name", ["\\ud800", "flooded\\u0000", "x" * 300, ""])
def test_what_cannot_be_a_name_is_refused_for_what_it_is(name, limits, db):
    body = f'{{"username": "{name}", "password": "x"}}'

    answer = APIClient().generic("POST", LOGIN, body, content_type="application/json")

    assert answer.status_code == 400
