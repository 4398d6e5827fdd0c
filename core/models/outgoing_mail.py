"""Mail to send."""

from django.conf import settings
from django.db import models


class MailKind(models.TextChoices):
    """The kinds of mail."""

    REGISTRATION = "registration"
    EMAIL_VERIFICATION = "email_verification"
    PASSWORD_RESET = "password_reset"  # noqa: S105
    USERNAME_RESET = "username_reset"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105
    USERNAME_CHANGED = "username_changed"
    EMAIL_CHANGED = "email_changed"
    SECOND_FACTOR_ENABLED = "2fa_enabled"
    SECOND_FACTOR_DISABLED = "2fa_disabled"


class OutgoingMail(models.Model):
    """A mail to send, written in the transaction of its cause and deleted once it is sent.

    It holds no text and no secret: what it says, its link included, is made at the moment of sending. A mail
    that answers a request for a reset has no `user`: the row is the same whether or not the address is that of
    an account, and the sender finds out. `recipient` is the address that was asked for then. `attempt_at` and
    `attempts` are changed by an UPDATE that names the `attempts` it expects, so that of two senders one takes the row.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True)
    kind = models.CharField(max_length=32, choices=MailKind.choices)
    recipient = models.EmailField()
    created_at = models.DateTimeField()
    attempt_at = models.DateTimeField(db_index=True, help_text="When it is tried next.")
    attempts = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = "outgoing mail"
        verbose_name_plural = "outgoing mail"
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=MailKind.values), name="outgoingmail_kind_known")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
