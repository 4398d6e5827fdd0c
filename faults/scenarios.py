"""The faults. Each breaks something for a while and records in the timeline when that began and ended."""

import os
import signal
import threading
import time
from collections.abc import Callable
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg2
import redis
from services import PostgresServer, RedisServer

from core.tests.support.shoppers import Watch
from core.tests.support.slow_senders import GIVE_UP_SECONDS, SlowSenders
from faults.relay import Relay
from faults.stage import Stage, Timeline, wait_until

BACK_WITHIN_SECONDS = 5.0
AWAY_SECONDS = 10
HELD_SECONDS = 5
UNACKED_INDEX = "unacked_index"
FEED_PATH = "/daily.xml"

Play = Callable[[Stage, Timeline, Watch], None]


@dataclass(frozen=True)
class Fault:
    """One way to break something."""

    name: str
    play: Play
    # What the ready endpoint must call down meanwhile; empty where nothing is away for long.
    dependency: str = ""


def _stop_for_a_while(server: PostgresServer | RedisServer, how: signal.Signals, timeline: Timeline) -> None:
    server.stop(how)
    timeline.dead()
    time.sleep(AWAY_SECONDS)
    server.start()
    timeline.lifted()


def _stop_postgres(stage: Stage, timeline: Timeline, watch: Watch) -> None:
    _stop_for_a_while(stage.postgres, signal.SIGINT, timeline)


def _restart_postgres(stage: Stage, timeline: Timeline, watch: Watch) -> None:
    timeline.dead()
    # As after a crash: no session is let finish, and the log is replayed at the start.
    stage.postgres.stop(signal.SIGQUIT)
    stage.postgres.start()
    timeline.lifted()


def _terminate_sessions(stage: Stage, timeline: Timeline, watch: Watch) -> None:
    timeline.dead()
    for _round in range(8):
        stage.terminate_sessions()
        time.sleep(0.2)
    timeline.lifted()


def _make_read_only(stage: Stage, timeline: Timeline, watch: Watch) -> None:
    stage.execute("ALTER SYSTEM SET default_transaction_read_only = on", "SELECT pg_reload_conf()")
    timeline.dead()
    time.sleep(HELD_SECONDS)
    # Of the server's own session, which is read-only as well.
    stage.execute(
        "SET default_transaction_read_only = off",
        "ALTER SYSTEM RESET default_transaction_read_only",
        "SELECT pg_reload_conf()",
    )
    timeline.lifted()


def _eat_connections(stage: Stage, timeline: Timeline, watch: Watch) -> None:
    full = threading.Event()
    eaten: list[psycopg2.extensions.connection] = []
    address = f"{stage.product_url()}?application_name=eater"

    def eat() -> None:
        while not full.is_set():
            try:
                eaten.append(psycopg2.connect(address))
            except psycopg2.OperationalError:
                time.sleep(0.002)

    eaters = [threading.Thread(target=eat, daemon=True) for _ in range(2)]
    # Opened while there is room: those who are about to be refused stand in the superuser's reserved places too.
    superuser = psycopg2.connect(stage.postgres.url("postgres"))
    superuser.autocommit = True
    asked = superuser.cursor()
    for eater in eaters:
        eater.start()
    own = "usename = 'allowance' AND application_name <> 'eater'"

    def is_all_eaten() -> bool:
        asked.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {own}")  # noqa: S608
        time.sleep(0.1)
        asked.execute(f"SELECT count(*) FROM pg_stat_activity WHERE {own}")  # noqa: S608
        return bool(asked.fetchone() == (0,))

    wait_until(is_all_eaten, "the connections are not eaten")
    timeline.dead()
    time.sleep(HELD_SECONDS)
    full.set()
    for eater in eaters:
        eater.join()
    for connection in [*eaten, superuser]:
        connection.close()
    timeline.lifted()


def _stop_redis(stage: Stage, timeline: Timeline, watch: Watch) -> None:
    _stop_for_a_while(stage.redis, signal.SIGTERM, timeline)


def _flush_redis(stage: Stage, timeline: Timeline, watch: Watch) -> None:
    timeline.dead()
    with redis.Redis.from_url(stage.redis.url) as client:
        for _round in range(5):
            client.flushall()
            time.sleep(0.2)
    timeline.lifted()


def _slow_redis(stage: Stage, timeline: Timeline, watch: Watch) -> None:
    with redis.Redis.from_url(stage.redis.url) as client:
        client.client_pause(HELD_SECONDS * 1000, all=True)
    timeline.dead()
    time.sleep(HELD_SECONDS)
    timeline.lifted()


def _kill_web(stage: Stage, timeline: Timeline, watch: Watch) -> None:
    with watch.silence():
        timeline.dead()
        stage.web.kill()
        time.sleep(1)
        # A supervisor starts it anew; the time that this takes counts.
        timeline.lifted()
        stage.web.start()


def _kill_web_worker(stage: Stage, timeline: Timeline, watch: Watch) -> None:
    pid = stage.web.pid
    worker = int(Path(f"/proc/{pid}/task/{pid}/children").read_text().split()[0])
    # Requests of the killed process get no answer; new connections go to another one.
    with watch.silence():
        timeline.dead()
        os.kill(worker, signal.SIGKILL)
        time.sleep(0.5)
    timeline.lifted()


def _kill_celery(stage: Stage, timeline: Timeline, watch: Watch) -> None:
    jobs, feed = stage.jobs, stage.feed
    timeline.dead()

    @contextmanager
    def job_in_hand():  # type: ignore[no-untyped-def]
        """A job that stands still in the middle, at its feed."""
        feed.requested.clear()
        feed.gate.clear()
        sent = jobs.send("update-rates")
        wait_until(lambda: feed.requested, "the job does not begin")
        try:
            yield sent
        finally:
            feed.gate.set()

    # One process of the worker dies: the others put its task back.
    with job_in_hand() as sent:
        for child in stage.worker.children():
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        feed.gate.set()
        wait_until(lambda: jobs.has_ended_well("update-rates", since=sent), "a task whose process died does not run")
    # The whole worker is killed: its task comes back after half an hour, which is skipped.
    with job_in_hand() as sent:
        stage.worker.kill()
        feed.gate.set()
        with redis.Redis.from_url(stage.redis.url) as client:
            kept = client.zrange(UNACKED_INDEX, 0, -1)
            if not kept:
                watch.faults.append("Celery: a task was lost with its worker")
            for tag in kept:
                client.zadd(UNACKED_INDEX, {tag: 1})
        stage.worker.start()
        wait_until(lambda: jobs.has_ended_well("update-rates", since=sent), "a task whose worker died does not run")
    # A task that fails is tried again, after a pause.
    status, headers, body = feed.answers[FEED_PATH]
    feed.requested.clear()
    feed.answers[FEED_PATH] = (500, {}, b"")
    sent = jobs.send("update-rates")
    wait_until(lambda: feed.requested, "the job does not begin")
    feed.answers[FEED_PATH] = (status, headers, body)
    wait_until(lambda: jobs.has_ended_well("update-rates", since=sent), "a task that failed is not tried again")
    timeline.lifted()


def _send_slowly(stage: Stage, timeline: Timeline, watch: Watch) -> None:
    senders = SlowSenders(stage.web.port)
    timeline.dead()
    senders.start()
    wait_until(senders.have_ended, "slow senders do not end", seconds=GIVE_UP_SECONDS + 5)
    timeline.lifted()
    watch.faults += [f"{name}: ended after {seconds:.0f} s" for name, seconds in senders.list_too_long().items()]
    slowest = max(answer.ended - answer.began for answer in watch.answers if answer.began >= timeline.dead_at)
    if slowest > BACK_WITHIN_SECONDS:
        watch.faults.append(f"beside slow senders somebody waited for {slowest:.1f} s")


def lose_answers(relay: Relay, stage: Stage, timeline: Timeline, watch: Watch) -> None:
    """Lose the answers to every second commit for a while."""
    timeline.dead()
    relay.losing.set()
    time.sleep(HELD_SECONDS)
    relay.losing.clear()
    timeline.lifted()
    # Purchases and everything else that is written, such as the day's first figure.
    if not relay.lost or not watch.codes["outcome_unknown"]:
        unknown = watch.codes["outcome_unknown"]
        watch.faults.append(f"{relay.lost} answers to commits were lost, {unknown} outcomes said to be unknown")


FAULTS = [
    Fault("database stopped for 10 s", _stop_postgres, "database"),
    Fault("database crashed and restarted at once", _restart_postgres),
    Fault("all database sessions killed", _terminate_sessions),
    Fault("database read-only for 5 s", _make_read_only),
    Fault("database out of connections for 5 s", _eat_connections),
    Fault("Redis stopped for 10 s", _stop_redis, "redis"),
    Fault("Redis flushed", _flush_redis),
    Fault("Redis silent for 5 s", _slow_redis, "redis"),
    Fault("web killed with -9, started after 1 s", _kill_web),
    Fault("one web process killed with -9", _kill_web_worker),
    Fault("Celery killed with -9 in mid-task", _kill_celery),
    Fault("slow senders", _send_slowly),
]

BEHIND_A_POOLER = [
    Fault("behind PgBouncer: database stopped for 10 s", _stop_postgres, "database"),
    Fault("behind PgBouncer: all database sessions killed", _terminate_sessions),
]

LOST_ANSWERS = "every second commit without its answer for 5 s"
