"""Real servers for tests: gunicorn as it runs in production, on a fresh database, on a port of its own.

    def test_something(start_api):
        server = start_api(env={"REDIS_URL": "redis://127.0.0.1:6379/1"}, now=datetime(2026, 11, 22, 12, tzinfo=UTC))
        httpx.get(f"{server.base_url}/api/allowance/today/")
        alice = server.sign_up("alice")     # an httpx.Client that carries her token
        server.kill()       # SIGKILL for the master and its workers, as when a machine dies
        server.start()      # the same data, the same port
        server.manage("check_allowances")

The engine is the one the run is on; a database is migrated once in a run and copied for each server.
Throttles are off unless `env` says otherwise, and there is no Redis unless `env` names one.
"""

import contextlib
import datetime
import fcntl
import http.client
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar
from urllib.parse import urlsplit

import httpx
import psycopg2
import pytest
from django.conf import settings

from core.tests.support.factories import PASSWORD

ROOT = Path(settings.BASE_DIR)
SECRET_KEY = "a-key-for-tests-" + "k" * 40
START_SECONDS = 60
STOP_SECONDS = 30
UNTHROTTLED = {f"THROTTLE_{scope}": "off" for scope in ("LOGIN", "OTP", "RESET", "ANON", "USER")}
# What a shell exports must not leak into a server under test.
INHERITED = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "VIRTUAL_ENV")


def run_engine() -> str:
    """`sqlite` or `postgresql`: what this test run is on."""
    return settings.DATABASES["default"]["ENGINE"].rpartition(".")[2].replace("sqlite3", "sqlite")


def leave_out(reason: str) -> None:
    """Skip this test, for want of something that a machine may lack; where everything is promised (`CI`), fail."""
    if os.environ.get("CI"):
        pytest.fail(f"cannot be left out here: {reason}")
    pytest.skip(f"left out: {reason}")


def find_libfaketime() -> Path | None:
    """The library that fakes a process's clock, or None where it is not installed (Debian's `faketime`)."""
    return next(iter(sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))), None)


def find_free_port() -> int:
    """A port on 127.0.0.1 that nobody listened on a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def manage(*arguments: str, env: dict[str, str], timeout: float = 120) -> subprocess.CompletedProcess[str]:
    """Run one management command in a process of its own; raises with its output if it fails."""
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments], cwd=ROOT, env=env, capture_output=True, text=True, timeout=timeout
    )
    assert done.returncode == 0, f"manage.py {' '.join(arguments)} failed:\n{done.stdout}\n{done.stderr}"
    return done


def base_environment(**extra: str) -> dict[str, str]:
    """The environment of a production server that nobody has configured, less what the caller's shell exports."""
    inherited = {name: os.environ[name] for name in INHERITED if name in os.environ}
    return (
        inherited
        | {
            "TZ": "UTC",
            "PYTHONUNBUFFERED": "1",
            "SECRET_KEY": SECRET_KEY,
            "EMAIL_URL": "console:",
            # A developer's own .env is not part of the product.
            "ENV_FILE": "",
            # Nor is an app that was built here, or not.
            "APP_DIR": "/nowhere",
            **UNTHROTTLED,
        }
        | extra
    )


class Databases:
    """Hands out fresh, migrated databases of one engine. `close` drops them all.

    `shared` is a folder of the whole run. What the first process of it has migrated, the others copy too.
    """

    def __init__(self, engine: str, folder: Path, shared: Path) -> None:
        self.engine = engine
        self.folder = folder
        self.shared = shared
        self.run = f"live_{os.getpid()}_{secrets.token_hex(3)}"
        self.names: list[str] = []
        self.template: str | None = None

    def make(self) -> str:
        """The address of a new database with every table and no rows."""
        if self.template is None:
            self.template = self._begin_to_use_template()
        return self._url(self._create(self.template))

    def close(self) -> None:
        """Drop what was made."""
        if self.template is not None:
            self._end_to_use_template(self.template)
        for name in self.names:
            self._drop(name)
        self.names.clear()

    def _begin_to_use_template(self) -> str:
        """The name of a migrated database, made now if no other process of the run has made one."""
        with self._users() as users:
            if users:
                name = users[0]
            else:
                name = f"{self.run}_template"
                self._create(None, name)
                manage("migrate", "-v0", env=base_environment(DATABASE_URL=self._url(name)))
            users.append(name)
            return name

    def _end_to_use_template(self, name: str) -> None:
        with self._users() as users:
            users.remove(name)
            if not users:
                self._drop(name)

    @contextlib.contextmanager
    def _users(self) -> Iterator[list[str]]:
        """The template's name, once for each process that uses it, while no other process looks or waits for it."""
        self.shared.mkdir(exist_ok=True)
        with (self.shared / f"users_of_{self.engine}").open("a+") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            file.seek(0)
            users = file.read().split()
            yield users
            file.truncate(0)
            file.write(" ".join(users))

    def _drop(self, name: str) -> None:
        if self.engine == "postgresql":
            self._execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def _create(self, template: str | None, name: str = "") -> str:
        if not name:
            name = f"{self.run}_{len(self.names)}"
            self.names.append(name)
        if self.engine == "sqlite":
            self._path(name).parent.mkdir(parents=True)
            if template is not None:
                shutil.copy(self._path(template), self._path(name))
        else:
            self._execute(f'CREATE DATABASE "{name}" TEMPLATE "{template or "template0"}"')
        return name

    def _path(self, name: str) -> Path:
        folder = self.shared if name.endswith("_template") else self.folder
        return folder / name / "app.sqlite3"

    def _url(self, name: str) -> str:
        if self.engine == "sqlite":
            return f"sqlite:///{self._path(name)}"
        return urlsplit(_postgres_url())._replace(path=f"/{name}").geturl()

    def _execute(self, statement: str) -> None:
        connection = psycopg2.connect(urlsplit(_postgres_url())._replace(path="/postgres").geturl())
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(statement)
        finally:
            connection.close()


def _postgres_url() -> str:
    if run_engine() == "postgresql":
        return str(settings.DATABASE_URL)
    return os.environ["TEST_POSTGRES_URL"]


@dataclass
class Server:
    """One gunicorn with its data. Start it as often as you kill it: port and rows stay."""

    env: dict[str, str]
    folder: Path
    port: int = field(default_factory=find_free_port)
    process: subprocess.Popen[bytes] | None = None
    clients: list[httpx.Client] = field(default_factory=list)
    command: ClassVar[tuple[str, ...]] = ("-m", "gunicorn", "--config", "gunicorn.conf.py")

    @property
    def base_url(self) -> str:
        """Where it answers, without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        """The master's process id; the workers are in its process group."""
        assert self.process is not None, "the server has not been started"
        return self.process.pid

    @property
    def log(self) -> str:
        """All that the server has written so far, to either stream."""
        return (self.folder / "server.log").read_text(errors="replace")

    def start(self) -> "Server":
        """Start and wait until it answers; fails with the server's own words when it ends instead."""
        with (self.folder / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, *self.command],
                cwd=ROOT,
                env={**self.env, "PORT": str(self.port)},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                # A session of its own makes a process group that can be signalled whole.
                start_new_session=True,
            )
        deadline = time.monotonic() + START_SECONDS
        while not self.answers():
            assert self.process.poll() is None, f"the server ended with {self.process.returncode}:\n{self.log}"
            if time.monotonic() > deadline:
                self.kill()
                raise AssertionError(f"no answer within {START_SECONDS} s:\n{self.log}")
            time.sleep(0.05)
        return self

    def answers(self) -> bool:
        """Whether a request gets any HTTP answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=START_SECONDS)
        try:
            connection.request("GET", "/health/live/")
            connection.getresponse().read()
        except (OSError, http.client.HTTPException):
            return False
        else:
            return True
        finally:
            connection.close()

    def client(self, **headers: str) -> httpx.Client:
        """A client of this server with these headers on every request; closed when the test ends."""
        client = httpx.Client(base_url=self.base_url, headers=headers, timeout=START_SECONDS)
        self.clients.append(client)
        return client

    def sign_up(self, username: str, **profile: str) -> httpx.Client:
        """Register a person over the API, paid in euros unless `profile` says otherwise, and log them in."""
        person = {"username": username, "email": f"{username}@example.org", "password": PASSWORD, "currency": "EUR"}
        answer = self.client().post("/api/auth/users/", json=person | profile)
        assert answer.status_code == 201, answer.text
        return self.log_in(username)

    def log_in(self, username: str) -> httpx.Client:
        """A client that carries a fresh access token of this person."""
        answer = self.client().post("/api/auth/jwt/create/", json={"username": username, "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        return self.client(Authorization=f"Bearer {answer.json()['access']}")

    def kill(self) -> None:
        """SIGKILL for the master and its workers at once: nobody gets to clean up."""
        self._signal(signal.SIGKILL)

    def stop(self) -> None:
        """SIGTERM: requests under way are finished first."""
        self._signal(signal.SIGTERM)

    def move_clock(self, now: datetime.datetime) -> None:
        """Let the running server's clock go on from this instant. Only for a server started with `now`."""
        offset = now.timestamp() - time.time()
        file = Path(self.env["FAKETIME_TIMESTAMP_FILE"])
        # Renamed into place, so that no process reads half of it.
        (file.parent / "clock.new").write_text(f"{offset:+.3f}\n")
        (file.parent / "clock.new").replace(file)

    def manage(self, *arguments: str) -> str:
        """What a management command prints, run against this server's data and clock."""
        return manage(*arguments, env=self.env).stdout

    def _signal(self, number: signal.Signals) -> None:
        if self.process is None or self.process.poll() is not None:
            return
        if number is signal.SIGKILL:
            os.killpg(self.process.pid, number)
        else:
            self.process.send_signal(number)
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(STOP_SECONDS)
            raise


def clock_environment(folder: Path) -> dict[str, str]:
    """What makes a process take the time from `clock` in this folder."""
    library = find_libfaketime()
    if library is None:
        leave_out("libfaketime is not installed (Debian: apt-get install faketime)")
    return {
        "LD_PRELOAD": str(library),
        "FAKETIME_TIMESTAMP_FILE": str(folder / "clock"),
        "FAKETIME_NO_CACHE": "1",
        # The monotonic clock jumps along, and gunicorn would take its workers for dead. (Leaving that clock true is
        # no way out: libfaketime 0.9.10 then refuses Python's sleep with EINVAL.)
        "GUNICORN_CMD_ARGS": "--timeout 0",
    }


class ServerFarm:
    """Makes servers and ends every one of them."""

    def __init__(self, folder: Path, shared: Path) -> None:
        self.folder = folder
        self.shared = shared
        self.databases: dict[str, Databases] = {}
        self.servers: list[Server] = []

    def start(
        self, *, engine: str | None = None, env: dict[str, str] | None = None, now: datetime.datetime | None = None
    ) -> Server:
        """A running server on a fresh database.

        `engine` is `sqlite` or `postgresql`, by default the run's own; `env` adds to the environment; `now` is an
        aware instant at which the server's clock starts (needs libfaketime; see `Server.move_clock`).
        """
        engine = engine or run_engine()
        databases = self.databases.setdefault(engine, Databases(engine, self.folder / engine, self.shared))
        folder = self.folder / f"server_{len(self.servers)}_{secrets.token_hex(3)}"
        folder.mkdir(parents=True)
        environment = base_environment(DATABASE_URL=databases.make(), DATA_DIR=str(folder), **(env or {}))
        server = Server(environment, folder)
        self.servers.append(server)
        if now is not None:
            server.env |= clock_environment(folder)
            server.move_clock(now)
        return server.start()

    def kill_servers(self) -> None:
        """End every server that still runs."""
        for server in self.servers:
            for client in server.clients:
                client.close()
            server.kill()
        self.servers.clear()

    def close(self) -> None:
        """End every server and drop every database."""
        self.kill_servers()
        for databases in self.databases.values():
            databases.close()
