"""All checks: `check.py lint`, `test`, `fuzz`, `browser` or `client`. Every step runs; the summary lists what failed.

The suite runs twice, on SQLite and on PostgreSQL. TEST_POSTGRES_URL and TEST_REDIS_URL name servers to use;
without them private ones are started and ended. With CI set, nothing that is promised may be left out.
"""

import contextlib
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from services import Unavailable, find_postgres_programs, private_postgres, private_redis
from slipcover import Slipcover, merge_coverage, print_coverage
from slipcover.config import read_config

ROOT = Path(__file__).resolve().parent.parent
PYTHON = sys.executable
# Each line of a statement counts.
LEAST_COVERED_PERCENT = 97
# What the tests see of the caller's environment; the rest must not change their outcome.
INHERITED = (
    *("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "CI", "TERM", "COLUMNS"),
    # Paths of programs and of screenshots.
    *("CHROMIUM", "CHROMEDRIVER", "SCREENSHOT_DIR"),
)
# Proxies and certificates, for Node's package manager.
INHERITED_LIKE = re.compile(r"(https?|no|all)_proxy|npm_config_.+|node_extra_ca_certs|ssl_cert_(file|dir)", re.I)

LINT = [
    ("ruff check", ["-m", "ruff", "check", "."]),
    ("ruff format", ["-m", "ruff", "format", "--check", "."]),
    ("import contracts", ["-c", "from importlinter.cli import lint_imports_command as run; run()"]),
    ("missing migrations", ["manage.py", "makemigrations", "--check", "--dry-run"]),
    ("migrations beside people", ["bin/lint_migrations.py"]),
]


TYPES = ["-m", "mypy", "core", "fintech_app", "bin", "faults"]
SUITE = ["-n", "3", "--dist", "worksteal", "-rfEs", "--durations=15", "-m", "not browser and not client and not fuzz"]


@dataclass
class Report:
    """The results of the steps, and what was left out."""

    lines: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    failed: bool = False

    def add(self, name: str, ok: bool, seconds: float, note: str = "") -> None:
        """Record the end of a step."""
        self.failed |= not ok
        self.lines.append(f"{'ok    ' if ok else 'FAILED'} {name:<28} {seconds:6.1f} s  {note}".rstrip())

    def leave_out(self, what: str) -> None:
        """Record what did not run; in CI that is a failure."""
        self.left_out.append(what)
        self.failed |= bool(os.environ.get("CI"))

    def show(self) -> None:
        """Print the summary."""
        print("\n== Summary")
        for line in self.lines:
            print(f"   {line}")
        for what in self.left_out or ["nothing"]:
            print(f"   left out: {what}")
        print("== " + ("FAILED" if self.failed else "All is well"), flush=True)


def build_environment(scratch: Path, **extra: str) -> dict[str, str]:
    """Return a production environment with a new key, and nothing of the caller's settings."""
    inherited = {
        name: value for name, value in os.environ.items() if name in INHERITED or INHERITED_LIKE.fullmatch(name)
    }
    return (
        inherited
        | {
            "SECRET_KEY": "a-key-for-tests-" + "k" * 40,
            "ENV_FILE": "",
            "DATA_DIR": str(scratch),
        }
        | extra
    )


def run_step(report: Report, name: str, arguments: list[str], env: dict[str, str], note: str = "") -> bool:
    """Run one command; its output goes straight to the terminal."""
    print(f"\n== {name}" + (f" ({note})" if note else ""), flush=True)
    started = time.monotonic()
    status = _call(arguments, env)
    report.add(name, status == 0, time.monotonic() - started, note)
    return status == 0


def _call(arguments: list[str], env: dict[str, str]) -> int:
    """Run a command and return its exit status. When this process is ended, the command may clean up first."""
    process = subprocess.Popen([PYTHON, *arguments], cwd=ROOT, env=env, stdin=subprocess.DEVNULL)
    try:
        return process.wait()
    except BaseException:
        process.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(60)
        process.kill()
        raise


def lint(report: Report, scratch: Path) -> None:
    """Run the static checks."""
    env = build_environment(scratch)
    with subprocess.Popen(
        [PYTHON, *TYPES], cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as mypy:
        started = time.monotonic()
        for name, arguments in LINT:
            run_step(report, name, arguments, env)
        # It takes as long as all the others, so it runs beside them.
        print("\n== mypy", flush=True)
        printed, _nothing = mypy.communicate()
        sys.stdout.write(printed.decode(errors="replace"))
        report.add("mypy", mypy.returncode == 0, time.monotonic() - started, "beside the others")


def describe_postgres(url: str) -> str:
    """Return the name and version of the server. Raises Unavailable where it does not answer."""
    import psycopg2

    server, _, name = url.rpartition("/")
    query = name.partition("?")[1] + name.partition("?")[2]
    try:
        with contextlib.closing(psycopg2.connect(f"{server}/postgres{query}")) as connection:
            version = str(connection.info.parameter_status("server_version"))
            return f"PostgreSQL {version.split()[0]}"
    except psycopg2.OperationalError as error:
        raise Unavailable(" ".join(str(error).split())) from error


def run_suites(report: Report, scratch: Path, watched: Path) -> None:
    """Run the suite on SQLite, and what uses a database on PostgreSQL. Coverage is written into `watched`."""
    with contextlib.ExitStack() as servers:
        shared = {}
        redis_url = os.environ.get("TEST_REDIS_URL")
        try:
            shared["TEST_REDIS_URL"] = redis_url or servers.enter_context(private_redis())
            redis_note = "Redis as TEST_REDIS_URL says" if redis_url else "a private Redis"
        except Unavailable as reason:
            redis_note = "no Redis"
            report.leave_out(f"tests that need Redis: {reason}")

        def run(engine: str, url: str, note: str, **extra: str) -> None:
            for folder in (watched / engine, scratch / engine):
                folder.mkdir()
            env = build_environment(scratch, WATCHED_FOLDER=str(watched / engine), **shared, **extra)
            env["DATABASE_URL"] = url
            env["DATA_DIR"] = str(scratch / engine)
            tests = ["-m", "pytest", *SUITE, "-p", "core.tests.support.watched"]
            run_step(report, f"suite on {engine}", tests, env, f"{note}, {redis_note}")

        run("SQLite", "", f"SQLite {sqlite3.sqlite_version}")
        postgres_url = os.environ.get("TEST_POSTGRES_URL")
        try:
            if postgres_url:
                run("PostgreSQL", postgres_url, f"{describe_postgres(postgres_url)}, as TEST_POSTGRES_URL says")
            else:
                url = servers.enter_context(private_postgres())
                # A copy is made by a pg_dump that is no older than the server: this one's own goes first.
                path = f"{find_postgres_programs()}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
                run("PostgreSQL", url, f"{describe_postgres(url)}, private", PATH=path)
        except Unavailable as reason:
            report.leave_out(f"the suite on PostgreSQL: {reason}")
            # A part of the suite is not enough.
            report.failed = True


def is_brain(path: str) -> bool:
    """Return whether every branch of this file must be covered."""
    parts = Path(path).with_suffix("").parts
    return parts[1] == "kernel" or "domain" in parts[2:]


def load_watched(folder: Path) -> dict[str, Any]:
    """Return the coverage of all processes of all suites, with the files that none of them imported."""
    # A watcher that has run nothing lists all files.
    with contextlib.chdir(ROOT):
        known: dict[str, Any] = Slipcover(**read_config(ROOT / "pyproject.toml")).get_coverage()
    watched = {**known, "files": {}}
    for file in sorted(folder.glob("*/*.json")):
        merge_coverage(watched, json.loads(file.read_text()))
    # Only files that were never imported are taken from there.
    unseen = {path: file for path, file in known["files"].items() if path not in watched["files"]}
    merge_coverage(watched, {**known, "files": unseen})
    return watched


def check_coverage(report: Report, folder: Path) -> None:
    """Check that every branch of the pure rooms is covered, and nearly all of the rest."""
    print("\n== coverage", flush=True)
    started = time.monotonic()
    watched = load_watched(folder)
    print_coverage(watched, skip_covered=True, missing_width=60)
    percent = watched["summary"]["percent_covered"]
    gaps = sorted(
        path
        for path, file in watched["files"].items()
        if is_brain(path) and (file["missing_lines"] or file["missing_branches"])
    )
    brain = sum(is_brain(path) for path in watched["files"])
    note = f"{percent:.2f} % in all, "
    note += f"gaps in {', '.join(gaps)}" if gaps else f"100 % of branches in {brain} pure files"
    ok = percent > LEAST_COVERED_PERCENT and not gaps and brain > 0
    report.add("coverage", ok, time.monotonic() - started, note)


def main(what: str) -> int:
    """Run the checks of that name; return 0 where all of them passed."""
    report = Report()
    # SystemExit runs every `finally`, which ends the servers.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    with tempfile.TemporaryDirectory(prefix="allowance-checks-") as name:
        scratch = Path(name)
        if what in ("lint", "test"):
            lint(report, scratch)
        if what == "test":
            # Alone: it takes longer beside other work.
            run_step(
                report,
                "cost",
                ["-m", "pytest", "core/tests/unit/figure/test_cost.py"],
                build_environment(scratch),
            )
            watched = scratch / "watched"
            watched.mkdir()
            run_suites(report, scratch, watched)
            check_coverage(report, watched)
            print(
                "\n   The checks of the browser and of the generated client are apart: make test-browser, make client\n"
                "   So is what hunts for surprises: make fuzz, make mutations"
            )
        if what == "fuzz":
            url = os.environ.get("TEST_POSTGRES_URL", "")
            note = f"{describe_postgres(url)}, as TEST_POSTGRES_URL says" if url else f"SQLite {sqlite3.sqlite_version}"
            env = build_environment(scratch, DATABASE_URL=url)
            env |= {name: os.environ[name] for name in ("FUZZ_EXAMPLES", "FUZZ_SEED") if name in os.environ}
            run_step(report, "fuzz", ["-m", "pytest", "-rP", "-m", "fuzz", "core/tests/fuzz"], env, note)
        if what == "browser":
            if os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome"):
                run_step(report, "browser", ["-m", "pytest", "-rfEs", "-m", "browser"], build_environment(scratch))
            else:
                report.leave_out("all: no Chromium on this machine (Debian: apt-get install chromium chromium-driver)")
                report.failed = True
        if what == "client":
            if shutil.which("npm"):
                run_step(report, "client", ["-m", "pytest", "-rfEs", "-m", "client"], build_environment(scratch))
            else:
                report.leave_out("all: no Node on this machine (Debian: apt-get install nodejs npm)")
                report.failed = True
    report.show()
    return int(report.failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "test"))
