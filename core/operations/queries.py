"""What operators want to know, read from the database."""

from core.models import JobRun


def list_job_runs() -> list[JobRun]:
    """The latest run of every job that has ever run, by name."""
    return list(JobRun.objects.order_by("name"))
