"""Login, refresh, verify, logout, and what ends a session."""

import datetime
import json
import threading

import jwt
import pytest
from django.conf import settings
from django.db import connection
from rest_framework.test import APIClient
from rest_framework_simplejwt.tokens import AccessToken, RefreshToken

from core.db.locks import owner_transaction
from core.models import Session, User
from core.tests.conftest import NOON
from core.tests.support.factories import PASSWORD, UserFactory
from core.tests.support.logins import LOGIN, LOGOUT, ME, REFRESH, VERIFY, client_with, is_taken, log_in
from core.tests.support.parallel import run_at_once

REFUSED_LOGIN = {"detail": "No active account has these credentials.", "code": "no_active_account"}
REFUSED_TOKEN = {"detail": "Token is invalid or expired", "code": "token_not_valid"}
ENDED = {"detail": "The session is over. Log in again.", "code": "session_ended"}
RACED = {"detail": "Another call has just used this token. Try again with the newest one.", "code": "refresh_raced"}


def refresh(token):
    return APIClient().post(REFRESH, {"refresh": token})


def later(clock, **interval):
    clock.shift(datetime.timedelta(**interval))


# ---- Login ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["alice", "ALICE", "alice@example.org", "Alice@Example.ORG"])
def test_a_name_or_an_address_in_any_case_logs_in(anonymous, alice, name):
    answer = anonymous.post(LOGIN, {"username": name, "password": PASSWORD})

    assert answer.status_code == 200
    assert set(answer.json()) == {"access", "refresh", "user"}
    assert answer.json()["user"] == alice.pk == client_with(answer.json()["access"]).get(ME).json()["id"]


def test_names_beyond_ascii_are_found_without_case_too(anonymous, db):
    UserFactory.create(username="Ärger", email="aerger@example.org")

    assert anonymous.post(LOGIN, {"username": "ÄRGER", "password": PASSWORD}).status_code == 200


def test_wrong_unknown_and_inactive_get_one_answer(anonymous, alice):
    UserFactory.create(username="banned", is_active=False)
    UserFactory.create(username="keyless", password=None)

    answers = [
        anonymous.post(LOGIN, {"username": name, "password": password})
        for name, password in [
            ("alice", "wrong"),
            ("nobody", PASSWORD),
            ("banned", PASSWORD),
            ("keyless", PASSWORD),
            ("keyless", "!"),
        ]
    ]

    assert [answer.status_code for answer in answers] == [401] * 5
    assert [answer.json() for answer in answers] == [REFUSED_LOGIN] * 5
    assert all(answer["WWW-Authenticate"].startswith("Bearer") for answer in answers)
    assert not Session.objects.exists()


def test_every_login_costs_one_hash_whether_or_not_the_account_exists(anonymous, alice, monkeypatch):
    from django.contrib.auth.hashers import MD5PasswordHasher

    UserFactory.create(username="banned", is_active=False)
    runs = []
    encode = MD5PasswordHasher.encode
    monkeypatch.setattr(MD5PasswordHasher, "encode", lambda *args: runs.append(1) or encode(*args))

    costs = []
    for name, password in [("alice", "wrong"), ("nobody", "wrong"), ("banned", PASSWORD), ("banned", "wrong")]:
        runs.clear()
        anonymous.post(LOGIN, {"username": name, "password": password})
        costs.append(len(runs))

    assert costs == [1, 1, 1, 1]


def test_a_password_too_long_to_be_one_is_never_hashed(anonymous, alice, monkeypatch):
    from django.contrib.auth.hashers import MD5PasswordHasher

    runs = []
    monkeypatch.setattr(MD5PasswordHasher, "encode", lambda *args: runs.append(1) or "x")

    answer = anonymous.post(LOGIN, {"username": "alice", "password": "x" * 129})

    assert answer.status_code == 400
    assert list(answer.json()) == ["password"]
    assert runs == []


def test_blanks_around_a_password_belong_to_it(anonymous, db):
    user = UserFactory.build(username="spacious", email="s@example.org")
    user.set_password(" Correct-horse-9 ")
    user.save()

    assert anonymous.post(LOGIN, {"username": "spacious", "password": " Correct-horse-9 "}).status_code == 200
    assert anonymous.post(LOGIN, {"username": "spacious", "password": "Correct-horse-9"}).status_code == 401


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"null",
        b'"x"',
        b"{",
        b'{"username": "alice"}',
        b'{"username": ["alice"], "password": {}}',
        b'{"username": "\\ud800", "password": "x"}',
        b'{"username": "alice", "password": "\\ud800"}',
        b'{"username": "al\\u0000ice", "password": "x"}',
        b'{"refresh": "\\udfff", "token": "\\udfff"}',
        b'{"refresh": 1, "token": 1}',
        b'{"refresh": "a.b.c", "token": "a.b.c"}',
        b'{"refresh": "' + b"x" * 5000 + b'", "token": "' + b"x" * 5000 + b'"}',
        '{"refresh": "\u00e9\u2603", "token": "\u00e9.\u2603.x"}'.encode(),
    ],
)
@pytest.mark.parametrize("path", [LOGIN, REFRESH, VERIFY, LOGOUT])
def test_malformed_bodies_are_refused_and_never_crash(anonymous, alice, path, body):
    answer = anonymous.generic("POST", path, body, content_type="application/json")

    assert answer.status_code in (400, 401)
    assert answer["Content-Type"] == "application/json"


def test_a_form_instead_of_json_is_not_a_way_in(anonymous, alice):
    answer = anonymous.post(LOGIN, {"username": "alice", "password": PASSWORD}, format="multipart")

    assert answer.status_code == 415


@pytest.mark.parametrize("path", ["jwt/createX", "jwt/createX/", "jwt/create/x", "jwt/refreshX/", "jwt/verify/x"])
def test_paths_are_anchored(anonymous, alice, path):
    answer = anonymous.post(f"/api/auth/{path}", {"username": "alice", "password": PASSWORD})

    assert answer.status_code == 404
    assert answer.json()["code"] == "not_found"


def test_an_old_header_does_not_stand_in_the_way_of_a_login(alice):
    assert client_with("rubbish").post(LOGIN, {"username": "alice", "password": PASSWORD}).status_code == 200


# ---- Access -----------------------------------------------------------------------------------------


def test_without_a_token_the_answer_names_the_scheme(anonymous):
    answer = anonymous.get(ME)

    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Bearer")
    assert answer.json()["code"] == "not_authenticated"


def test_an_access_token_lives_ten_minutes(alice, clock):
    access = log_in(alice)["access"]

    later(clock, minutes=9, seconds=59)
    assert is_taken(access)

    later(clock, seconds=1)
    assert not is_taken(access)


def test_tokens_of_the_wrong_kind_forged_or_bent_are_refused(alice, bob):
    tokens = log_in(alice)
    payload = jwt.decode(tokens["access"], options={"verify_signature": False})

    def sign(key=settings.SECRET_KEY, algorithm="HS256", **claims):
        return jwt.encode({**payload, **claims}, key, algorithm=algorithm)

    without_session = {name: value for name, value in payload.items() if name != "sid"}
    bent = [
        tokens["refresh"],
        sign("another key of thirty-two letters"),
        sign(None, "none"),
        sign(sid=None),
        sign(sid="1"),
        sign(sid=2**70),
        sign(sid=-1),
        sign(sid=[1]),
        sign(sid=payload["sid"] + 1),
        sign(user_id=str(bob.pk)),
        sign(user_id=None),
        sign(token_type="refresh"),
        jwt.encode(without_session, settings.SECRET_KEY, algorithm="HS256"),
        tokens["access"][:-2],
        "rubbish",
        "a.b.c",
        "x" * 8000,
    ]

    assert is_taken(sign())
    for token in bent:
        answer = client_with(token).get(ME)
        assert answer.status_code == 401
        assert answer["WWW-Authenticate"].startswith("Bearer")
        assert answer.json()["code"] == "token_not_valid"


@pytest.mark.parametrize("header", ["Bearer", "Bearer a b", "Basic YWxpY2U6eA==", "Token x", "Bearer \xff"])
def test_a_header_that_holds_no_token_is_refused(anonymous, alice, header):
    assert anonymous.get(ME, HTTP_AUTHORIZATION=header).status_code == 401


def test_session_and_person_are_read_with_one_statement_once_the_pair_was_used(alice, django_assert_num_queries):
    client = client_with(log_in(alice)["access"])

    with django_assert_num_queries(2):
        client.get("/api/timezones/")
    for _time in range(2):
        with django_assert_num_queries(1):
            client.get("/api/timezones/")


def test_a_ban_and_a_deletion_take_effect_at_once(alice, bob):
    hers, his = log_in(alice), log_in(bob)

    alice.is_active = False
    alice.save()
    bob.delete()

    assert not is_taken(hers["access"])
    assert not is_taken(his["access"])
    assert refresh(hers["refresh"]).status_code == 401
    assert refresh(his["refresh"]).status_code == 401


def test_a_lifted_ban_does_not_bring_old_sessions_back(alice):
    tokens = log_in(alice)

    for active in (False, True):
        alice.is_active = active
        alice.save()

    assert not is_taken(tokens["access"])
    assert refresh(tokens["refresh"]).status_code == 401


# ---- Refresh ----------------------------------------------------------------------------------------


def test_a_refresh_gives_a_new_pair_and_kills_the_old_token(alice, clock):
    first = log_in(alice)
    later(clock, minutes=5)

    second = refresh(first["refresh"])

    assert second.status_code == 200
    assert set(second.json()) == {"access", "refresh", "user"}
    assert second.json()["user"] == alice.pk
    assert second.json()["refresh"] != first["refresh"]
    assert is_taken(second.json()["access"])
    assert is_taken(first["access"])
    assert refresh(second.json()["refresh"]).status_code == 200


@pytest.mark.parametrize("seconds", [0, 1, 10])
def test_a_rotated_token_that_comes_back_within_ten_seconds_is_refused_and_nothing_else(alice, clock, seconds):
    first = log_in(alice)
    second = refresh(first["refresh"]).json()
    later(clock, seconds=seconds)

    again = refresh(first["refresh"])

    assert (again.status_code, again.json(), again.headers["Retry-After"]) == (401, RACED, "1")
    assert again.headers["WWW-Authenticate"].startswith("Bearer")
    assert is_taken(second["access"])
    assert refresh(second["refresh"]).status_code == 200


def test_a_rotated_token_that_comes_back_later_ends_every_session_of_its_owner_alone(alice, bob, clock):
    elsewhere, bobs = log_in(alice), log_in(bob)
    first = log_in(alice)
    second = refresh(first["refresh"]).json()
    assert is_taken(second["access"])
    later(clock, seconds=11)

    again = refresh(first["refresh"])

    assert (again.status_code, again.json()) == (401, ENDED)
    assert "Retry-After" not in again.headers
    for tokens in (first, second, elsewhere):
        assert not is_taken(tokens["access"])
        assert refresh(tokens["refresh"]).status_code == 401
    assert is_taken(bobs["access"])


@pytest.mark.parametrize(
    "use",
    [
        lambda pair: client_with(pair["access"]).get(ME),
        lambda pair: client_with(pair["access"]).get("/api/nowhere/"),
        lambda pair: refresh(pair["refresh"]),
        lambda pair: APIClient().post(VERIFY, {"token": pair["refresh"]}),
        lambda pair: APIClient().post(VERIFY, {"token": pair["access"]}),
    ],
    ids=["access", "access, for an unknown path", "refresh", "verify refresh", "verify access"],
)
def test_a_pair_of_which_anything_was_used_did_arrive_so_the_token_before_it_is_in_two_hands(alice, clock, use):
    first = log_in(alice)
    use(refresh(first["refresh"]).json())
    later(clock, seconds=11)

    assert refresh(first["refresh"]).json() == ENDED
    assert Session.objects.get().revoked_at is not None


def test_a_token_comes_back_whose_answer_was_lost_and_gets_another_pair(alice, clock):
    first, elsewhere = log_in(alice), log_in(alice)
    lost = refresh(first["refresh"]).json()
    later(clock, seconds=11)

    answer = refresh(first["refresh"])

    assert answer.status_code == 200
    assert set(answer.json()) == {"access", "refresh", "user"}
    assert not is_taken(lost["access"])
    assert (refresh(lost["refresh"]).status_code, refresh(first["refresh"]).json()) == (401, RACED)
    assert is_taken(answer.json()["access"])
    assert is_taken(elsewhere["access"])
    assert refresh(answer.json()["refresh"]).status_code == 200


def test_however_often_the_answer_is_lost_the_client_gets_in_again(alice, clock):
    first = log_in(alice)
    lost = []
    for _time in range(5):
        lost.append(refresh(first["refresh"]).json())
        later(clock, seconds=11)

    last = refresh(first["refresh"]).json()

    assert [is_taken(pair["access"]) for pair in lost] == [False] * 5
    assert is_taken(last["access"])


def test_a_pair_that_was_replaced_stays_void_after_the_next_refresh(alice, clock):
    first = log_in(alice)
    void = refresh(first["refresh"]).json()
    later(clock, seconds=11)
    second = refresh(first["refresh"]).json()
    assert is_taken(second["access"])

    refresh(second["refresh"])

    assert not is_taken(void["access"])
    assert APIClient().post(VERIFY, {"token": void["access"]}).json() == REFUSED_TOKEN
    assert APIClient().post(VERIFY, {"token": void["refresh"]}).json() == REFUSED_TOKEN


def test_the_refresh_token_of_a_pair_that_was_replaced_is_a_theft_once_ten_seconds_are_over(alice, clock):
    first = log_in(alice)
    void = refresh(first["refresh"]).json()
    later(clock, seconds=11)
    second = refresh(first["refresh"]).json()
    later(clock, seconds=11)

    assert refresh(void["refresh"]).json() == ENDED
    assert not is_taken(second["access"])


@pytest.mark.parametrize(
    "end",
    [
        lambda alice, tokens: APIClient().post(LOGOUT, tokens),
        lambda alice, tokens: Session.objects.update(revoked_at=NOON),
        lambda alice, tokens: change_password(alice),
        lambda alice, tokens: User.objects.filter(pk=alice.pk).update(is_active=False),
        lambda alice, tokens: alice.delete(),
        lambda alice, tokens: Session.objects.all().delete(),
    ],
    ids=["logged out", "revoked", "another password", "banned", "no account", "no row"],
)
def test_a_session_that_is_over_says_so(alice, end):
    tokens = log_in(alice)
    end(alice, tokens)

    answer = refresh(tokens["refresh"])

    assert (answer.status_code, answer.json()) == (401, ENDED)
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def change_password(user):
    user.set_password("Another-horse-8")
    user.save()


@pytest.mark.parametrize("days", [30, 31, 400])
def test_a_refresh_token_that_has_expired_is_of_a_session_that_is_over(alice, clock, days):
    tokens = log_in(alice)
    later(clock, days=days)

    assert refresh(tokens["refresh"]).json() == ENDED
    # Such a token is no proof either.
    assert APIClient().post(LOGOUT, {"refresh": tokens["refresh"]}).json() == ENDED


def test_what_is_no_refresh_token_of_this_service_is_not_called_a_session_that_is_over(alice, clock):
    tokens = log_in(alice)
    payload = jwt.decode(tokens["refresh"], options={"verify_signature": False})
    forged = jwt.encode(payload, "another key of thirty-two letters", algorithm="HS256")

    answers = [refresh(token).json() for token in (tokens["access"], forged, "x", "a.b.c")]
    later(clock, days=1)
    answers.append(refresh(tokens["access"]).json())

    assert answers == [REFUSED_TOKEN] * 5


@pytest.mark.parametrize("claim", [{"jti": "x"}, {"jti": None}, {"jti": [1]}, {"exp": None}])
def test_a_signed_token_with_bent_claims_is_refused(alice, claim):
    payload = jwt.decode(log_in(alice)["refresh"], options={"verify_signature": False})
    bent = {name: value for name, value in {**payload, **claim}.items() if name != "exp" or value is not None}

    answer = refresh(jwt.encode(bent, settings.SECRET_KEY, algorithm="HS256"))

    assert (answer.status_code, answer.json()) == (401, REFUSED_TOKEN)


def test_grace_counts_from_the_rotation_of_the_very_token(alice, clock):
    first = log_in(alice)
    second = refresh(first["refresh"]).json()
    later(clock, seconds=4)
    third = refresh(second["refresh"]).json()
    later(clock, seconds=5)

    assert refresh(first["refresh"]).status_code == 401
    assert is_taken(third["access"])

    later(clock, seconds=2)
    assert refresh(first["refresh"]).status_code == 401
    assert not is_taken(third["access"])


def test_a_stolen_token_of_a_revoked_session_cannot_end_the_next_ones(alice, clock):
    first = log_in(alice)
    refresh(first["refresh"])
    later(clock, seconds=11)
    refresh(first["refresh"])

    fresh = log_in(alice)
    refresh(first["refresh"])

    assert is_taken(fresh["access"])


def test_a_refresh_token_lives_thirty_days_from_its_last_use(alice, clock):
    tokens = log_in(alice)
    later(clock, days=29)
    tokens = refresh(tokens["refresh"]).json()
    later(clock, days=29)
    tokens = refresh(tokens["refresh"]).json()
    later(clock, days=30)

    assert refresh(tokens["refresh"]).status_code == 401


def test_sessions_that_ended_by_themselves_are_swept_out_at_the_next_login(alice, bob, clock):
    log_in(alice)
    log_in(bob)
    later(clock, days=32)

    log_in(alice)

    assert Session.objects.filter(user=alice).count() == 1
    assert Session.objects.filter(user=bob).count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_ten_refreshes_at_once_exactly_one_wins():
    alice = UserFactory.create(username="alice")
    tokens = log_in(alice)

    answers = run_at_once([lambda: refresh(tokens["refresh"])] * 10)

    assert sorted(answer.status_code for answer in answers) == [200] + [401] * 9
    winner = next(answer.json() for answer in answers if answer.status_code == 200)
    assert is_taken(winner["access"])
    assert refresh(winner["refresh"]).status_code == 200


# ---- Verify and logout ------------------------------------------------------------------------------


def test_verify_says_whether_a_token_would_be_taken(anonymous, alice):
    first = log_in(alice)
    second = refresh(first["refresh"]).json()

    def verify(token):
        answer = anonymous.post(VERIFY, {"token": token})
        return answer.status_code, answer.json()

    assert verify(second["access"]) == (200, {})
    assert verify(second["refresh"]) == (200, {})
    assert verify(first["refresh"]) == (401, REFUSED_TOKEN)
    assert verify("rubbish") == (401, REFUSED_TOKEN)

    anonymous.post(LOGOUT, {"refresh": second["refresh"]})

    assert verify(second["access"]) == (200, {})
    assert verify(second["refresh"]) == (401, REFUSED_TOKEN)


def test_logout_ends_the_refresh_and_lets_the_access_live_out(anonymous, alice, clock):
    tokens, elsewhere = log_in(alice), log_in(alice)

    answers = [anonymous.post(LOGOUT, {"refresh": tokens["refresh"]}) for _ in range(2)]

    assert [(answer.status_code, answer.content) for answer in answers] == [(204, b""), (204, b"")]
    assert refresh(tokens["refresh"]).status_code == 401
    assert is_taken(tokens["access"])
    assert refresh(elsewhere["refresh"]).status_code == 200
    later(clock, minutes=10)
    assert not is_taken(tokens["access"])


def test_a_logged_out_token_that_comes_back_ends_nothing_else(anonymous, alice, clock):
    tokens, elsewhere = log_in(alice), log_in(alice)
    anonymous.post(LOGOUT, {"refresh": tokens["refresh"]})
    later(clock, seconds=60)

    assert refresh(tokens["refresh"]).status_code == 401

    assert is_taken(elsewhere["access"])


def test_an_access_token_is_no_proof_for_a_logout(anonymous, alice):
    tokens = log_in(alice)

    answer = anonymous.post(LOGOUT, {"refresh": tokens["access"]})

    assert (answer.status_code, answer.json()) == (401, REFUSED_TOKEN)
    assert refresh(tokens["refresh"]).status_code == 200


# ---- What ends sessions -----------------------------------------------------------------------------


def test_a_password_changed_by_whatever_path_ends_every_session(alice):
    tokens = log_in(alice)
    person = User.objects.get(pk=alice.pk)

    person.set_password("Another-horse-8")
    person.save()

    assert not is_taken(tokens["access"])
    assert refresh(tokens["refresh"]).status_code == 401


def test_a_hash_that_is_merely_computed_anew_ends_nothing(alice, settings):
    tokens = log_in(alice)
    settings.PASSWORD_HASHERS = list(reversed(settings.PASSWORD_HASHERS))

    log_in(alice)

    alice.refresh_from_db()
    assert not alice.password.startswith("md5")
    assert is_taken(tokens["access"])


@pytest.mark.django_db(transaction=True)
def test_no_session_begins_with_the_old_password_once_it_has_changed():
    """A login whose password was checked before the change, and that waits for the lock, would outlive it."""
    alice = UserFactory.create(username="alice")
    answers = []

    def try_old_password():
        answers.append(APIClient().post(LOGIN, {"username": "alice", "password": PASSWORD}).status_code)
        connection.close()

    login = threading.Thread(target=try_old_password)
    with owner_transaction(alice.pk) as owner:
        login.start()
        login.join(timeout=1)
        assert login.is_alive(), "it waits for the lock"
        owner.set_password("Another-horse-8")
        owner.save()
    login.join(timeout=30)

    assert answers == [401]
    assert not Session.objects.exists()


def test_tokens_say_nothing_but_who_and_which_session(alice):
    tokens = log_in(alice)

    for token, kind in ((tokens["access"], "access"), (tokens["refresh"], "refresh")):
        payload = jwt.decode(token, options={"verify_signature": False})
        assert set(payload) == {"token_type", "exp", "iat", "jti", "user_id", "sid"}
        assert payload["token_type"] == kind
    assert AccessToken(tokens["access"])["sid"] == RefreshToken(tokens["refresh"])["sid"]
    assert json.dumps(PASSWORD) not in json.dumps(tokens)


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER", "bEARER"])
def test_the_scheme_of_a_token_is_taken_in_any_case(alice, scheme):
    token = log_in(alice)["access"]

    answer = APIClient().get("/api/income/", headers={"Authorization": f"{scheme} {token}"})

    assert answer.status_code == 200


@pytest.mark.parametrize("scheme", ["Basic", "Bear", "Bearerx", "", "Token"])
def test_another_scheme_is_no_token(alice, scheme):
    token = log_in(alice)["access"]

    answer = APIClient().get("/api/income/", headers={"Authorization": f"{scheme} {token}"})

    assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")


@pytest.mark.parametrize(("seconds", "status"), [(1, 200), (10, 200), (11, 401)])
def test_a_token_of_a_server_whose_clock_is_up_to_ten_seconds_ahead_is_taken(alice, clock, seconds, status):
    clock.shift(datetime.timedelta(seconds=seconds))
    tokens = log_in(alice)
    clock.shift(datetime.timedelta(seconds=-seconds))

    access = client_with(tokens["access"]).get("/api/income/")
    refresh = APIClient().post("/api/auth/jwt/refresh/", {"refresh": tokens["refresh"]})

    assert (access.status_code, refresh.status_code) == (status, status)


@pytest.mark.parametrize("name", ["access", "refresh"])
def test_a_token_expires_to_the_second(alice, clock, name):
    tokens = log_in(alice)
    lifetime = {"access": settings.ACCESS_TOKEN_MINUTES * 60, "refresh": settings.REFRESH_TOKEN_DAYS * 86_400}[name]

    def is_taken():
        return APIClient().post("/api/auth/jwt/verify/", {"token": tokens[name]}).status_code

    clock.shift(datetime.timedelta(seconds=lifetime - 1))
    just_before = is_taken()
    clock.shift(datetime.timedelta(seconds=1))
    just_then = is_taken()

    assert (just_before, just_then) == (200, 401)
