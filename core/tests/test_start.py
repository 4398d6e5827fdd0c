"""How the product starts: what `make run` does, what a start imports and costs, what a burst of logins takes.

Costs are processor time, of whole process trees: other work on the machine does not count.
"""

import contextlib
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.tests.support.factories import PASSWORD
from core.tests.support.servers import ROOT, Server, base_environment

NOT_AT_A_START = (
    # Only with a Redis, JSON logs, a second factor, a password, a long command, a worker of tasks, the document.
    *("redis", "structlog", "qrcode", "argon2", "tqdm", "celery", "kombu"),
    *("drf_yasg.codecs", "drf_yasg.generators", "swagger_spec_validator", "jsonschema"),
    # Of the tests.
    *("faker", "factory", "pytest", "hypothesis"),
)
MIB_OF_A_HASH = 46


def _spend(*arguments: str, env: dict[str, str]) -> float:
    """Processor seconds of a command that must succeed."""
    process = subprocess.Popen([sys.executable, *arguments], cwd=ROOT, env=env, stdout=subprocess.DEVNULL)
    _pid, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    return used.ru_utime + used.ru_stime


class _MadeRun(Server):
    """What `make run` starts, once the environment is there."""

    command = ("bin/serve.py", "serve")

    @property
    def data(self) -> Path:
        """Where it keeps what it has."""
        return Path(self.env["DATA_DIR"])


@pytest.fixture
def made_run(tmp_path: Path) -> Iterator[_MadeRun]:
    """`make run` on data of its own, started."""
    server = _MadeRun(base_environment(SECRET_KEY="", DATA_DIR=str(tmp_path / "var")), tmp_path)
    try:
        yield server.start()
    finally:
        server.kill()


@pytest.mark.parametrize(
    "start",
    [
        "from django.core.management import call_command; django.setup(); call_command('check')",
        "django.setup(); import fintech_app.wsgi",
    ],
    ids=["check", "server"],
)
def test_a_start_imports_nothing_that_only_some_calls_need(start, tmp_path):
    program = f"import django, sys; {start}; print(*sorted(sys.modules.keys() & set(sys.argv[1:])))"
    env = base_environment(DATA_DIR=str(tmp_path), DJANGO_SETTINGS_MODULE="fintech_app.settings")

    done = subprocess.run(
        [sys.executable, "-c", program, *NOT_AT_A_START], cwd=ROOT, env=env, capture_output=True, text=True, timeout=60
    )

    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == ""


def test_a_check_costs_less_than_two_seconds(tmp_path):
    env = base_environment(DATA_DIR=str(tmp_path))

    # The first may have to compile.
    seconds = min(_spend("manage.py", "check", env=env) for _run in range(2))

    assert seconds < 2


@pytest.mark.server
@pytest.mark.once
def test_a_second_start_keeps_the_data_costs_little_and_ends_when_told(made_run):
    made_run.stop()
    logins = (made_run.data / "demo-login").read_text()

    made_run.start()
    told_at = time.monotonic()
    made_run.process.terminate()
    _pid, status, used = os.wait4(made_run.pid, 0)
    seconds_to_end = time.monotonic() - told_at
    made_run.process.returncode = os.waitstatus_to_exitcode(status)

    assert made_run.process.returncode == 0
    # One worker that does not hear it, for it has just been forked, would make it 20.
    assert seconds_to_end < 15
    # Workers included: the master has waited for them.
    assert used.ru_utime + used.ru_stime < 5
    assert (made_run.data / "demo-login").read_text() == logins
    name, password = logins.splitlines()[0].split(" ")
    assert made_run.log.count(f"Demo login: {name} / {password}\n") == 2


@pytest.mark.server
@pytest.mark.once
def test_workers_are_forked_from_a_process_that_has_no_data_open(made_run):
    opened = []
    for descriptor in Path(f"/proc/{made_run.pid}/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):
            opened.append(descriptor.readlink())

    assert opened
    assert [path for path in opened if path.is_relative_to(made_run.data)] == []
    # A thread would be in this process alone, and whatever it held would stay held in the others.
    assert len(list(Path(f"/proc/{made_run.pid}/task").iterdir())) == 1


@pytest.mark.server
@pytest.mark.once
def test_a_port_that_is_taken_ends_the_start_with_one_line(made_run):
    env = made_run.env | {"PORT": str(made_run.port)}

    done = subprocess.run(
        [sys.executable, *_MadeRun.command], cwd=ROOT, env=env, capture_output=True, text=True, timeout=60
    )

    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith(f"PORT: 127.0.0.1:{made_run.port} cannot be had (")
    assert done.stderr.count("\n") == 1


def _read_mib(pid: int, name: str) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) // 1024 for line in lines if line.startswith(f"{name}:"))


@pytest.mark.server
@pytest.mark.once
def test_a_burst_of_logins_takes_the_memory_of_one_hash_and_gives_it_back(start_api):
    server = start_api(env={"WEB_WORKERS": "1"})
    server.sign_up("alice")
    (worker,) = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()
    one_hash_high = _read_mib(int(worker), "VmHWM")
    answers = []

    def log_in() -> None:
        with server.client() as client:
            answer = client.post("/api/auth/jwt/create/", json={"username": "alice", "password": PASSWORD})
            answers.append(answer.status_code)

    threads = [threading.Thread(target=log_in) for _client in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert answers == [200] * 6
    assert _read_mib(int(worker), "VmHWM") - one_hash_high < MIB_OF_A_HASH / 2
    assert one_hash_high - _read_mib(int(worker), "VmRSS") > MIB_OF_A_HASH / 2
