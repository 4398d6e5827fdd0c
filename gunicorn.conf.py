"""The server. Settings are read here, before anything is forked, so that a bad value ends the start with one line."""

import gc
import logging
import os
import signal
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fintech_app.settings")

from core.context import LinkFilter  # noqa: E402
from fintech_app import settings  # noqa: E402

wsgi_app = "fintech_app.wsgi:application"
bind = f"[{settings.HOST}]:{settings.PORT}" if ":" in settings.HOST else f"{settings.HOST}:{settings.PORT}"
# Two processes use two cores and replace one another; threads use the time in which others wait for the database.
# More of either would only wait for SQLite's one writer.
worker_class = "fintech_app.server.WaitressWorker"
# Imported once, before the workers are forked: they start at once, also in the place of one that died, and share
# that memory. Nothing that cannot be forked may be opened on the way: no thread, no connection.
preload_app = True
workers = settings.WEB_WORKERS
threads = settings.WEB_THREADS
timeout = 30
graceful_timeout = 20
# Requests are not logged one by one: addresses carry ids, and people's filters. LOG_LEVEL steers the rest.
accesslog = None
# Its debugging lines are of no use to whoever debugs the product, and hold every path, mailed links included.
loglevel = "info" if settings.LOG_LEVEL == "DEBUG" else settings.LOG_LEVEL.lower()
logging.getLogger("gunicorn.error").addFilter(LinkFilter())
# Who is a proxy, and what may be believed of it, is decided in one place: TRUSTED_PROXIES.
forwarded_allow_ips = ""
secure_scheme_headers: dict[str, str] = {}
# The server is steered by signals; a control socket in the home folder is one more door.
control_socket_disable = True

if settings.PROMETHEUS_MULTIPROC_DIR:
    # Each worker counts into files of its own there. What an earlier server counted is not this one's.
    for _left_over in Path(settings.PROMETHEUS_MULTIPROC_DIR).glob("*.db"):
        _left_over.unlink()


def when_ready(server: Any) -> None:
    """Keep what exists before the first fork away from the garbage collector, so that the workers share its memory."""
    gc.freeze()
    os.register_at_fork(after_in_parent=_take_signals)


# A worker that has just been forked still has the master's handlers, which do nothing in it: told to end then, it would
# go on until `graceful_timeout` is over. So such a signal waits until the worker's own handlers stand.
_ENDING = {signal.SIGTERM, signal.SIGINT, signal.SIGQUIT}


def _take_signals() -> None:
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDING)


def pre_fork(server: Any, worker: Any) -> None:
    """Hold signals back; the master takes them again after the fork, the worker when it is ready."""
    signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING)


def post_worker_init(worker: Any) -> None:
    """Start what would not survive a fork: the handling of signals, and the sending of mail that was left over."""
    _take_signals()

    from core.accounts.tasks import deliver_mail_soon

    deliver_mail_soon()


def child_exit(server: Any, worker: Any) -> None:
    """Take a worker that has ended out of the gauges; its counters stay in the sums."""
    if settings.PROMETHEUS_MULTIPROC_DIR:
        from prometheus_client import multiprocess

        multiprocess.mark_process_dead(worker.pid)
