"""The time of a start: `make run` on an installed checkout up to its first answer, and `manage.py check`."""

import os
import subprocess
import sys
import tempfile
import time

from bench.servers import ROOT, find_free_port, wait_for_answer


def measure_start() -> float:
    """Return the seconds from `make run` to an answer, the second time: environment and data exist."""
    with tempfile.TemporaryDirectory(prefix="bench-start-") as folder:
        return [_start_once(folder) for _time in range(2)][-1]


def _environment(folder: str) -> dict[str, str]:
    """Return an environment without the caller's settings."""
    known = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR")
    inherited = {name: value for name, value in os.environ.items() if name in known}
    # The build of the app would run beside the measurements.
    return inherited | {"DATA_DIR": folder, "ENV_FILE": "", "APP": "off"}


def _start_once(folder: str) -> float:
    port = find_free_port()
    environment = _environment(folder) | {"PORT": str(port)}
    started = time.monotonic()
    process = subprocess.Popen(
        ["make", "--no-print-directory", "run"], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL
    )
    try:
        wait_for_answer(f"http://127.0.0.1:{port}/health/ready/", process)
        return time.monotonic() - started
    finally:
        process.terminate()
        process.wait(timeout=60)


def measure_check() -> float:
    """Return the seconds of `manage.py check`, with its files in the page cache."""
    with tempfile.TemporaryDirectory(prefix="bench-check-") as folder:
        environment = _environment(folder) | {"SECRET_KEY": "k" * 50}
        for _time in range(2):
            started = time.monotonic()
            subprocess.run(
                [sys.executable, "manage.py", "check"], cwd=ROOT, env=environment, check=True, capture_output=True
            )
        return time.monotonic() - started
