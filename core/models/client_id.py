"""Ids that clients give to transactions."""

from django.conf import settings
from django.db import models


class ClientId(models.Model):
    """The id that a client gave to a transaction before it was stored. It is known for ever.

    Written with the transaction. `transaction` is null once that is deleted.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, db_index=False)
    client_id = models.UUIDField()
    transaction = models.OneToOneField(
        "core.Transaction", null=True, on_delete=models.SET_NULL, related_name="given_id"
    )

    class Meta:
        verbose_name = "client id"
        constraints = [models.UniqueConstraint(fields=["user", "client_id"], name="clientid_once")]

    def __str__(self) -> str:
        return str(self.client_id)
