"""An account from its registration to its end."""

import pytest
from django.core import mail
from django.core.management import call_command
from rest_framework.test import APIClient

from core.models import Income, OutgoingMail, Session, User
from core.tests.support.factories import PASSWORD, ExpenseFactory, IncomeFactory, TransactionFactory, UserFactory
from core.tests.support.logins import LOGIN, ME, REFRESH, client_with, is_taken, log_in
from core.tests.support.parallel import run_at_once

USERS = "/api/auth/users/"
NEW = "Another-horse-8"
WRONG_PASSWORD = {"current_password": ["Invalid password."]}


def register(**values):
    body = {"username": "carol", "email": "carol@example.org", "password": PASSWORD, **values}
    return APIClient().post(USERS, body)


# ---- Registration -----------------------------------------------------------------------------------


def test_registration_answers_with_the_profile_and_the_account_works_at_once(anonymous):
    answer = register(currency="EUR", timezone="Europe/Berlin", first_name="Carol")

    assert answer.status_code == 201
    assert answer.json() == {
        "id": User.objects.get().pk,
        "username": "carol",
        "email": "carol@example.org",
        "email_verified": False,
        "first_name": "Carol",
        "last_name": "",
        "currency": "EUR",
        "timezone": "Europe/Berlin",
        "language": "",
        "holiday_calendar": "",
        "leftover": "forget",
        "overspend": "forgive",
        "weekday_weights": [1, 1, 1, 1, 1, 1, 1],
        "updated_at": "2026-11-22T12:00:00.000000Z",
    }
    assert is_taken(log_in(User.objects.get())["access"])


def test_nobody_makes_themselves_staff(anonymous):
    answer = register(is_staff=True, is_superuser=True, id=7, session_epoch=9, username_key="alice", is_active=False)

    assert answer.status_code == 201
    carol = User.objects.get()
    assert (carol.is_staff, carol.is_superuser, carol.is_active) == (False, False, True)
    assert (carol.username_key, carol.session_epoch) == ("carol", 0)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"username": "ALICE"}, "username"),
        ({"username": "alice"}, "username"),
        ({"email": "ALICE@example.ORG"}, "email"),
        ({"username": "alice@example.org"}, "username"),
        ({"username": "Alice@Example.org"}, "username"),
        ({"username": "someone@else.org"}, "username"),
        ({"username": ""}, "username"),
        ({"username": "a b"}, "username"),
        ({"username": "x" * 151}, "username"),
        # One character that is stored as eighteen.
        ({"username": "\ufdfa" * 20}, "username"),
        # One that is stored with blanks.
        ({"username": "\ufdfa"}, "username"),
        ({"username": None}, "username"),
        ({"username": ["x"]}, "username"),
        ({"email": ""}, "email"),
        ({"email": "carol"}, "email"),
        ({"email": "carol@example.org\nBcc: x@example.org"}, "email"),
        ({"email": '"carol\x01"@example.org'}, "email"),
        ({"email": '"carol\x1b[2J"@example.org'}, "email"),
        ({"email": '"carol\x7f"@example.org'}, "email"),
        ({"email": "x" * 250 + "@example.org"}, "email"),
        ({"password": "short-7"}, "password"),
        ({"password": "x7-" + "y" * 126}, "password"),
        ({"password": "password1"}, "password"),
        ({"password": "8276450912"}, "password"),
        ({"password": "carol@example.org"}, "password"),
        ({"password": None}, "password"),
        ({"currency": "XXX"}, "currency"),
        ({"currency": "euro"}, "currency"),
        ({"timezone": "Mars/Olympus"}, "timezone"),
        ({"timezone": "../../etc/passwd"}, "timezone"),
        ({"language": "tlh"}, "language"),
        ({"language": "tlh-DE"}, "language"),
        ({"language": "-"}, "language"),
        ({"language": "../en"}, "language"),
    ],
)
def test_what_cannot_be_registered_is_a_400_on_its_field(anonymous, alice, values, field):
    answer = register(**values)

    assert answer.status_code == 400
    assert list(answer.json()) == [field]
    assert User.objects.count() == 1


@pytest.mark.parametrize(("first", "second"), [("Ärger", "äRGER"), ("straße", "STRASSE"), ("\uff41bc", "ABC")])
def test_names_are_one_without_regard_to_case_beyond_ascii_too(anonymous, db, first, second):
    assert register(username=first, email="one@example.org").status_code == 201

    assert register(username=second, email="two@example.org").status_code == 400


@pytest.mark.parametrize(
    ("tag", "code"),
    [
        ("", ""),
        ("EN", "en"),
        ("en-US", "en"),
        ("de-AT", "de"),
        ("pt-BR", "pt-br"),
        ("pt-PT", "pt"),
        ("zh-CN", "zh-hans"),
    ],
)
def test_a_language_is_chosen_by_any_tag_of_it(anonymous, db, tag, code):
    answer = register(language=tag)

    assert (answer.status_code, answer.json()["language"]) == (201, code)


def test_ones_own_address_can_be_the_username(anonymous):
    assert register(username="carol@example.org").status_code == 201
    assert register(username="Carol@example.org", email="other@example.org").status_code == 400


def test_an_old_header_does_not_stand_in_the_way_of_a_registration(db):
    answer = client_with("rubbish").post(
        USERS, {"username": "carol", "email": "carol@example.org", "password": PASSWORD}
    )

    assert answer.status_code == 201


@pytest.mark.django_db(transaction=True)
def test_of_ten_registrations_at_once_with_one_name_exactly_one_succeeds():
    answers = run_at_once([lambda n=n: register(email=f"carol{n}@example.org") for n in range(10)])

    assert sorted(answer.status_code for answer in answers) == [201] + [400] * 9
    assert all(list(answer.json()) == ["username"] for answer in answers if answer.status_code == 400)
    assert User.objects.count() == 1


# ---- Whose ------------------------------------------------------------------------------------------


def test_everybody_else_does_not_exist_for_staff_neither(alice, bob):
    alice.is_staff = alice.is_superuser = True
    alice.save()
    client = client_with(log_in(alice)["access"])

    listed = client.get(USERS).json()
    answers = [
        getattr(client, method)(f"{USERS}{user_id}/", {"current_password": PASSWORD, "first_name": "x"})
        for user_id in (bob.pk, 987654321, 10**30)
        for method in ("get", "put", "patch", "delete")
    ]

    assert [row["username"] for row in listed["results"]] == ["alice"]
    assert [answer.status_code for answer in answers] == [404] * 12
    assert len({answer.content for answer in answers}) == 1
    bob.refresh_from_db()
    assert bob.first_name == ""


def test_ones_own_id_is_another_way_to_write_me(alice):
    client = client_with(log_in(alice)["access"])

    assert client.get(f"{USERS}{alice.pk}/").json() == client.get(ME).json()
    assert client.patch(f"{USERS}{alice.pk}/", {"first_name": "Al"}).json()["first_name"] == "Al"


@pytest.mark.parametrize("path", ["", "me/", "1/"])
@pytest.mark.parametrize("method", ["get", "put", "patch", "delete"])
def test_without_a_token_there_is_no_profile(anonymous, alice, path, method):
    answer = getattr(anonymous, method)(USERS + path)

    assert answer.status_code == 401
    assert answer.json()["code"] == "not_authenticated"


@pytest.mark.parametrize(
    "path", ["set_passwordX/", "set_password/x", "meX/", "abc/", "activation/", "resend_activation/"]
)
def test_paths_that_are_none(alice, path):
    answer = client_with(log_in(alice)["access"]).post(USERS + path, {})

    assert answer.status_code == 404
    assert answer.json()["code"] == "not_found"


# ---- Profile ----------------------------------------------------------------------------------------


def test_a_profile_is_read_and_changed(alice):
    client = client_with(log_in(alice)["access"])

    answer = client.patch(ME, {"timezone": "Asia/Tokyo", "username": "mallory", "is_staff": True, "id": 9, "x": 1})

    assert answer.status_code == 200
    assert answer.json() == {**client.get(ME).json(), "timezone": "Asia/Tokyo", "username": "alice", "id": alice.pk}
    alice.refresh_from_db()
    assert (alice.timezone, alice.is_staff) == ("Asia/Tokyo", False)


def test_a_new_address_takes_the_password_and_the_old_address_is_told(alice, mailoutbox):
    client = client_with(log_in(alice)["access"])

    without = client.patch(ME, {"email": "new@example.org"})
    wrong = client.patch(ME, {"email": "new@example.org", "current_password": "wrong"})
    right = client.patch(ME, {"email": "new@example.org", "current_password": PASSWORD})
    call_command("deliver_mail", verbosity=0)

    assert (without.status_code, without.json()) == (400, {"current_password": ["This field is required."]})
    assert (wrong.status_code, wrong.json()) == (400, WRONG_PASSWORD)
    assert (right.status_code, right.json()["email"]) == (200, "new@example.org")
    assert [(message.to, message.subject) for message in mailoutbox] == [
        (["alice@example.org"], "Your e-mail address was changed"),
        (["new@example.org"], "Confirm your e-mail address"),
    ]
    assert "new@example.org" not in mailoutbox[0].body
    assert APIClient().post(LOGIN, {"username": "new@example.org", "password": PASSWORD}).status_code == 200
    assert APIClient().post(LOGIN, {"username": "alice@example.org", "password": PASSWORD}).status_code == 401


def test_the_same_address_again_takes_no_password_and_tells_nobody(alice, mailoutbox):
    client = client_with(log_in(alice)["access"])

    answer = client.put(ME, {"email": "alice@example.org", "first_name": "Al"})

    assert answer.status_code == 200
    assert not OutgoingMail.objects.exists()


@pytest.mark.parametrize(
    "email", ["BOB@example.org", "bob@EXAMPLE.org", "", "x", None, "a@b\x00.org", ["a@b.org"], '"a\x01"@b.org']
)
def test_an_address_that_is_taken_or_none_is_a_400(alice, bob, email):
    client = client_with(log_in(alice)["access"])

    answer = client.patch(ME, {"email": email, "current_password": PASSWORD})

    assert answer.status_code == 400
    alice.refresh_from_db()
    assert alice.email == "alice@example.org"


def test_a_username_that_is_the_old_address_follows_to_the_new_one(db, clock):
    carol = UserFactory.create(username="carol@example.org", email="carol@example.org", is_proven=False)
    client = client_with(log_in(carol)["access"])

    moved = client.patch(ME, {"email": "caro@example.org", "current_password": PASSWORD})
    stuck = client.patch(ME, {"email": "o'hara@example.org", "current_password": PASSWORD})

    assert (moved.status_code, moved.json()["username"]) == (200, "caro@example.org")
    assert (stuck.status_code, list(stuck.json())) == (400, ["email"])
    assert register(username="x", email="carol@example.org").status_code == 201


# ---- Password ---------------------------------------------------------------------------------------


def test_a_changed_password_ends_every_session_this_one_too(alice, mailoutbox):
    here, elsewhere = log_in(alice), log_in(alice)

    answer = client_with(here["access"]).post(
        f"{USERS}set_password/", {"current_password": PASSWORD, "new_password": NEW}
    )
    call_command("deliver_mail", verbosity=0)

    assert (answer.status_code, answer.content) == (204, b"")
    for tokens in (here, elsewhere):
        assert not is_taken(tokens["access"])
        assert APIClient().post(REFRESH, {"refresh": tokens["refresh"]}).status_code == 401
    assert APIClient().post(LOGIN, {"username": "alice", "password": PASSWORD}).status_code == 401
    assert APIClient().post(LOGIN, {"username": "alice", "password": NEW}).status_code == 200
    assert [(message.to, message.subject) for message in mailoutbox] == [
        (["alice@example.org"], "Your password was changed")
    ]


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        ({"current_password": "wrong", "new_password": NEW}, WRONG_PASSWORD),
        ({"new_password": NEW}, {"current_password": ["This field is required."]}),
        ({"current_password": PASSWORD}, {"new_password": ["This field is required."]}),
        (
            {"current_password": PASSWORD, "new_password": "x7-abcd"},
            {"new_password": ["This password is too short. It must contain at least 8 characters."]},
        ),
        (
            {"current_password": PASSWORD, "new_password": "x7-" + "y" * 126},
            {"new_password": ["Ensure this field has no more than 128 characters."]},
        ),
    ],
)
def test_a_password_that_cannot_be_set_changes_nothing(alice, body, refusal):
    tokens = log_in(alice)

    answer = client_with(tokens["access"]).post(f"{USERS}set_password/", body)

    assert (answer.status_code, answer.json()) == (400, refusal)
    assert is_taken(tokens["access"])


@pytest.mark.django_db(transaction=True)
def test_of_five_changes_of_password_at_once_one_holds():
    alice = UserFactory.create(username="alice")
    access = log_in(alice)["access"]

    answers = run_at_once(
        [
            lambda n=n: client_with(access).post(
                f"{USERS}set_password/", {"current_password": PASSWORD, "new_password": f"{NEW}-{n}"}
            )
            for n in range(5)
        ]
    )

    held = [n for n, answer in enumerate(answers) if answer.status_code == 204]
    assert len(held) == 1
    assert {answer.status_code for answer in answers} <= {204, 400, 401}
    alice.refresh_from_db()
    assert alice.check_password(f"{NEW}-{held[0]}")


# ---- Username ---------------------------------------------------------------------------------------


def test_a_username_is_changed_by_the_password(alice, bob):
    client = client_with(log_in(alice)["access"])

    def rename(username, password=PASSWORD):
        answer = client.post(f"{USERS}set_username/", {"new_username": username, "current_password": password})
        return answer.status_code, answer.json() if answer.content else None

    assert rename("alicia", "wrong") == (400, WRONG_PASSWORD)
    assert rename("BOB") == (400, {"new_username": ["An account with this username exists."]})
    assert rename("bob@example.org")[0] == 400
    assert rename("a b")[0] == 400
    assert rename("Alicia") == (204, None)
    assert client.get(ME).json()["username"] == "Alicia"
    assert APIClient().post(LOGIN, {"username": "alicia", "password": PASSWORD}).status_code == 200
    assert register(username="alice").status_code == 201


# ---- The end ----------------------------------------------------------------------------------------


def test_a_deleted_account_leaves_nothing_and_frees_its_names(alice, bob):
    for owner in (alice, bob):
        IncomeFactory.create(user=owner)
        ExpenseFactory.create(user=owner)
        TransactionFactory.create(user=owner)
    tokens = log_in(alice)
    client = client_with(tokens["access"])

    without, wrong = client.delete(ME), client.delete(ME, {"current_password": "wrong"})
    assert (without.status_code, without.json()) == (400, {"current_password": ["This field is required."]})
    assert (wrong.status_code, wrong.json()) == (400, WRONG_PASSWORD)

    answer = client.delete(ME, {"current_password": PASSWORD})

    assert (answer.status_code, answer.content) == (204, b"")
    assert not is_taken(tokens["access"])
    assert APIClient().post(REFRESH, {"refresh": tokens["refresh"]}).status_code == 401
    assert not Session.objects.exists()
    assert list(User.objects.all()) == [bob]
    assert list(Income.objects.values_list("user_id", flat=True)) == [bob.pk]
    assert register(username="alice", email="alice@example.org").status_code == 201
    assert len(mail.outbox) == 0


def test_a_look_at_ones_own_account_without_its_body_is_allowed(api):
    looked, read = api.head("/api/auth/users/me/"), api.get("/api/auth/users/me/")

    assert (looked.status_code, read.status_code) == (200, 200)
    assert looked.headers["ETag"] == read.headers["ETag"]
