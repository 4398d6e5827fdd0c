"""The servers that other tests lean on: they keep their data through a kill, and their clock can be moved."""

import datetime
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

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


def count_connections_by_worker(server):
    """How many connections to the server's port each of its workers holds."""
    port = f"{server.port:04X}"
    lines = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    # The server's own end of what is established.
    ours = {f"socket:[{line[9]}]" for line in lines if line[1].endswith(f":{port}") and line[3] == "01"}
    workers = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()
    return [
        sum(os.readlink(entry) in ours for entry in Path(f"/proc/{worker}/fd").iterdir() if entry.is_symlink())
        for worker in workers
    ]


def test_connections_that_are_kept_are_shared_out_evenly(start_api):
    server = start_api(env={"WEB_WORKERS": "2"})

    clients = [server.client() for _ in range(16)]
    with ThreadPoolExecutor(16) as pool:
        statuses = list(pool.map(lambda client: client.get("/health/live/").status_code, clients))
    held = count_connections_by_worker(server)

    assert statuses == [200] * 16
    assert sum(held) == 16
    assert min(held) >= 5, held
