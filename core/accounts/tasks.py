"""What runs beside the requests: the thread that sends mail."""

import logging
import threading
from datetime import timedelta

from django.conf import settings
from django.db import connection

from core import clock
from core.accounts.services.mail import deliver_due_mail

logger = logging.getLogger(__name__)

_LONGEST_WAIT = timedelta(seconds=60)
_WAIT_AFTER_A_CRASH = timedelta(seconds=30)


class MailThread:
    """Sends mail as long as there is some, one thread a process; sleeps until the next attempt is due.

    Started after the commit of queued mail, and when a server starts: for what the last one
    left. `manage.py deliver_mail` does the same from a timer, where threads are not wanted.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._wanted = threading.Event()
        self._thread: threading.Thread | None = None

    def wake(self) -> None:
        """Have the thread look for mail now. Returns at once."""
        with self._lock:
            self._wanted.set()
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="mail", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while True:
            self._wanted.clear()
            wait = self._deliver()
            if wait is not None:
                self._wanted.wait(timeout=wait.total_seconds())
                continue
            with self._lock:
                # From here on a call starts another thread.
                if not self._wanted.is_set():
                    self._thread = None
                    return

    def _deliver(self) -> timedelta | None:
        """One round. How long to wait for the next; None when no mail is left."""
        try:
            following = deliver_due_mail(now=clock.now()).next_attempt_at
        except Exception as error:
            # The database may be away. The mail is in it, and waits.
            logger.warning("mail cannot be looked for: %s", type(error).__name__)
            return _WAIT_AFTER_A_CRASH
        finally:
            connection.close()
        if following is None:
            return None
        return max(timedelta(seconds=1), min(following - clock.now(), _LONGEST_WAIT))


_mail_thread = MailThread()


def deliver_mail_soon() -> None:
    """Send queued mail in a background thread. Does nothing where `MAIL_IN_BACKGROUND` is off."""
    if settings.MAIL_IN_BACKGROUND:
        _mail_thread.wake()
