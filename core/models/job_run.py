"""The latest runs of the regular jobs."""

from django.db import models


class JobRun(models.Model):
    """The latest run of one regular job; one row a job.

    Written by the worker or command that runs the job. Read by metrics and staff.
    """

    name = models.CharField(max_length=64, unique=True)
    started_at = models.DateTimeField(help_text="When the latest run began.")
    succeeded_at = models.DateTimeField(null=True, help_text="When a run last ended well.")
    failed_at = models.DateTimeField(null=True, help_text="When a run last ended in an error.")
    result = models.JSONField(default=dict, help_text="What the last good run reported: names and whole numbers.")

    class Meta:
        verbose_name = "job run"

    def __str__(self) -> str:
        return self.name
