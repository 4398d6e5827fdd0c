"""Progress of long work, for logs."""

from collections.abc import Callable
from time import monotonic

SECONDS_BETWEEN = 10


class ProgressLines:
    """Report progress, as in `open-days: 12,000 of 100,000`, every ten seconds at most.

    Short work says nothing. `say` gets the lines; `total` is what there was to do when it began.
    """

    def __init__(self, *, name: str, total: int, say: Callable[[str], object]) -> None:
        self._name = name
        self._total = total
        self._say = say
        self._done = 0
        self._said_at = monotonic()

    def advance(self, count: int) -> None:
        """Add to the number that is done."""
        self._done += count
        now = monotonic()
        if now - self._said_at >= SECONDS_BETWEEN:
            self._said_at = now
            # The total may have grown: people register in the meantime.
            self._say(f"{self._name}: {self._done:,} of {max(self._done, self._total):,}")
