"""How often something may happen: so many calls in so much time."""

import re
from dataclasses import dataclass

_UNIT_SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}
_WRITTEN = re.compile(r"([1-9]\d{0,8})/(second|minute|hour|day)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `calls` in a window of `seconds` that opens with its first call."""

    calls: int
    seconds: int

    def times(self, factor: int) -> "Limit":
        """As many times the calls in the same window."""
        return Limit(calls=self.calls * factor, seconds=self.seconds)


def parse_limit(text: str) -> Limit | None:
    """`N/second`, `N/minute`, `N/hour` or `N/day`, N from 1; None for `off`. Raises ValueError."""
    if text == "off":
        return None
    written = _WRITTEN.fullmatch(text)
    if written is None:
        raise ValueError("is neither N/second, N/minute, N/hour, N/day nor off")
    return Limit(calls=int(written[1]), seconds=_UNIT_SECONDS[written[2]])
