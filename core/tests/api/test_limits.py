"""Limits of calls, as a client meets them."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.kernel.limits import Limit
from core.tests.conftest import client_of

ONE_A_MINUTE = Limit(calls=1, seconds=60)


@pytest.fixture
def limited(settings, db, clock):
    """Sets limits by name; counts in the database."""
    settings.REDIS_URL = ""

    def limit(**limits):
        settings.THROTTLES = {**settings.THROTTLES, **limits}

    return limit


def test_a_user_past_the_limit_is_told_how_long_to_wait(limited, api):
    limited(user=Limit(calls=2, seconds=60))

    answers = [api.get("/api/income/") for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[2].headers["Retry-After"] == "60"
    assert answers[2].json() == {
        "detail": "Request was throttled. Expected available in 60 seconds.",
        "code": "throttled",
    }


def test_one_users_calls_leave_another_user_alone(limited, api, strangers_api):
    limited(user=ONE_A_MINUTE)
    api.get("/api/income/")

    assert api.get("/api/income/").status_code == 429
    assert strangers_api.get("/api/income/").status_code == 200


def test_calls_without_a_token_are_limited_by_address(limited):
    limited(anon=Limit(calls=2, seconds=60))
    client = client_of(None)

    statuses = [client.get("/api/income/").status_code for _ in range(3)]
    elsewhere = client.get("/api/income/", REMOTE_ADDR="192.0.2.7").status_code

    assert statuses == [401, 401, 429]
    assert elsewhere == 401


@pytest.mark.parametrize("method", ["get", "post", "put", "patch", "delete", "options"])
@pytest.mark.parametrize("path", ["/api/nowhere/", "/api/income/abc/", "/api/auth/jwt/createX/", "/api/income"])
def test_calls_of_unknown_paths_are_counted(limited, path, method):
    limited(anon=Limit(calls=2, seconds=60))
    client = client_of(None)

    answers = [getattr(client, method)(path) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [404, 404, 429]
    assert answers[0].json() == {"detail": "Not found.", "code": "not_found"}


def test_a_users_calls_of_unknown_paths_are_counted_as_theirs(limited, api):
    limited(user=ONE_A_MINUTE, anon=Limit(calls=100, seconds=60))

    assert [api.get("/api/nowhere/").status_code for _ in range(2)] == [404, 429]


@pytest.mark.parametrize("method", ["get", "put", "patch", "delete", "trace"])
@pytest.mark.parametrize("path", ["jwt/create/", "jwt/refresh/", "jwt/verify/", "jwt/logout/"])
def test_wrong_methods_without_a_token_are_counted(limited, path, method):
    limited(anon=Limit(calls=2, seconds=60))
    client = client_of(None)

    statuses = [getattr(client, method)(f"/api/auth/{path}").status_code for _ in range(3)]

    assert statuses == [405, 405, 429]


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        ("{}", "application/json", 400),
        ("{", "application/json", 400),
        ('{"username": 1, "password": []}', "application/json", 400),
        ("a=b", "text/plain", 415),
    ],
)
def test_a_login_that_cannot_be_read_is_counted_as_a_call(limited, body, content_type, status):
    limited(anon=Limit(calls=2, seconds=60))
    client = client_of(None)

    statuses = [client.post("/api/auth/jwt/create/", body, content_type=content_type).status_code for _ in range(3)]

    assert statuses == [status, status, 429]


def test_a_call_that_takes_no_json_is_counted(limited):
    limited(anon=Limit(calls=2, seconds=60))
    client = client_of(None)

    statuses = [client.get("/api/income/", HTTP_ACCEPT="text/html").status_code for _ in range(3)]

    assert statuses == [406, 406, 429]


def test_a_malformed_token_counts_as_none(limited):
    limited(anon=Limit(calls=2, seconds=60), user=Limit(calls=100, seconds=60))
    client = client_of(None)

    statuses = [
        client.get("/api/income/", HTTP_AUTHORIZATION=header).status_code
        for header in ["Bearer nonsense", "Bearer a b", "Bearer nonsense"]
    ]

    assert statuses == [401, 401, 429]


def test_a_call_is_counted_once_whatever_becomes_of_it(limited, api):
    limited(user=Limit(calls=3, seconds=60))

    statuses = [
        api.get("/api/income/1/").status_code,
        api.post("/api/income/", {}).status_code,
        api.put("/api/audit/").status_code,
        api.get("/api/income/").status_code,
    ]

    assert statuses == [404, 400, 405, 429]


def test_a_forged_header_makes_no_new_address(limited):
    limited(anon=ONE_A_MINUTE)
    client = client_of(None)

    statuses = [
        client.get("/api/income/", HTTP_X_FORWARDED_FOR=f"203.0.113.{number}", HTTP_X_REAL_IP="1.2.3.4").status_code
        for number in range(3)
    ]

    assert statuses == [401, 429, 429]


def test_behind_a_trusted_proxy_each_client_counts_by_itself(limited, settings):
    limited(anon=ONE_A_MINUTE)
    settings.TRUSTED_PROXIES = 1
    client = client_of(None)

    statuses = [
        client.get("/api/income/", HTTP_X_FORWARDED_FOR=f"203.0.113.1, {address}").status_code
        for address in ["198.51.100.1", "198.51.100.2", "198.51.100.1"]
    ]

    assert statuses == [401, 401, 429]


def test_a_limited_call_costs_one_statement_more(limited, api):
    def count() -> int:
        with CaptureQueriesContext(connection) as statements:
            api.get("/api/allowance/today/")
        return len(statements)

    api.get("/api/allowance/today/")
    unlimited = count()
    limited(user=Limit(calls=10, seconds=60))

    assert count() == unlimited + 1
