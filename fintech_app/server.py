"""How gunicorn's workers share out connections."""

import time
from typing import Any

from gunicorn.workers.gthread import ThreadWorker

_STEP_SECONDS = 0.0001
_MOST_SECONDS = 0.002


class EvenWorker(ThreadWorker):
    """Reaches for a new connection the later the more it has, so that the one with fewer gets it.

    All workers are woken by a connection, and the quickest takes it: a client that opens several at once, as a proxy
    does, often found all of them in one process, and the other core idle for as long as they were kept. A worker that
    has none does not wait; one that waited in vain finds nothing to accept, and goes on.
    """

    def accept(self, listener: Any) -> None:
        """Take a connection, if it is still there."""
        if self.nr_conns:
            time.sleep(min(self.nr_conns * _STEP_SECONDS, _MOST_SECONDS))
        super().accept(listener)
