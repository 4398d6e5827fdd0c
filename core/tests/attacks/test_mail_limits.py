"""How many mails a stranger can have sent to an address, and what they can write in them."""

import datetime
import threading

import pytest
from django.core.management import call_command
from django.db import connection
from rest_framework.test import APIClient

from core.accounts.services.mail import deliver_due_mail
from core.db.locks import owner_transaction
from core.models import SentLink, User
from core.tests.api.test_accounts_reset import NEW, confirm
from core.tests.api.test_email_verification import CAROL, change_email, deliver, post, read_link, register
from core.tests.support.factories import PASSWORD, UserFactory
from core.tests.support.logins import ME, client_with, log_in
from core.tests.support.parallel import run_at_once

A_MINUTE, A_DAY = datetime.timedelta(minutes=1), datetime.timedelta(days=1)


def ask(email, times=1, *, clock=None, every=A_MINUTE):
    for _time in range(times):
        assert post("reset_password/", {"email": email}).status_code == 204
        deliver()
        if clock is not None:
            clock.shift(every)


def test_renaming_a_hundred_times_mails_a_stranger_nothing(db, clock, mailoutbox):
    client, _link = register(mailoutbox)

    for number in range(20):
        body = {"new_username": f"buy-at-evil-example-{number}", "current_password": PASSWORD}
        assert client.post("/api/auth/users/set_username/", body).status_code == 204
    deliver()

    assert len(mailoutbox) == 1


def test_an_unproven_address_gets_five_links_in_any_day(db, clock, mailoutbox):
    client, _link = register(mailoutbox)

    for _time in range(4):
        post("resend_verification/", client=client)
        ask("carol@example.org")
        clock.shift(A_MINUTE)
    assert len(mailoutbox) == 5
    # A day after the first one there is room for one more, not for five.
    clock.shift(A_DAY - 4 * A_MINUTE - datetime.timedelta(seconds=1))
    ask("carol@example.org")
    assert len(mailoutbox) == 5
    clock.shift(datetime.timedelta(seconds=1))
    ask("carol@example.org", times=3)

    assert len(mailoutbox) == 8


def test_a_registration_of_an_address_that_got_enough_still_mails_its_own_link(db, clock, mailoutbox):
    for _round in range(7):
        client, _link = register(mailoutbox)
        client.delete(ME, {"current_password": PASSWORD})

    assert len(mailoutbox) == 7
    # The links of registrations count: deleting the account and registering anew begins no new limit.
    register(mailoutbox)
    ask("carol@example.org")
    assert len(mailoutbox) == 8


def test_a_proven_address_gets_a_link_a_minute_and_twenty_a_day(alice, clock, mailoutbox):
    ask("alice@example.org", times=3)
    assert len(mailoutbox) == 1
    clock.shift(A_MINUTE)

    ask("alice@example.org", times=30, clock=clock)

    assert len(mailoutbox) == 20


def test_the_last_link_of_a_day_holds_until_another_can_be_sent(alice, clock, mailoutbox):
    ask("alice@example.org", times=25, clock=clock)
    before_last, last = mailoutbox[18], mailoutbox[19]

    clock.shift(A_DAY - 26 * A_MINUTE)

    assert "for one hour" in before_last.body
    assert "for 24 hours" in last.body
    assert confirm(read_link(before_last)).status_code == 400
    assert confirm(read_link(last)).status_code == 204


def test_a_strangers_resets_use_up_none_of_the_owners_notices(alice, clock, mailoutbox):
    ask("alice@example.org", times=25, clock=clock)
    mailoutbox.clear()
    client = client_with(log_in(alice)["access"])

    for number in range(30):
        body = {"new_username": f"alice{number}", "current_password": PASSWORD}
        client.post("/api/auth/users/set_username/", body)
    deliver()

    assert [message.subject for message in mailoutbox] == ["Your username was changed"] * 30


def test_an_address_that_somebody_moved_to_is_limited_as_unproven(alice, clock, mailoutbox):
    client = client_with(log_in(alice)["access"])
    for number in range(8):
        change_email(client, "victim@example.org")
        change_email(client, f"own{number}@example.org")
        change_email(client, "victim@example.org")
        deliver()

    assert [message.to[0] for message in mailoutbox].count("victim@example.org") == 5


@pytest.mark.parametrize("words", ["Free-money.evil.example", "+1.555.call-me"])
def test_a_mail_to_an_unproven_address_holds_nothing_that_a_user_wrote(db, clock, mailoutbox, words):
    body = {**CAROL, "username": words, "first_name": words, "last_name": words}
    assert post("", body).status_code == 201
    deliver()
    ask("carol@example.org")
    assert post("reset_username/", {"email": "carol@example.org"}).status_code == 204
    deliver()

    assert len(mailoutbox) == 3
    for message in mailoutbox:
        assert words not in message.message().as_string()
        assert message.body.startswith("Hello,\n")


def test_a_mail_that_did_not_leave_does_not_count(alice, clock, settings, mailoutbox):
    settings.EMAIL_BACKEND = "core.accounts.mail_servers.NoMailServer"
    post("reset_password/", {"email": "alice@example.org"})
    assert deliver_due_mail(now=datetime.datetime.now(datetime.UTC)).failed == 1

    assert not SentLink.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_senders_at_once_pass_no_limit_together(mailoutbox):
    UserFactory.create(username="carol", is_proven=False)
    for _time in range(12):
        post("reset_password/", {"email": "carol@example.org"})
    now = datetime.datetime.now(datetime.UTC) + A_MINUTE

    run_at_once([lambda: deliver_due_mail(now=now)] * 4)

    assert len(mailoutbox) == 5


@pytest.mark.django_db(transaction=True)
def test_a_sender_waits_for_the_owners_lock_before_it_counts(mailoutbox):
    carol = UserFactory.create(username="carol", is_proven=False)
    post("reset_password/", {"email": "carol@example.org"})
    now = datetime.datetime.now(datetime.UTC) + A_MINUTE

    with owner_transaction(carol.pk):
        sender = threading.Thread(target=lambda: (deliver_due_mail(now=now), connection.close()))
        sender.start()
        sender.join(timeout=0.5)
        assert sender.is_alive()
        assert mailoutbox == []
    sender.join(timeout=30)

    assert len(mailoutbox) == 1


def test_what_no_limit_counts_any_more_is_deleted_at_night(alice, clock, mailoutbox):
    ask("alice@example.org")
    call_command("run_jobs", "clean-up", verbosity=0)
    assert SentLink.objects.count() == 1
    clock.shift(A_DAY)

    call_command("run_jobs", "clean-up", verbosity=0)

    assert not SentLink.objects.exists()


def test_an_open_session_alone_does_not_tell_which_addresses_exist(alice, bob):
    client = client_with(log_in(alice)["access"])

    answers = [client.patch(ME, {"email": email}) for email in ("bob@example.org", "nobody@example.org")]
    wrong = [change_email(client, email, current_password="wrong") for email in ("bob@example.org", "x@example.org")]

    assert [answer.status_code for answer in answers] == [400, 400]
    assert answers[0].json() == answers[1].json() == {"current_password": ["This field is required."]}
    assert wrong[0].json() == wrong[1].json() == {"current_password": ["Invalid password."]}


def test_answers_that_show_a_name_to_be_taken_count_as_registrations(alice, bob, settings, clock, mailoutbox):
    from core.kernel.limits import Limit

    settings.THROTTLES = {**settings.THROTTLES, "reset": Limit(calls=3, seconds=3600)}
    client = client_with(log_in(alice)["access"])
    rename = {"new_username": "BOB", "current_password": PASSWORD}

    answers = [
        change_email(client, "bob@example.org"),
        client.post("/api/auth/users/set_username/", rename),
        change_email(client, "bob@example.org"),
        change_email(client, "bob@example.org"),
        client.post("/api/auth/users/set_username/", rename),
        post("", {**CAROL, "email": "bob@example.org"}),
        change_email(client, "free@example.org"),
    ]

    assert [answer.status_code for answer in answers] == [400, 400, 400, 429, 429, 429, 200]
    assert 0 < int(answers[3]["Retry-After"]) <= 3600
    assert User.objects.get(pk=alice.pk).email == "free@example.org"


def test_a_page_behind_a_link_that_shows_a_name_to_be_taken_counts_too(alice, bob, settings, mailoutbox):
    from core.kernel.limits import Limit
    from core.tests.api.test_accounts_reset import open_link, submit

    post("reset_username/", {"email": "alice@example.org"})
    deliver()
    link = read_link(mailoutbox[-1])
    settings.THROTTLES = {**settings.THROTTLES, "reset": Limit(calls=2, seconds=3600)}
    browser, path, _page = open_link(link, "username")
    body = {**link, "new_username": "bob"}

    answers = [
        submit(browser, path, "bob"),
        APIClient().post("/api/auth/users/reset_username_confirm/", body),
        submit(browser, path, "bob"),
        APIClient().post("/api/auth/users/reset_username_confirm/", body),
    ]

    assert [answer.status_code for answer in answers] == [400, 400, 429, 429]
    assert "Retry-After" in answers[2].headers
    assert NEW not in answers[2].content.decode()
