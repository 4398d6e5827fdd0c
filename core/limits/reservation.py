"""Limits that services count, not throttles of views."""

from core.limits.counter import Counter
from core.limits.counters import give_back, hit


class LimitReached(Exception):
    """The limit is reached. The call passes after `wait_seconds`."""

    def __init__(self, wait_seconds: int) -> None:
        super().__init__(f"wait {wait_seconds} seconds")
        self.wait_seconds = wait_seconds


class Reservation:
    """A try that is counted before it is made, so that parallel tries cannot pass a limit together."""

    def __init__(self, *counters: Counter) -> None:
        """Count the try on each counter, or on none. Raises LimitReached where one is full."""
        self._counters = counters
        wait_seconds = hit(*counters) if counters else None
        if wait_seconds is not None:
            raise LimitReached(wait_seconds)

    def give_back(self) -> None:
        """Take the try off the counters: it was not of the kind that is limited. Nothing the second time."""
        if self._counters:
            give_back(*self._counters)
            self._counters = ()
