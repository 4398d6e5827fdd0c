"""The product on private servers, and the threads that observe it."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import psycopg2
import yaml
from celery import Celery
from services import PostgresServer, RedisServer

from core.tests.support.factories import PASSWORD
from core.tests.support.feeds import FeedServer
from core.tests.support.servers import ROOT, Server, base_environment, manage

POLL_SECONDS = 0.1
START_SECONDS = 40
NEW_PASSWORD = "Another-horse-8"  # noqa: S105
WRONG_PASSWORD = "Wrong-horse-7"  # noqa: S105

# Wide enough for shoppers who never pause, and counted all the same; a spent login limit is one of the things watched.
LIMITS = {"THROTTLE_USER": "1000000/minute", "THROTTLE_ANON": "1000000/minute", "THROTTLE_LOGIN": "5/hour"}


@dataclass
class Timeline:
    """When a fault began and when its cause was gone, as `time.monotonic` has it."""

    dead_at: float = 0.0
    lifted_at: float = 0.0

    def dead(self) -> None:
        """Record that the fault has begun."""
        self.dead_at = time.monotonic()

    def lifted(self) -> None:
        """Record that the cause of the fault is gone."""
        self.lifted_at = time.monotonic()


def read_command(service: str) -> list[str]:
    """What this service of `docker-compose.yml` runs."""
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    command: list[str] = compose["services"][service]["command"]
    return command


@dataclass
class Worker:
    """A Celery worker, started as `docker-compose.yml` starts it."""

    env: dict[str, str]
    log: Path
    process: "subprocess.Popen[bytes] | None" = None

    def start(self) -> None:
        """Start it and wait until it takes tasks."""
        seen = self.log.read_text(errors="replace").count(" ready.") if self.log.exists() else 0
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", *read_command("worker")],
                cwd=ROOT,
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        wait_until(lambda: self.log.read_text(errors="replace").count(" ready.") > seen, "the worker does not start")

    def children(self) -> list[int]:
        """The processes that run tasks."""
        assert self.process is not None  # noqa: S101
        pid = self.process.pid
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]

    def kill(self) -> None:
        """SIGKILL for all of it."""
        if self.process is not None and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(10)


def wait_until(holds: Any, complaint: str, *, seconds: float = START_SECONDS) -> float:
    """Wait until `holds()`; how long it took. Raises TimeoutError with the complaint."""
    began = time.monotonic()
    while not holds():
        if time.monotonic() - began > seconds:
            raise TimeoutError(f"{complaint} within {seconds} s")
        time.sleep(0.05)
    return time.monotonic() - began


@dataclass
class Jobs:
    """The regular jobs, sent to the worker the way Celery's clock does it."""

    stage: "Stage"
    app: Celery

    def send(self, name: str) -> datetime:
        """Queue a job; the database's time just before."""
        now: datetime = self.stage.query("SELECT clock_timestamp()")[0][0]
        self.app.send_task("run_job", args=[name], queue="allowance", retry=False)
        return now

    def has_ended_well(self, name: str, *, since: datetime) -> bool:
        """Whether a run that is younger than `since` has succeeded."""
        rows = self.stage.query("SELECT succeeded_at FROM core_jobrun WHERE name = %s", [name])
        return bool(rows and rows[0][0] is not None and rows[0][0] > since)

    def run(self, name: str) -> float:
        """Queue a job and wait for its end; the seconds that it took."""
        sent = self.send(name)
        return wait_until(lambda: self.has_ended_well(name, since=sent), f"the job {name} does not run")


@dataclass
class Stage:
    """The product on private servers."""

    postgres: PostgresServer
    redis: RedisServer
    web: Server
    worker: Worker
    feed: FeedServer
    database: str = "allowance"

    def product_url(self, database: str = "allowance") -> str:
        """Where the product finds a database."""
        return product_url(self.postgres, database)

    @property
    def jobs(self) -> Jobs:
        """The way to the worker."""
        return Jobs(self, Celery(broker=self.redis.url))

    def execute(self, *statements: str, database: str = "postgres") -> None:
        """Run statements as the superuser, each by itself."""
        with closing(psycopg2.connect(self.postgres.url(database))) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                for statement in statements:
                    cursor.execute(statement)

    def query(self, statement: str, parameters: list[Any] | None = None) -> list[tuple[Any, ...]]:
        """The rows of one statement on the product's database, as the superuser."""
        with (
            closing(psycopg2.connect(self.postgres.url(self.database))) as connection,
            connection.cursor() as cursor,
        ):
            cursor.execute(statement, parameters)
            return list(cursor.fetchall())

    def terminate_sessions(self) -> None:
        """End every session of the product."""
        self.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'allowance'")

    def count_purchases(self) -> Counter[str]:
        """How often each purchase is stored, by its key."""
        return Counter(key for (key,) in self.query("SELECT description FROM core_transaction"))


def product_environment(*, folder: Path, database_url: str, **extra: str) -> dict[str, str]:
    """The product's environment; tokens outlive the run."""
    lasting = {"ACCESS_TOKEN_MINUTES": "1440"}
    return base_environment(DATABASE_URL=database_url, DATA_DIR=str(folder), **(lasting | LIMITS | extra))


def product_url(postgres: PostgresServer, database: str) -> str:
    """Return the address of a database for the service, whose role owns nothing."""
    return f"postgres://allowance:secret@127.0.0.1:{postgres.port}/{database}"


@contextmanager
def acting(*, postgres: PostgresServer, redis: RedisServer, feed: FeedServer, folder: Path) -> Iterator[Stage]:
    """The web server and the worker on their own database, while the block runs."""
    folder.mkdir()
    env = product_environment(
        folder=folder,
        database_url=product_url(postgres, "allowance"),
        REDIS_URL=redis.url,
        EXCHANGE_RATES_URL=feed.url + "/daily.xml",
    )
    stage = Stage(postgres, redis, Server(env, folder), Worker(env, folder / "worker.log"), feed)
    postgres.make_roles(password="secret")  # noqa: S106
    owner = f"postgres://allowance_owner:secret@127.0.0.1:{postgres.port}/allowance"
    manage("migrate", "-v0", env=env | {"DATABASE_URL": owner})
    try:
        stage.web.start()
        stage.worker.start()
        yield stage
    finally:
        for client in stage.web.clients:
            client.close()
        stage.worker.kill()
        stage.web.kill()


@dataclass
class Held:
    """A session that was revoked and an account whose logins are spent: neither may come back to life."""

    revoked: httpx.Client
    stranger: httpx.Client

    @classmethod
    def prepare(cls, web: Server) -> "Held":
        """Revoke the one, spend the other."""
        revoked = web.sign_up("revoked")
        changed = revoked.post(
            "/api/auth/users/set_password/", json={"current_password": PASSWORD, "new_password": NEW_PASSWORD}
        )
        assert changed.status_code == 204, changed.text  # noqa: S101
        web.sign_up("spent")
        stranger = web.client()
        statuses = [cls._log_in(stranger, WRONG_PASSWORD).status_code for _try in range(6)]
        assert statuses == [401] * 5 + [429], statuses  # noqa: S101
        return cls(revoked, stranger)

    def at(self, web: Server) -> "Held":
        """The same two, tried at another server on the same rows."""
        header = self.revoked.headers["Authorization"]
        return Held(web.client(Authorization=header), web.client())

    @staticmethod
    def _log_in(client: httpx.Client, password: str) -> httpx.Response:
        return client.post("/api/auth/jwt/create/", json={"username": "spent", "password": password})

    def find_breaches(self) -> list[str]:
        """Return what was let through by mistake."""
        breaches = []
        try:
            status = self.revoked.get("/api/auth/users/me/").status_code
            if status not in (401, 503):
                breaches.append(f"a revoked session: {status}")
            status = self._log_in(self.stranger, PASSWORD).status_code
            if status not in (429, 503):
                breaches.append(f"a login past its limit: {status}")
        except httpx.TransportError:
            # Missing answers are counted by the shoppers.
            pass
        return breaches


class Guard(threading.Thread):
    """A thread that tries a revoked session and a login past its limit."""

    def __init__(self, held: Held, *, stop: threading.Event) -> None:
        super().__init__(name="guard", daemon=True)
        self.held, self.stop_event = held, stop
        self.breaches: list[str] = []

    def run(self) -> None:
        """Try both until stopped."""
        while not self.stop_event.wait(0.3):
            self.breaches += self.held.find_breaches()


class Probe(threading.Thread):
    """A thread that requests `/health/ready/` ten times a second."""

    def __init__(self, web: Server, *, stop: threading.Event) -> None:
        super().__init__(name="probe", daemon=True)
        self.url, self.stop_event = web.base_url + "/health/ready/", stop
        self.states: list[tuple[float, float, dict[str, str]]] = []

    def run(self) -> None:
        """Send one request after the other, each on a new connection."""
        while not self.stop_event.wait(POLL_SECONDS):
            began = time.monotonic()
            try:
                state = httpx.get(self.url, timeout=START_SECONDS).json()
            except (httpx.TransportError, json.JSONDecodeError):
                continue
            self.states.append((began, time.monotonic(), state))

    def red_after(self, dependency: str, moment: float) -> float | None:
        """Seconds from that moment until the dependency was called down."""
        seen = [ended for began, ended, state in self.states if began >= moment and state.get(dependency) == "down"]
        return min(seen) - moment if seen else None

    def green_after(self, moment: float) -> float | None:
        """Seconds from that moment until it was ready, and stayed so."""
        red = [ended for began, ended, state in self.states if began >= moment and state["status"] != "up"]
        since = max(red, default=moment)
        green = [ended for began, ended, state in self.states if began >= since and state["status"] == "up"]
        return min(green) - moment if green else None
