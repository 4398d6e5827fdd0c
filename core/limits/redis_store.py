"""Counters in Redis. `core.limits.counters` imports this module only where `REDIS_URL` is set."""

import hashlib
import os
import threading
from dataclasses import dataclass
from typing import Any

from redis import ConnectionPool
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import NoScriptError, RedisError
from redis.retry import Retry

from core.limits.counter import Counter

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
        # It reads the address, and that is all: it would count each connection that it makes against its own limit of
        # a hundred, and never learn of one that is gone.
        self._address = ConnectionPool.from_url(
            url,
            socket_timeout=REDIS_TIMEOUT_SECONDS,
            socket_connect_timeout=REDIS_TIMEOUT_SECONDS,
            # One try: a caller waits for this, and there is another store.
            retry=Retry(NoBackoff(), 0),
        )
        self._thread = threading.local()
        self.away_until = 0.0

    def hit(self, counters: tuple[Counter, ...]) -> int:
        """Count one call on each, or on none. 0, or the milliseconds to wait."""
        return self.begin_hit(counters).read()

    def begin_hit(self, counters: tuple[Counter, ...]) -> "Question":
        """As `hit`, without waiting for the answer: it is read when it is needed, and has come by then."""
        arguments = [number for item in counters for number in (item.limit.calls, item.limit.seconds * 1000)]
        return self._send(Question(self, _HIT, [_PREFIX + item.key for item in counters], arguments))

    def give_back(self, counters: tuple[Counter, ...]) -> None:
        """Take one call off each."""
        self._send(Question(self, _GIVE_BACK, [_PREFIX + item.key for item in counters], [])).read()

    def _send(self, question: "Question") -> "Question":
        connection = getattr(self._thread, "connection", None)
        pending: Question | None = getattr(self._thread, "pending", None)
        if connection is not None and connection.pid != os.getpid():
            # A process that was forked must not share its parent's: each would read the other's answers.
            connection = pending = self._thread.connection = self._thread.pending = None
        if pending is not None:
            # Answers come in the order of the questions: one that nobody has read yet would be taken for this one's.
            pending.read()
            connection = self._thread.connection
        if connection is not None:
            try:
                question.send(connection)
            except RedisConnectionError:
                connection.disconnect()
            else:
                self._thread.pending = question
        return question

    def read(self, question: "Question") -> int:
        """The answer to a question that was sent; sends it on a new connection where it was not, or got lost."""
        connection: Any = getattr(self._thread, "connection", None)
        if getattr(self._thread, "pending", None) is question:
            self._thread.pending = None
            try:
                return question.receive(connection)
            except RedisConnectionError:
                # Redis was started anew, or hung up on a thread that asked nothing for long. What was sent may
                # have been counted; a call too many counts against the caller, none is let through for it.
                connection.disconnect()
        connection = self._thread.connection = self._address.connection_class(**self._address.connection_kwargs)
        question.send(connection)
        return question.receive(connection)


class Question:
    """One run of a script: sent, and later read, once, by the thread that asked."""

    def __init__(self, store: RedisStore, script: _Script, keys: list[str], arguments: list[int]) -> None:
        self._store = store
        self._script = script
        self._words = [len(keys), *keys, *arguments]
        self._outcome: int | RedisError | None = None

    def read(self) -> int:
        """The answer. Raises RedisError; asked again, it says the same again."""
        if self._outcome is None:
            try:
                self._outcome = self._store.read(self)
            except RedisError as error:
                self._outcome = error
        if isinstance(self._outcome, RedisError):
            raise self._outcome
        return self._outcome

    def send(self, connection: Any) -> None:
        """Put the question; a connection that fails closes itself."""
        connection.send_command("EVALSHA", self._script.sha, *self._words)

    def receive(self, connection: Any) -> int:
        """One answer; asks a second time, with the whole script, where Redis does not know it yet."""
        try:
            return int(connection.read_response())
        except NoScriptError:
            connection.send_command("EVAL", self._script.text, *self._words)
            return int(connection.read_response())
