"""Accounts in the hands of staff: made, changed, deleted with all they have, and never further than one's rights."""

from decimal import Decimal

import pytest
from django.apps import apps
from django.contrib.auth.hashers import PBKDF2PasswordHasher, make_password
from django.contrib.auth.models import Permission
from django.urls import reverse

from core.models import DailyAllowance, ExchangeRate, SecondFactor, Session, User
from core.tests.admin.conftest import browser_of
from core.tests.admin.test_admin_pages import fields_of
from core.tests.conftest import NOON, TODAY
from core.tests.factories import (
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


NEWCOMER = {
    "username": "carol",
    "email": "carol@example.org",
    "currency": "JPY",
    "timezone": "Asia/Tokyo",
    "language": "en",
    "usable_password": "true",
    "password1": "Quite-secret-7",
    "password2": "Quite-secret-7",
}


def test_staff_can_make_an_account_that_can_log_in(staff):
    answer = staff.post(page("add"), NEWCOMER)

    carol = User.objects.get(username="carol")
    assert answer.status_code == 302
    assert (carol.email, carol.currency, carol.timezone) == ("carol@example.org", "JPY", "Asia/Tokyo")
    assert carol.check_password("Quite-secret-7")
    assert (carol.is_staff, carol.is_superuser) == (False, False)


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
        ({"password2": "Another-1"}, "password2", "The two password fields didn’t match."),
        ({"password1": "12345678", "password2": "12345678"}, "password2", "This password is too common."),
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

    assert "Set another" in shown
    for secret in (salt, salt[:6], digest, digest[:6], "pbkdf2"):
        assert secret not in shown


def test_staff_can_set_another_password(staff, alice):
    address = reverse("admin:auth_user_password_change", args=[alice.pk])

    shown = staff.get(address)
    answer = staff.post(
        address, {"usable_password": "true", "password1": "Quite-secret-7", "password2": "Quite-secret-7"}
    )

    alice.refresh_from_db()
    assert (shown.status_code, answer.status_code) == (200, 302)
    assert alice.check_password("Quite-secret-7")


def test_a_list_cannot_be_narrowed_by_password(staff, alice):
    assert staff.get(page("changelist") + "?password__startswith=a").status_code == 400


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


def test_nobody_makes_themselves_a_superuser(helpdesk, alice):
    browser = browser_of(helpdesk)
    for person in (helpdesk, alice):
        fields = fields_of(browser.get(page("change", person.pk)))
        answer = browser.post(page("change", person.pk), fields | {"is_superuser": "on", "is_staff": "on"})
        assert answer.status_code == 302

    helpdesk.refresh_from_db()
    alice.refresh_from_db()
    assert (helpdesk.is_superuser, alice.is_superuser, alice.is_staff) == (False, False, False)


def test_a_superusers_account_is_out_of_reach_of_others(helpdesk, root):
    browser = browser_of(helpdesk)
    password = root.password

    tried = [
        browser.post(page("change", root.pk), {"email": "mine@example.org"}),
        browser.post(
            reverse("admin:auth_user_password_change", args=[root.pk]),
            {"usable_password": "true", "password1": PASSWORD, "password2": PASSWORD},
        ),
        browser.post(page("delete", root.pk), {"post": "yes"}),
    ]
    browser.post(page("changelist"), {"action": "delete_selected", "_selected_action": [root.pk], "post": "yes"})

    root.refresh_from_db()
    assert [answer.status_code for answer in tried] == [403, 403, 403]
    assert root.password == password


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


def test_a_second_factor_can_be_taken_off_those_who_lost_it_but_not_off_a_superuser(helpdesk, root, alice):
    for person in (root, alice):
        SecondFactor.objects.create(user=person, secret="encrypted", created_at=NOON, confirmed_at=NOON)

    browser_of(helpdesk).post(
        page("changelist"), {"action": "take_off_second_factor", "_selected_action": [root.pk, alice.pk]}
    )

    assert list(SecondFactor.objects.values_list("user__username", flat=True)) == ["root"]


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
