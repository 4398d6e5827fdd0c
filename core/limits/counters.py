"""Counts of calls, in a store that all processes share: Redis where `REDIS_URL` names one, else the database.

While Redis does not answer, the database counts. Lasting counters are in the database always.

A window opens with its first call and lets `Limit.calls` pass. Refused calls are not counted and do not extend it. A
count inside a database transaction is rolled back with it: count before the transaction.
"""

import logging
import time
from functools import cache
from typing import TYPE_CHECKING

from django.conf import settings

from core.limits import database_store
from core.limits.counter import Counter

if TYPE_CHECKING:
    from core.limits.redis_store import RedisStore

logger = logging.getLogger(__name__)

REDIS_PAUSE_SECONDS = 2
"""How long a process does not ask a Redis that did not answer."""


def hit(*counters: Counter) -> int | None:
    """Count one call on each counter, or on none where one is full.

    Return None where the call may pass, else the whole seconds, at least 1, after which it would.
    """
    redis, in_redis, in_database = _sort(counters)
    wait = database_store.hit(in_database) if in_database else 0
    if wait or redis is None:
        return _to_seconds(wait)
    try:
        wait = redis.hit(in_redis)
    except redis.failure as error:
        _pause(redis, error)
        wait = database_store.hit(in_redis)
    if wait:
        database_store.give_back(in_database)
    return _to_seconds(wait)


def find_wait(*counters: Counter) -> int | None:
    """Return the seconds after which a call would pass, where a counter in the database is full; count nothing.

    One statement, which writes nothing: who goes on calling past a limit takes no lock from others. Counters in
    Redis are not looked at: there a refused call costs as little as a look.
    """
    _redis, _in_redis, in_database = _sort(counters)
    return _to_seconds(database_store.find_wait(in_database)) if in_database else None


def give_back(*counters: Counter) -> None:
    """Take one call off each counter: it was not of the kind that is limited."""
    redis, in_redis, in_database = _sort(counters)
    database_store.give_back(in_database)
    if redis is not None:
        try:
            redis.give_back(in_redis)
        except redis.failure as error:
            _pause(redis, error)
            database_store.give_back(in_redis)


def _sort(counters: tuple[Counter, ...]) -> "tuple[RedisStore | None, tuple[Counter, ...], tuple[Counter, ...]]":
    """Return Redis, the counters in it, and those in the database. Redis is None where it holds none of them."""
    in_redis = tuple(counter for counter in counters if not counter.lasting)
    redis = _find_redis() if in_redis else None
    if redis is None:
        return None, (), counters
    return redis, in_redis, tuple(counter for counter in counters if counter.lasting)


@cache
def get_redis_store(url: str) -> "RedisStore":
    """Return this process's store at an address."""
    # Imported here: a process without Redis does not need this large package.
    from core.limits.redis_store import RedisStore

    return RedisStore(url)


def _find_redis() -> "RedisStore | None":
    if not settings.REDIS_URL:
        return None
    store = get_redis_store(settings.REDIS_URL)
    return store if time.monotonic() >= store.paused_until else None


def _pause(store: "RedisStore", error: Exception) -> None:
    # The message may hold the address, and the address a password.
    logger.warning("redis unavailable, counting in the database: %s", type(error).__name__)
    store.paused_until = time.monotonic() + REDIS_PAUSE_SECONDS


def _to_seconds(milliseconds: int) -> int | None:
    return -(-milliseconds // 1000) or None
