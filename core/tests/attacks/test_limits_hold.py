"""Limits under parallel calls, over real workers."""

import secrets
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from core.tests.limits.test_counters import NOWHERE, REDIS_URL

pytestmark = pytest.mark.server

CALLS = 40


def call_in_parallel(server, send):
    """The statuses of `CALLS` calls that start together, counted."""
    with ThreadPoolExecutor(CALLS) as pool:
        answers = list(pool.map(lambda _number: send(server.client()), range(CALLS)))
    return answers, Counter(answer.status_code for answer in answers)


@pytest.mark.parametrize("redis_url", ["", REDIS_URL, NOWHERE], ids=["database", "redis", "redis away"])
def test_of_forty_parallel_calls_five_pass_a_limit_of_five(start_api, redis_url):
    # A key of its own makes counters of its own, in a Redis that remembers the last run.
    env = {"REDIS_URL": redis_url, "THROTTLE_ANON": "5/hour", "WEB_WORKERS": "3", "SECRET_KEY": secrets.token_hex(32)}
    server = start_api(env=env)

    answers, statuses = call_in_parallel(server, lambda client: client.get("/api/income/"))

    assert statuses == {401: 5, 429: CALLS - 5}
    waits = {int(answer.headers["Retry-After"]) for answer in answers if answer.status_code == 429}
    assert min(waits) > 3500
    assert max(waits) <= 3600
