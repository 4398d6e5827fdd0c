"""Accounts in the hands of staff: made, changed, deleted with all they have, and never further than one's rights."""

import re
from decimal import Decimal
from urllib.parse import urlsplit

import pytest
from django.apps import apps
from django.contrib.auth.hashers import PBKDF2PasswordHasher, make_password
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.urls import reverse

from core.accounts.services.mail import deliver_due_mail
from core.models import DailyAllowance, ExchangeRate, OutgoingMail, SecondFactor, Session, User
from core.tests.admin.browser_form import fields_of
from core.tests.admin.conftest import browser_of
from core.tests.conftest import NOON, TODAY
from core.tests.support.factories import (
    PASSWORD,
    ExpenseFactory,
    IncomeFactory,
    SavingsGoalFactory,
    TransactionFactory,
    UserFactory,
)


def page(name, *args):
    return reverse(f"admin:core_user_{name}", args=args)


@pytest.fixture
def helpdesk(db, clock):
    """A member of staff who may see, change and delete people, and is no superuser."""
    user = UserFactory(username="helpdesk", is_staff=True)
    user.user_permissions.set(
        Permission.objects.filter(codename__in=["view_user", "change_user", "add_user", "delete_user"])
    )
    return user


def rows_left_of(user_id):
    left = {}
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if field.is_relation and field.related_model is User:
                left[model._meta.label] = model._default_manager.filter(**{field.name: user_id}).count()
    return {label: count for label, count in left.items() if count}


PASSWORD_2 = "Another-horse-8"


def follow_mailed_link(mailoutbox, password):
    """Choose this password by the one link that was mailed. Returns to whom."""
    deliver_due_mail(now=NOON)
    (message,) = mailoutbox
    (link,) = re.findall(r"http\S+/password/reset/confirm/\S+", message.body)
    answer = Client().post(urlsplit(link).path, {"value": password})
    assert answer.status_code == 200, answer.content
    return message.to


NEWCOMER = {
    "username": "carol",
    "email": "carol@example.org",
    "currency": "JPY",
    "timezone": "Asia/Tokyo",
    "language": "en",
}


def test_the_owner_of_an_account_that_staff_make_chooses_its_password_by_a_link(staff, mailoutbox):
    answer = staff.post(page("add"), NEWCOMER | {"password1": "Quite-secret-7", "password2": "Quite-secret-7"})

    carol = User.objects.get(username="carol")
    before = carol.has_usable_password()
    address = follow_mailed_link(mailoutbox, "Quite-secret-7")
    carol.refresh_from_db()
    assert answer.status_code == 302
    assert (carol.email, carol.currency, carol.timezone) == ("carol@example.org", "JPY", "Asia/Tokyo")
    assert (carol.is_staff, carol.is_superuser) == (False, False)
    assert (before, address, carol.check_password("Quite-secret-7")) == (False, ["carol@example.org"], True)


@pytest.mark.parametrize(
    ("entered", "field", "problem"),
    [
        ({"username": "ALICE"}, "username", "An account with this username exists."),
        ({"email": "Alice@Example.org"}, "email", "An account with this email exists."),
        ({"currency": "XXX"}, "currency", "Select a valid choice. XXX is not one of the available choices."),
        (
            {"timezone": "Mars/Olympus"},
            "timezone",
            "Select a valid choice. Mars/Olympus is not one of the available choices.",
        ),
    ],
)
def test_an_account_that_cannot_be_is_refused(staff, alice, entered, field, problem):
    answer = staff.post(page("add"), NEWCOMER | entered)

    assert problem in answer.context_data["adminform"].errors[field]
    assert not User.objects.filter(username="carol").exists()


def test_an_account_whose_currency_was_withdrawn_can_be_changed(staff):
    boyan = UserFactory(username="boyan", currency="BGN")
    fields = fields_of(staff.get(page("change", boyan.pk)))

    answer = staff.post(page("change", boyan.pk), fields | {"first_name": "Boyan"})

    boyan.refresh_from_db()
    assert (answer.status_code, boyan.first_name, boyan.currency) == (302, "Boyan", "BGN")


def test_nothing_of_a_password_is_shown(staff, alice):
    alice.password = make_password(PASSWORD, hasher=PBKDF2PasswordHasher())
    alice.save()
    _algorithm, _iterations, salt, digest = alice.password.split("$")

    shown = staff.get(page("change", alice.pk)).content.decode()

    for secret in (salt, salt[:6], digest, digest[:6], "pbkdf2"):
        assert secret not in shown


def test_nobody_chooses_another_persons_password(staff, alice):
    chosen = {"usable_password": "true", "password": PASSWORD_2, "password1": PASSWORD_2, "password2": PASSWORD_2}

    staff.post(f"/admin/core/user/{alice.pk}/password/", chosen)
    answer = staff.post(page("change", alice.pk), fields_of(staff.get(page("change", alice.pk))) | chosen)

    alice.refresh_from_db()
    assert answer.status_code == 302
    assert alice.check_password(PASSWORD)


@pytest.mark.parametrize("way", ["button", "action"])
def test_staff_send_a_link_to_choose_a_new_password(helpdesk, alice, mailoutbox, way):
    browser = browser_of(helpdesk)
    chosen = {"action": "send_password_links", "_selected_action": [alice.pk]}

    shown = browser.get(page("change", alice.pk)).content.decode()
    if way == "button":
        answer = browser.post(page("password_link", alice.pk))
    else:
        answer = browser.post(page("changelist"), chosen)
    address = follow_mailed_link(mailoutbox, PASSWORD_2)

    alice.refresh_from_db()
    assert f'action="{page("password_link", alice.pk)}"' in shown
    assert (answer.status_code, address) == (302, [alice.email])
    assert alice.check_password(PASSWORD_2)


def test_no_link_is_sent_for_an_account_that_the_caller_may_not_change_or_that_is_banned(helpdesk, root, alice):
    browser = browser_of(helpdesk)
    User.objects.filter(pk=alice.pk).update(is_active=False)

    refused = browser.post(page("password_link", root.pk))
    banned = browser.post(page("password_link", alice.pk))
    browser.post(page("changelist"), {"action": "send_password_links", "_selected_action": [root.pk, alice.pk]})
    by_address = browser.get(page("password_link", alice.pk))

    assert (refused.status_code, banned.status_code, by_address.status_code) == (403, 302, 405)
    assert not OutgoingMail.objects.exists()


def test_deleting_a_person_erases_all_they_have(staff, alice, bob):
    for owner in (alice, bob):
        IncomeFactory(user=owner)
        ExpenseFactory(user=owner)
        SavingsGoalFactory(user=owner)
        TransactionFactory(user=owner, amount=Decimal(5))
    bobs = rows_left_of(bob.pk)

    asked = staff.get(page("delete", alice.pk))
    done = staff.post(page("delete", alice.pk), {"post": "yes"})

    assert asked.context_data["model_count"] is not None
    assert dict(asked.context_data["model_count"])["transactions"] == 1
    assert done.status_code == 302
    assert not User.objects.filter(pk=alice.pk).exists()
    assert rows_left_of(alice.pk) == {}
    assert rows_left_of(bob.pk) == bobs


def test_several_people_can_be_deleted_at_once(staff, alice, bob):
    for owner in (alice, bob):
        TransactionFactory(user=owner)

    staff.post(page("changelist"), {"action": "delete_selected", "_selected_action": [alice.pk, bob.pk], "post": "yes"})

    assert rows_left_of(alice.pk) == rows_left_of(bob.pk) == {}
    assert set(User.objects.values_list("username", flat=True)) == {"root"}


def test_rights_are_a_superusers_to_give(helpdesk, alice, staff):
    group = Group.objects.create(name="all")
    right = Permission.objects.get(codename="view_group")
    rights = {"is_superuser": "on", "is_staff": "on", "groups": [group.pk], "user_permissions": [right.pk]}

    def give(browser):
        answer = browser.post(page("change", alice.pk), fields_of(browser.get(page("change", alice.pk))) | rights)
        alice.refresh_from_db()
        held = (*alice.groups.all(), *alice.user_permissions.all())
        return answer.status_code, alice.is_superuser, alice.is_staff, held

    by_helpdesk, by_root = give(browser_of(helpdesk)), give(staff)

    assert by_helpdesk == (302, False, False, ())
    assert by_root == (302, True, True, (group, right))


@pytest.mark.parametrize("right", ["change_group", "add_group", "delete_group"])
def test_a_group_gets_its_rights_from_a_superuser_alone(db, clock, right):
    person = UserFactory(is_staff=True)
    person.user_permissions.set(Permission.objects.filter(codename__in=[right, "view_group"]))
    group = Group.objects.create(name="mine")
    person.groups.add(group)
    everything = {"name": "mine", "permissions": list(Permission.objects.values_list("pk", flat=True))}
    pages = f"/admin/auth/group/{group.pk}/change/", "/admin/auth/group/add/", f"/admin/auth/group/{group.pk}/delete/"

    answers = [browser_of(person).post(address, everything | {"post": "yes"}).status_code for address in pages]

    assert answers == [403, 403, 403]
    assert list(Group.objects.values_list("name", "permissions")) == [("mine", None)]


@pytest.mark.parametrize("name", ["root", "colleague", "helpdesk"])
def test_accounts_of_staff_are_out_of_reach_of_all_but_superusers(helpdesk, root, name):
    UserFactory(username="colleague", is_staff=True)
    person = User.objects.get(username=name)
    browser = browser_of(helpdesk)
    before = User.objects.filter(pk=person.pk).values().get()

    tried = [
        browser.post(page("change", person.pk), {"username": name, "email": "mine@example.org"}),
        browser.post(page("delete", person.pk), {"post": "yes"}),
        browser.post(page("changelist"), {"action": "delete_selected", "_selected_action": [person.pk], "post": "yes"}),
    ]

    assert [answer.status_code for answer in tried] == [403, 403, 403]
    assert User.objects.filter(pk=person.pk).values().get() == before
    assert browser.get(page("change", person.pk)).status_code == 200


def test_anothers_address_is_a_superusers_to_change(helpdesk, alice, staff):
    def change(browser, email):
        fields = fields_of(browser.get(page("change", alice.pk)))
        browser.post(page("change", alice.pk), fields | {"email": email, "first_name": email})
        alice.refresh_from_db()
        return alice.email, alice.first_name

    assert change(browser_of(helpdesk), "mine@example.org") == ("alice@example.org", "mine@example.org")
    assert change(staff, "new@example.org") == ("new@example.org", "new@example.org")


def test_ones_own_address_is_changed_where_the_password_is_asked_for(staff, root):
    fields = fields_of(staff.get(page("change", root.pk)))

    answer = staff.post(page("change", root.pk), fields | {"email": "new@example.org", "first_name": "Ruth"})

    root.refresh_from_db()
    assert (answer.status_code, root.email, root.first_name) == (302, "root@example.org", "Ruth")


def test_people_can_be_logged_out_everywhere_but_a_superuser_only_by_another(staff, helpdesk, root, alice):
    for person in (root, alice):
        Session.objects.create(user=person, created_at=NOON, expires_at=NOON)
    chosen = {"action": "end_sessions", "_selected_action": [root.pk, alice.pk]}

    browser_of(helpdesk).post(page("changelist"), chosen)
    after_helpdesk = set(Session.objects.filter(revoked_at=None).values_list("user__username", flat=True))
    staff.post(page("changelist"), chosen)
    after_root = set(Session.objects.filter(revoked_at=None).values_list("user__username", flat=True))

    assert (after_helpdesk, after_root) == ({"root"}, set())


def test_a_currency_that_cannot_be_changed_to_is_refused_beside_its_field(staff, alice):
    IncomeFactory(user=alice)
    fields = fields_of(staff.get(page("change", alice.pk)))

    answer = staff.post(page("change", alice.pk), fields | {"currency": "JPY"})

    alice.refresh_from_db()
    assert list(answer.context_data["adminform"].errors) == ["currency"]
    assert alice.currency == "EUR"


def test_a_currency_is_changed_with_all_amounts_of_the_person(staff, alice):
    ExchangeRate.objects.create(base="EUR", quote="JPY", date=TODAY, rate=Decimal(160))
    TransactionFactory(user=alice, amount=Decimal(5))
    fields = fields_of(staff.get(page("change", alice.pk)))

    answer = staff.post(page("change", alice.pk), fields | {"currency": "JPY"})

    day = DailyAllowance.objects.get(user=alice)
    assert answer.status_code == 302
    assert (day.currency, day.remaining_amount) == ("JPY", Decimal(-800))


def test_a_second_factor_is_a_superusers_to_remove_but_for_their_own(helpdesk, root, alice, staff):
    for person in (root, alice):
        SecondFactor.objects.create(user=person, secret="encrypted", created_at=NOON, confirmed_at=NOON)
    chosen = {"action": "remove_second_factors", "_selected_action": [root.pk, alice.pk]}

    def remove(browser):
        browser.post(page("changelist"), chosen)
        return sorted(SecondFactor.objects.values_list("user__username", flat=True))

    assert remove(browser_of(helpdesk)) == ["alice", "root"]
    assert remove(staff) == ["root"]


def test_a_member_of_staff_may_make_accounts_without_any_other_right(db, clock):
    person = UserFactory(is_staff=True)
    person.user_permissions.set(Permission.objects.filter(codename="add_user"))

    answer = browser_of(person).post(page("add"), NEWCOMER | {"is_staff": "on", "is_superuser": "on"})

    carol = User.objects.get(username="carol")
    assert (answer.status_code, carol.is_staff, carol.is_superuser) == (302, False, False)


def test_staff_see_and_change_what_a_person_chose_about_the_figure(staff, alice):
    address = page("change", alice.pk)
    form = fields_of(staff.get(address))

    answer = staff.post(address, form | {"leftover": "carry", "weekday_weights": "1 1 1 1 1 3 2"})

    stored = User.objects.get(pk=alice.pk)
    assert form["weekday_weights"] == "1 1 1 1 1 1 1"
    assert answer.status_code == 302
    assert (stored.leftover, stored.weekday_weights, stored.leftover_chosen_on) == (
        "carry",
        [1, 1, 1, 1, 1, 3, 2],
        TODAY,
    )


@pytest.mark.parametrize("entered", ["1 1 1", "0 0 0 0 0 0 0", "1 1 1 1 1 1 11", "1 1 1 1 1 1 x", "-1 1 1 1 1 1 1", ""])
def test_weights_that_are_none_are_refused_beside_their_field(entered, staff, alice):
    address = page("change", alice.pk)

    answer = staff.post(address, fields_of(staff.get(address)) | {"weekday_weights": entered})

    assert list(answer.context_data["adminform"].form.errors) == ["weekday_weights"]
    assert User.objects.get(pk=alice.pk).weekday_weights == [1] * 7


def test_a_holiday_calendar_is_one_of_those_that_are_known(staff, alice):
    address = page("change", alice.pk)
    form = fields_of(staff.get(address))

    refused = staff.post(address, form | {"holiday_calendar": "DE-XX"})
    taken = staff.post(address, form | {"holiday_calendar": "DE-BY"})

    assert list(refused.context_data["adminform"].form.errors) == ["holiday_calendar"]
    assert (taken.status_code, User.objects.get(pk=alice.pk).holiday_calendar) == (302, "DE-BY")
