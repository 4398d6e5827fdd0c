"""Addresses that were proven to be their account's."""

from django.conf import settings
from django.db import models

_EMAIL_LENGTH = 254


class ProvenAddress(models.Model):
    """The e-mail address of an account that was proven last, by a link that was mailed to it.

    After a change of address it is the former one until the new one is proven: notices and resets go there, and no
    other account can take it. Written by the services of accounts alone, under the owner's lock.
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="proven_address")
    email = models.EmailField(max_length=_EMAIL_LENGTH)
    email_key = models.CharField(max_length=_EMAIL_LENGTH, help_text="Folded as the account's own `email_key` is.")
    proven_at = models.DateTimeField()

    class Meta:
        verbose_name = "proven address"
        verbose_name_plural = "proven addresses"
        constraints = [models.UniqueConstraint(fields=["email_key"], name="provenaddress_email_unique_ci")]

    def __str__(self) -> str:
        return f"proven address {self.pk}"
