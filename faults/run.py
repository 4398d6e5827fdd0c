"""Play every fault, one after the other, while people shop, and print the results."""

import argparse
import os
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Protocol

import httpx
import psycopg2
from services import Unavailable, postgres_server, redis_server

from core.tests.support.feeds import make_feed, serving_feeds
from core.tests.support.servers import find_libfaketime
from core.tests.support.shoppers import Watch, crowd
from faults.full_disk import play_full_disk
from faults.moving_clock import play_clock
from faults.outcome import (
    HEADINGS,
    SHOPPERS,
    Row,
    compare,
    count_drift,
    describe_machine,
    show,
    wait_for_purchases,
    write,
)
from faults.pooler import behind_pooler
from faults.powercut import play as powercut
from faults.powercut.play import CutRow, play_power_cuts
from faults.relay import behind_relay
from faults.scenarios import BEHIND_A_POOLER, FAULTS, FEED_PATH, LOST_ANSWERS, Fault, lose_answers
from faults.stage import Guard, Held, Probe, Stage, Timeline, acting

CLOCK = "clock past midnight"
FULL_DISK = "disk full under SQLite"
CUTS = "power cut under SQLite, without Redis"
CUTS_WITH_REDIS = "power cut under SQLite, with Redis"


def play(fault: Fault, stage: Stage, people: Sequence[httpx.Client], held: Held) -> Row:
    """Play one fault on PostgreSQL and Redis."""
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
            wait_for_purchases(watch, timeline)
        except TimeoutError as error:
            row.faults.append(str(error))
    stop.set()
    guard.join(60)
    probe.join(60)
    row.breaches = guard.breaches
    row.recovery_seconds = watch.recovery_seconds(timeline.lifted_at)
    row.red_after = probe.red_after(fault.dependency, timeline.dead_at)
    row.green_after = probe.green_after(timeline.lifted_at)
    compare(row, watch, stage.count_purchases())
    row.drift = count_drift(stage.web.env)
    return row


class _AnyRow(Protocol):
    """The result of one fault, as it is printed."""

    name: str

    def problems(self) -> list[str]: ...

    def cells(self) -> list[str]: ...


@dataclass
class _Run:
    """The faults that are wanted, and their results."""

    folder: Path
    only: str
    rows: list[_AnyRow] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)

    def wants(self, *names: str) -> bool:
        """Return whether one of these faults is to be played."""
        return any(self.only.lower() in name.lower() for name in names)

    def play(self, name: str, play_it: Callable[[], _AnyRow]) -> None:
        """Play one fault, if it is wanted, and print whether it was withstood."""
        if not self.wants(name):
            return
        began = time.monotonic()
        print(f"{name} ...", end=" ", flush=True)
        try:
            row = play_it()
        except Unavailable as reason:
            print("left out", flush=True)
            self.left_out.append(f"{name}: {reason}")
            return
        except (TimeoutError, AssertionError, ValueError, httpx.HTTPError, psycopg2.Error) as error:
            # One that breaks off does not keep the others from being played.
            row = Row(name, faults=[f"it broke off: {error}"])
        self.rows.append(row)
        print(f"{'FAILED' if row.problems() else 'ok'} ({time.monotonic() - began:.0f} s)", flush=True)
        for problem in row.problems()[:12]:
            print(f"    {problem}", flush=True)

    def play_on_servers(self) -> None:
        """Play what needs PostgreSQL and Redis. Raises Unavailable."""
        with ExitStack() as servers:
            postgres = servers.enter_context(postgres_server(max_connections="60"))
            redis = servers.enter_context(redis_server(keeps=True))
            feed = servers.enter_context(serving_feeds())
            feed.serve(FEED_PATH, make_feed({str(datetime.now(UTC).date()): {"USD": "1.0850", "JPY": "160.50"}}))
            folder = self.folder / "stage"
            stage = servers.enter_context(acting(postgres=postgres, redis=redis, feed=feed, folder=folder))
            held = Held.prepare(stage.web)
            people = [stage.web.sign_up(f"person{number}") for number in range(SHOPPERS)]
            for fault in FAULTS:
                self.play(fault.name, partial(play, fault, stage, people, held))
            if self.wants(*(fault.name for fault in BEHIND_A_POOLER)):
                self._play_behind_pooler(servers, stage, held)
            if self.wants(LOST_ANSWERS):
                self._play_behind_relay(servers, stage, held)
            if find_libfaketime() is not None:
                self.play(CLOCK, lambda: play_clock(stage, self.folder / "clock"))
            elif self.wants(CLOCK):
                self.left_out.append("the clock: libfaketime is not installed (Debian: apt-get install faketime)")

    def _play_behind_pooler(self, servers: ExitStack, stage: Stage, held: Held) -> None:
        try:
            pooled = servers.enter_context(behind_pooler(stage))
        except Unavailable as reason:
            self.left_out.append(f"what is behind PgBouncer: {reason}")
            return
        people = [pooled.web.log_in(f"person{number}") for number in range(SHOPPERS)]
        held_there = held.at(pooled.web)
        for fault in BEHIND_A_POOLER:
            self.play(fault.name, partial(play, fault, pooled, people, held_there))

    def _play_behind_relay(self, servers: ExitStack, stage: Stage, held: Held) -> None:
        relayed, relay = servers.enter_context(behind_relay(stage))
        people = [relayed.web.log_in(f"person{number}") for number in range(SHOPPERS)]
        fault = Fault(LOST_ANSWERS, partial(lose_answers, relay))
        self.play(fault.name, partial(play, fault, relayed, people, held.at(relayed.web)))

    def play_on_sqlite(self) -> None:
        """Play what needs SQLite. Raises Unavailable where Redis is wanted and there is none."""
        self.play(FULL_DISK, lambda: play_full_disk(self.folder / "sqlite"))
        self.play(CUTS, lambda: play_power_cuts(CUTS, folder=self.folder / "cuts"))
        if self.wants(CUTS_WITH_REDIS):
            with redis_server(keeps=False) as redis:
                folder = self.folder / "cuts-with-redis"
                self.play(CUTS_WITH_REDIS, lambda: play_power_cuts(CUTS_WITH_REDIS, folder=folder, redis_url=redis.url))

    def show(self) -> str:
        """Return the tables, as Markdown."""
        faults = [row.cells() for row in self.rows if isinstance(row, Row)]
        cuts = [row.cells() for row in self.rows if isinstance(row, CutRow)]
        tables = [(HEADINGS, faults), (powercut.HEADINGS, cuts)]
        return "\n\n".join(show(headings, cells) for headings, cells in tables if cells)


def main(folder: Path) -> int:
    """Play what the command line asks for. Returns 0 where all of it was withstood."""
    parser = argparse.ArgumentParser(prog="make faults", description=__doc__)
    parser.add_argument("--only", metavar="WORD", default="", help="the faults whose name holds this word")
    parser.add_argument("--write", type=Path, metavar="FILE", help="write the tables into this page")
    options = parser.parse_args()
    run = _Run(folder, options.only)
    try:
        run.play_on_sqlite()
        if run.wants(CLOCK, LOST_ANSWERS, *(fault.name for fault in [*FAULTS, *BEHIND_A_POOLER])):
            run.play_on_servers()
    except Unavailable as reason:
        print(f"The faults cannot be played: {reason}", file=sys.stderr)
        return 1
    tables = run.show()
    print("\n" + tables)
    for what in run.left_out:
        print(f"left out: {what}")
    if options.write:
        write(options.write, tables, describe_machine())
    failed = [row.name for row in run.rows if row.problems()]
    print("FAILED: " + ", ".join(failed) if failed else "All is well.")
    return int(bool(failed or not run.rows or (run.left_out and os.environ.get("CI"))))
