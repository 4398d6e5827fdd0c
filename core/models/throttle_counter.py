"""Counts of calls, for limits."""

from django.db import models


class ThrottleCounter(models.Model):
    """How often one thing has happened in one window of time.

    Written by `limits.counters` alone, one statement a call and outside of any transaction: always for what must
    hold also when Redis is lost, and for every call where there is no Redis or it is away. `key` is a keyed
    digest; neither an address nor a name can be read from it. A row past `resets_at` counts as absent.
    """

    key = models.CharField(max_length=64, primary_key=True)
    count = models.PositiveIntegerField()
    resets_at = models.BigIntegerField(help_text="The end of the window, in milliseconds since 1970 UTC.")

    class Meta:
        verbose_name = "throttle counter"

    def __str__(self) -> str:
        return f"{self.key[:8]}: {self.count}"
