"""Methods that a path does not have, and paths that are none: an answer in JSON, and never a crash."""

import pytest
from rest_framework.test import APIClient

from core.tests.support.logins import client_with, log_in
from core.tests.support.routes import METHODS, list_routes

# What answers without a token: there a method that is missing is missing for anybody.
OPEN = ["users/reset_password/", "users/reset_password_confirm/", "users/reset_username/", "jwt/create/"]


@pytest.mark.parametrize("route", [route for route in list_routes() if route.methods], ids=str)
def test_no_method_is_a_crash(route, alice):
    client = client_with(log_in(alice)["access"])
    client.raise_request_exception = False
    path = route.fill(alice.pk)

    options = client.options(path)
    answers = {
        method: client.generic(method.upper(), path, b"{}", content_type="application/json")
        for method in [*METHODS, "trace", "purge"]
        if method not in route.methods
    }

    assert options.status_code == 200, options.content
    assert set(options.json()["methods"]) >= {method.upper() for method in route.methods}
    # It plays nothing through, so it knows no rows and no fields.
    assert list(options.json()) == ["methods"]
    assert {method: answer.status_code for method, answer in answers.items()} == dict.fromkeys(answers, 405)
    assert {answer.json()["code"] for answer in answers.values()} == {"method_not_allowed"}


@pytest.mark.parametrize("path", OPEN)
@pytest.mark.parametrize("method", ["get", "put", "delete", "trace"])
def test_where_anybody_may_call_a_missing_method_is_missing_for_anybody(path, method, db, clock):
    answer = APIClient().generic(method.upper(), f"/api/auth/{path}")

    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")


@pytest.mark.parametrize("method", ["get", "post", "put", "patch", "delete", "trace"])
@pytest.mark.parametrize("path", ["/api/nonsense/", "/api/income/null,null/", "/api/auth/jwt/createX"])
def test_a_path_that_is_none_is_404_for_every_method(method, path, db, clock):
    # As a browser does it: Django's own client switches the check of where a form came from off.
    client = APIClient(enforce_csrf_checks=True)

    answer = client.generic(method.upper(), path, b"{}", content_type="application/json")

    assert (answer.status_code, answer.json()) == (404, {"detail": "Not found.", "code": "not_found"})


def test_a_password_that_is_not_needed_is_still_no_blank(alice):
    client = client_with(log_in(alice)["access"])

    answer = client.patch("/api/auth/users/me/", {"first_name": "Al", "current_password": ""})

    assert (answer.status_code, answer.json()) == (400, {"current_password": ["This field may not be blank."]})
    alice.refresh_from_db()
    assert alice.first_name == ""
