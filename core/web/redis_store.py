"""Counters in Redis: `core.web.counters` imports this where there is one."""

import hashlib
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from redis import ConnectionPool
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import NoScriptError, RedisError
from redis.retry import Retry

if TYPE_CHECKING:
    from core.web.counters import Counter

REDIS_TIMEOUT_SECONDS = 0.25

_PREFIX = "limit:"

# All counts or none: KEYS are counters, ARGV their limits and windows (milliseconds) in turn. Answers 0, or
# the milliseconds until the call would pass.
_HIT_SCRIPT = """
local wait = 0
for i, key in ipairs(KEYS) do
  if tonumber(redis.call('GET', key) or '0') >= tonumber(ARGV[2 * i - 1]) then
    local left = redis.call('PTTL', key)
    if left <= 0 then redis.call('DEL', key) elseif left >= wait then wait = math.max(left, 1) end
  end
end
if wait > 0 then return wait end
for i, key in ipairs(KEYS) do
  if redis.call('INCR', key) == 1 then redis.call('PEXPIRE', key, ARGV[2 * i]) end
end
return 0
"""
_GIVE_BACK_SCRIPT = """
for i, key in ipairs(KEYS) do
  if tonumber(redis.call('GET', key) or '0') > 0 then redis.call('DECR', key) end
end
return 0
"""


@dataclass(frozen=True, slots=True)
class _Script:
    """A script as Redis keeps it: by the hash of its text."""

    text: str
    sha: str


def _make_script(text: str) -> _Script:
    # Redis names scripts so; nothing is protected by it.
    return _Script(text=text, sha=hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest())


_HIT = _make_script(_HIT_SCRIPT)
_GIVE_BACK = _make_script(_GIVE_BACK_SCRIPT)


class RedisStore:
    """Counters in Redis, which forgets them by itself.

    Each thread keeps a connection of its own: a pool, with its locks and its look at the socket before each use,
    takes twice as long as the question, and every call of the API asks it.
    """

    failure = RedisError
    """What any of this raises where Redis does not do its part."""

    def __init__(self, url: str) -> None:
        self._pool = ConnectionPool.from_url(
            url,
            socket_timeout=REDIS_TIMEOUT_SECONDS,
            socket_connect_timeout=REDIS_TIMEOUT_SECONDS,
            # One try: a caller waits for this, and there is another store.
            retry=Retry(NoBackoff(), 0),
        )
        self._thread = threading.local()
        self.away_until = 0.0

    def hit(self, counters: "tuple[Counter, ...]") -> int:
        """Count one call on each, or on none. 0, or the milliseconds to wait."""
        arguments = [number for item in counters for number in (item.limit.calls, item.limit.seconds * 1000)]
        return int(self._run(_HIT, counters, arguments))

    def give_back(self, counters: "tuple[Counter, ...]") -> None:
        """Take one call off each."""
        self._run(_GIVE_BACK, counters, [])

    def _run(self, script: _Script, counters: "tuple[Counter, ...]", arguments: list[int]) -> Any:
        keys = [_PREFIX + item.key for item in counters]
        connection = getattr(self._thread, "connection", None)
        if connection is not None:
            try:
                return self._ask(connection, script, keys, arguments)
            except RedisConnectionError:
                # Redis was started anew, or hung up on a thread that asked nothing for long. What was sent may
                # have been counted; a call too many counts against the caller, none is let through for it.
                connection.disconnect()
        connection = self._thread.connection = self._pool.make_connection()
        return self._ask(connection, script, keys, arguments)

    def _ask(self, connection: Any, script: _Script, keys: list[str], arguments: list[int]) -> Any:
        """One round trip; two where Redis does not know the script yet. A connection that fails closes itself."""
        connection.send_command("EVALSHA", script.sha, len(keys), *keys, *arguments)
        try:
            return connection.read_response()
        except NoScriptError:
            connection.send_command("EVAL", script.text, len(keys), *keys, *arguments)
            return connection.read_response()
