"""The measured requests, and their targets."""

import json
import shutil
import statistics
import subprocess
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.load import CONNECTIONS, PASSWORD, Result, Scenario, compare, find_deep_path, read_etag, take_turns
from bench.logins import LOGIN, loops_of_logins
from bench.report import Report, Target, describe_machine
from bench.servers import Server

PURCHASE = '{"amount": "12.50", "category": "food"}'
PURCHASES = "/api/transaction/"
TODAY = "/api/allowance/today/"
REST_SECONDS = 4
POLLERS = 4
LOOPS = 2
LOGIN_SECONDS = 5
"""So long two accounts take to use up the thirty checks of a password that each may ask for in a minute."""


@dataclass(frozen=True)
class Servers:
    """`floor` and `stock` as in `bench.settings`; `crowded` is the product on a database with everybody in it."""

    product: Server
    floor: Server
    stock: Server
    crowded: Server


def report_start(report: Report, *, start: float, check: float) -> None:
    """Add the targets of the start."""
    report.targets.append(Target("`make run`, the second time, up to its first answer", start, 5, False, "s"))
    report.targets.append(Target("`manage.py check`", check, 2, False, "s"))


@dataclass
class Bench:
    """One run's state."""

    size: Any
    servers: Servers
    people: Any
    folder: Path
    report: Report

    def __post_init__(self) -> None:
        self.people.log_in(self.servers.product)
        write, people = self.people.write_tokens, self.people
        self.many = write(self.folder / "many", people.many)
        self.hot = write(self.folder / "hot", [people.hot])
        self.rich = write(self.folder / "rich", [people.rich])
        self.empty = write(self.folder / "empty", [people.empty])
        self.nobody = self.folder / "nobody"
        self.nobody.write_text("none\n", encoding="ascii")

    def describe(self, *, cache: bool) -> None:
        """Add the facts about the machine and the run."""
        size = self.size
        self.report.facts += [
            ("machine", describe_machine()),
            (
                "server",
                f"gunicorn with waitress, 2 workers of 4 threads; load: wrk, 1 thread, {CONNECTIONS} connections",
            ),
            ("limits counted in", "Redis" if cache else "the database"),
            ("rounds", f"{size.rounds} of {size.seconds} s each, in turn; ratios are medians of the rounds' ratios"),
        ]

    def _turns(self, *scenarios: Scenario) -> None:
        size = self.size
        self.report.results |= take_turns(
            list(scenarios), rounds=size.rounds, seconds=size.seconds, clear=self.people.clear_today
        )

    def _rate(self, name: str, yardstick: str, bound: float | None, title: str) -> None:
        results = self.report.results
        self.report.targets.append(Target(title, compare(results[name], results[yardstick]), bound))

    def _cost(self, name: str, yardstick: str, title: str) -> None:
        results = self.report.results
        self.report.targets.append(Target(title, compare(results[yardstick], results[name]), 1.1, at_least=False))

    def _tail(self, name: str) -> None:
        result = self.report.results[name]
        ratios = [one["p99_ms"] / one["p50_ms"] for one in result.rounds]
        title = f"{name}, p99 : p50 at {CONNECTIONS} clients"
        self.report.targets.append(Target(title, statistics.median(ratios), 4, at_least=False))

    def measure_few(self) -> None:
        """Measure the product beside its yardsticks."""
        print("few people", flush=True)
        product, floor, stock = self.servers.product, self.servers.floor, self.servers.stock
        login = json.dumps({"username": self.people.many[0].username, "password": PASSWORD})
        tag = read_etag(product, TODAY, token=self.people.token_of(self.people.empty))
        self._turns(
            Scenario("floor: purchase", floor, "POST", "/floor/transaction/", self.many, PURCHASE),
            Scenario("naive: purchase", product, "POST", "/naive/transaction/", self.many, PURCHASE),
            Scenario("naive: purchase, stock settings", stock, "POST", "/naive/transaction/", self.many, PURCHASE),
            Scenario("POST transaction/", product, "POST", PURCHASES, self.many, PURCHASE),
            Scenario("POST transaction/, one hot user", product, "POST", PURCHASES, self.hot, PURCHASE),
            Scenario("floor: today", floor, "GET", "/floor/today/", self.many),
            Scenario("GET allowance/today/", product, "GET", TODAY, self.many),
            Scenario("GET allowance/today/, unchanged", product, "GET", TODAY, self.empty, etag=tag),
            Scenario("login", product, "POST", LOGIN, self.nobody, login),
        )
        self._rate("POST transaction/", "floor: purchase", 0.35, "POST transaction/ : floor")
        naive = "POST transaction/ : the naive design"
        self._rate("POST transaction/", "naive: purchase, stock settings", 2, f"{naive}, as it would be served")
        # For comparison, without a target.
        self._rate("POST transaction/", "naive: purchase", None, f"{naive}, on the product's settings")
        self._rate("naive: purchase", "floor: purchase", None, "the naive design, on the product's settings : floor")
        self._rate("GET allowance/today/", "floor: today", 0.5, "GET allowance/today/ : floor")
        self._tail("POST transaction/")
        self._tail("GET allowance/today/")
        self._rate("POST transaction/, one hot user", "POST transaction/", 0.5, "hot user : 16 users")

    def measure_beside_logins(self, server: Server) -> None:
        """Polls of some people, without and beside two accounts that log in without pause."""
        print("polls beside logins", flush=True)
        people = self.people
        others = people.write_tokens(self.folder / "others", [people.hot, people.rich, people.empty])
        poll = Scenario("GET allowance/today/, a few", server, "GET", TODAY, others, connections=POLLERS)
        alone, beside = Result(poll.name), Result(f"{poll.name}, beside logins")
        statuses: list[int] = []
        for number in range(min(self.size.rounds, len(people.many) // LOOPS)):
            alone.rounds.append(poll.run(seconds=LOGIN_SECONDS))
            # Accounts that have not logged in for a minute: once their checks are used up, a login costs nothing.
            with loops_of_logins(server, people.many[LOOPS * number :][:LOOPS]) as answered:
                beside.rounds.append(poll.run(seconds=LOGIN_SECONDS))
            statuses += answered
        self.report.results |= {result.name: result for result in (alone, beside)}
        counts = ", ".join(f"{status}: {times}" for status, times in sorted(Counter(statuses).items()))
        self.report.facts.append((f"logins in {LOOPS} loops, by status", counts))
        ratios = [
            with_logins["p50_ms"] / one["p50_ms"] for one, with_logins in zip(alone.rounds, beside.rounds, strict=True)
        ]
        title = f"median of others' polls beside {LOOPS} loops of logins : without"
        self.report.targets.append(Target(title, statistics.median(ratios), 3, at_least=False))

    def measure_history(self) -> str:
        """Measure a user with a long history beside one with none. Return the address of a deep page."""
        print("one person with a long history, beside one with none", flush=True)
        product, size = self.servers.product, self.size
        self.people.give_history(rows=size.history)
        pages = min(1000, size.history // 50 - 1)
        deep = find_deep_path(product, self.people.token_of(self.people.rich), pages=pages)
        # A page that is as old as the deep one, so that both are fifty rows of days that are over.
        first = f"{PURCHASES}?date_before={self.people.today}"
        self._turns(
            Scenario("POST transaction/, no history", product, "POST", PURCHASES, self.empty, PURCHASE),
            Scenario("POST transaction/, long history", product, "POST", PURCHASES, self.rich, PURCHASE),
            Scenario("GET allowance/today/, no history", product, "GET", TODAY, self.empty),
            Scenario("GET allowance/today/, long history", product, "GET", TODAY, self.rich),
            Scenario("GET transaction/", product, "GET", PURCHASES, self.rich),
            Scenario("GET transaction/, deep", product, "GET", deep, self.rich),
            Scenario("GET transaction/, filtered", product, "GET", first, self.rich),
        )
        rows = f"{size.history:,}"
        self._cost("GET transaction/, deep", "GET transaction/", "cost of a deep page : first")
        self._cost(
            "POST transaction/, long history",
            "POST transaction/, no history",
            f"cost of a purchase with {rows} before : none",
        )
        self._cost(
            "GET allowance/today/, long history",
            "GET allowance/today/, no history",
            f"cost of today with {rows} before : none",
        )
        return deep

    def measure_crowd(self) -> None:
        """Measure the same requests of the same users on a database without and with many others."""
        print("a crowd", flush=True)
        product, crowded = self.servers.product, self.servers.crowded
        tokens, few = self._log_in_beside_the_crowd(), self.many
        self._turns(
            Scenario("GET allowance/today/, alone", product, "GET", TODAY, few),
            Scenario("GET allowance/today/, in a crowd", crowded, "GET", TODAY, tokens),
            Scenario("POST transaction/, alone", product, "POST", PURCHASES, few, PURCHASE),
            Scenario("POST transaction/, in a crowd", crowded, "POST", PURCHASES, tokens, PURCHASE),
        )
        among = f"among {self.size.crowd:,} : few"
        self._cost("GET allowance/today/, in a crowd", "GET allowance/today/, alone", f"cost of today {among}")
        self._cost("POST transaction/, in a crowd", "POST transaction/, alone", f"cost of a purchase {among}")

    def _log_in_beside_the_crowd(self) -> Path:
        people = type(self.people)(**{**vars(self.people), "tokens": {}})
        people.log_in(self.servers.crowded)
        path: Path = people.write_tokens(self.folder / "crowded", people.many)
        return path

    def measure_memory(self, server: Server) -> None:
        """Measure a worker's memory after some requests of the ordinary mix, and after many more."""
        print("memory", flush=True)
        login = json.dumps({"username": self.people.many[0].username, "password": PASSWORD})
        mix = [
            Scenario("purchase", server, "POST", PURCHASES, self.many, PURCHASE),
            Scenario("today", server, "GET", TODAY, self.many),
            Scenario("page", server, "GET", PURCHASES, self.many),
            Scenario("login", server, "POST", LOGIN, self.nobody, login),
            Scenario("document", server, "GET", "/swagger.json", self.nobody),
        ]
        seen, sizes = 0.0, []
        for wanted in self.size.requests:
            while seen < wanted:
                self.people.clear_today()
                seen += sum(one.run(seconds=1)["requests"] for one in mix)
            # Logins that the load left behind are still being hashed.
            time.sleep(REST_SECONDS)
            sizes.append(max(server.resident_mb()))
            self.report.facts.append(
                (f"memory of the largest worker after {seen:,.0f} requests", f"{sizes[-1]:.0f} MB")
            )
        self.report.facts.append(
            ("the most that it held, while it hashed passwords", f"{max(server.peak_mb()):.0f} MB")
        )
        first, many = self.size.requests
        self.report.targets += [
            Target(f"a worker's memory after {first:,} requests", sizes[0], 120, False, "MB"),
            Target(f"its growth from there to {many:,}", sizes[-1] - sizes[0], 5, False, "MB"),
        ]

    def report_limit(self, *, url: str) -> None:
        """Add the transactions per second of the floor's statements without Python."""
        program = shutil.which("pgbench") or next(iter(sorted(Path("/usr/lib/postgresql").glob("*/bin/pgbench"))), None)
        if program is None:
            return
        person = self.people.many[0].pk
        with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
            script.write(
                "BEGIN;\n"
                "INSERT INTO core_transaction (user_id, allowance_id, date, amount, currency, base_amount, kind,"
                " category, description, created_at, updated_at) SELECT user_id, id, date, 1250, currency, 1250,"
                " 'spend', 'food', '', now(), now() FROM core_dailyallowance"
                f" WHERE user_id = {person} + :client_id AND date = current_date;\n"
                "UPDATE core_dailyallowance SET remaining_amount = remaining_amount - 1250"
                f" WHERE user_id = {person} + :client_id AND date = current_date;\n"
                "COMMIT;\n"
            )
            script.flush()
            done = subprocess.run(
                [str(program), "-n", f"-c{CONNECTIONS}", "-j1", f"-T{self.size.seconds}", "-f", script.name, url],
                capture_output=True,
                text=True,
                check=True,
            )
        line = next(row for row in done.stdout.splitlines() if row.startswith("tps"))
        limit = float(line.split()[2])
        self.report.facts.append(("the floor's statements by pgbench", f"{limit:.0f} transactions/s"))

    def report_bulk(self, measured: dict[str, dict[str, float]]) -> None:
        """Add the targets of work on everybody at once, as `bench.bulk` measured it."""
        crowd = f"{self.size.crowd:,}"
        for key, name, bound in (
            ("purchases", "10,000 purchases of one person over 100 days", 5),
            ("open", f"opening the day for {crowd} people of a dozen plan items each", 60),
            ("check", f"recomputing the days of {crowd} people", 60),
        ):
            self.report.targets.append(Target(name, measured[key]["seconds"], bound, False, "s"))
        most = max(one["most_mb"] for one in measured.values())
        self.report.targets.append(Target("the most memory that any of these held", most, 300, False, "MB"))
