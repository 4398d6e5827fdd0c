"""The admin is for staff, by their own browser, from its own pages."""

import pytest
from django.test import Client

from core.models import Income, User
from core.tests.support.factories import PASSWORD, IncomeFactory, UserFactory


@pytest.fixture
def browser(db, clock):
    """A superuser's browser, which minds where forms come from."""
    root = UserFactory.create(username="root", is_staff=True, is_superuser=True)
    client = Client(enforce_csrf_checks=True)
    client.force_login(root)
    return client


def test_a_page_of_another_site_cannot_send_the_admin_a_form(browser, alice):
    income = IncomeFactory.create(user=alice)
    forms = {
        f"/admin/core/income/{income.pk}/delete/": {"post": "yes"},
        f"/admin/core/user/{alice.pk}/password/": {"password1": "Evil-horse-66", "password2": "Evil-horse-66"},
        "/admin/core/user/": {"action": "remove_second_factors", "_selected_action": [alice.pk]},
        "/admin/logout/": {},
    }

    answers = {path: browser.post(path, form).status_code for path, form in forms.items()}

    assert answers == dict.fromkeys(forms, 403)
    assert Income.objects.filter(pk=income.pk).exists()
    assert User.objects.get(pk=alice.pk).check_password(PASSWORD)
    assert browser.get("/admin/").status_code == 200


def test_the_login_of_the_admin_is_sent_by_its_own_page_alone(db, clock):
    root = UserFactory.create(username="root", is_staff=True, is_superuser=True)
    form = {"username": "root", "password": PASSWORD}
    stranger = Client(enforce_csrf_checks=True)

    assert stranger.post("/admin/login/", form).status_code == 403

    page = stranger.get("/admin/login/")
    token = {"csrfmiddlewaretoken": page.context["csrf_token"]}
    assert stranger.post("/admin/login/?next=/admin/", form | token).status_code == 302
    root.refresh_from_db()
    assert root.last_login is not None


def test_a_login_leads_to_no_other_site(db, clock):
    UserFactory.create(username="root", is_staff=True, is_superuser=True)
    form = {"username": "root", "password": PASSWORD, "next": "https://evil.example.net/"}

    answer = Client().post("/admin/login/?next=https://evil.example.net/", form)

    assert answer.status_code == 302
    assert "evil" not in answer["Location"]


def test_a_token_of_the_api_opens_no_page_of_the_admin(db, clock):
    UserFactory.create(username="root", is_staff=True, is_superuser=True)
    tokens = Client().post(
        "/api/auth/jwt/create/", {"username": "root", "password": PASSWORD}, content_type="application/json"
    )

    page = Client().get("/admin/", HTTP_AUTHORIZATION=f"Bearer {tokens.json()['access']}")

    assert (page.status_code, page["Location"]) == (302, "/admin/login/?next=/admin/")
