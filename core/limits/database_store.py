"""Counters in the database, each count one atomic statement."""

from typing import Any

from django.db import connection

from core import clock
from core.limits.counter import Counter
from core.models import ThrottleCounter

TOLERANCE_MILLISECONDS = 60_000
"""By how much clocks of several servers may differ. A window that ends later than a new one would, and this, was
opened before the clock was set back: it is over."""

_TABLE = ThrottleCounter._meta.db_table

_IS_OPEN = "kept.resets_at > %(now)s AND kept.resets_at <= %(latest)s"
# Parallel statements on a row wait for each other. A full counter is not written.
_UPSERT = f"""
INSERT INTO {_TABLE} AS kept (key, count, resets_at) VALUES (%(key)s, 1, %(resets_at)s)
ON CONFLICT (key) DO UPDATE SET
  count = CASE WHEN {_IS_OPEN} THEN kept.count + 1 ELSE 1 END,
  resets_at = CASE WHEN {_IS_OPEN} THEN kept.resets_at ELSE excluded.resets_at END
WHERE NOT ({_IS_OPEN}) OR kept.count < %(calls)s
RETURNING count
"""  # noqa: S608  (the table's name is the model's)
_FULL_UNTIL = f"SELECT resets_at FROM {_TABLE} WHERE key = %(key)s"  # noqa: S608
_DECREMENT = f"UPDATE {_TABLE} SET count = count - 1 WHERE key = %(key)s AND count > 0"  # noqa: S608
_WITHOUT_WAITING = "SET LOCAL synchronous_commit = off; "


def hit(counters: tuple[Counter, ...]) -> int:
    """Count one call on each counter, or on none. Return 0, or the milliseconds to wait."""
    for position, counter in enumerate(counters):
        wait = _hit_one(counter)
        if wait:
            give_back(counters[:position])
            return wait
    return 0


def give_back(counters: tuple[Counter, ...]) -> None:
    """Take one call off each counter."""
    for counter in counters:
        _execute(_DECREMENT, {"key": counter.key}, lasting=counter.lasting)


def delete_expired() -> int:
    """Delete the counters whose windows are over. Return their number."""
    return ThrottleCounter.objects.filter(resets_at__lte=_now_in_milliseconds()).delete()[0]


def _now_in_milliseconds() -> int:
    # Not the frozen clock: a request that waited since before a window opened must not take it for an old one.
    return int(clock.unfrozen_now().timestamp() * 1000)


def _hit_one(counter: Counter) -> int:
    now = _now_in_milliseconds()
    resets_at = now + counter.limit.seconds * 1000
    parameters = {
        "key": counter.key,
        "now": now,
        "resets_at": resets_at,
        "latest": resets_at + TOLERANCE_MILLISECONDS,
        "calls": counter.limit.calls,
    }
    if _execute(_UPSERT, parameters, lasting=counter.lasting):
        return 0
    row = _execute(_FULL_UNTIL, {"key": counter.key})
    # A server whose clock is a little ahead may have opened the window.
    return min(max(row[0], now + 1), resets_at) - now if row else 1


def _execute(sql: str, parameters: dict[str, Any], *, lasting: bool = False) -> Any:
    """Return the first row of the result, or None."""
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
            return cursor.fetchone() if cursor.description else None
        finally:
            if hurries_sqlite:
                connection.connection.execute("PRAGMA synchronous=FULL")
