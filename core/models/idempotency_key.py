"""Responses kept for requests that are repeated."""

from django.conf import settings
from django.db import models


class IdempotencyKey(models.Model):
    """The first answer to one keyed request of one person.

    Written in the same database transaction as the rows that the request created, so that either both are
    there or neither. Never changed; deleted when 24 hours old.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, db_index=False)
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64, help_text="SHA-256 of method, path and canonical body.")
    status = models.PositiveSmallIntegerField()
    body = models.TextField()
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = "idempotency key"
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="idempotencykey_once")]

    def __str__(self) -> str:
        return self.key
