"""Queries for operators."""

from core.models import JobRun


def list_job_runs() -> list[JobRun]:
    """Return the latest run of each job that has run, by name."""
    return list(JobRun.objects.order_by("name"))
