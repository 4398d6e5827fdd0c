"""The refresh token of a browser travels in a cookie that no script reads and no other site's page can use."""

import datetime

import pytest
from django.conf import settings as django_settings
from rest_framework.test import APIClient

from core.models import Session
from core.tests.support.factories import PASSWORD
from core.tests.support.logins import LOGIN, LOGOUT, REFRESH, client_with, is_taken, log_in

COOKIE = "refresh-8000"
ENDED = {"detail": "The session is over. Log in again.", "code": "session_ended"}
CALLS = [LOGIN, REFRESH, LOGOUT]


def enter(browser, use="1", **headers):
    """Log the browser in with the cookie."""
    body = {"username": "alice", "password": PASSWORD}
    return browser.post(LOGIN, body, headers={"X-Refresh-Cookie": use, **headers})


def refresh(browser, use="1", **headers):
    return browser.post(REFRESH, {}, headers={"X-Refresh-Cookie": use, **headers})


def leave(browser, use="1", **headers):
    return browser.post(LOGOUT, {}, headers={"X-Refresh-Cookie": use, **headers})


@pytest.fixture
def browser(alice):
    """A client that keeps cookies."""
    return APIClient()


def is_deleted(answer):
    cookie = answer.cookies.get(COOKIE)
    return cookie is not None and cookie["max-age"] == 0 and cookie.value == "" and cookie["path"] == "/api/auth/jwt/"


def test_the_refresh_token_is_in_the_cookie_and_in_no_body(browser, alice):
    answer = enter(browser)

    assert answer.status_code == 200
    assert set(answer.json()) == {"access", "user"}
    assert answer.json()["user"] == alice.pk
    cookie = answer.cookies[COOKIE]
    assert cookie.value.count(".") == 2
    assert cookie.value not in answer.content.decode()
    assert {name: value for name, value in cookie.items() if value} == {
        "expires": cookie["expires"],
        "httponly": True,
        "max-age": 30 * 86_400,
        "path": "/api/auth/jwt/",
        "samesite": "Strict",
    }


def test_with_session_the_browser_forgets_the_cookie_when_it_is_closed(browser):
    first = enter(browser, "session").cookies[COOKIE]
    second = refresh(browser, "session").cookies[COOKIE]

    for cookie in (first, second):
        assert {name: value for name, value in cookie.items() if value} == {
            "httponly": True,
            "path": "/api/auth/jwt/",
            "samesite": "Strict",
        }


def test_over_https_the_cookie_is_secure_and_bound_to_it(browser, settings):
    settings.IS_HTTPS, settings.REFRESH_COOKIE_NAME = True, "__Secure-refresh"

    cookie = enter(browser).cookies["__Secure-refresh"]

    assert cookie["secure"] is True
    assert leave(browser).cookies["__Secure-refresh"]["secure"] is True


def test_a_refresh_trades_the_cookie_for_the_next_one(browser, alice):
    first = enter(browser).cookies[COOKIE].value

    answer = refresh(browser)

    assert answer.status_code == 200
    assert set(answer.json()) == {"access", "user"}
    assert answer.cookies[COOKIE].value != first
    assert is_taken(answer.json()["access"])
    assert refresh(browser).status_code == 200
    assert Session.objects.count() == 1


def test_a_race_and_a_lost_answer_are_told_as_without_a_cookie(browser, clock):
    first = enter(browser).cookies[COOKIE].value
    lost = refresh(browser).json()
    browser.cookies[COOKIE] = first

    raced = refresh(browser)
    clock.shift(datetime.timedelta(seconds=11))
    again = refresh(browser)

    assert (raced.status_code, raced.json()["code"], raced.headers["Retry-After"]) == (401, "refresh_raced", "1")
    assert COOKIE not in raced.cookies
    assert again.status_code == 200
    assert not is_taken(lost["access"])


def test_the_cookie_of_a_session_that_is_over_is_deleted(browser):
    enter(browser)
    Session.objects.update(revoked_at=datetime.datetime(2026, 11, 22, 12, tzinfo=datetime.UTC))

    answer = refresh(browser)

    assert (answer.status_code, answer.json()) == (401, ENDED)
    assert is_deleted(answer)


@pytest.mark.parametrize("value", [None, "", "x", "a.b.c", "x" * 5000])
def test_a_cookie_that_is_missing_or_not_ours_is_of_a_session_that_is_over(browser, value):
    if value is not None:
        browser.cookies[COOKIE] = value

    answer = refresh(browser)

    assert (answer.status_code, answer.json()) == (401, ENDED)
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert is_deleted(answer)
    left = leave(browser)
    assert left.status_code == 204
    assert is_deleted(left)


def test_a_logout_ends_the_session_and_deletes_the_cookie(browser):
    enter(browser)
    refresh_token = browser.cookies[COOKIE].value

    answer = leave(browser)

    assert (answer.status_code, answer.content) == (204, b"")
    assert is_deleted(answer)
    assert Session.objects.get().ended_at is not None
    assert APIClient().post(REFRESH, {"refresh": refresh_token}).json() == ENDED
    browser.cookies[COOKIE] = refresh_token
    assert leave(browser).status_code == 204


def test_a_login_that_is_refused_leaves_the_cookie_as_it_is(browser):
    enter(browser)

    body = {"username": "alice", "password": "wrong"}
    answer = browser.post(LOGIN, body, headers={"X-Refresh-Cookie": "1"})

    assert answer.status_code == 401
    assert COOKIE not in answer.cookies
    assert refresh(browser).status_code == 200


def test_without_the_header_the_cookie_is_not_looked_at(browser):
    enter(browser)

    refreshed = browser.post(REFRESH, {})
    left = browser.post(LOGOUT, {})

    for answer in (refreshed, left):
        assert (answer.status_code, answer.json()) == (400, {"refresh": ["This field is required."]})
        assert COOKIE not in answer.cookies
    assert Session.objects.get().ended_at is None


def test_without_the_header_no_cookie_is_set(browser, alice):
    tokens = log_in(alice)

    answer = browser.post(REFRESH, {"refresh": tokens["refresh"]})

    assert set(answer.json()) == {"access", "refresh", "user"}
    assert not answer.cookies


def test_with_the_header_a_token_in_the_body_is_not_looked_at(browser, alice):
    elsewhere = log_in(alice)
    enter(browser)

    headers = {"X-Refresh-Cookie": "1"}
    for path in (REFRESH, LOGOUT):
        assert browser.post(path, {"refresh": elsewhere["refresh"]}, headers=headers).status_code in (200, 204)

    assert APIClient().post(REFRESH, {"refresh": elsewhere["refresh"]}).status_code == 200


def test_a_body_is_not_needed_but_one_that_makes_no_sense_is_refused(browser):
    enter(browser)
    headers = {"X-Refresh-Cookie": "1"}

    form = browser.post(REFRESH, "refresh=x", content_type="application/x-www-form-urlencoded", headers=headers)
    broken = browser.post(REFRESH, "{", content_type="application/json", headers=headers)
    wrong = browser.post(REFRESH, {"refresh": ["x"]}, headers=headers)
    no_object = browser.post(REFRESH, [], headers=headers)
    none = browser.post(REFRESH, headers=headers)

    assert [answer.status_code for answer in (form, broken, wrong, no_object, none)] == [415, 400, 400, 400, 200]


@pytest.mark.parametrize("path", CALLS)
@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example.org",
        "null",
        "",
        "http://testserver:81",
        "https://testserver",
        "http://testserver.evil.org",
    ],
)
def test_a_page_of_another_site_is_refused_before_anything_is_done(browser, path, origin):
    enter(browser)
    body = {"username": "alice", "password": PASSWORD}

    answer = browser.post(path, body, headers={"X-Refresh-Cookie": "1", "Origin": origin})

    assert (answer.status_code, answer.json()) == (
        403,
        {"detail": "Only pages of this site may use the cookie.", "code": "foreign_origin"},
    )
    assert COOKIE not in answer.cookies
    assert Session.objects.get().ended_at is None
    assert refresh(browser).status_code == 200


@pytest.mark.parametrize("origin", ["http://testserver", "https://allowance.example.org"])
def test_a_page_of_this_site_may_use_the_cookie(browser, settings, origin):
    settings.SITE_URL = "https://allowance.example.org"

    statuses = [call(browser, Origin=origin).status_code for call in (enter, refresh, leave)]

    assert statuses == [200, 200, 204]


@pytest.mark.parametrize("path", CALLS)
@pytest.mark.parametrize("use", ["", "0", "true", "Session", "1, 1"])
def test_an_unknown_value_of_the_header_is_refused(browser, path, use):
    answer = browser.post(path, {"username": "alice", "password": PASSWORD}, headers={"X-Refresh-Cookie": use})

    assert (answer.status_code, answer.json()) == (
        400,
        {"detail": "X-Refresh-Cookie is `1` or `session`.", "code": "refresh_cookie_invalid"},
    )
    assert not Session.objects.exists()


@pytest.mark.parametrize("path", CALLS)
def test_no_preflight_allows_the_header(anonymous, settings, path):
    settings.CORS_ALLOWED_ORIGINS = ["https://app.example.org"]

    headers = anonymous.options(
        path,
        headers={
            "Origin": "https://app.example.org",
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "content-type,x-refresh-cookie",
        },
    ).headers

    assert "x-refresh-cookie" not in headers["Access-Control-Allow-Headers"]
    assert "Access-Control-Allow-Credentials" not in headers


def test_a_listed_origin_is_foreign_to_the_cookie_all_the_same(browser, settings):
    settings.CORS_ALLOWED_ORIGINS = settings.CSRF_TRUSTED_ORIGINS = ["https://app.example.org"]

    assert enter(browser, Origin="https://app.example.org").json()["code"] == "foreign_origin"


def test_the_name_says_which_server_of_a_machine_the_cookie_is_of():
    assert django_settings.REFRESH_COOKIE_NAME == COOKIE


def test_the_cookie_opens_nothing_else(browser):
    enter(browser)

    assert browser.get("/api/income/").status_code == 401
    assert client_with("x").get("/api/income/").status_code == 401
