"""A call is counted for whoever makes it, and for nobody whose token no longer holds."""

import secrets

import pytest

from core.accounts.services.sessions import revoke_sessions
from core.kernel.limits import Limit
from core.tests.conftest import NOON
from core.tests.limits.test_counters import REDIS_URL
from core.tests.support.logins import client_with, log_in

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
