"""The page on which staff change their own password: counted, recorded, and only the password is written."""

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.urls import reverse

from core.accounts.services.profile import change_password
from core.kernel.limits import Limit
from core.models import AuditEvent, Session, User
from core.tests.admin.conftest import browser_of
from core.tests.conftest import NOON, client_of
from core.tests.support.factories import PASSWORD

PAGE = reverse("admin:password_change")
NEW = "Another-horse-8"
WRONG = ["Your old password was entered incorrectly. Please enter it again."]


@pytest.fixture
def limit(settings):
    """Three failed logins in a quarter of an hour."""
    settings.THROTTLES = {**settings.THROTTLES, "login": Limit(calls=3, seconds=900)}


def change(browser, old=PASSWORD, new=NEW, again=None):
    return browser.post(PAGE, {"old_password": old, "new_password1": new, "new_password2": again or new})


def list_events(user):
    return list(AuditEvent.objects.filter(user=user).order_by("pk").values_list("action", "via"))


def test_staff_change_their_own_password_and_stay_logged_in(staff, root):
    elsewhere = browser_of(root)
    Session.objects.create(user=root, created_at=NOON, expires_at=NOON)

    shown, done = staff.get(PAGE), change(staff)

    root.refresh_from_db()
    assert (shown.status_code, done.status_code, done["Location"]) == (200, 302, "/admin/password_change/done/")
    assert root.check_password(NEW)
    assert (staff.get("/admin/").status_code, elsewhere.get("/admin/").status_code) == (200, 302)
    assert not Session.objects.filter(revoked_at=None).exists()
    assert ("password_changed", "admin") in list_events(root)


def test_a_fourth_guess_of_the_current_password_is_not_looked_at(staff, root, limit):
    guesses = [change(staff, old=f"wrong-horse-{number}") for number in range(3)]

    locked = change(staff)

    root.refresh_from_db()
    assert [(answer.status_code, answer.context_data["form"].errors["old_password"]) for answer in guesses] == [
        (200, WRONG)
    ] * 3
    assert (locked.status_code, locked["Retry-After"]) == (429, "900")
    assert locked.context_data["form"].errors["old_password"] == ["Too many tries. Wait 900 seconds."]
    assert root.check_password(PASSWORD)


def test_guesses_count_with_those_at_the_login(staff, root, limit):
    for number in range(3):
        change(staff, old=f"wrong-horse-{number}")

    answer = client_of(None).post("/api/auth/jwt/create/", {"username": "root", "password": PASSWORD})

    assert answer.status_code == 429


def test_what_else_is_wrong_with_the_form_does_not_count(staff, limit):
    answers = [change(staff, again="Yet-another-1").status_code for _ in range(5)]

    assert (answers, change(staff).status_code) == ([200] * 5, 302)


def test_a_wrong_password_is_recorded_where_its_owner_can_see_it(staff, root):
    change(staff, old="wrong-horse-9")

    assert list_events(root)[-1] == ("login_failed", "admin")


def test_a_password_too_long_to_be_one_is_never_hashed(staff, root, monkeypatch):
    hashed = []
    monkeypatch.setattr(MD5PasswordHasher, "verify", lambda self, password, encoded: hashed.append(password))

    answer = change(staff, old="x" * 129)

    assert (answer.status_code, hashed) == (200, [])


def test_only_the_password_is_written(staff, root, monkeypatch):
    """A superuser is banned and demoted while their form is being answered."""
    verify = MD5PasswordHasher.verify

    def ban_meanwhile(self, password, encoded):
        User.objects.filter(pk=root.pk).update(is_active=False, is_superuser=False, first_name="Ruth")
        return verify(self, password, encoded)

    monkeypatch.setattr(MD5PasswordHasher, "verify", ban_meanwhile)
    change(staff)

    root.refresh_from_db()
    assert (root.is_active, root.is_superuser, root.first_name) == (False, False, "Ruth")
    assert staff.get("/admin/").status_code == 302


def test_of_two_changes_by_the_same_password_one_holds(staff, root, monkeypatch):
    verify = MD5PasswordHasher.verify

    def change_meanwhile(self, password, encoded):
        monkeypatch.undo()
        change_password(user=User.objects.get(pk=root.pk), new_password="First-horse-7")
        return verify(self, password, encoded)

    monkeypatch.setattr(MD5PasswordHasher, "verify", change_meanwhile)
    answer = change(staff)

    root.refresh_from_db()
    assert (answer.status_code, answer.context_data["form"].errors["old_password"]) == (200, WRONG)
    assert root.check_password("First-horse-7")
