"""What is done by mail: new passwords and usernames, and the mail itself."""

import datetime
import socket
import time

import pytest
from django.conf import settings
from django.core.mail import get_connection
from django.core.management import call_command
from django.test import Client
from rest_framework.test import APIClient

from core import clock as our_clock
from core.accounts.services.links import make_link
from core.accounts.services.mail import deliver_due_mail
from core.accounts.tasks import deliver_mail_soon
from core.models import MailKind, OutgoingMail, User
from core.tests.support.factories import PASSWORD, UserFactory
from core.tests.support.logins import LOGIN, is_taken, log_in
from core.tests.support.mailbox import Mailbox, find_free_port, find_link
from core.tests.support.parallel import run_at_once

USERS = "/api/auth/users/"
NEW = "Another-horse-8"
A_MINUTE = datetime.timedelta(minutes=1)
BAD_TOKEN = {"token": ["Invalid token for given user."]}


def post(path, body):
    return APIClient().post(f"{USERS}{path}/", body)


def ask(outbox, path="reset_password", email="alice@example.org"):
    """The uid and the token of a link that was asked for by mail."""
    assert post(path, {"email": email}).status_code == 204
    call_command("deliver_mail", verbosity=0)
    _link, uid, token = find_link(outbox[-1].body)
    return {"uid": uid, "token": token}


def confirm(link, password=NEW):
    return post("reset_password_confirm", {**link, "new_password": password})


# ---- A new password ---------------------------------------------------------------------------------


def test_a_link_by_mail_sets_a_new_password_and_ends_every_session(alice, mailoutbox):
    tokens = log_in(alice)
    link = ask(mailoutbox, email="ALICE@Example.org")

    answer = confirm(link)

    assert (answer.status_code, answer.content) == (204, b"")
    assert not is_taken(tokens["access"])
    assert APIClient().post(LOGIN, {"username": "alice", "password": PASSWORD}).status_code == 401
    assert APIClient().post(LOGIN, {"username": "alice", "password": NEW}).status_code == 200


def test_the_mail_has_text_and_html_and_a_link_from_the_settings_not_from_the_request(alice, mailoutbox, settings):
    settings.SITE_URL = "https://allowance.example.org"
    settings.ALLOWED_HOSTS = ["*"]

    answer = APIClient().post(
        f"{USERS}reset_password/",
        {"email": "alice@example.org"},
        HTTP_HOST="evil.example.net",
        HTTP_X_FORWARDED_HOST="evil.example.net",
        HTTP_ORIGIN="https://evil.example.net",
    )
    call_command("deliver_mail", verbosity=0)

    assert answer.status_code == 204
    (message,) = mailoutbox
    (html, mime) = message.alternatives[0]
    link, uid, token = find_link(message.body)
    assert message.to == ["alice@example.org"]
    assert message.subject == "Choose a new password"
    assert link == f"https://allowance.example.org/password/reset/confirm/{uid}/{token}"
    assert mime == "text/html"
    assert f'href="{link}"' in html
    assert "evil" not in message.message().as_string()
    assert message.body.startswith("Hello alice,\n\nYou asked for a new password.")


def test_the_answer_is_one_whatever_the_address_is(alice, mailoutbox, django_assert_num_queries):
    UserFactory.create(username="banned", is_active=False)
    answers = []

    for email in ("alice@example.org", "nobody@example.org", "banned@example.org"):
        # Four, in a transaction of their own.
        with django_assert_num_queries(6):
            answers.append(post("reset_password", {"email": email}))

    assert [(answer.status_code, answer.content) for answer in answers] == [(204, b"")] * 3
    call_command("deliver_mail", verbosity=0)
    assert [message.to for message in mailoutbox] == [["alice@example.org"]]
    assert not OutgoingMail.objects.exists()


def test_a_link_works_once(alice, mailoutbox):
    link = ask(mailoutbox)
    assert confirm(link).status_code == 204

    again = confirm(link, PASSWORD)

    assert (again.status_code, again.json()) == (400, BAD_TOKEN)


def test_a_link_works_for_an_hour(alice, mailoutbox, clock):
    early, late = ask(mailoutbox), None
    clock.shift(datetime.timedelta(seconds=3600))
    late = ask(mailoutbox)
    clock.shift(datetime.timedelta(seconds=1))

    assert (confirm(early).status_code, confirm(late).status_code) == (400, 204)


@pytest.mark.parametrize(
    "change",
    [
        lambda user: user.set_password("Third-horse-7"),
        lambda user: setattr(user, "email", "new@example.org"),
        lambda user: setattr(user, "username", "alicia"),
        lambda user: setattr(user, "is_active", False),
    ],
    ids=["password", "email", "username", "ban"],
)
def test_a_link_is_void_once_the_account_has_changed(alice, mailoutbox, change):
    link = ask(mailoutbox)
    change(alice)
    alice.save()

    answer = confirm(link)

    assert (answer.status_code, answer.json()) == (400, BAD_TOKEN)


def test_a_login_does_not_spoil_a_link(alice, mailoutbox):
    link = ask(mailoutbox)
    log_in(alice)

    assert confirm(link).status_code == 204


def test_a_link_of_one_purpose_or_person_serves_no_other(alice, bob, mailoutbox, clock):
    password_link = ask(mailoutbox)
    clock.shift(A_MINUTE)
    username_link = ask(mailoutbox, "reset_username")
    bobs = ask(mailoutbox, email="bob@example.org")

    answers = [
        confirm(username_link),
        confirm({**password_link, "uid": bobs["uid"]}),
        post("reset_username_confirm", {**password_link, "new_username": "mallory"}),
    ]

    assert [(answer.status_code, answer.json()) for answer in answers] == [(400, BAD_TOKEN)] * 3
    for path in ("activation", "resend_activation"):
        assert post(path, {**password_link, "email": "alice@example.org"}).status_code == 404


def test_no_link_at_all_opens_a_banned_account(db, clock):
    banned = UserFactory.create(username="banned", is_active=False)
    _link, uid, token = find_link(make_link(user=banned, purpose=MailKind.PASSWORD_RESET, now=our_clock.now()))

    answer = confirm({"uid": uid, "token": token})

    assert (answer.status_code, answer.json()) == (400, BAD_TOKEN)
    assert APIClient().post(LOGIN, {"username": "banned", "password": NEW}).status_code == 401


def test_an_old_link_does_not_revive_a_banned_account(alice, mailoutbox):
    link = ask(mailoutbox)
    User.objects.filter(pk=alice.pk).update(is_active=False)

    answers = [confirm(link), post("activation", link), post("reset_username_confirm", {**link, "new_username": "x"})]

    assert [answer.status_code for answer in answers] == [400, 404, 400]
    alice.refresh_from_db()
    assert (alice.is_active, alice.username) == (False, "alice")


@pytest.mark.parametrize(
    "uid", ["", "!", "x" * 300, "w7_DqQ", "LTE", "OTk5", "MTA" * 40, "\u2603", None, 1, [], "\x00"]
)
@pytest.mark.parametrize("token", ["x", "a-b-c", "zzzzzzzzzzzzzzzz-x", "\u2603-1", "-"])
def test_malformed_links_are_a_400_and_never_a_crash(alice, uid, token):
    for path, more in (
        ("reset_password_confirm", {"new_password": NEW}),
        ("reset_username_confirm", {"new_username": "x"}),
    ):
        answer = post(path, {"uid": uid, "token": token, **more})

        assert answer.status_code == 400
        assert answer["Content-Type"] == "application/json"


@pytest.mark.parametrize("path", ["reset_password", "reset_username"])
@pytest.mark.parametrize("email", ["", "x", None, [], {}, "a@b\x00.org", "x" * 300 + "@example.org"])
def test_what_is_no_address_is_a_400(db, path, email):
    assert post(path, {"email": email}).status_code == 400


def test_a_weak_password_is_refused_and_the_link_stays_good(alice, mailoutbox):
    link = ask(mailoutbox)

    weak = confirm(link, "alice")

    assert (weak.status_code, list(weak.json())) == (400, ["new_password"])
    assert confirm(link).status_code == 204


@pytest.mark.django_db(transaction=True)
def test_of_five_uses_of_a_link_at_once_one_holds(mailoutbox):
    UserFactory.create(username="alice")
    link = ask(mailoutbox)

    answers = run_at_once([lambda n=n: confirm(link, f"{NEW}-{n}") for n in range(5)])

    assert sorted(answer.status_code for answer in answers) == [204] + [400] * 4
    held = next(n for n, answer in enumerate(answers) if answer.status_code == 204)
    assert User.objects.get().check_password(f"{NEW}-{held}")


# ---- A new username ---------------------------------------------------------------------------------


def test_a_link_by_mail_sets_a_new_username(alice, bob, mailoutbox):
    link = ask(mailoutbox, "reset_username")

    taken = post("reset_username_confirm", {**link, "new_username": "Bob"})
    free = post("reset_username_confirm", {**link, "new_username": "alicia"})
    again = post("reset_username_confirm", {**link, "new_username": "alicia2"})

    assert (taken.status_code, taken.json()) == (400, {"new_username": ["An account with this username exists."]})
    assert free.status_code == 204
    assert (again.status_code, again.json()) == (400, BAD_TOKEN)
    assert APIClient().post(LOGIN, {"username": "alicia", "password": PASSWORD}).status_code == 200


# ---- The pages behind the links ---------------------------------------------------------------------


def open_link(link, kind="password"):
    """A browser on the page of a link, and the page's path."""
    path = f"/{kind}/reset/confirm/{link['uid']}/{link['token']}"
    browser = Client(enforce_csrf_checks=True)
    return browser, path, browser.get(path)


def submit(browser, path, value):
    return browser.post(path, {"value": value, "csrfmiddlewaretoken": browser.cookies[settings.CSRF_COOKIE_NAME].value})


def test_the_link_opens_a_page_that_takes_the_new_password_once(alice, mailoutbox):
    tokens = log_in(alice)
    browser, path, page = open_link(ask(mailoutbox))

    weak = submit(browser, path, "alice")
    done = submit(browser, path, NEW)
    again = submit(browser, path, PASSWORD)

    assert (page.status_code, weak.status_code, done.status_code, again.status_code) == (200, 400, 200, 400)
    assert b"too short" in weak.content
    assert b"Your password is changed" in done.content
    assert b"not good any more" in again.content
    assert "no-store" in page["Cache-Control"]
    assert not is_taken(tokens["access"])
    assert APIClient().post(LOGIN, {"username": "alice", "password": NEW}).status_code == 200


def test_the_link_to_a_username_opens_a_page_too_and_not_the_other_one(alice, bob, mailoutbox):
    link = ask(mailoutbox, "reset_username")
    browser, path, page = open_link(link, "username")

    assert page.status_code == 200
    assert open_link(link, "password")[2].status_code == 400
    assert submit(browser, path, "BOB").status_code == 400
    assert submit(browser, path, "alicia").status_code == 200
    assert User.objects.get(pk=alice.pk).username == "alicia"


def test_a_page_of_another_site_cannot_send_the_form(alice, mailoutbox):
    browser, path, _page = open_link(ask(mailoutbox))

    assert browser.post(path, {"value": NEW}).status_code == 403
    assert User.objects.get(pk=alice.pk).check_password(PASSWORD)


@pytest.mark.parametrize("path", ["x/y", "MQ/a-b", "%00/%00", "%ff/a", "\u2603/\u2603-1", "MQ/" + "x" * 3000])
def test_a_link_that_is_none_opens_a_page_that_says_so(alice, path):
    assert Client().get(f"/password/reset/confirm/{path}").status_code == 400


# ---- The mail server --------------------------------------------------------------------------------


@pytest.fixture
def mailbox(settings):
    box = Mailbox()
    box.start()
    _use_smtp(settings, box.port)
    yield box
    box.stop()


def _use_smtp(settings, port):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", port, 5
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""


def test_mail_leaves_through_a_real_server(alice, mailbox):
    post("reset_password", {"email": "alice@example.org"})
    call_command("deliver_mail", verbosity=0)

    (message,) = mailbox.messages
    text = message.get_body(("plain",)).get_content()
    assert message["To"] == "alice@example.org"
    assert message["Subject"] == "Choose a new password"
    assert {part.get_content_type() for part in message.iter_parts()} == {"text/plain", "text/html"}
    _link, uid, token = find_link(text.replace("\r\n", "\n"))
    assert confirm({"uid": uid, "token": token}).status_code == 204


@pytest.mark.parametrize("away", ["refuses", "is not there"])
def test_a_mail_server_that_is_away_gets_the_mail_later(alice, mailbox, settings, caplog, away):
    mailbox.broken = True
    if away == "is not there":
        settings.EMAIL_PORT = find_free_port()
    now = our_clock.now()

    assert post("reset_password", {"email": "alice@example.org"}).status_code == 204
    first = deliver_due_mail(now=now)
    too_early = deliver_due_mail(now=now + datetime.timedelta(seconds=59))
    mailbox.broken, settings.EMAIL_PORT = False, mailbox.port
    in_time = deliver_due_mail(now=now + datetime.timedelta(minutes=1))

    assert (first.sent, first.failed) == (0, 1)
    assert (too_early.sent, too_early.failed) == (0, 0)
    assert (in_time.sent, in_time.failed, in_time.next_attempt_at) == (1, 0, None)
    assert len(mailbox.messages) == 1
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("core.")]
    assert len(ours) == 1
    assert "did not go out" in ours[0]
    assert "alice@example.org" not in ours[0]


def test_where_no_mail_server_is_named_no_link_is_printed_and_the_mail_waits(alice, settings, capsys, caplog, mailbox):
    settings.EMAIL_BACKEND = "core.accounts.mail_servers.NoMailServer"
    post("reset_password", {"email": "alice@example.org"})

    call_command("deliver_mail", verbosity=0)

    printed = capsys.readouterr()
    assert "reset/confirm" not in printed.out + printed.err + caplog.text
    assert "did not go out: NoMailServerNamed" in caplog.text
    assert OutgoingMail.objects.get().attempts == 1


def test_a_mail_that_never_goes_out_is_given_up_after_a_day(alice, settings, caplog):
    _use_smtp(settings, find_free_port())
    post("reset_password", {"email": "alice@example.org"})
    start = now = our_clock.now()

    for _attempt in range(9):
        following = deliver_due_mail(now=now).next_attempt_at
        now = following or now

    assert not OutgoingMail.objects.exists()
    assert datetime.timedelta(hours=15) < now - start < datetime.timedelta(hours=25)
    assert "given up" in caplog.text


def test_one_mail_that_cannot_be_sent_does_not_hold_up_the_next(alice, bob, mailbox):
    OutgoingMail.objects.create(
        user=alice,
        kind=MailKind.PASSWORD_CHANGED,
        recipient="no\naddress",
        created_at=our_clock.now(),
        attempt_at=our_clock.now(),
    )
    post("reset_password", {"email": "bob@example.org"})

    delivery = deliver_due_mail(now=our_clock.now())

    assert (delivery.sent, delivery.failed) == (1, 1)
    assert [message["To"] for message in mailbox.messages] == ["bob@example.org"]


@pytest.mark.django_db(transaction=True)
def test_of_many_senders_at_once_one_sends_a_mail(mailbox):
    alice = UserFactory.create(username="alice")
    now = our_clock.now()
    for _number in range(5):
        OutgoingMail.objects.create(
            user=alice, kind=MailKind.PASSWORD_CHANGED, recipient=alice.email, created_at=now, attempt_at=now
        )

    deliveries = run_at_once([lambda: deliver_due_mail(now=now)] * 4)

    assert sum(delivery.sent for delivery in deliveries) == 5
    assert len(mailbox.messages) == 5


@pytest.mark.django_db(transaction=True)
def test_mail_goes_out_beside_the_request_and_a_silent_server_delays_no_answer(settings):
    """The server takes the connection and says nothing: a request that waited for it would take five seconds."""
    settings.MAIL_IN_BACKGROUND = True
    UserFactory.create(username="alice")
    box = Mailbox()
    with socket.create_server(("127.0.0.1", 0)) as silent:
        _use_smtp(settings, silent.getsockname()[1])
        settings.EMAIL_TIMEOUT = 3
        started = time.perf_counter()
        answer = post("reset_password", {"email": "alice@example.org"})
        took = time.perf_counter() - started
        silent.settimeout(30)
        silent.accept()[0].close()

    assert answer.status_code == 204
    assert took < 1.5
    box.start()
    try:
        _use_smtp(settings, box.port)
        OutgoingMail.objects.update(attempt_at=our_clock.now())
        deliver_mail_soon()
        _wait_for(lambda: not OutgoingMail.objects.exists())
    finally:
        box.stop()
    assert box.messages[0]["To"] == "alice@example.org"


def _wait_for(condition, seconds=30):
    until = time.perf_counter() + seconds
    while not condition():
        assert time.perf_counter() < until
        time.sleep(0.1)


def test_the_address_of_the_mail_server_is_read_as_dj_email_url_does():
    import dj_email_url

    config = dj_email_url.parse("smtp://user:pa%3Ass@mail.example.org:587/?tls=True")

    connection = get_connection(config["EMAIL_BACKEND"], host=config["EMAIL_HOST"], port=config["EMAIL_PORT"])
    assert (connection.host, connection.port) == ("mail.example.org", 587)
