"""The second factor of a login."""

from django.conf import settings
from django.db import models


class SecondFactor(models.Model):
    """The secret that one person's app makes its codes from.

    Not in force until `confirmed_at`; until then a new set-up replaces it. `secret` is encrypted. `used_steps`
    are the time steps whose codes were used, the latest ones: each is good once. Written by the services of
    accounts alone, under the owner's lock, which is what makes a code good once when it is tried twice at once.
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="second_factor")
    secret = models.TextField(help_text="Encrypted; see core.accounts.services.encryption.")
    used_steps = models.JSONField(default=list)
    created_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "second factor"

    def __str__(self) -> str:
        return f"second factor {self.pk}"


class BackupCode(models.Model):
    """One code that stands in for a lost device. Deleted when it is used: it is good once."""

    factor = models.ForeignKey(SecondFactor, on_delete=models.CASCADE, related_name="backup_codes", db_index=False)
    digest = models.CharField(max_length=64, help_text="SHA-256 of the owner's id and the code, 80 random bits.")

    class Meta:
        verbose_name = "backup code"
        constraints = [models.UniqueConstraint(fields=["factor", "digest"], name="backupcode_once")]

    def __str__(self) -> str:
        return f"backup code {self.pk}"
