"""Audit events of accounts and their rows."""

from datetime import datetime
from typing import Any, NoReturn

from django.conf import settings
from django.db import models

_CHUNK = 5_000
_APPEND_ONLY = "Audit events are written once: they are neither changed nor deleted."


class AuditEventQuerySet(models.QuerySet["AuditEvent"]):
    """Audit events, which can be added and read."""

    def update(self, **kwargs: Any) -> NoReturn:
        """Raise TypeError, always."""
        raise TypeError(_APPEND_ONLY)

    def delete(self) -> NoReturn:
        """Raise TypeError, always."""
        raise TypeError(_APPEND_ONLY)

    def delete_ownerless(self, *, before: datetime) -> int:
        """Delete the events without an owner from before an instant. Return how many.

        PostgreSQL refuses it for events that are younger than 89 days.
        """
        deleted = 0
        while ids := list(self.filter(user=None, at__lt=before).values_list("pk", flat=True)[:_CHUNK]):
            deleted += models.QuerySet.delete(self.filter(pk__in=ids))[0]
        return deleted


class AuditEvent(models.Model):
    """One event of one person's account or rows.

    Written by `audit.services` alone. Never changed, and deleted with the whole account alone, or after three months
    where it has no owner: PostgreSQL refuses anything else too. Amounts in `changes` are decimal strings. A password,
    token, code or secret is in none. `user` is the owner, empty for a name that no account has. `actor_id` is who
    caused it, empty where unknown; no foreign key, because it must outlive that account.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, db_index=False, related_name="audit_events"
    )
    at = models.DateTimeField(auto_now_add=True)
    action = models.CharField(max_length=40)
    object_type = models.CharField(max_length=40, blank=True)
    object_id = models.CharField(max_length=40, blank=True)
    changes = models.JSONField(default=dict)
    address = models.CharField(max_length=45, blank=True)
    actor_id = models.BigIntegerField(null=True)
    via = models.CharField(max_length=10, help_text="`api`, `admin` or `command`.")
    request_id = models.CharField(max_length=64, blank=True)

    objects = AuditEventQuerySet.as_manager()

    class Meta:
        verbose_name = "audit event"
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["user", "-at", "-id"], name="auditevent_newest_first")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.action} {self.object_type} {self.object_id}".rstrip()

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Add the event. Raises TypeError for one that is stored."""
        if not self._state.adding:
            raise TypeError(_APPEND_ONLY)
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Raise TypeError, always."""
        raise TypeError(_APPEND_ONLY)
