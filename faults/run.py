"""Plays every fault, one after the other, while people shop, and prints what came of it."""

import argparse
import os
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import httpx
import psycopg2
from services import Unavailable, postgres_server, redis_server

from core.tests.feeds import make_feed, serving_feeds
from core.tests.servers import find_libfaketime
from core.tests.shoppers import Watch, crowd
from faults.full_disk import play_full_disk
from faults.moving_clock import play_clock
from faults.outcome import SHOPPERS, Row, compare, count_drift, describe_machine, show, wait_for_purchases, write
from faults.pooler import behind_pooler
from faults.scenarios import BEHIND_A_POOLER, FAULTS, FEED_PATH, Fault
from faults.stage import Guard, Held, Probe, Stage, Timeline, acting


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
        write(options.write, table, describe_machine(f"PostgreSQL {version}"))
    failed = [row.name for row in rows if row.problems()]
    print("FAILED: " + ", ".join(failed) if failed else "All is well.")
    return int(bool(failed or not rows or (left_out and os.environ.get("CI"))))
