"""Mails with links that were sent, for the limits per address."""

from django.db import models


class SentLink(models.Model):
    """One mail with a link that was sent to an address.

    `recipient_key` is a keyed digest: no address can be read from it. Rows outlive the account, so that a new
    registration of an address does not begin with new limits. Deleted by the regular job once no limit counts them.
    """

    recipient_key = models.CharField(max_length=64)
    sent_at = models.DateTimeField()

    class Meta:
        verbose_name = "sent link"
        indexes = [models.Index(fields=["recipient_key", "sent_at"], name="sentlink_recipient")]

    def __str__(self) -> str:
        return f"{self.recipient_key[:8]}: {self.sent_at:%Y-%m-%d %H:%M:%S}"
