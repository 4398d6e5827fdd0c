"""The list of one's own sessions, and ending them one by one or all but this one."""

import datetime

import pytest
from rest_framework.test import APIClient

from core.models import AuditEvent, Session
from core.tests.conftest import NOON
from core.tests.support.factories import PASSWORD, UserFactory
from core.tests.support.logins import LOGIN, LOGOUT, ME, REFRESH, client_with, is_taken, log_in
from core.tests.support.parallel import run_at_once

SESSIONS = "/api/auth/sessions/"
OTHERS = "/api/auth/sessions/revoke-others/"


def log_in_from(address, **more):
    answer = APIClient().post(LOGIN, {"username": "alice", "password": PASSWORD, **more}, REMOTE_ADDR=address)
    assert answer.status_code == 200
    return answer.json()


def refresh(tokens):
    return APIClient().post(REFRESH, {"refresh": tokens["refresh"]})


def list_sessions(tokens):
    answer = client_with(tokens["access"]).get(SESSIONS)
    assert answer.status_code == 200
    return answer.json()["results"]


def list_events(user, since):
    events = AuditEvent.objects.filter(user=user, pk__gt=since).order_by("pk")
    return [(event.action, event.object_type, event.object_id, event.changes) for event in events]


def newest_event():
    return AuditEvent.objects.latest("pk").pk


def test_each_login_is_a_session_with_its_device_and_address_the_newest_first(alice, bob, clock):
    log_in(bob)
    phone = log_in_from("192.0.2.7", device="Alice's phone")
    clock.shift(datetime.timedelta(minutes=1))
    browser = log_in_from("2001:db8::7")

    answer = client_with(browser["access"]).get(SESSIONS, REMOTE_ADDR="2001:db8::7")

    newer, older = Session.objects.filter(user=alice).order_by("-pk")
    assert answer.json() == {
        "count": 2,
        "next": None,
        "previous": None,
        "results": [
            {
                "id": newer.pk,
                "device": "",
                "address": "2001:db8::7",
                "created_at": "2026-11-22T12:01:00.000000Z",
                "last_used_at": "2026-11-22T12:01:00.000000Z",
                "current": True,
            },
            {
                "id": older.pk,
                "device": "Alice's phone",
                "address": "192.0.2.7",
                "created_at": "2026-11-22T12:00:00.000000Z",
                "last_used_at": "2026-11-22T12:00:00.000000Z",
                "current": False,
            },
        ],
    }
    assert [row["current"] for row in list_sessions(phone)] == [False, True]


@pytest.mark.parametrize("device", ["x" * 80, "", "  Laptop  ", "电话 📱"])
def test_a_device_has_up_to_eighty_characters_and_no_blanks_around_it(alice, device):
    assert list_sessions(log_in(alice, device=device))[0]["device"] == device.strip()


@pytest.mark.parametrize("device", ["x" * 81, None, ["x"], {}, True])
def test_a_device_that_is_none_is_refused_and_opens_nothing(anonymous, alice, device):
    answer = anonymous.post(LOGIN, {"username": "alice", "password": PASSWORD, "device": device})

    assert answer.status_code == 400
    assert list(answer.json()) == ["device"]
    assert not Session.objects.exists()


def test_use_is_noted_at_the_first_use_of_a_pair_and_at_each_refresh(alice, clock):
    tokens = log_in_from("192.0.2.1")
    seen = []

    def look():
        seen.append(list(Session.objects.values_list("last_used_at", "address"))[0])

    for minutes, address in [(1, "192.0.2.2"), (2, "192.0.2.3")]:
        clock.move_to(NOON + datetime.timedelta(minutes=minutes))
        client_with(tokens["access"]).get(ME, REMOTE_ADDR=address)
        look()
    clock.move_to(NOON + datetime.timedelta(minutes=3))
    APIClient().post(REFRESH, {"refresh": tokens["refresh"]}, REMOTE_ADDR="192.0.2.4")
    look()

    assert [((at - NOON).seconds // 60, address) for at, address in seen] == [
        (1, "192.0.2.2"),
        (1, "192.0.2.2"),
        (3, "192.0.2.4"),
    ]


def test_a_session_from_before_uses_were_noted_was_last_used_when_it_began(alice):
    tokens = log_in(alice)
    Session.objects.update(last_used_at=None, pair_used=True)

    (row,) = list_sessions(tokens)

    assert row["last_used_at"] == row["created_at"] == "2026-11-22T12:00:00.000000Z"


def test_only_sessions_in_force_are_listed(alice, clock):
    logged_out, revoked, expired = (log_in(alice, device=name) for name in ("out", "revoked", "expired"))
    APIClient().post(LOGOUT, {"refresh": logged_out["refresh"]})
    Session.objects.filter(device="revoked").update(revoked_at=NOON)
    Session.objects.filter(device="expired").update(expires_at=NOON)

    assert [row["device"] for row in list_sessions(log_in(alice, device="here"))] == ["here"]
    # The access token of a session that was logged out lives out its minutes.
    assert [row["current"] for row in list_sessions(logged_out)] == [False]
    assert not is_taken(revoked["access"])
    assert is_taken(expired["access"])


def test_the_list_has_pages(alice):
    tokens = [log_in(alice) for _time in range(3)][-1]
    client = client_with(tokens["access"])

    first = client.get(SESSIONS, {"page_size": 2}).json()
    second = client.get(first["next"]).json()

    assert (first["count"], len(first["results"]), len(second["results"])) == (3, 2, 1)


def test_an_ended_session_takes_its_tokens_with_it_at_once(alice):
    lost, here = log_in(alice, device="Lost phone"), log_in(alice)
    lost_id = Session.objects.get(device="Lost phone").pk
    start = newest_event()

    answer = client_with(here["access"]).delete(f"{SESSIONS}{lost_id}/")

    assert (answer.status_code, answer.content) == (204, b"")
    assert not is_taken(lost["access"])
    assert refresh(lost).json()["code"] == "session_ended"
    assert is_taken(here["access"])
    assert [row["current"] for row in list_sessions(here)] == [True]
    assert list_events(alice, start) == [
        ("session_revoked", "session", str(lost_id), {"device": ["Lost phone", None]}),
    ]


def test_ones_own_session_can_be_ended_too(alice):
    here, elsewhere = log_in(alice), log_in(alice)
    (own,) = (row for row in list_sessions(here) if row["current"])

    assert client_with(here["access"]).delete(f"{SESSIONS}{own['id']}/").status_code == 204

    assert not is_taken(here["access"])
    assert refresh(here).json()["code"] == "session_ended"
    assert is_taken(elsewhere["access"])


def test_a_session_that_is_over_or_a_strangers_does_not_exist(alice, bob):
    bobs = log_in(bob)
    over = log_in(alice, device="over")
    APIClient().post(LOGOUT, {"refresh": over["refresh"]})
    here = client_with(log_in(alice)["access"])
    ids = [Session.objects.get(user=bob).pk, Session.objects.get(device="over").pk, 987654321, 10**30, "9" * 5000]
    start = newest_event()

    answers = [here.delete(f"{SESSIONS}{session_id}/") for session_id in ids]

    assert [answer.status_code for answer in answers] == [404] * 5
    assert {answer.content for answer in answers} == {b'{"detail":"Not found.","code":"not_found"}'}
    assert is_taken(bobs["access"])
    assert newest_event() == start


@pytest.mark.django_db(transaction=True)
def test_of_four_deletions_at_once_one_ends_the_session_and_one_event_says_so():
    alice = UserFactory.create(username="alice")
    log_in(alice, device="Lost phone")
    here = log_in(alice)
    lost_id = Session.objects.get(device="Lost phone").pk

    answers = run_at_once([lambda: client_with(here["access"]).delete(f"{SESSIONS}{lost_id}/")] * 4)

    assert sorted(answer.status_code for answer in answers) == [204, 404, 404, 404]
    assert AuditEvent.objects.filter(action="session_revoked").count() == 1


def test_all_others_end_at_once_and_this_one_goes_on(alice, bob):
    others, here, bobs = [log_in(alice), log_in(alice)], log_in(alice), log_in(bob)
    start = newest_event()

    answers = [client_with(here["access"]).post(OTHERS) for _time in range(2)]

    assert [(answer.status_code, answer.content) for answer in answers] == [(204, b"")] * 2
    for tokens in others:
        assert not is_taken(tokens["access"])
        assert refresh(tokens).json()["code"] == "session_ended"
    assert is_taken(bobs["access"])
    assert [row["current"] for row in list_sessions(here)] == [True]
    assert refresh(here).status_code == 200
    assert list_events(alice, start) == [("sessions_revoked", "", "", {})]


@pytest.mark.parametrize(
    ("method", "path"),
    [("post", SESSIONS), ("get", OTHERS), ("get", f"{SESSIONS}1/"), ("patch", f"{SESSIONS}1/"), ("put", SESSIONS)],
)
def test_nothing_else_can_be_done_with_sessions(alice, method, path):
    assert getattr(client_with(log_in(alice)["access"]), method)(path).status_code == 405


@pytest.mark.parametrize(("method", "path"), [("get", SESSIONS), ("delete", f"{SESSIONS}1/"), ("post", OTHERS)])
def test_without_a_token_there_are_no_sessions(anonymous, method, path):
    assert getattr(anonymous, method)(path).status_code == 401
