"""The regular jobs, by name: one list for the worker's clock and for cron.

A job takes the instant and returns numbers to show. Each may be run at any time, twice at once and again
after a crash: what is done already is found done.
"""

import logging
from collections.abc import Callable
from datetime import datetime

from django.utils import timezone

from core.operations import services

Job = Callable[[datetime], dict[str, int]]

logger = logging.getLogger(__name__)


def _clean_up(now: datetime) -> dict[str, int]:
    """Forget what has expired."""
    return {"idempotency_keys": services.clean_idempotency_keys(now=now)}


JOBS: dict[str, Job] = {
    "clean-up": _clean_up,
}


def run_job(name: str) -> dict[str, int]:
    """Run one job now and record how it went. Raises KeyError for an unknown name, and whatever the job raises."""
    job = JOBS[name]
    services.record_start(name=name, now=timezone.now())
    try:
        result = job(timezone.now())
    except Exception:
        services.record_failure(name=name, now=timezone.now())
        raise
    services.record_success(name=name, now=timezone.now(), result=result)
    logger.info("job %s done: %s", name, result)
    return result
