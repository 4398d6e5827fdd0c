"""Two-factor login, over the API and in the admin."""

import base64
import datetime
import re
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from django.test import Client
from django_otp.oath import hotp
from rest_framework.test import APIClient

from core import clock as our_clock
from core.models import AuditEvent, BackupCode, MailKind, OutgoingMail, SecondFactor
from core.tests.support.factories import PASSWORD, UserFactory
from core.tests.support.logins import LOGIN, REFRESH, client_with, is_taken, log_in
from core.tests.support.mailbox import find_link
from core.tests.support.parallel import run_at_once

FACTOR = "/api/auth/2fa/"
TOTP = f"{FACTOR}totp/"
CONFIRM = f"{FACTOR}totp/confirm/"
BACKUP = f"{FACTOR}backup-codes/"
WRONG_PASSWORD = {"current_password": ["Invalid password."]}
WRONG_OTP = {"otp": ["Invalid code."]}


def make_code(secret, steps=0):
    """The code of now, or of some steps from now."""
    step = int(our_clock.now().timestamp()) // 30 + steps
    return f"{hotp(base64.b32decode(secret), step):06d}"


def later(clock, seconds=90):
    """Past every code that was used so far."""
    clock.shift(datetime.timedelta(seconds=seconds))


def switch_on(client, clock=None):
    """The secret and the backup codes of a second factor that is in force."""
    secret = client.post(TOTP, {"current_password": PASSWORD}).json()["secret"]
    codes = client.post(CONFIRM, {"code": make_code(secret)}).json()["backup_codes"]
    if clock is not None:
        later(clock)
    return secret, codes


def try_login(user, **more):
    answer = APIClient().post(LOGIN, {"username": user.username, "password": PASSWORD, **more})
    return answer.status_code, answer.json().get("code")


@pytest.fixture
def client(alice):
    """Alice's client, with a real token."""
    return client_with(log_in(alice)["access"])


# ---- Switching on -----------------------------------------------------------------------------------


def test_a_setup_shows_the_secret_three_ways_and_is_not_in_force(alice, client):
    answer = client.post(TOTP, {"current_password": PASSWORD})

    assert answer.status_code == 201
    setup = answer.json()
    assert set(setup) == {"secret", "otpauth_url", "qr_svg"}
    assert len(base64.b32decode(setup["secret"])) == 20
    url = urlsplit(setup["otpauth_url"])
    assert (url.scheme, url.netloc, url.path) == ("otpauth", "totp", "/Allowance:alice")
    assert parse_qs(url.query) == {
        "secret": [setup["secret"]],
        "issuer": ["Allowance"],
        "algorithm": ["SHA1"],
        "digits": ["6"],
        "period": ["30"],
    }
    assert ElementTree.fromstring(setup["qr_svg"]).tag.endswith("svg")  # noqa: S314
    assert client.get(FACTOR).json() == {"enabled": False, "backup_codes_left": 0}
    assert try_login(alice) == (200, None)


def test_a_name_is_escaped_for_apps(db, clock):
    carol = UserFactory.create(username="a+b@example.org", email="a+b@example.org")

    url = client_with(log_in(carol)["access"]).post(TOTP, {"current_password": PASSWORD}).json()["otpauth_url"]

    assert url.startswith("otpauth://totp/Allowance:a%2Bb%40example.org?secret=")


def test_a_first_code_puts_it_in_force_ends_other_sessions_and_gives_ten_codes(alice, client):
    elsewhere = log_in(alice)
    secret = client.post(TOTP, {"current_password": PASSWORD}).json()["secret"]

    answer = client.post(CONFIRM, {"code": make_code(secret)})

    assert answer.status_code == 200
    codes = answer.json()["backup_codes"]
    assert len(set(codes)) == 10
    assert all(re.fullmatch(r"([0-9a-hjkmnp-tv-z]{4}-){3}[0-9a-hjkmnp-tv-z]{4}", code) for code in codes)
    assert client.get(FACTOR).json() == {"enabled": True, "backup_codes_left": 10}
    assert not is_taken(elsewhere["access"])
    assert APIClient().post(REFRESH, {"refresh": elsewhere["refresh"]}).status_code == 401
    assert OutgoingMail.objects.get().kind == MailKind.SECOND_FACTOR_ENABLED


@pytest.mark.parametrize("code", ["000000", "", "12345", "1234567", "abcdef", "١٢٣٤٥٦", None, [], {}, "x" * 65, "\x00"])
def test_a_wrong_first_code_is_a_400_on_its_field(client, code):
    secret = client.post(TOTP, {"current_password": PASSWORD}).json()["secret"]
    if code == "000000" and make_code(secret) == code:
        code = "000001"

    answer = client.post(CONFIRM, {"code": code})

    assert answer.status_code == 400
    assert list(answer.json()) in (["code"], ["detail", "code"])
    assert client.get(FACTOR).json()["enabled"] is False


def test_without_a_setup_there_is_nothing_to_confirm(client):
    answer = client.post(CONFIRM, {"code": "123456"})

    assert (answer.status_code, answer.json()) == (400, {"code": ["Invalid code."]})


def test_a_second_setup_replaces_one_that_was_never_confirmed(client):
    first = client.post(TOTP, {"current_password": PASSWORD}).json()["secret"]
    second = client.post(TOTP, {"current_password": PASSWORD}).json()["secret"]

    assert client.post(CONFIRM, {"code": make_code(first)}).status_code == 400
    assert client.post(CONFIRM, {"code": make_code(second)}).status_code == 200


def test_one_that_is_in_force_is_not_replaced_by_whoever_holds_the_password(alice, client, clock):
    secret, _codes = switch_on(client, clock)

    setup = client.post(TOTP, {"current_password": PASSWORD})
    again = client.post(CONFIRM, {"code": make_code(secret)})

    assert (setup.status_code, setup.json()["code"]) == (409, "2fa_enabled")
    assert (again.status_code, again.json()["code"]) == (409, "2fa_enabled")
    assert try_login(alice, otp=make_code(secret)) == (200, None)


# ---- Logging in -------------------------------------------------------------------------------------


def test_a_login_takes_a_code_that_is_good_once(alice, client, clock):
    secret, _codes = switch_on(client, clock)

    code = make_code(secret)
    tries = [
        try_login(alice),
        try_login(alice, otp=""),
        try_login(alice, otp=None),
        try_login(alice, otp=code),
        try_login(alice, otp=code),
        try_login(alice, otp="000000" if code != "000000" else "000001"),
        try_login(alice, otp="no code"),
        try_login(alice, otp=make_code(secret, -2)),
        try_login(alice, otp=make_code(secret, 2)),
        try_login(alice, otp=make_code(secret, 1)),
        try_login(alice, otp=make_code(secret, -1)),
    ]

    required, invalid, fine = (401, "otp_required"), (401, "otp_invalid"), (200, None)
    assert tries == [required, required, required, fine, invalid, invalid, invalid, invalid, invalid, fine, fine]


def test_the_code_that_switched_it_on_is_used_up(alice, client):
    secret, _codes = switch_on(client)

    assert try_login(alice, otp=make_code(secret)) == (401, "otp_invalid")
    assert try_login(alice, otp=make_code(secret, 1)) == (200, None)


def test_a_code_may_be_typed_with_a_blank(alice, client, clock):
    secret, _codes = switch_on(client, clock)
    code = make_code(secret)

    assert try_login(alice, otp=f" {code[:3]} {code[3:]} ") == (200, None)


def test_a_wrong_password_with_a_right_code_says_nothing_of_the_code_and_does_not_use_it(alice, client, clock):
    secret, _codes = switch_on(client, clock)
    code = make_code(secret)

    answer = APIClient().post(LOGIN, {"username": "alice", "password": "wrong", "otp": code})

    assert (answer.status_code, answer.json()["code"]) == (401, "no_active_account")
    assert try_login(alice, otp=code) == (200, None)


def test_a_refused_code_leaves_no_session_behind(alice, client, clock):
    switch_on(client, clock)
    before = alice.login_sessions.count()

    try_login(alice)
    try_login(alice, otp="000000")

    assert alice.login_sessions.count() == before


def test_a_backup_code_is_good_once_however_it_is_typed(alice, client, clock):
    _secret, codes = switch_on(client, clock)

    assert try_login(alice, otp=codes[0].upper().replace("-", " ")) == (200, None)
    assert try_login(alice, otp=codes[0]) == (401, "otp_invalid")
    assert try_login(alice, otp=codes[1]) == (200, None)
    assert client.get(FACTOR).json() == {"enabled": True, "backup_codes_left": 8}


def test_one_persons_codes_are_nobody_elses(alice, bob, client, clock):
    secret, codes = switch_on(client)
    bobs_secret, _codes = switch_on(client_with(log_in(bob)["access"]), clock)

    assert try_login(bob, otp=make_code(secret)) == (401, "otp_invalid")
    assert try_login(bob, otp=codes[0]) == (401, "otp_invalid")
    assert try_login(bob, otp=make_code(bobs_secret)) == (200, None)


def test_a_code_where_no_second_factor_is_on_is_ignored(alice):
    assert try_login(alice, otp="123456") == (200, None)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", ["totp", "backup"])
def test_of_twenty_logins_at_once_with_one_code_exactly_one_succeeds(clock, kind):
    alice = UserFactory.create(username="alice")
    secret, codes = switch_on(client_with(log_in(alice)["access"]), clock)
    code = codes[0] if kind == "backup" else make_code(secret)

    answers = run_at_once([lambda: try_login(alice, otp=code)] * 20)

    assert sorted(answers, key=str) == [(200, None)] + [(401, "otp_invalid")] * 19


# ---- No way around it -------------------------------------------------------------------------------


def test_a_password_reset_does_not_switch_it_off(alice, client, clock, mailoutbox):
    secret, _codes = switch_on(client, clock)
    APIClient().post("/api/auth/users/reset_password/", {"email": alice.email})
    call_command("deliver_mail", verbosity=0)
    _link, uid, token = find_link(mailoutbox[-1].body)

    APIClient().post(
        "/api/auth/users/reset_password_confirm/", {"uid": uid, "token": token, "new_password": "Another-horse-8"}
    )

    def login(**more):
        answer = APIClient().post(LOGIN, {"username": "alice", "password": "Another-horse-8", **more})
        return answer.status_code, answer.json().get("code")

    assert login() == (401, "otp_required")
    assert login(otp=make_code(secret)) == (200, None)


@pytest.mark.parametrize(
    "path", [LOGIN + "x", LOGIN + "/", "/api/auth/token/login/", "/api/auth/jwt/create", "/api/token/"]
)
def test_there_is_no_other_login(alice, client, clock, path):
    switch_on(client, clock)

    answer = APIClient().post(path, {"username": "alice", "password": PASSWORD})

    assert "access" not in answer.content.decode()
    assert answer.status_code in (301, 404)


def test_a_form_is_no_way_in(alice, client, clock):
    switch_on(client, clock)

    for kind in ("multipart", "application/x-www-form-urlencoded"):
        answer = (
            APIClient().post(LOGIN, {"username": "alice", "password": PASSWORD}, format="multipart")
            if kind == "multipart"
            else APIClient().generic("POST", LOGIN, f"username=alice&password={PASSWORD}", content_type=kind)
        )
        assert answer.status_code == 415


def test_an_old_session_does_not_outlive_it_but_the_one_that_switched_it_on_does(alice, client):
    old = log_in(alice)
    switch_on(client)

    assert APIClient().post(REFRESH, {"refresh": old["refresh"]}).status_code == 401
    assert client.get(FACTOR).status_code == 200


# ---- Backup codes and switching off -----------------------------------------------------------------


def test_new_backup_codes_void_the_old_ones(alice, client, clock):
    secret, old = switch_on(client, clock)

    answer = client.post(BACKUP, {"current_password": PASSWORD, "otp": make_code(secret)})

    new = answer.json()["backup_codes"]
    assert answer.status_code == 200
    assert len(set(new)) == 10
    assert not set(new) & set(old)
    assert try_login(alice, otp=old[0]) == (401, "otp_invalid")
    assert try_login(alice, otp=new[0]) == (200, None)


def test_switching_it_on_and_off_is_written_down_without_a_secret(alice, client, clock):
    secret, codes = switch_on(client, clock)
    client.delete(FACTOR, {"current_password": PASSWORD, "otp": codes[0]})

    events = list(AuditEvent.objects.filter(user=alice).order_by("pk").values())

    assert [event["action"] for event in events if event["action"].startswith("2fa")] == ["2fa_enabled", "2fa_disabled"]
    assert events[-1]["actor_id"] == alice.pk
    assert not any(text in str(events) for text in (secret, *codes))


def test_it_is_switched_off_by_both_factors(alice, client, clock, mailoutbox):
    secret, codes = switch_on(client, clock)

    answer = client.delete(FACTOR, {"current_password": PASSWORD, "otp": make_code(secret)})

    assert (answer.status_code, answer.content) == (204, b"")
    assert client.get(FACTOR).json() == {"enabled": False, "backup_codes_left": 0}
    assert not SecondFactor.objects.exists()
    assert not BackupCode.objects.exists()
    assert try_login(alice) == (200, None)
    call_command("deliver_mail", verbosity=0)
    assert [message.subject for message in mailoutbox] == ["Two-factor login is on", "Two-factor login is off"]


@pytest.mark.parametrize(("method", "path"), [("delete", FACTOR), ("post", BACKUP)])
def test_a_wrong_password_or_code_is_a_400_on_its_field_and_changes_nothing(client, clock, method, path):
    secret, codes = switch_on(client, clock)

    def call(**body):
        answer = getattr(client, method)(path, body)
        return answer.status_code, answer.json()

    code = make_code(secret)
    assert call(current_password="wrong", otp=code) == (400, WRONG_PASSWORD)
    assert call(current_password=PASSWORD, otp="no code") == (400, WRONG_OTP)
    assert call(current_password=PASSWORD) == (400, {"otp": ["This field is required."]})
    assert call(otp=code) == (400, {"current_password": ["This field is required."]})
    assert client.get(FACTOR).json() == {"enabled": True, "backup_codes_left": 10}
    # The code that came with the wrong password was not used up.
    assert getattr(client, method)(path, {"current_password": PASSWORD, "otp": code}).status_code in (200, 204)


@pytest.mark.parametrize(("method", "path"), [("delete", FACTOR), ("post", BACKUP)])
def test_where_it_is_off_there_is_nothing_to_switch_off_or_renew(client, method, path):
    client.post(TOTP, {"current_password": PASSWORD})

    answer = getattr(client, method)(path, {"current_password": PASSWORD, "otp": "123456"})

    assert (answer.status_code, answer.json()["code"]) == (409, "2fa_disabled")


def test_a_setup_takes_the_password(client):
    assert client.post(TOTP, {"current_password": "wrong"}).json() == WRONG_PASSWORD
    assert client.post(TOTP, {}).json() == {"current_password": ["This field is required."]}
    assert not SecondFactor.objects.exists()


@pytest.mark.parametrize(
    ("method", "path"), [("get", FACTOR), ("delete", FACTOR), ("post", TOTP), ("post", CONFIRM), ("post", BACKUP)]
)
def test_nobody_gets_at_it_without_a_token(anonymous, method, path):
    assert getattr(anonymous, method)(path, {}).status_code == 401


@pytest.mark.django_db(transaction=True)
def test_of_ten_confirmations_at_once_one_shows_codes_and_those_are_the_ones_that_work(clock):
    alice = UserFactory.create(username="alice")
    access = log_in(alice)["access"]
    secret = client_with(access).post(TOTP, {"current_password": PASSWORD}).json()["secret"]
    code = make_code(secret)

    answers = run_at_once([lambda: client_with(access).post(CONFIRM, {"code": code})] * 10)

    shown = [answer.json()["backup_codes"] for answer in answers if answer.status_code == 200]
    assert len(shown) == 1
    assert {answer.status_code for answer in answers} <= {200, 400, 409}
    assert try_login(alice, otp=shown[0][0]) == (200, None)


# ---- At rest ----------------------------------------------------------------------------------------


def test_neither_secret_nor_codes_are_in_the_database(client):
    secret, codes = switch_on(client)

    stored = SecondFactor.objects.get().secret
    digests = list(BackupCode.objects.values_list("digest", flat=True))

    assert secret not in stored
    assert base64.b32decode(secret) not in base64.urlsafe_b64decode(stored)
    assert all(len(digest) == 64 for digest in digests)
    assert not {code.replace("-", "") for code in codes} & set(digests)


def test_a_new_key_in_front_reads_what_the_old_one_wrote_and_then_replaces_it(alice, client, clock, settings):
    old, new = settings.FIELD_ENCRYPTION_KEYS, Fernet.generate_key().decode()
    secret, _codes = switch_on(client, clock)

    settings.FIELD_ENCRYPTION_KEYS = [new, *old]
    assert try_login(alice, otp=make_code(secret)) == (200, None)
    call_command("reencrypt_secrets", verbosity=0)
    settings.FIELD_ENCRYPTION_KEYS = [new]
    later(clock)

    assert try_login(alice, otp=make_code(secret)) == (200, None)


def test_without_the_key_codes_are_refused_backup_codes_work_and_nothing_crashes(alice, client, clock, settings):
    secret, codes = switch_on(client, clock)
    settings.FIELD_ENCRYPTION_KEYS = [Fernet.generate_key().decode()]

    assert try_login(alice, otp=make_code(secret)) == (401, "otp_invalid")
    assert try_login(alice, otp=codes[0]) == (200, None)
    with pytest.raises(CommandError, match="does not list"):
        call_command("reencrypt_secrets", verbosity=0)


# ---- The operator -----------------------------------------------------------------------------------


def test_the_operator_takes_it_off_an_account_that_lost_everything(alice, bob, client, clock, capsys):
    switch_on(client, clock)

    call_command("disable_second_factor", "ALICE")

    assert try_login(alice) == (200, None)
    assert OutgoingMail.objects.order_by("-pk")[0].kind == MailKind.SECOND_FACTOR_DISABLED
    event = AuditEvent.objects.filter(user=alice, action="2fa_disabled").get()
    assert (event.actor_id, event.changes) == (None, {})
    with pytest.raises(CommandError, match="no second factor"):
        call_command("disable_second_factor", "bob")
    with pytest.raises(CommandError, match="no such account"):
        call_command("disable_second_factor", "nobody")


# ---- The admin --------------------------------------------------------------------------------------


@pytest.fixture
def staff(db, clock):
    return UserFactory.create(username="staff", is_staff=True, is_superuser=True)


def enter_admin(browser=None, username="staff", password=PASSWORD, **more):
    """Whether a login to the admin gets in."""
    browser = browser or Client()
    browser.post("/admin/login/?next=/admin/", {"username": username, "password": password, **more})
    return browser.get("/admin/").status_code == 200


def test_staff_without_a_second_factor_enter_by_password_and_nobody_else_does(staff, alice):
    assert enter_admin()
    assert enter_admin(username="STAFF@example.org")
    assert not enter_admin(password="wrong")
    assert not enter_admin(username="alice")
    assert b"One-time code" in Client().get("/admin/login/").content


def test_staff_with_a_second_factor_need_it_in_the_admin_and_a_code_is_good_once_for_both(staff, clock):
    secret, codes = switch_on(client_with(log_in(staff)["access"]), clock)
    code = make_code(secret)

    assert not enter_admin()
    assert not enter_admin(otp="000000")
    assert not enter_admin(password="wrong", otp=code)
    assert enter_admin(otp=code)
    assert not enter_admin(otp=code)
    assert try_login(staff, otp=code) == (401, "otp_invalid")
    assert enter_admin(otp=codes[0])


def test_switching_it_on_ends_sessions_of_the_admin_that_began_without_it(staff):
    browser = Client()
    assert enter_admin(browser)

    switch_on(client_with(log_in(staff)["access"]))

    assert browser.get("/admin/").status_code == 302


def test_a_theft_of_a_refresh_token_ends_sessions_of_the_admin_too(staff, clock):
    browser = Client()
    assert enter_admin(browser)
    tokens = log_in(staff)
    fresh = APIClient().post(REFRESH, {"refresh": tokens["refresh"]}).json()
    assert client_with(fresh["access"]).get("/api/income/").status_code == 200
    later(clock, 11)

    APIClient().post(REFRESH, {"refresh": tokens["refresh"]})

    assert browser.get("/admin/").status_code == 302


@pytest.mark.parametrize("password", ["x" * 129, "x" * 100_000, "\x00"])
def test_a_password_that_cannot_be_one_is_not_hashed_in_the_admin_either(staff, monkeypatch, password):
    from django.contrib.auth.hashers import MD5PasswordHasher

    runs = []
    encode = MD5PasswordHasher.encode
    monkeypatch.setattr(MD5PasswordHasher, "encode", lambda *args: runs.append(1) or encode(*args))

    assert not enter_admin(password=password)
    assert runs == []
