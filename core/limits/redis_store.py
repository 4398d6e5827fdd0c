"""Counters in Redis. `core.limits.counters` imports this module only where `REDIS_URL` is set."""

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from core.limits.counter import Counter
from core.limits.database_store import TOLERANCE_MILLISECONDS

REDIS_TIMEOUT_SECONDS = 0.25

_PREFIX = "limit:"

# Counts on all keys or on none. ARGV holds each key's limit and window in milliseconds, and at last the tolerance.
# Returns 0, or the milliseconds to wait. A window that lasts longer than it can was opened before Redis's clock was
# set back: it is over.
_HIT = """
local wait = 0
for i, key in ipairs(KEYS) do
  if tonumber(redis.call('GET', key) or '0') >= tonumber(ARGV[2 * i - 1]) then
    local left = redis.call('PTTL', key)
    if left <= 0 or left > ARGV[2 * i] + ARGV[#ARGV] then
      redis.call('DEL', key)
    elseif left >= wait then
      wait = math.max(math.min(left, tonumber(ARGV[2 * i])), 1)
    end
  end
end
if wait > 0 then return wait end
for i, key in ipairs(KEYS) do
  if redis.call('INCR', key) == 1 then redis.call('PEXPIRE', key, ARGV[2 * i]) end
end
return 0
"""
_GIVE_BACK = """
for i, key in ipairs(KEYS) do
  if tonumber(redis.call('GET', key) or '0') > 0 then redis.call('DECR', key) end
end
return 0
"""


class RedisStore:
    """Counters in Redis, which deletes them when their windows are over."""

    failure = RedisError
    """The base class of what the methods raise where Redis does not answer."""

    def __init__(self, url: str) -> None:
        client = Redis.from_url(
            url,
            socket_timeout=REDIS_TIMEOUT_SECONDS,
            socket_connect_timeout=REDIS_TIMEOUT_SECONDS,
            # A request waits for this, and the database can count instead.
            retry=Retry(NoBackoff(), 0),
        )
        self._run_hit = client.register_script(_HIT)
        self._run_give_back = client.register_script(_GIVE_BACK)
        self.paused_until = 0.0

    def hit(self, counters: tuple[Counter, ...]) -> int:
        """Count one call on each counter, or on none. Return 0, or the milliseconds to wait."""
        arguments = [number for item in counters for number in (item.limit.calls, item.limit.seconds * 1000)]
        return int(self._run_hit(keys=_make_keys(counters), args=[*arguments, TOLERANCE_MILLISECONDS]))

    def give_back(self, counters: tuple[Counter, ...]) -> None:
        """Take one call off each counter."""
        self._run_give_back(keys=_make_keys(counters))


def _make_keys(counters: tuple[Counter, ...]) -> list[str]:
    return [_PREFIX + counter.key for counter in counters]
