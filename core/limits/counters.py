"""Counting calls in a store that all workers share, each count one atomic step.

Redis where `REDIS_URL` names one, in one round trip; without it, and while it is away, the database. What
must not be forgotten with Redis, wrong guesses above all, is counted in the database always.

A window opens with its first call and lets `Limit.calls` through; those refused neither count nor make it
longer. Who calls inside a database transaction has the count rolled back with it: count before.
"""

import logging
import time
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import connection

from core import clock
from core.limits.counter import Counter
from core.models import ThrottleCounter

if TYPE_CHECKING:
    from core.limits.redis_store import Question, RedisStore

logger = logging.getLogger(__name__)

REDIS_PAUSE_SECONDS = 2
"""How long a process leaves a Redis alone that did not answer."""

_TABLE = ThrottleCounter._meta.db_table


@lru_cache(maxsize=4)
def _redis_store(url: str) -> "RedisStore":
    # A large package, of no use to a process without a Redis.
    from core.limits.redis_store import RedisStore

    return RedisStore(url)


def _find_redis(counters: tuple[Counter, ...]) -> "RedisStore | None":
    url = settings.REDIS_URL
    if not url or any(counter.lasting for counter in counters):
        return None
    store = _redis_store(url)
    return store if time.monotonic() >= store.away_until else None


def _leave_alone(store: "RedisStore", error: Exception) -> None:
    # The address may hold a password, and the library's messages the address: the kind of error is enough.
    logger.warning("redis unavailable, counting in the database: %s", type(error).__name__)
    store.away_until = time.monotonic() + REDIS_PAUSE_SECONDS


class Hit:
    """A call that is being counted. Where the store takes messages, the answer travels while others work."""

    def __init__(self, *counters: Counter) -> None:
        self._counters = counters
        self._redis = _find_redis(counters)
        self._question = self._ask()
        self._is_over = False
        self._wait: int | None = None

    def finish(self) -> int | None:
        """None: the call may pass, and is counted. Else the whole seconds, at least 1, after which it will."""
        if not self._is_over:
            self._is_over = True
            self._wait = self._read()
        return self._wait

    def give_back(self) -> None:
        """The call was none of those that are limited, after all."""
        if self._question is None and not self._is_over:
            # Nothing has been counted yet.
            self._is_over = True
        elif self.finish() is None:
            give_back(*self._counters)

    def _ask(self) -> "Question | None":
        if self._redis is None:
            return None
        try:
            return self._redis.begin_hit(self._counters)
        except self._redis.failure as error:
            _leave_alone(self._redis, error)
            return None

    def _read(self) -> int | None:
        if self._redis is not None and self._question is not None:
            try:
                return _to_seconds(self._question.read())
            except self._redis.failure as error:
                _leave_alone(self._redis, error)
        return _hit_all_in_database(self._counters)


def hit(*counters: Counter) -> int | None:
    """Count one call on each counter, or on none where one is full.

    None: it may pass. Else the whole seconds, at least 1, after which it will.
    """
    return Hit(*counters).finish()


def _hit_all_in_database(counters: tuple[Counter, ...]) -> int | None:
    for position, counter in enumerate(counters):
        wait = _hit_in_database(counter)
        if wait:
            for earlier in counters[:position]:
                _give_back_in_database(earlier)
            return _to_seconds(wait)
    return None


def give_back(*counters: Counter) -> None:
    """Take one call off each counter: it turned out not to be of the kind that is limited."""
    redis = _find_redis(counters)
    if redis is not None:
        try:
            return redis.give_back(counters)
        except redis.failure as error:
            _leave_alone(redis, error)
    for counter in counters:
        _give_back_in_database(counter)
    return None


def delete_expired_counters() -> int:
    """Delete the rows whose windows are over. Returns how many."""
    return ThrottleCounter.objects.filter(resets_at__lte=_now_in_milliseconds()).delete()[0]


def _now_in_milliseconds() -> int:
    return int(clock.now().timestamp() * 1000)


def _to_seconds(milliseconds: int) -> int | None:
    return -(-milliseconds // 1000) or None


# One statement on either engine: two that meet on a row stand in line for it. A full counter is not written.
_UPSERT = f"""
INSERT INTO {_TABLE} AS kept (key, count, resets_at) VALUES (%s, 1, %s)
ON CONFLICT (key) DO UPDATE SET
  count = CASE WHEN kept.resets_at <= %s THEN 1 ELSE kept.count + 1 END,
  resets_at = CASE WHEN kept.resets_at <= %s THEN excluded.resets_at ELSE kept.resets_at END
WHERE kept.resets_at <= %s OR kept.count < %s
RETURNING count
"""  # noqa: S608  (the table's name is the model's)
_FULL_UNTIL = f"SELECT resets_at FROM {_TABLE} WHERE key = %s"  # noqa: S608
_WITHOUT_WAITING = "SET LOCAL synchronous_commit = off; "
_DECREMENT = f"UPDATE {_TABLE} SET count = count - 1 WHERE key = %s AND count > 0"  # noqa: S608


def _hit_in_database(counter: Counter) -> int:
    """0, or the milliseconds to wait."""
    now = _now_in_milliseconds()
    resets_at = now + counter.limit.seconds * 1000
    if _execute(_UPSERT, [counter.key, resets_at, now, now, now, counter.limit.calls], lasting=counter.lasting):
        return 0
    row = _execute(_FULL_UNTIL, [counter.key])
    # A request that began a little later, or on a machine with another clock, may have opened the window.
    return min(max(row[0], now + 1), resets_at) - now if row else 1


def _give_back_in_database(counter: Counter) -> None:
    _execute(_DECREMENT, [counter.key], lasting=counter.lasting)


def _execute(sql: str, parameters: list[Any], *, lasting: bool = False) -> Any:
    """The first row of one statement's answer, or None."""
    with connection.cursor() as cursor:
        # A count of calls need not outlive a crash, so its commit does not wait for the disk; a count of guesses must
        # outlive it. Inside a transaction each engine keeps to what the transaction began with.
        hurry = not lasting and not connection.in_atomic_block
        if hurry and connection.vendor == "postgresql":
            # One message, and so one transaction to the server: the setting ends with it, behind a pooler too.
            sql = _WITHOUT_WAITING + sql
        hurries_sqlite = hurry and connection.vendor == "sqlite"
        try:
            if hurries_sqlite:
                # NORMAL and not OFF: this commit may be the one that starts a checkpoint, and a checkpoint without
                # syncs loses purchases that others have committed.
                connection.connection.execute("PRAGMA synchronous=NORMAL")
            cursor.execute(sql, parameters)
            return cursor.fetchone() if cursor.description else None
        finally:
            if hurries_sqlite:
                connection.connection.execute("PRAGMA synchronous=FULL")
