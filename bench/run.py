"""`make bench`: the product beside its floor and the naive design, on one database, in one run.

Yardstick and product take turns, round by round; what counts is the median of the rounds' ratios. `--quick` is one
short round on small tables, for a look; `--sqlite` measures requests on SQLite; `--logins` measures polls beside logins
alone. Without any of them it writes docs/benchmarks.md.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench import scenarios
from bench.report import Report
from bench.servers import ROOT, cache_server, database_server, make_database, serving
from bench.start import measure_check, measure_start

INTRODUCTION = (
    "# Benchmarks\n\nWritten by `make bench`. Absolute numbers are this machine's; the ratios are the point.\n"
)


@dataclass(frozen=True)
class Size:
    """The size of a run."""

    rounds: int
    seconds: int
    history: int
    crowd: int
    requests: tuple[int, int]


FULL = Size(rounds=5, seconds=3, history=1_000_000, crowd=100_000, requests=(10_000, 50_000))
QUICK = Size(rounds=2, seconds=1, history=20_000, crowd=1_000, requests=(1_000, 3_000))


def main() -> None:
    """Measure, and write the report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="short rounds, small tables, no file written")
    parser.add_argument("--sqlite", action="store_true", help="requests on SQLite, no file written")
    parser.add_argument("--logins", action="store_true", help="polls beside logins alone, no file written")
    options = parser.parse_args()
    if shutil.which("wrk") is None:
        raise SystemExit("bench: wrk is not installed (Debian: apt-get install wrk)")
    sys.path.insert(0, str(ROOT / "bin"))
    size = QUICK if options.quick else FULL
    if options.logins:
        report = measure_logins(size, on_sqlite=options.sqlite)
    else:
        report = measure(size, on_sqlite=options.sqlite)
    is_part = options.quick or options.logins
    text = report.render(heading=INTRODUCTION.rstrip() if not is_part else "# Benchmarks, a part")
    print(text, flush=True)
    if report.refused:
        raise SystemExit(f"bench: not every answer was a success: {', '.join(report.refused)}")
    if not is_part and not options.sqlite:
        (ROOT / "docs/benchmarks.md").write_text(text, encoding="utf-8")


def measure(size: Size, *, on_sqlite: bool) -> Report:
    """Measure everything, on separate databases."""
    report = Report()
    if not on_sqlite:
        # Before anything else takes the processors.
        scenarios.report_start(report, start=measure_start(), check=measure_check())
    with ExitStack() as stack:
        folder, environment, server = set_up(stack, on_sqlite=on_sqlite)
        few = environment["DATABASE_URL"]
        people = prepare()
        if on_sqlite:
            shutil.copy(folder / "few.sqlite3", folder / "many.sqlite3")
            many = f"sqlite:///{folder / 'many.sqlite3'}"
        else:
            many = make_database(server, "allowance_bench_crowd", like="allowance_bench")
        crowded = {**environment, "DATABASE_URL": many}
        run_module("bench.crowd", str(size.crowd), environment=crowded)

        log = folder / "server.log"
        servers = scenarios.Servers(
            product=stack.enter_context(serving(environment, stack="product", log=log)),
            floor=stack.enter_context(serving(environment, stack="floor", log=log)),
            stock=stack.enter_context(serving(environment, stack="stock", log=log)),
            crowded=stack.enter_context(serving(crowded, stack="product", log=log)),
        )
        bench = scenarios.Bench(size=size, servers=servers, people=people, folder=folder, report=report)
        bench.describe(cache=bool(environment["REDIS_URL"]))
        bench.measure_few()
        with serving(limited(environment), stack="product", log=log) as fresh:
            bench.measure_beside_logins(fresh)
        deep = bench.measure_history()
        bench.measure_crowd()
        if not on_sqlite:
            bench.report_limit(url=few)
            bench.report_bulk(json.loads(run_module("bench.bulk", environment=crowded)))
        with serving(environment, stack="product", log=log) as fresh:
            bench.measure_memory(fresh)
        token = people.token_of(people.rich)
        report.statements.update(json.loads(run_module("bench.statements", token, deep, environment=environment)))
    return report


def measure_logins(size: Size, *, on_sqlite: bool) -> Report:
    """Polls beside logins, and nothing else."""
    report = Report()
    with ExitStack() as stack:
        folder, environment, _server = set_up(stack, on_sqlite=on_sqlite)
        people = prepare()
        product = stack.enter_context(serving(limited(environment), stack="product", log=folder / "server.log"))
        servers = scenarios.Servers(product=product, floor=product, stock=product, crowded=product)
        bench = scenarios.Bench(size=size, servers=servers, people=people, folder=folder, report=report)
        bench.describe(cache=bool(environment["REDIS_URL"]))
        bench.measure_beside_logins(product)
    return report


def limited(environment: dict[str, str]) -> dict[str, str]:
    """The same with the product's limit on checks of a password."""
    return {**environment, "THROTTLE_PASSWORD": "30/minute"}


def set_up(stack: ExitStack, *, on_sqlite: bool) -> tuple[Path, dict[str, str], str]:
    """A folder, the environment of the servers (this process has it too), and the address of PostgreSQL."""
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
    server = "" if on_sqlite else stack.enter_context(database_server())
    environment = {
        **os.environ,
        "DATABASE_URL": f"sqlite:///{folder / 'few.sqlite3'}"
        if on_sqlite
        else make_database(server, "allowance_bench"),
        "REDIS_URL": stack.enter_context(cache_server()),
        "DATA_DIR": str(folder),
        "ENV_FILE": "",
        "SECRET_KEY": os.urandom(32).hex(),
        "DJANGO_SETTINGS_MODULE": "bench.settings",
        "LOG_LEVEL": "ERROR",
        # Longer than any run.
        "ACCESS_TOKEN_MINUTES": "600",
        # Counted as in production, and never reached.
        "THROTTLE_USER": "100000/second",
        "THROTTLE_ANON": "100000/second",
        # Where logins are measured, one account logs in again and again.
        "THROTTLE_PASSWORD": "off",
    }
    os.environ.update(environment)
    return folder, environment, server


def prepare() -> Any:
    """Make tables and users in the database of the environment; no connection stays open."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connections

    from bench.people import make_everybody

    call_command("migrate", verbosity=0)
    # The yardstick's tables have no migrations; they refer to tables that exist only now.
    call_command("migrate", run_syncdb=True, verbosity=0)
    people = make_everybody(today=datetime.now(UTC).date())
    connections.close_all()
    return people


def run_module(name: str, *arguments: str, environment: dict[str, str]) -> str:
    """Run a module of this package, and return the last line that it prints."""
    done = subprocess.run(
        [sys.executable, "-m", name, *arguments],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return (done.stdout.strip().splitlines() or [""])[-1]


if __name__ == "__main__":
    main()
