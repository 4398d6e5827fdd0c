"""Delete expired rows of tables without an owner, and record runs of regular jobs."""

from datetime import datetime, timedelta

from core.models import IdempotencyKey, JobRun

KEYS_KEPT_FOR = timedelta(hours=24)
"""How long an answer to a keyed request is kept, as clients are told."""

_CHUNK = 5_000


def clean_idempotency_keys(*, now: datetime) -> int:
    """Delete answers that are older than they are promised to be kept. In chunks, so that no lock is held long."""
    deleted = 0
    while True:
        keys = list(
            IdempotencyKey.objects.filter(created_at__lt=now - KEYS_KEPT_FOR).values_list("pk", flat=True)[:_CHUNK]
        )
        if not keys:
            return deleted
        deleted += IdempotencyKey.objects.filter(pk__in=keys).delete()[0]


def record_start(*, name: str, now: datetime) -> None:
    """Record that a job begins."""
    JobRun.objects.update_or_create(name=name, defaults={"started_at": now})


def record_success(*, name: str, now: datetime, result: dict[str, int]) -> None:
    """Record that a job has succeeded, with its numbers."""
    JobRun.objects.filter(name=name).update(succeeded_at=now, result=result)


def record_failure(*, name: str, now: datetime) -> None:
    """Record that a job has failed."""
    JobRun.objects.filter(name=name).update(failed_at=now)
