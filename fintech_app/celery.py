"""The Celery application: the jobs of `manage.py run_jobs`, by a worker and a clock of their own.

The schedule is in UTC. Time zones lie whole quarters of an hour apart, so a new day begins somewhere at most
every fifteen minutes; opening it is cheap where there is nothing to open.
"""

import os
from typing import Any

from celery import Celery
from celery.schedules import crontab

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fintech_app.settings")

app = Celery("fintech_app")
app.config_from_object("django.conf:settings", namespace="CELERY")


@app.task(
    name="run_job",
    # A task that a dying worker had in hand goes back to the queue: a job may run twice, but never not at all.
    acks_late=True,
    reject_on_worker_lost=True,
    autoretry_for=(Exception,),
    retry_backoff=5,
    retry_backoff_max=300,
    retry_jitter=True,
    max_retries=8,
)
def run_job(name: str) -> dict[str, int]:
    """Run the named job; tried again with growing pauses when it fails."""
    from core import jobs

    return jobs.run_job(name)


def _every(job: str, schedule: crontab) -> dict[str, Any]:
    return {"task": "run_job", "args": [job], "schedule": schedule}


app.conf.beat_schedule = {
    "open days": _every("open-days", crontab(minute="*/15")),
    # The feed is published about 16:00 in Frankfurt, an hour later or earlier in UTC by the season.
    "update rates": _every("update-rates", crontab(minute=40, hour="14,15,16")),
    "check drift": _every("check-drift", crontab(minute=10, hour=3)),
    "clean up": _every("clean-up", crontab(minute=20)),
    "deliver mail": _every("deliver-mail", crontab()),
}
