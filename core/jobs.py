"""The regular jobs, by name: one table for the worker's clock and for cron.

A job takes no argument and returns numbers to show. Each may run at any time, twice at once, and again after
a crash: what is done already is found done.
"""

import logging
from collections import Counter
from collections.abc import Callable
from itertools import chain

from django.conf import settings

from core import clock
from core.accounts.services.link_limits import delete_uncounted_links
from core.accounts.services.mail import deliver_due_mail
from core.accounts.services.sessions import delete_expired_sessions
from core.allowance.services import (
    check_days,
    check_periods,
    check_transactions,
    count_days_to_check,
    count_people_to_open,
    open_days_for_all,
    update_rates,
)
from core.audit.services import delete_ownerless_events
from core.currencies.feed import read_days
from core.currencies.transport import open_url
from core.ledger.services import delete_unreferenced_items
from core.limits.database_store import delete_expired as delete_expired_counters
from core.operations.logs import logging_slow_statements
from core.operations.progress import ProgressLines
from core.operations.services import (
    clean_idempotency_keys,
    record_failure,
    record_start,
    record_success,
)

Job = Callable[[], dict[str, int]]

logger = logging.getLogger(__name__)


def _open_days() -> dict[str, int]:
    """Open the new day wherever it has begun since the last run."""
    progress = ProgressLines(name="open-days", total=count_people_to_open(), say=logger.info)
    result = open_days_for_all(today_for=clock.today_for, on_chunk=progress.advance)
    return {"opened": result.written, "failed": result.failed}


def _update_rates() -> dict[str, int]:
    """Read the feed of exchange rates and bring today's figures up to date."""
    with open_url(url=settings.EXCHANGE_RATES_URL) as stream:
        update = update_rates(days=read_days(stream=stream), today_for=clock.today_for)
    return {
        "days": update.feed.days,
        "figures": update.figures.written,
        "newest_day_age": (clock.now().date() - update.feed.newest).days,
    }


def _check_drift() -> dict[str, int]:
    """Recompute every stored day and count what differs. Nothing is corrected: an operator must see it first."""
    progress = ProgressLines(name="check-drift", total=count_days_to_check(), say=logger.info)
    found = Counter(
        "failed" if drift.problem else "drift"
        for drift in chain(
            check_transactions(),
            check_periods(today_for=clock.today_for),
            check_days(today_for=clock.today_for, on_chunk=progress.advance),
        )
    )
    return {"drift": found["drift"], "failed": found["failed"]}


def _clean_up() -> dict[str, int]:
    """Delete what has expired."""
    now = clock.now()
    return {
        "idempotency_keys": clean_idempotency_keys(now=now),
        "sessions": delete_expired_sessions(now=now),
        "counters": delete_expired_counters(),
        "events": delete_ownerless_events(now=now),
        "sent_links": delete_uncounted_links(now=now),
        "items": delete_unreferenced_items(),
    }


def _deliver_mail() -> dict[str, int]:
    """Send the mail that is due."""
    delivery = deliver_due_mail(now=clock.now())
    return {"sent": delivery.sent, "failed": delivery.failed}


JOBS: dict[str, Job] = {
    "open-days": _open_days,
    "update-rates": _update_rates,
    "check-drift": _check_drift,
    "clean-up": _clean_up,
    "deliver-mail": _deliver_mail,
}


def run_job(name: str) -> dict[str, int]:
    """Run one job now and record how it went. Raises KeyError for an unknown name, and whatever the job raises."""
    job = JOBS[name]
    record_start(name=name, now=clock.now())
    try:
        with logging_slow_statements():
            result = job()
    except Exception:
        record_failure(name=name, now=clock.now())
        raise
    record_success(name=name, now=clock.now(), result=result)
    logger.info("job %s done: %s", name, result)
    return result
