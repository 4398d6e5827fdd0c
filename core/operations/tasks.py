"""The regular jobs as Celery tasks."""

from typing import Any

from celery import shared_task

from core.operations.jobs import run_job


@shared_task(
    bind=True,
    name="core.run_job",
    # A task that a dying worker had in hand goes back to the queue: the jobs may run twice, never not at all.
    acks_late=True,
    reject_on_worker_lost=True,
    autoretry_for=(Exception,),
    retry_backoff=5,
    retry_backoff_max=300,
    retry_jitter=True,
    max_retries=8,
)
def run_job_task(self: Any, name: str) -> dict[str, int]:
    """Run the named job; retried with growing pauses when it fails."""
    return run_job(name)
