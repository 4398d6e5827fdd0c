"""The servers that other tests lean on: they keep their data through a kill, and their clock can be moved."""

import datetime
import os

import pytest

pytestmark = pytest.mark.server

NOON = datetime.datetime(2026, 11, 22, 12, tzinfo=datetime.UTC)


def test_a_killed_server_comes_back_with_its_data(live_api):
    live_api.sign_up("alice")
    first_pid = live_api.pid

    live_api.kill()
    answers_while_dead = live_api.answers()
    live_api.start()

    assert not answers_while_dead
    assert live_api.pid != first_pid
    with pytest.raises(ProcessLookupError):
        os.kill(first_pid, 0)
    assert live_api.log_in("alice").get("/api/auth/users/me/").json()["username"] == "alice"


def test_a_servers_clock_stands_where_it_is_put_and_can_be_moved(start_api):
    server = start_api(now=NOON)

    first_day = server.sign_up("alice").get("/api/allowance/today/").json()["date"]
    server.move_clock(NOON + datetime.timedelta(days=3))
    later_day = server.log_in("alice").get("/api/allowance/today/").json()["date"]

    assert (first_day, later_day) == ("2026-11-22", "2026-11-25")
