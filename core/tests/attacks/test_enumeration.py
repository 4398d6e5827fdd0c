"""Nobody finds out by asking which accounts there are, nor which have a second factor.

Time is measured by what takes time: runs of the hasher and statements, which a test can count.
"""

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from core.kernel.limits import Limit
from core.tests.api.test_second_factor import switch_on
from core.tests.support.factories import PASSWORD, UserFactory
from core.tests.support.logins import LOGIN, client_with, log_in

RESET = "/api/auth/users/reset_password/"
# Different for every call, whoever asks.
OWN = {"X-Request-ID"}


@pytest.fixture
def people(alice, bob, clock):
    """One with a second factor, one without, one who is banned, and one who is nobody."""
    switch_on(client_with(log_in(bob)["access"]), clock)
    UserFactory.create(username="banned", is_active=False)
    return ["alice", "bob", "banned", "nobody"]


@pytest.fixture
def hashes(monkeypatch):
    """Every run of the hasher."""
    runs = []
    encode = MD5PasswordHasher.encode
    monkeypatch.setattr(MD5PasswordHasher, "encode", lambda self, *given: (runs.append(1), encode(self, *given))[1])
    return runs


def observe(path, body, hashes):
    """All that a stranger sees of an answer, and what it cost."""
    hashes.clear()
    with CaptureQueriesContext(connection) as queries:
        answer = APIClient().post(path, body, REMOTE_ADDR="192.0.2.1")
    headers = {name: value for name, value in answer.headers.items() if name not in OWN}
    # Which tables are asked and written, in which order; not for whom.
    statements = [" ".join(query["sql"].split()[: 1 if "SAVEPOINT" in query["sql"] else 3]) for query in queries]
    return answer.status_code, answer.content, headers, len(hashes), statements


def observe_all(path, bodies, hashes):
    return [observe(path, body, hashes) for body in bodies]


@pytest.mark.parametrize("more", [{}, {"otp": "123456"}, {"otp": ""}], ids=["no code", "a code", "a blank code"])
@pytest.mark.parametrize("spelling", ["{}", "{}@example.org"], ids=["name", "address"])
def test_a_wrong_password_looks_and_costs_the_same_for_everybody(people, hashes, spelling, more):
    bodies = [{"username": spelling.format(name), "password": "wrong-horse-9", **more} for name in people]

    seen = observe_all(LOGIN, bodies, hashes)

    assert seen[0][0] == 401
    assert seen[0][3] == 1
    assert seen == [seen[0]] * 4


def test_the_right_password_of_a_banned_account_looks_like_a_wrong_one(people, hashes):
    bodies = [{"username": name, "password": PASSWORD} for name in ("banned", "nobody")]

    seen = observe_all(LOGIN, bodies, hashes)

    assert seen[0] == seen[1]


@pytest.mark.parametrize("path", [RESET, "/api/auth/users/reset_username/"])
def test_asking_for_a_link_looks_and_costs_the_same_for_everybody(people, hashes, path):
    seen = observe_all(path, [{"email": f"{name}@example.org"} for name in people], hashes)

    assert seen[0][0] == 204
    assert seen == [seen[0]] * 4


@pytest.mark.parametrize("limit", [Limit(calls=2, seconds=900)])
def test_the_lock_on_guesses_falls_at_the_same_guess_for_everybody(people, hashes, settings, limit):
    settings.THROTTLES = {**settings.THROTTLES, "login": limit}

    seen = [
        [observe(LOGIN, {"username": name, "password": f"wrong-horse-{guess}"}, hashes) for guess in range(4)]
        for name in people
    ]

    assert [answer[0] for answer in seen[0]] == [401, 401, 429, 429]
    # Past the limit nothing is hashed for anybody.
    assert [answer[3] for answer in seen[0]] == [1, 1, 0, 0]
    assert seen == [seen[0]] * 4


def test_the_limit_on_links_counts_known_and_unknown_addresses_alike(people, hashes, settings):
    settings.THROTTLES = {**settings.THROTTLES, "reset": Limit(calls=3, seconds=3600)}

    seen = observe_all(RESET, [{"email": f"{name}@example.org"} for name in people], hashes)

    assert [answer[0] for answer in seen] == [204, 204, 204, 429]
    assert seen[:3] == [seen[0]] * 3
