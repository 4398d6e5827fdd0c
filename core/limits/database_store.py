"""Counters in the database, each count one atomic statement."""

from functools import cache
from typing import Any

from django.db import connection

from core import clock
from core.limits.counter import Counter
from core.models import ThrottleCounter

TOLERANCE_MILLISECONDS = 60_000
"""By how much clocks of several servers may differ. A window that ends later than a new one would, and this, was
opened before the clock was set back: it is over."""

_TABLE = ThrottleCounter._meta.db_table
_WITHOUT_WAITING = "SET LOCAL synchronous_commit = off; "


def hit(counters: tuple[Counter, ...]) -> int:
    """Count one call on each counter, or on none. Return 0, or the milliseconds to wait.

    One statement, and so one commit, however many counters there are.
    """
    now = _now_in_milliseconds()
    # In one order for everybody, so that two statements cannot wait for each other.
    ordered = sorted(counters, key=lambda counter: counter.key)
    parameters: dict[str, Any] = {"now": now}
    for position, counter in enumerate(ordered):
        parameters[f"key{position}"] = counter.key
        parameters[f"calls{position}"] = counter.limit.calls
        parameters[f"resets_at{position}"] = now + counter.limit.seconds * 1000
    rows = _execute(_write_upsert(len(ordered)), parameters, lasting=any(counter.lasting for counter in counters))
    counted = {key for (key,) in rows}
    full = tuple(counter for counter in ordered if counter.key not in counted)
    if not full:
        return 0
    give_back(tuple(counter for counter in ordered if counter.key in counted))
    # The window may have ended meanwhile.
    return find_wait(full) or 1


def give_back(counters: tuple[Counter, ...]) -> None:
    """Take one call off each counter. A crash may lose that: then one call less is left."""
    if counters:
        keys = sorted(counter.key for counter in counters)
        parameters = {f"key{position}": key for position, key in enumerate(keys)}
        _execute(_write_decrement(len(keys)), parameters, lasting=False)


def find_wait(counters: tuple[Counter, ...]) -> int:
    """Return 0, or the milliseconds after which a call would pass, where one of the counters is full."""
    now = _now_in_milliseconds()
    stored = ThrottleCounter.objects.in_bulk([counter.key for counter in counters])
    waits = [0]
    for counter in counters:
        row = stored.get(counter.key)
        resets_at = now + counter.limit.seconds * 1000
        if row is None or row.count < counter.limit.calls:
            continue
        if now < row.resets_at <= resets_at + TOLERANCE_MILLISECONDS:
            # A server whose clock is a little ahead may have opened the window.
            waits.append(min(row.resets_at, resets_at) - now)
    return max(waits)


def delete_expired() -> int:
    """Delete the counters whose windows are over. Return their number."""
    return ThrottleCounter.objects.filter(resets_at__lte=_now_in_milliseconds()).delete()[0]


def _now_in_milliseconds() -> int:
    # Not the frozen clock: a request that waited since before a window opened must not take it for an old one.
    return int(clock.unfrozen_now().timestamp() * 1000)


@cache
def _write_upsert(count: int) -> str:
    """Return the statement that counts on so many keys. It returns those that were not full."""
    positions = range(count)
    rows = ", ".join(f"(%(key{n})s, 1, %(resets_at{n})s)" for n in positions)
    calls = " ".join(f"WHEN %(key{n})s THEN %(calls{n})s" for n in positions)
    is_open = f"kept.resets_at > %(now)s AND kept.resets_at <= excluded.resets_at + {TOLERANCE_MILLISECONDS}"
    # Parallel statements on a row wait for each other. A full counter is not written.
    return f"""
INSERT INTO {_TABLE} AS kept (key, count, resets_at) VALUES {rows}
ON CONFLICT (key) DO UPDATE SET
  count = CASE WHEN {is_open} THEN kept.count + 1 ELSE 1 END,
  resets_at = CASE WHEN {is_open} THEN kept.resets_at ELSE excluded.resets_at END
WHERE NOT ({is_open}) OR kept.count < CASE kept.key {calls} END
RETURNING key
"""  # noqa: S608  (the table's name is the model's, the rest are names of parameters)


@cache
def _write_decrement(count: int) -> str:
    """Return the statement that takes one call off so many keys, in their order."""
    rows = ", ".join(f"(%(key{n})s, 0, 0)" for n in range(count))
    return f"""
INSERT INTO {_TABLE} AS kept (key, count, resets_at) VALUES {rows}
ON CONFLICT (key) DO UPDATE SET count = kept.count - 1 WHERE kept.count > 0
"""  # noqa: S608


def _execute(sql: str, parameters: dict[str, Any], *, lasting: bool) -> list[tuple[Any, ...]]:
    """Return the rows of the result."""
    with connection.cursor() as cursor:
        # A count of calls may be lost in a crash, so its commit does not wait for the disk; a count of guesses must
        # not. Inside a transaction the transaction's own mode holds.
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
            return cursor.fetchall() if cursor.description else []
        finally:
            if hurries_sqlite:
                connection.connection.execute("PRAGMA synchronous=FULL")
