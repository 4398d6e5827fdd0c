"""Addresses that are proven by a link, and who gets which mail until then."""

import datetime

import pytest
from django.core.management import call_command
from django.test import Client
from rest_framework.test import APIClient

from core.models import AuditEvent, ProvenAddress, User
from core.tests.api.test_accounts_reset import NEW, confirm, find_link, open_link
from core.tests.api.test_second_factor import make_code, switch_on
from core.tests.support.factories import PASSWORD, UserFactory
from core.tests.support.logins import LOGIN, ME, client_with, is_taken, log_in
from core.tests.support.parallel import run_at_once

USERS = "/api/auth/users/"
CAROL = {"username": "carol", "email": "carol@example.org", "password": PASSWORD}
CONFIRM = "Confirm your e-mail address"
RESET = "Choose a new password"
BAD_TOKEN = {"token": ["Invalid token for given user."]}


def deliver():
    call_command("deliver_mail", verbosity=0)


def post(path, body=None, client=None):
    return (client or APIClient()).post(f"{USERS}{path}", body or {})


def read_link(message):
    _link, uid, token = find_link(message.body)
    return {"uid": uid, "token": token}


def register(mailoutbox):
    """Carol's client, and the link that was mailed to her."""
    assert post("", CAROL).status_code == 201
    deliver()
    client = client_with(log_in(User.objects.get(username="carol"))["access"])
    return client, read_link(mailoutbox[-1])


def change_email(client, email, **more):
    return client.patch(ME, {"email": email, "current_password": PASSWORD, **more})


def told(mailoutbox):
    return [(message.to[0], message.subject) for message in mailoutbox]


# ---- The proof --------------------------------------------------------------------------------------


def test_a_registration_mails_a_link_that_proves_the_address_once(db, clock, mailoutbox):
    client, link = register(mailoutbox)
    assert client.get(ME).json()["email_verified"] is False

    proof, again = post("verify_email/", link), post("verify_email/", link)

    assert told(mailoutbox) == [("carol@example.org", CONFIRM)]
    assert (proof.status_code, proof.content) == (204, b"")
    assert (again.status_code, again.json()) == (400, BAD_TOKEN)
    assert client.get(ME).json()["email_verified"] is True
    assert AuditEvent.objects.latest("pk").action == "email_verified"


def test_login_works_before_the_address_is_proven(db, clock, mailoutbox):
    client, _link = register(mailoutbox)

    assert client.get("/api/allowance/today/").status_code == 200


def test_nobody_can_say_that_their_address_is_proven(db, clock):
    assert post("", {**CAROL, "email_verified": True}).json()["email_verified"] is False
    client = client_with(log_in(User.objects.get())["access"])

    assert client.patch(ME, {"email_verified": True}).json()["email_verified"] is False


def test_the_link_of_a_proof_serves_nothing_else_and_no_other_link_proves(db, clock, mailoutbox):
    _client, link = register(mailoutbox)
    post("reset_password/", {"email": "carol@example.org"})
    deliver()
    reset = read_link(mailoutbox[-1])

    answers = [
        confirm(link),
        post("reset_username_confirm/", {**link, "new_username": "x"}),
        post("verify_email/", reset),
        post("verify_email/", {**link, "uid": "OTk5"}),
        post("verify_email/", {**link, "token": link["token"][:-1]}),
    ]

    assert [(answer.status_code, answer.json()) for answer in answers] == [(400, BAD_TOKEN)] * 5
    assert not ProvenAddress.objects.exists()


def test_a_proof_link_holds_for_a_day(db, clock, mailoutbox):
    _client, link = register(mailoutbox)
    clock.shift(datetime.timedelta(days=1, seconds=1))

    assert post("verify_email/", link).status_code == 400


def test_another_link_is_sent_until_the_address_is_proven(db, clock, mailoutbox):
    client, _link = register(mailoutbox)

    assert post("resend_verification/", client=client).status_code == 204
    deliver()
    assert post("verify_email/", read_link(mailoutbox[-1])).status_code == 204
    assert post("resend_verification/", client=client).status_code == 204
    deliver()

    assert told(mailoutbox) == [("carol@example.org", CONFIRM)] * 2
    assert post("resend_verification/").status_code == 401


def test_the_link_opens_a_page_whose_button_proves_the_address(db, clock, mailoutbox):
    _client, link = register(mailoutbox)
    path = f"/email/verify/{link['uid']}/{link['token']}"
    browser = Client(enforce_csrf_checks=True)

    page = browser.get(path)
    assert not ProvenAddress.objects.exists(), "whatever only follows links proves nothing"
    foreign = browser.post(path)
    done = browser.post(path, {"csrfmiddlewaretoken": browser.cookies["csrf"].value})
    again = browser.get(path)

    assert [answer.status_code for answer in (page, foreign, done, again)] == [200, 403, 200, 400]
    assert b"Your address is confirmed." in done.content
    assert ProvenAddress.objects.get().email == "carol@example.org"


@pytest.mark.django_db(transaction=True)
def test_of_five_uses_of_a_proof_link_at_once_one_holds(clock, mailoutbox):
    _client, link = register(mailoutbox)

    answers = run_at_once([lambda: post("verify_email/", link)] * 5)

    assert sorted(answer.status_code for answer in answers) == [204] + [400] * 4


# ---- Another address --------------------------------------------------------------------------------


def test_a_new_address_is_unproven_and_the_old_one_keeps_the_account_until_then(alice, mailoutbox, clock):
    client = client_with(log_in(alice)["access"])

    assert change_email(client, "new@example.org").json()["email_verified"] is False
    deliver()
    assert told(mailoutbox) == [
        ("alice@example.org", "Your e-mail address was changed"),
        ("new@example.org", CONFIRM),
    ]
    link = read_link(mailoutbox[-1])
    mailoutbox.clear()
    # By whichever of the two it is asked for.
    for email in ("alice@example.org", "NEW@example.org"):
        clock.shift(datetime.timedelta(minutes=1))
        post("reset_password/", {"email": email})
        deliver()
    assert told(mailoutbox) == [("alice@example.org", RESET)] * 2

    assert post("verify_email/", link).status_code == 204
    mailoutbox.clear()
    for email in ("alice@example.org", "new@example.org"):
        clock.shift(datetime.timedelta(minutes=1))
        post("reset_password/", {"email": email})
        deliver()

    assert told(mailoutbox) == [("new@example.org", RESET)]
    assert client.get(ME).json()["email_verified"] is True


def test_a_reset_that_the_old_address_asked_for_is_void_once_the_new_one_is_proven(alice, mailoutbox, clock):
    change_email(client_with(log_in(alice)["access"]), "new@example.org")
    deliver()
    proof = read_link(mailoutbox[-1])
    post("reset_password/", {"email": "alice@example.org"})
    deliver()
    reset = read_link(mailoutbox[-1])
    assert post("verify_email/", proof).status_code == 204

    assert confirm(reset).status_code == 400


def test_a_reset_by_the_old_address_proves_nothing_of_the_new_one(alice, mailoutbox):
    change_email(client_with(log_in(alice)["access"]), "new@example.org")
    post("reset_password/", {"email": "new@example.org"})
    deliver()

    assert confirm(read_link(mailoutbox[-1])).status_code == 204
    assert ProvenAddress.objects.get().email == "alice@example.org"


def test_nobody_else_can_take_an_address_while_it_keeps_its_account(alice, bob, mailoutbox):
    change_email(client_with(log_in(alice)["access"]), "new@example.org")
    deliver()
    proof = read_link(mailoutbox[-1])
    bobs = client_with(log_in(bob)["access"])

    for email in ("Alice@example.org", "new@example.org"):
        taken, moved = post("", {**CAROL, "email": email}), change_email(bobs, email)
        assert (taken.status_code, moved.status_code) == (400, 400)
        assert taken.json() == moved.json() == {"email": ["An account with this email exists."]}
    assert post("verify_email/", proof).status_code == 204

    assert post("", {**CAROL, "email": "alice@example.org"}).status_code == 201


def test_back_to_the_proven_address_takes_no_proof(alice, mailoutbox):
    client = client_with(log_in(alice)["access"])
    change_email(client, "new@example.org")

    back = change_email(client, "alice@example.org")
    deliver()

    assert (back.status_code, back.json()["email_verified"]) == (200, True)
    # The link to the address between is not sent any more: it would prove nothing.
    assert told(mailoutbox) == [("alice@example.org", "Your e-mail address was changed")] * 2


def test_another_case_of_the_proven_address_takes_a_proof(alice):
    client = client_with(log_in(alice)["access"])

    assert change_email(client, "ALICE@example.org").json()["email_verified"] is False


@pytest.mark.django_db(transaction=True)
def test_of_two_accounts_at_once_one_gets_an_address():
    people = [UserFactory.create(username=name) for name in ("alice", "bob")]
    clients = [client_with(log_in(person)["access"]) for person in people]

    answers = run_at_once([lambda client=client: change_email(client, "new@example.org") for client in clients])

    assert sorted(answer.status_code for answer in answers) in ([200, 400], [200, 409])


# ---- With a second factor ---------------------------------------------------------------------------


def test_with_a_second_factor_a_new_address_takes_a_code(alice, clock):
    client = client_with(log_in(alice)["access"])
    secret, _codes = switch_on(client, clock)

    without = change_email(client, "new@example.org")
    wrong = change_email(client, "new@example.org", otp="000000")
    right = change_email(client, "new@example.org", otp=make_code(secret))
    used = change_email(client, "other@example.org", otp=make_code(secret))

    assert (without.status_code, without.json()) == (400, {"otp": ["This field is required."]})
    assert (wrong.status_code, wrong.json()) == (400, {"otp": ["Invalid code."]})
    assert (right.status_code, right.json()["email"]) == (200, "new@example.org")
    assert (used.status_code, used.json()) == (400, {"otp": ["Invalid code."]})


def test_a_code_is_not_used_up_by_an_address_that_is_taken(alice, bob, clock):
    client = client_with(log_in(alice)["access"])
    secret, _codes = switch_on(client, clock)

    taken = change_email(client, "bob@example.org", otp=make_code(secret))

    assert (taken.status_code, list(taken.json())) == (400, ["email"])
    assert change_email(client, "new@example.org", otp=make_code(secret)).status_code == 200


def reset_by_mail(mailoutbox, email):
    post("reset_password/", {"email": email})
    deliver()
    return confirm(read_link(next(mail for mail in reversed(mailoutbox) if mail.subject == RESET)))


def test_whoever_registered_a_strangers_address_cannot_keep_its_owner_out(db, clock, mailoutbox):
    attacker, _link = register(mailoutbox)
    switch_on(attacker, clock)

    assert reset_by_mail(mailoutbox, "carol@example.org").status_code == 204

    login = APIClient().post(LOGIN, {"username": "carol@example.org", "password": NEW})
    assert login.status_code == 200
    assert attacker.get(ME).status_code == 401
    assert client_with(login.json()["access"]).get(ME).json()["email_verified"] is True
    actions = list(AuditEvent.objects.order_by("pk").values_list("action", flat=True))
    assert actions[-6:] == [
        "password_reset_asked",
        "email_verified",
        "2fa_disabled",
        "sessions_revoked",
        "password_changed",
        "login",
    ]


def test_a_reset_keeps_the_second_factor_of_an_account_that_ever_proved_an_address(alice, clock, mailoutbox):
    client = client_with(log_in(alice)["access"])
    secret, _codes = switch_on(client, clock)
    change_email(client, "new@example.org", otp=make_code(secret))

    assert reset_by_mail(mailoutbox, "new@example.org").status_code == 204

    answer = APIClient().post(LOGIN, {"username": "alice", "password": NEW})
    assert answer.json()["code"] == "otp_required"


def test_the_first_reset_is_a_proof_so_that_the_next_one_keeps_what_was_set_up_since(db, clock, mailoutbox):
    register(mailoutbox)
    assert reset_by_mail(mailoutbox, "carol@example.org").status_code == 204
    tokens = APIClient().post(LOGIN, {"username": "carol", "password": NEW}).json()
    owner = client_with(tokens["access"])
    setup = owner.post("/api/auth/2fa/totp/", {"current_password": NEW}).json()
    code = {"code": make_code(setup["secret"])}
    assert owner.post("/api/auth/2fa/totp/confirm/", code).status_code == 200
    clock.shift(datetime.timedelta(minutes=1))

    assert reset_by_mail(mailoutbox, "carol@example.org").status_code == 204

    assert APIClient().post(LOGIN, {"username": "carol", "password": NEW}).json()["code"] == "otp_required"


def test_a_set_up_that_was_only_begun_goes_with_the_reset_too(db, clock, mailoutbox):
    attacker, _link = register(mailoutbox)
    attacker.post("/api/auth/2fa/totp/", {"current_password": PASSWORD})

    assert reset_by_mail(mailoutbox, "carol@example.org").status_code == 204

    assert not User.objects.filter(second_factor__isnull=False).exists()


# ---- Whoever makes the change -----------------------------------------------------------------------


def test_a_password_that_a_command_changed_is_told_by_mail(alice, mailoutbox, monkeypatch):
    monkeypatch.setattr("getpass.getpass", lambda prompt: NEW)
    tokens = log_in(alice)

    call_command("changepassword", "alice")
    deliver()

    assert told(mailoutbox) == [("alice@example.org", "Your password was changed")]
    assert not is_taken(tokens["access"])


def test_an_address_and_a_name_that_anybody_changed_are_told_by_mail(alice, mailoutbox):
    row = User.objects.get(pk=alice.pk)
    row.email = "new@example.org"
    row.save()
    row.username = "alicia"
    row.save()
    deliver()

    assert told(mailoutbox) == [
        ("alice@example.org", "Your e-mail address was changed"),
        ("new@example.org", CONFIRM),
        ("alice@example.org", "Your username was changed"),
    ]


def test_an_address_that_was_never_proven_is_told_nothing(db, clock, mailoutbox):
    client, _link = register(mailoutbox)
    mailoutbox.clear()

    client.post(f"{USERS}set_username/", {"new_username": "caroline", "current_password": PASSWORD})
    client.post(f"{USERS}set_password/", {"new_password": NEW, "current_password": PASSWORD})
    deliver()

    assert told(mailoutbox) == []


def test_the_page_of_a_reset_does_not_prove_by_being_opened(db, clock, mailoutbox):
    register(mailoutbox)
    post("reset_password/", {"email": "carol@example.org"})
    deliver()

    assert open_link(read_link(mailoutbox[-1]))[2].status_code == 200
    assert not ProvenAddress.objects.exists()
