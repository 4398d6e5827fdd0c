"""Plays every fault, one after the other, while people shop, and prints what came of it."""

import argparse
import os
import platform
import sqlite3
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx
import psycopg2
from services import Unavailable, postgres_server, redis_server

from core.tests.feeds import make_feed, serving_feeds
from core.tests.servers import ROOT, Server, clock_environment, find_libfaketime, manage
from core.tests.shoppers import Watch, crowd
from faults.disk import filling_disk
from faults.pooler import behind_pooler
from faults.scenarios import BACK_WITHIN_SECONDS, BEHIND_A_POOLER, FAULTS, FEED_PATH, Fault
from faults.stage import Guard, Held, Probe, Stage, Timeline, acting, product_environment, wait_until

SHOPPERS = 4
RED_WITHIN_SECONDS = 2.0
HEADINGS = (
    *("fault", "requests", "acknowledged", "lost", "duplicated", "drift", "other 5xx", "seconds to recover"),
    *("ready red after", "ready green after", "a job runs after", "limits and revocations"),
)


@dataclass
class Row:
    """What came of one fault."""

    name: str
    requests: int = 0
    acknowledged: int = 0
    lost: int = 0
    duplicated: int = 0
    drift: int = 0
    recovery_seconds: float = 0.0
    red_after: float | None = None
    green_after: float | None = None
    job_after: float | None = None
    must_turn_red: bool = False
    watches_limits: bool = True
    faults: list[str] = field(default_factory=list)
    breaches: list[str] = field(default_factory=list)

    def problems(self) -> list[str]:
        """Everything that must not be."""
        problems = [f"{text} ({times} times)" for text, times in Counter(self.faults + self.breaches).items()]
        problems += [f"{name}: {count}" for name, count in self._losses().items() if count]
        if not self.acknowledged:
            problems.append("nothing was acknowledged at all")
        if self.recovery_seconds > BACK_WITHIN_SECONDS:
            problems.append(f"back after {self.recovery_seconds:.1f} s")
        if self.must_turn_red and (self.red_after is None or self.red_after > RED_WITHIN_SECONDS):
            problems.append(f"ready red after {_seconds(self.red_after)}")
        if self.must_turn_red and (self.green_after is None or self.green_after > BACK_WITHIN_SECONDS):
            problems.append(f"ready green after {_seconds(self.green_after)}")
        return problems

    def _losses(self) -> dict[str, int]:
        return {"lost": self.lost, "duplicated": self.duplicated, "drift": self.drift}

    def cells(self) -> list[str]:
        """The row of the table."""
        held = "broken" if self.breaches else "hold"
        return [
            self.name,
            *(str(number) for number in (self.requests, self.acknowledged, *self._losses().values())),
            str(len(self.faults)),
            f"{self.recovery_seconds:.1f}",
            _seconds(self.red_after) if self.must_turn_red else "",
            _seconds(self.green_after) if self.must_turn_red else "",
            _seconds(self.job_after),
            held if self.watches_limits else "",
        ]


def _seconds(value: float | None) -> str:
    return "" if value is None else f"{value:.1f}"


def _wait_for_purchases(watch: Watch, timeline: Timeline) -> None:
    """Until as many purchases as there are shoppers were acknowledged since the mending, and a second more."""

    def are_back() -> bool:
        done = [answer for answer in watch.answers if answer.began > timeline.lifted_at and answer.status == 201]
        return len(done) >= SHOPPERS

    wait_until(are_back, "nobody can buy", seconds=30)
    time.sleep(1)


def _compare(row: Row, watch: Watch, stored: Counter[str]) -> None:
    row.requests, row.acknowledged = len(watch.answers), len(watch.acknowledged)
    row.lost = sum(stored[key] == 0 for key in watch.acknowledged)
    row.duplicated = sum(times > 1 for times in stored.values())
    row.faults += watch.faults


def _count_drift(env: dict[str, str]) -> int:
    """The differences that a recomputation finds."""
    try:
        manage("check_allowances", env=env)
    except AssertionError as error:
        print(error, file=sys.stderr)
        return str(error).count("\n") or 1
    return 0


def play(fault: Fault, stage: Stage, people: Sequence[httpx.Client], held: Held) -> Row:
    """One fault on PostgreSQL and Redis."""
    row = Row(fault.name, must_turn_red=bool(fault.dependency))
    watch, timeline = Watch(), Timeline()
    stop = threading.Event()
    guard, probe = Guard(held, stop=stop), Probe(stage.web, stop=stop)
    with crowd(people, name=fault.name, watch=watch):
        guard.start()
        probe.start()
        time.sleep(1)
        try:
            fault.play(stage, timeline, watch)
            row.job_after = stage.jobs.run("clean-up")
            _wait_for_purchases(watch, timeline)
        except TimeoutError as error:
            row.faults.append(str(error))
    stop.set()
    guard.join(60)
    probe.join(60)
    row.breaches = guard.breaches
    row.recovery_seconds = watch.recovery_seconds(timeline.lifted_at)
    row.red_after = probe.red_after(fault.dependency, timeline.dead_at)
    row.green_after = probe.green_after(timeline.lifted_at)
    _compare(row, watch, stage.count_purchases())
    row.drift = _count_drift(stage.web.env)
    return row


def play_full_disk(folder: Path) -> Row:
    """The disk under SQLite fills up, and is given room again."""
    row, watch, timeline = Row("disk full under SQLite for 5 s"), Watch(), Timeline()
    folder.mkdir()
    with filling_disk(folder / "disk") as disk:
        file = disk.folder / "app.sqlite3"
        env = product_environment(folder=folder, database_url=f"sqlite:///{file}")
        manage("migrate", "-v0", env=env)
        web = Server(env, folder).start()
        try:
            held = Held.prepare(web)
            stop = threading.Event()
            guard = Guard(held, stop=stop)
            people = [web.sign_up(f"person{number}") for number in range(SHOPPERS)]
            with crowd(people, name="disk", watch=watch):
                guard.start()
                time.sleep(1)
                disk.fill(web)
                timeline.dead()
                time.sleep(5)
                disk.clear()
                timeline.lifted()
                try:
                    _wait_for_purchases(watch, timeline)
                except TimeoutError as error:
                    row.faults.append(str(error))
            stop.set()
            guard.join(60)
            row.breaches = guard.breaches
            row.name += f" ({disk.how})"
            row.recovery_seconds = watch.recovery_seconds(timeline.lifted_at)
            refused = sum(answer.status == 503 for answer in watch.answers)
            if not refused:
                row.faults.append("the disk was never full")
            with closing(sqlite3.connect(file)) as connection:
                rows = connection.execute("SELECT description FROM core_transaction").fetchall()
            _compare(row, watch, Counter(key for (key,) in rows))
            row.drift = _count_drift(env)
        finally:
            _end(web)
    return row


# Each lies between two days or two offsets from UTC for one of the people; in Havana the clock is put forward at
# midnight, so that there the day begins at one o'clock.
BOUNDARIES = {
    "summer time ends in Berlin": datetime(2026, 10, 25, 1, 0, tzinfo=UTC),
    "midnight in Berlin": datetime(2026, 11, 21, 23, 0, tzinfo=UTC),
    "midnight and summer time in Havana": datetime(2027, 3, 14, 5, 0, tzinfo=UTC),
    "summer time begins in Berlin": datetime(2027, 3, 28, 1, 0, tzinfo=UTC),
}
ZONES = ("Europe/Berlin", "America/Havana", "UTC", "Europe/Berlin")


def play_clock(stage: Stage, folder: Path) -> Row:
    """The clock passes midnight and both changes of summer time while people shop."""
    row, watch = Row("clock past midnight and both changes of summer time", watches_limits=False), Watch()
    stage.execute("CREATE DATABASE clock OWNER allowance TEMPLATE template0")
    folder.mkdir()
    env = product_environment(folder=folder, database_url=stage.product_url("clock"), REDIS_URL=stage.redis.url)
    manage("migrate", "-v0", env=env)
    web = Server(env | clock_environment(folder), folder)
    web.move_clock(min(BOUNDARIES.values()) - timedelta(hours=1))
    web.start()
    try:
        for number, zone in enumerate(ZONES):
            web.sign_up(f"person{number}", timezone=zone)
        for name, boundary in BOUNDARIES.items():
            web.move_clock(boundary - timedelta(minutes=1))
            clients = [web.log_in(f"person{number}") for number in range(SHOPPERS)]
            # A clock that is moved while a request is under way is no boundary: it stands right before anybody shops.
            web.move_clock(boundary - timedelta(seconds=2))
            with crowd(clients, name=name, watch=watch):
                time.sleep(4)
        stage.database = "clock"
        _compare(row, watch, stage.count_purchases())
        row.faults += _find_wrong_days(stage)
        row.drift = _count_drift(web.env)
    finally:
        stage.database = "allowance"
        _end(web)
    return row


def _find_wrong_days(stage: Stage) -> list[str]:
    """Purchases that are not on the local day of the moment at which they were stored; boundaries nobody crossed."""
    wrong = []
    statement = (
        "SELECT t.description, t.date, t.created_at, u.timezone "
        "FROM core_transaction t JOIN core_user u ON u.id = t.user_id"
    )
    sides: dict[str, set[bool]] = {name: set() for name in BOUNDARIES}
    for description, date, created_at, zone in stage.query(statement):
        # The day is that of the moment at which the request came in.
        days = {(created_at - timedelta(seconds=back)).astimezone(ZoneInfo(zone)).date() for back in (0, 1)}
        if date not in days:
            wrong.append(f"{description}: stored at {created_at} in {zone}, on {date}")
        name = description.partition("/")[0].replace("-", " ")
        sides[name].add(created_at >= BOUNDARIES[name])
    crossed = {name for name, seen in sides.items() if seen == {True, False}}
    return wrong + [f"nobody shopped on both sides of {name}" for name in BOUNDARIES if name not in crossed]


def _end(web: Server) -> None:
    for client in web.clients:
        client.close()
    web.kill()


def show(rows: Sequence[Row]) -> str:
    """The table, as Markdown."""
    cells = [list(HEADINGS), *(row.cells() for row in rows)]
    widths = [max(len(line[column]) for line in cells) for column in range(len(HEADINGS))]
    lines = [
        "| " + " | ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)) + " |" for line in cells
    ]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines)


def _describe_machine(servers: str) -> str:
    machine = f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}"
    return f"{machine}, Python {platform.python_version()}, {servers}"


def main(folder: Path) -> int:
    """Play what the command line asks for; 0 where all of it was stood."""
    parser = argparse.ArgumentParser(prog="make faults", description=__doc__)
    parser.add_argument("--only", metavar="WORD", help="the faults whose name holds this word")
    parser.add_argument("--write", type=Path, metavar="FILE", help="put the table into this page")
    options = parser.parse_args()
    rows: list[Row] = []
    left_out: list[str] = []

    def is_wanted(name: str) -> bool:
        return not options.only or options.only.lower() in name.lower()

    def run(name: str, play_it: Callable[[], Row]) -> None:
        if not is_wanted(name):
            return
        began = time.monotonic()
        print(f"{name} ...", end=" ", flush=True)
        try:
            row = play_it()
        except (TimeoutError, AssertionError, httpx.HTTPError, psycopg2.Error) as error:
            # One that cannot be played to its end keeps no other from being played.
            row = Row(name, faults=[f"it broke off: {error}"])
        rows.append(row)
        print(f"{'FAILED' if row.problems() else 'ok'} ({time.monotonic() - began:.0f} s)", flush=True)
        for problem in row.problems()[:12]:
            print(f"    {problem}", flush=True)

    with ExitStack() as servers:
        try:
            postgres = servers.enter_context(postgres_server(max_connections="60"))
            redis = servers.enter_context(redis_server(keeps=True))
        except Unavailable as reason:
            print(f"The faults cannot be played: {reason}", file=sys.stderr)
            return 1
        feed = servers.enter_context(serving_feeds())
        feed.serve(FEED_PATH, make_feed({str(datetime.now(UTC).date()): {"USD": "1.0850", "JPY": "160.50"}}))
        stage = servers.enter_context(acting(postgres=postgres, redis=redis, feed=feed, folder=folder / "stage"))
        held = Held.prepare(stage.web)
        people = [stage.web.sign_up(f"person{number}") for number in range(SHOPPERS)]
        for fault in FAULTS:
            run(fault.name, lambda fault=fault: play(fault, stage, people, held))  # type: ignore[misc]
        if any(is_wanted(fault.name) for fault in BEHIND_A_POOLER):
            try:
                pooled = servers.enter_context(behind_pooler(stage))
            except Unavailable as reason:
                left_out.append(f"what is behind PgBouncer: {reason}")
            else:
                again = [pooled.web.log_in(f"person{number}") for number in range(SHOPPERS)]
                held_there = held.at(pooled.web)
                for fault in BEHIND_A_POOLER:
                    run(fault.name, lambda fault=fault: play(fault, pooled, again, held_there))  # type: ignore[misc]
        run("disk full under SQLite", lambda: play_full_disk(folder / "sqlite"))
        if find_libfaketime() is None:
            left_out.append("the clock: libfaketime is not installed (Debian: apt-get install faketime)")
        else:
            run("clock past midnight", lambda: play_clock(stage, folder / "clock"))
        version = stage.query("SHOW server_version")[0][0].split()[0]
    table = show(rows)
    print("\n" + table)
    for what in left_out:
        print(f"left out: {what}")
    if options.write:
        _write(options.write, table, _describe_machine(f"PostgreSQL {version}"))
    failed = [row.name for row in rows if row.problems()]
    print("FAILED: " + ", ".join(failed) if failed else "All is well.")
    return int(bool(failed or not rows or (left_out and os.environ.get("CI"))))


_MARK = "<!-- make faults -->"


def _write(page: Path, table: str, machine: str) -> None:
    """Put the table between the page's marks."""
    before, _mark, rest = (ROOT / page).read_text(encoding="utf-8").partition(_MARK)
    after = rest.partition(_MARK)[2]
    text = f"{before}{_MARK}\nMeasured on {machine}.\n\n{table}\n{_MARK}{after}"
    (ROOT / page).write_text(text, encoding="utf-8")
