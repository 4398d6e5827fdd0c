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
    redis = _find_redis(counters)
    if redis is not None:
        try:
            return _to_seconds(redis.hit(counters))
        except redis.failure as error:
            _pause(redis, error)
    return _to_seconds(database_store.hit(counters))


def give_back(*counters: Counter) -> None:
    """Take one call off each counter: it was not of the kind that is limited."""
    redis = _find_redis(counters)
    if redis is not None:
        try:
            return redis.give_back(counters)
        except redis.failure as error:
            _pause(redis, error)
    return database_store.give_back(counters)


@cache
def get_redis_store(url: str) -> "RedisStore":
    """Return this process's store at an address."""
    # Imported here: a process without Redis does not need this large package.
    from core.limits.redis_store import RedisStore

    return RedisStore(url)


def _find_redis(counters: tuple[Counter, ...]) -> "RedisStore | None":
    if not settings.REDIS_URL or any(counter.lasting for counter in counters):
        return None
    store = get_redis_store(settings.REDIS_URL)
    return store if time.monotonic() >= store.paused_until else None


def _pause(store: "RedisStore", error: Exception) -> None:
    # The message may hold the address, and the address a password.
    logger.warning("redis unavailable, counting in the database: %s", type(error).__name__)
    store.paused_until = time.monotonic() + REDIS_PAUSE_SECONDS


def _to_seconds(milliseconds: int) -> int | None:
    return -(-milliseconds // 1000) or None
