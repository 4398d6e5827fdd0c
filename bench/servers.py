"""The servers of a run."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Server:
    """A gunicorn that answers at `url`; `pid` is its master's."""

    url: str
    pid: int

    def resident_mb(self) -> list[float]:
        """Resident memory of each worker, in MB (2^20 bytes)."""
        return self._read_status("VmRSS:")

    def peak_mb(self) -> list[float]:
        """Return the peak memory of each worker, in MB."""
        return self._read_status("VmHWM:")

    def _read_status(self, name: str) -> list[float]:
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text(encoding="ascii").split()
        lines = [line for child in children for line in Path(f"/proc/{child}/status").read_text().splitlines()]
        return [int(line.split()[1]) / 1024 for line in lines if line.startswith(name)]


def find_free_port() -> int:
    """Return a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def serving(environment: dict[str, str], *, stack: str, log: Path) -> Iterator[Server]:
    """Two workers of four threads while the block runs; `stack` as in `bench.settings`."""
    port = find_free_port()
    # As `bin/run` has it.
    tunables = "glibc.malloc.hugetlb=1"
    variables = {**environment, "PORT": str(port), "BENCH_STACK": stack, "GLIBC_TUNABLES": tunables}
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "-c", "bench/gunicorn.conf.py"],
            cwd=ROOT,
            env=variables,
            stdout=output,
            stderr=output,
        )
    try:
        url = f"http://127.0.0.1:{port}"
        wait_for_answer(f"{url}/floor/today/", process)
        yield Server(url=url, pid=process.pid)
    finally:
        process.terminate()
        process.wait(timeout=30)


def wait_for_answer(url: str, process: "subprocess.Popen[bytes]") -> None:
    """Return when anything answers there, be it a refusal. Raises SystemExit if the process ends, or in a minute."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise SystemExit("the server did not start; see its log")
        try:
            urllib.request.urlopen(url, timeout=2).close()
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise SystemExit("the server did not answer")


@contextmanager
def database_server() -> Iterator[str]:
    """The address of a PostgreSQL to measure on: TEST_POSTGRES_URL's, or a private one that keeps to its disk."""
    given = os.environ.get("TEST_POSTGRES_URL")
    if given:
        yield given
        return
    from services import postgres_server

    with postgres_server(fsync="on", full_page_writes="on", max_connections="100", shared_buffers="512MB") as server:
        yield server.url("postgres")


def make_database(url: str, name: str, *, like: str = "") -> str:
    """A new database of that name beside the given one: empty, or a copy. Returns its address."""
    import psycopg2

    base, _, query = url.partition("?")
    connection = psycopg2.connect(url)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {name}")
        cursor.execute(f"CREATE DATABASE {name}" + (f" TEMPLATE {like}" if like else ""))
    connection.close()
    return f"{base.rpartition('/')[0]}/{name}" + (f"?{query}" if query else "")


@contextmanager
def cache_server() -> Iterator[str]:
    """The address of a Redis to count in: TEST_REDIS_URL's, a private one, or none where the machine has no Redis."""
    given = os.environ.get("TEST_REDIS_URL")
    if given or shutil.which("redis-server") is None:
        yield given or ""
        return
    from services import private_redis

    with private_redis() as url:
        yield url
