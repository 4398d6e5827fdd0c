"""`make bench`: the product beside its floor and the naive design, on one PostgreSQL, in one run.

Yardstick and product take turns, round by round, so that a machine whose speed drifts treats both alike;
what counts is the ratio of the medians. Writes docs/benchmarks.md unless `--quick`.
"""

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.servers import ROOT, Server, postgres, serving

CONNECTIONS = 16
PURCHASE = '{"amount": "12.50", "category": "food"}'


@dataclass
class Result:
    """The rounds of one scenario."""

    name: str
    rounds: list[dict[str, float]] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Requests per second, the median of the rounds."""
        return statistics.median(r["requests"] / r["seconds"] for r in self.rounds)

    def median(self, key: str) -> float:
        """The median of a column."""
        return statistics.median(r[key] for r in self.rounds)

    @property
    def bad(self) -> int:
        """Answers that were no success, and broken connections."""
        return int(sum(r["bad"] + r["socket_errors"] for r in self.rounds))


def wrk(server: Server, method: str, path: str, tokens: Path, *, seconds: float, body: str = "") -> dict[str, float]:
    """One round of load."""
    done = subprocess.run(
        [
            "wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--timeout", "30s", "-s", str(ROOT / "bench/load.lua"),
            server.url, "--", method, path, str(tokens), body,
        ],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    line: dict[str, float] = json.loads(done.stdout.strip().splitlines()[-1])
    return line


def call(server: Server, method: str, path: str, *, token: str = "", body: Any = None) -> Any:
    """One request of the set-up."""
    request = urllib.request.Request(server.url + path, method=method, data=json.dumps(body).encode() if body else None)
    request.add_header("Content-Type", "application/json")
    if token:
        request.add_header("Authorization", f"Bearer {token}")
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)


Scenario = tuple[str, Callable[[], dict[str, float]]]


def take_turns(
    scenarios: list[Scenario], *, rounds: int, clear: Callable[[], None], served: list[float]
) -> dict[str, Result]:
    """Run the scenarios round by round, each once a round, on a day as empty as the first one's.

    Each adds to `served` how many requests it made.
    """
    results = {name: Result(name) for name, _run in scenarios}
    for number in range(rounds + 1):
        for name, run in scenarios:
            clear()
            outcome = run()
            served.append(outcome["requests"])
            if number:  # the first round warms up
                results[name].rounds.append(outcome)
                print(f"  {name}: {outcome['requests'] / outcome['seconds']:.0f}/s", flush=True)
    return results


def pgbench(url: str, user_id: int, seconds: float) -> float:
    """Transactions per second of the floor's statements without any Python: the database's own limit."""
    program = shutil.which("pgbench") or next(iter(sorted(Path("/usr/lib/postgresql").glob("*/bin/pgbench"))), None)
    if program is None:
        return 0.0
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
        script.write(
            "BEGIN;\n"
            "INSERT INTO core_transaction (user_id, allowance_id, date, amount, currency, base_amount, kind, category,"
            " description, created_at, updated_at) SELECT user_id, id, date, 1250, currency, 1250, 'spend', 'food', '',"
            f" now(), now() FROM core_dailyallowance WHERE user_id = {user_id} + :client_id AND date = current_date;\n"
            "UPDATE core_dailyallowance SET remaining_amount = remaining_amount - 1250"
            f" WHERE user_id = {user_id} + :client_id AND date = current_date;\n"
            "COMMIT;\n"
        )
        script.flush()
        done = subprocess.run(
            [str(program), "-n", f"-c{CONNECTIONS}", "-j1", f"-T{max(1, int(seconds))}", "-f", script.name, url],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
    line = next(row for row in done.stdout.splitlines() if row.startswith("tps"))
    return float(line.split()[2])


def count_statements(environment: dict[str, str], token: str, deep: str) -> dict[str, int]:
    """SQL statements of each call, transaction control left out."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.statements", token, deep],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    counts: dict[str, int] = json.loads(done.stdout.strip().splitlines()[-1])
    return counts


def work_in_bulk(environment: dict[str, str]) -> dict[str, dict[str, float]]:
    """What it takes to work on everybody at once: seconds and memory of each kind of work."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.bulk"], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    measured: dict[str, dict[str, float]] = json.loads(done.stdout.strip().splitlines()[-1])
    return measured


def make_database(url: str) -> str:
    """An empty database beside the given one. Returns its address."""
    import psycopg2

    base, _, _name = url.partition("?")[0].rpartition("/")
    connection = psycopg2.connect(url)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("DROP DATABASE IF EXISTS allowance_bench")
        cursor.execute("CREATE DATABASE allowance_bench")
    connection.close()
    query = url.partition("?")[2]
    return f"{base}/allowance_bench" + (f"?{query}" if query else "")


def deep_path(server: Server, token: str, *, pages: int) -> str:
    """The address of the page that lies this many pages down."""
    path = "/api/transaction/"
    for _page in range(pages):
        following = call(server, "GET", path, token=token)["next"]
        if following is None:
            break
        path = following[len(server.url) :]
    return path


def describe_machine() -> str:
    """Where this ran."""
    model = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
            if line.startswith("model name")
        ),
        platform.machine(),
    )
    return f"{os.cpu_count()} x {model}, Python {platform.python_version()}, {platform.system()} {platform.release()}"


@dataclass(frozen=True)
class Target:
    """A ratio that must hold: `above` (or below) `bound`."""

    name: str
    ratio: float
    bound: float
    above: bool = True

    @property
    def holds(self) -> bool:
        """Whether it does."""
        return self.ratio >= self.bound if self.above else self.ratio <= self.bound


def render(
    results: dict[str, Result], targets: list[Target], facts: list[tuple[str, str]], counts: dict[str, int]
) -> str:
    """The report, as Markdown."""
    lines = [
        "# Benchmarks",
        "",
        "Written by `make bench`. Absolute numbers are this machine's; the ratios are the point.",
        "",
    ]
    lines += [f"- {name}: {value}" for name, value in facts]
    lines += [
        "",
        "| what | requests/s | p50 ms | p95 ms | p99 ms | bad | statements |",
        "|---|---|---|---|---|---|---|",
    ]
    for result in results.values():
        numbers = " | ".join(f"{result.median(key):.1f}" for key in ("p50_ms", "p95_ms", "p99_ms"))
        lines.append(
            f"| {result.name} | {result.rate:.0f} | {numbers} | {result.bad} | {counts.get(result.name, '')} |"
        )
    lines += ["", "| ratio | measured | target | holds |", "|---|---|---|---|"]
    for target in targets:
        sign = "≥" if target.above else "≤"
        lines.append(
            f"| {target.name} | {target.ratio:.2f} | {sign} {target.bound} | {'yes' if target.holds else '**no**'} |"
        )
    return "\n".join(lines) + "\n"


def main() -> None:
    """Set up, measure, report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one short round, small tables, no file written")
    options = parser.parse_args()
    if shutil.which("wrk") is None:
        raise SystemExit("bench: wrk is not installed (Debian: apt-get install wrk)")
    rounds, seconds = (1, 2) if options.quick else (5, 3)
    history, crowd = (20_000, 1_000) if options.quick else (1_000_000, 100_000)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
        database = make_database(stack.enter_context(postgres(folder)))
        environment = {
            **os.environ,
            "DATABASE_URL": database,
            "DATA_DIR": str(folder),
            "SECRET_KEY": os.urandom(32).hex(),
            "DJANGO_SETTINGS_MODULE": "bench.settings",
            "LOG_LEVEL": "ERROR",
            # Longer than any run.
            "ACCESS_TOKEN_MINUTES": "600",
            # Counted as in production, and never reached.
            "THROTTLE_USER": "100000/second",
            "THROTTLE_ANON": "100000/second",
        }
        os.environ.update(environment)
        report = measure(
            environment, folder=folder, stack=stack, rounds=rounds, seconds=seconds, history=history, crowd=crowd
        )
    print(report)
    if not options.quick:
        (ROOT / "docs/benchmarks.md").write_text(report, encoding="utf-8")


def measure(
    environment: dict[str, str],
    *,
    folder: Path,
    stack: ExitStack,
    rounds: int,
    seconds: float,
    history: int,
    crowd: int,
) -> str:
    """The whole run, on a database that is empty at its start."""
    import django

    django.setup()
    from django.core.management import call_command

    from bench import data

    call_command("migrate", verbosity=0)
    # The yardstick's tables have no migrations; they refer to tables that exist only now.
    call_command("migrate", run_syncdb=True, verbosity=0)
    today = datetime.now(UTC).date()
    password = data.hash_password()
    people = data.make_people(prefix="load", count=CONNECTIONS, password_hash=password)
    hot, rich, empty = data.make_people(prefix="single", count=3, password_hash=password)
    for person in [*people, hot, rich, empty]:
        data.make_household(person, today=today)
    data.settle()

    served: list[float] = []
    loaded = [person.pk for person in [*people, hot, rich, empty]]

    def clear() -> None:
        data.forget_purchases(loaded, today=today)

    def turns(scenarios: list[Scenario]) -> dict[str, Result]:
        return take_turns(scenarios, rounds=rounds, clear=clear, served=served)

    log = folder / "server.log"
    product = stack.enter_context(serving(environment, is_floor=False, log=log))
    floor = stack.enter_context(serving(environment, is_floor=True, log=log))

    def login(person: Any) -> str:
        body = {"username": person.username, "password": data.PASSWORD}
        token: str = call(product, "POST", "/api/auth/jwt/create/", body=body)["access"]
        call(product, "GET", "/api/allowance/today/", token=token)
        return token

    def write_tokens(name: str, persons: list[Any]) -> Path:
        path = folder / name
        path.write_text("\n".join(login(person) for person in persons) + "\n", encoding="ascii")
        return path

    nobody = folder / "nobody"
    nobody.write_text("none\n", encoding="ascii")
    login_body = json.dumps({"username": people[0].username, "password": data.PASSWORD})
    many = write_tokens("many", people)
    one = write_tokens("hot", [hot])
    rich_token, empty_token = write_tokens("rich", [rich]), write_tokens("empty", [empty])

    def load(server: Server, method: str, path: str, tokens: Path, body: str = "") -> Callable[[], dict[str, float]]:
        return lambda: wrk(server, method, path, tokens, seconds=seconds, body=body)

    print("few people", flush=True)
    results = turns(
        [
            ("floor: purchase", load(floor, "POST", "/floor/transaction/", many, PURCHASE)),
            ("naive: purchase", load(product, "POST", "/naive/transaction/", many, PURCHASE)),
            ("POST transaction/", load(product, "POST", "/api/transaction/", many, PURCHASE)),
            ("POST transaction/, one hot user", load(product, "POST", "/api/transaction/", one, PURCHASE)),
            ("floor: today", load(floor, "GET", "/floor/today/", many)),
            ("GET allowance/today/", load(product, "GET", "/api/allowance/today/", many)),
            ("login", load(product, "POST", "/api/auth/jwt/create/", nobody, login_body)),
        ]
    )
    memory = [(sum(served), product.resident_kib())]
    limit = pgbench(environment["DATABASE_URL"], people[0].pk, seconds)
    few = {
        "POST transaction/": statistics.median(r["p50_ms"] for r in results["POST transaction/"].rounds),
    }

    print("one person with a long history, beside one with none", flush=True)
    data.make_history(rich, rows=history, days=min(1000, history // 100), today=today)
    data.settle()
    token = rich_token.read_text(encoding="ascii").strip()
    deep = deep_path(product, token, pages=min(1000, history // 50 - 1))
    results |= turns(
        [
            ("POST transaction/, no history", load(product, "POST", "/api/transaction/", empty_token, PURCHASE)),
            ("POST transaction/, long history", load(product, "POST", "/api/transaction/", rich_token, PURCHASE)),
            ("GET allowance/today/, no history", load(product, "GET", "/api/allowance/today/", empty_token)),
            ("GET allowance/today/, long history", load(product, "GET", "/api/allowance/today/", rich_token)),
            ("GET transaction/", load(product, "GET", "/api/transaction/", rich_token)),
            ("GET transaction/, deep", load(product, "GET", deep, rich_token)),
        ]
    )

    print("a crowd", flush=True)
    before = turns([("before", load(product, "GET", "/api/allowance/today/", many))])["before"]
    data.make_people(prefix="crowd", count=crowd, password_hash=password)
    data.copy_household(prefix="crowd", like=people[0])
    data.settle()
    bulk = work_in_bulk(environment)
    data.settle()
    results |= turns(
        [
            ("GET allowance/today/, in a crowd", load(product, "GET", "/api/allowance/today/", many)),
            ("POST transaction/, in a crowd", load(product, "POST", "/api/transaction/", many, PURCHASE)),
            ("floor: purchase, in a crowd", load(floor, "POST", "/floor/transaction/", many, PURCHASE)),
        ]
    )
    memory.append((sum(served), product.resident_kib()))
    counts = count_statements(environment, token, deep)

    def ratio(name: str, other: str) -> float:
        return results[name].rate / results[other].rate

    def cost(name: str, other: str) -> float:
        return results[other].rate / results[name].rate

    alone = ratio("POST transaction/", "floor: purchase")
    crowded = ratio("POST transaction/, in a crowd", "floor: purchase, in a crowd")
    targets = [
        Target("POST transaction/ : floor", alone, 0.7),
        Target("POST transaction/ : naive", ratio("POST transaction/", "naive: purchase"), 3),
        Target("GET allowance/today/ : floor", ratio("GET allowance/today/", "floor: today"), 0.9),
        Target("hot user : 16 users", ratio("POST transaction/, one hot user", "POST transaction/"), 0.5),
        Target("cost of a deep page : first", cost("GET transaction/, deep", "GET transaction/"), 1.1, above=False),
        Target(
            f"cost of a purchase with {history:,} before : none",
            cost("POST transaction/, long history", "POST transaction/, no history"), 1.1, above=False,
        ),
        Target(
            f"cost of today with {history:,} before : none",
            cost("GET allowance/today/, long history", "GET allowance/today/, no history"), 1.1, above=False,
        ),
        Target(
            f"cost of today among {crowd:,} : few",
            before.rate / results["GET allowance/today/, in a crowd"].rate, 1.1, above=False,
        ),
        Target(f"cost of a purchase among {crowd:,} : few (each against its floor)", alone / crowded, 1.1, above=False),
    ]  # fmt: skip
    facts = [
        ("machine", describe_machine()),
        ("server", "gunicorn gthread, 2 workers of 4 threads; load: wrk, 1 thread, 16 connections"),
        ("limits counted in", "Redis" if environment.get("REDIS_URL") else "the database"),
        ("rounds", f"{rounds} of {seconds} s each, yardstick and product in turn; medians"),
        ("the floor's statements by pgbench", f"{limit:.0f} transactions/s"),
        *(
            (
                f"memory of each worker after {requests:,.0f} requests to all servers",
                ", ".join(f"{kib / 1024:.0f} MB" for kib in sizes),
            )
            for requests, sizes in memory
        ),
        *(
            (f"{name}, at once", f"{bulk[key]['seconds']} s, at most {bulk[key]['most_mb']:.0f} MB")
            for key, name in (
                ("purchases", "10,000 purchases of one person over 100 days"),
                ("open", f"the day opened for {crowd:,} people of eleven plan items each"),
                ("check", "all of those days recomputed"),
            )
        ),
        ("median answer to a purchase, few people", f"{few['POST transaction/']:.1f} ms"),
    ]
    refused = [result.name for result in results.values() if result.bad]
    if refused:
        raise SystemExit(f"bench: not every answer was a success: {', '.join(refused)}")
    return render(results, targets, facts, counts)


if __name__ == "__main__":
    main()
