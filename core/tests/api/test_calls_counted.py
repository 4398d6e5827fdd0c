"""A call is counted for whoever makes it, and for nobody whose token no longer holds."""

import datetime
import secrets

import jwt
import pytest
from django.conf import settings as django_settings
from rest_framework.test import APIClient

from core.accounts.services.sessions import revoke_sessions
from core.kernel.limits import Limit
from core.tests.conftest import NOON
from core.tests.limits.test_counters import REDIS_URL
from core.tests.support.logins import LOGOUT, REFRESH, client_with, log_in

URLS = ["/api/income/", "/api/allowance/today/"]


@pytest.fixture(params=["database", "redis"])
def three_a_minute(request, settings, db):
    """The limit of a user, in either store; nobody else is limited."""
    settings.REDIS_URL = REDIS_URL if request.param == "redis" else ""
    settings.THROTTLES = {**settings.THROTTLES, "user": Limit(calls=3, seconds=60)}
    # Another test's Alice may have the same id: with another secret her counter has another name.
    settings.SECRET_KEY = secrets.token_hex(32)


@pytest.mark.parametrize("url", URLS)
def test_the_fourth_call_of_three_is_refused(three_a_minute, alice, url):
    api = client_with(log_in(alice)["access"])

    statuses = [api.get(url).status_code for _call in range(5)]

    assert statuses == [200, 200, 200, 429, 429]
    assert int(api.get(url)["Retry-After"]) > 0


@pytest.mark.parametrize("url", URLS)
def test_a_token_that_was_revoked_costs_its_owner_no_call(three_a_minute, alice, url):
    stolen = client_with(log_in(alice)["access"])
    revoke_sessions(user_id=alice.pk, now=NOON)

    refused = [stolen.get(url).status_code for _call in range(5)]
    api = client_with(log_in(alice)["access"])
    statuses = [api.get(url).status_code for _call in range(4)]

    assert refused == [401] * 5
    assert statuses == [200, 200, 200, 429]


def test_calls_that_are_counted_otherwise_are_not_counted_here(three_a_minute, alice):
    api = client_with(log_in(alice)["access"])

    logins = [api.post("/api/auth/jwt/create/", {"username": "alice", "password": "wrong"}) for _call in range(5)]

    assert [answer.status_code for answer in logins] == [401] * 5
    assert api.get(URLS[0]).status_code == 200


@pytest.fixture
def two_a_minute_by_address(three_a_minute, settings):
    """The limit of an address beside that of a user: two calls and the login."""
    settings.THROTTLES = {**settings.THROTTLES, "anon": Limit(calls=3, seconds=60)}


def test_refreshes_and_logouts_count_for_the_user_whose_token_is_signed(two_a_minute_by_address, alice):
    tokens = log_in(alice)

    # The first trades the token, the others find that it was traded.
    statuses = [APIClient().post(REFRESH, {"refresh": tokens["refresh"]}).status_code for _call in range(4)]
    left = APIClient().post(LOGOUT, {"refresh": tokens["refresh"]})

    assert statuses == [200, 401, 401, 429]
    assert (left.status_code, left.json()["code"]) == (429, "throttled")
    assert int(left["Retry-After"]) > 0
    # They are the user's calls like any others, and none of the address.
    assert client_with(tokens["access"]).get(URLS[0]).status_code == 429
    assert [APIClient().get(URLS[0]).status_code for _call in range(3)] == [401, 401, 429]


def test_one_that_has_expired_counts_for_its_user_too(two_a_minute_by_address, alice, clock):
    tokens = log_in(alice)
    clock.shift(datetime.timedelta(days=31))

    statuses = [APIClient().post(REFRESH, {"refresh": tokens["refresh"]}).status_code for _call in range(4)]

    assert statuses == [401, 401, 401, 429]


def test_the_cookie_counts_like_the_body(two_a_minute_by_address, alice):
    tokens = log_in(alice)
    browser = APIClient()
    browser.cookies[django_settings.REFRESH_COOKIE_NAME] = tokens["refresh"]

    statuses = [
        browser.post(path, headers={"X-Refresh-Cookie": "1"}).status_code for path in (REFRESH, REFRESH, LOGOUT)
    ]

    assert statuses == [200, 200, 204]
    assert client_with(tokens["access"]).get(URLS[0]).status_code == 429


@pytest.mark.parametrize("path", [REFRESH, LOGOUT])
@pytest.mark.parametrize("kind", ["rubbish", "forged", "access", "missing", "no cookie", "foreign"])
def test_any_other_counts_for_the_address(two_a_minute_by_address, alice, path, kind):
    tokens = log_in(alice)
    payload = jwt.decode(tokens["refresh"], options={"verify_signature": False})
    forged = jwt.encode(payload, "another key of thirty-two letters", algorithm="HS256")
    body = {"rubbish": "x", "forged": forged, "access": tokens["access"]}.get(kind)
    headers = {
        "no cookie": {"X-Refresh-Cookie": "1"},
        "foreign": {"X-Refresh-Cookie": "1", "Origin": "https://evil.example.org"},
    }.get(kind, {})

    answers = [APIClient().post(path, {"refresh": body} if body else {}, headers=headers) for _call in range(3)]

    assert answers[-1].status_code == 429
    assert {answer.status_code for answer in answers[:2]} <= {204, 400, 401, 403}
    assert client_with(tokens["access"]).get(URLS[0]).status_code == 200
