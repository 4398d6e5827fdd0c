"""What breaks under a real server while people shop: the small part of `make faults` that every run plays."""

import os
import signal
import time
from collections import Counter
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2
import pytest
from django.db import InternalError, connection
from django.db import transaction as db_transaction
from rest_framework.test import APIClient

from core.kernel.limits import Limit
from core.tests.api.test_races import all_transactions
from core.tests.limits.test_counters import NOWHERE, REDIS_URL
from core.tests.support.factories import PASSWORD
from core.tests.support.shoppers import Watch, crowd
from core.web.errors import is_database_away


def break_something(server, engine, watch):
    """End every session on PostgreSQL; under SQLite, which has none, kill one of the processes."""
    if engine == "postgresql":
        database = urlsplit(server.env["DATABASE_URL"])
        with closing(psycopg2.connect(database._replace(path="/postgres").geturl())) as superuser:
            superuser.autocommit = True
            superuser.cursor().execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [database.path[1:]]
            )
    else:
        with watch.silence():
            worker = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()[0]
            os.kill(int(worker), signal.SIGKILL)
            time.sleep(0.3)


@pytest.mark.server
def test_nothing_is_lost_or_doubled_when_sessions_end_and_redis_is_gone(start_api, engine):
    server = start_api(env={"REDIS_URL": NOWHERE, "THROTTLE_USER": "1000000/hour"})
    people = [server.sign_up(name) for name in ("alice", "bob", "carol")]
    watch = Watch()

    with crowd(people, name="dark", watch=watch):
        time.sleep(0.5)
        break_something(server, engine, watch)
        time.sleep(0.5)

    stored = Counter(row["description"] for person in people for row in all_transactions(person))
    assert watch.faults == []
    assert len(watch.acknowledged) > 10
    assert stored == dict.fromkeys(watch.acknowledged, 1)
    assert " 0 differences" in server.manage("check_allowances")
    ready = server.client().get("/health/ready/")
    assert (ready.status_code, ready.json()) == (503, {"status": "down", "database": "up", "redis": "down"})


def test_a_database_that_takes_no_writes_is_away_for_the_moment(api, engine):
    if engine != "postgresql":
        pytest.skip("SQLite is not put into this mode from outside")

    with db_transaction.atomic():
        connection.cursor().execute("SET TRANSACTION READ ONLY")
        answer = api.post("/api/transaction/", {"amount": "1"})
        db_transaction.set_rollback(True)

    assert (answer.status_code, answer.json()["code"], answer["Retry-After"]) == (503, "unavailable", "2")


@pytest.mark.parametrize(("code", "away"), [("25006", True), ("25P02", False), (None, False)])
def test_of_the_databases_inner_errors_only_read_only_passes_by_itself(code, away):
    error = InternalError("no")
    error.__cause__ = Exception()
    error.__cause__.pgcode = code

    assert is_database_away(error) is away


@pytest.mark.parametrize("redis_url", [NOWHERE, ""], ids=["redis away", "without redis"])
def test_a_spent_login_stays_spent_whatever_becomes_of_redis(alice, settings, redis_url):
    settings.REDIS_URL = REDIS_URL
    settings.THROTTLES = {**settings.THROTTLES, "login": Limit(calls=2, seconds=3600)}
    client, path = APIClient(), "/api/auth/jwt/create/"
    wrong = [client.post(path, {"username": "alice", "password": "wrong"}).status_code for _try in range(3)]

    settings.REDIS_URL = redis_url
    answer = client.post(path, {"username": "alice", "password": PASSWORD})

    assert wrong == [401, 401, 429]
    assert answer.status_code == 429
