"""What a person states to have."""

from django.db import models
from django.db.models import F, Q

from core.db.locks import OwnedModel
from core.kernel.currencies import format_money
from core.kernel.date_bounds import EARLIEST_DATE
from core.models.fields import CurrencyField, MoneyField

NOTE_LENGTH = 200
NOT_YET_LIMIT = 50


class Covers(models.TextChoices):
    """What the amount of a reconciliation is."""

    BALANCE = "balance", "what is on the account"
    SPENDING = "spending", "what may be spent until payday"


def get_nothing() -> list[object]:
    """Return an empty list."""
    return []


class Reconciliation(OwnedModel):
    """What was there at one moment of one local day of its owner: the figure goes on from it.

    Written by its owner and never changed, but for the amounts that a change of the owner's currency converts, and
    the dates in `not_yet` that a change of an item's dates hands over. `id` is its place among reconciliations, and
    transactions with an id of at most `last_transaction_id` were stored before it. `not_yet` holds
    `{"type", "id", "date"}` of dates that should have taken effect and have not. `period_start`, `period_end` and
    `own_pool` are those of that moment: of a `spending` they decide whether it still counts, and what it counts.
    """

    date = models.DateField(help_text="The owner's local day.")
    currency = CurrencyField()
    amount = MoneyField(help_text="In the owner's currency; it may be negative.")
    covers = models.CharField(max_length=8, choices=Covers.choices)
    not_yet = models.JSONField(default=get_nothing, blank=True, help_text="Dates that should be over and are not.")
    note = models.CharField(max_length=NOTE_LENGTH, blank=True)
    last_transaction_id = models.BigIntegerField(
        help_text="The last transaction that was stored before it; 0 for none."
    )
    period_start = models.DateField(help_text="The first day of the pay period of that moment.")
    period_end = models.DateField(help_text="The next payday of that moment, not part of the period.")
    own_pool = MoneyField(help_text="The own pool of that moment without what was over; it may be negative.")
    difference = MoneyField(help_text="By how much it changed what was left, when it was written.")

    class Meta:
        verbose_name = "reconciliation"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(covers__in=Covers.values), name="reconciliation_covers_known"),
            models.CheckConstraint(condition=Q(date__gte=EARLIEST_DATE), name="reconciliation_date_in_bounds"),
            models.CheckConstraint(
                condition=Q(period_start__lte=F("date"), period_end__gt=F("date")), name="reconciliation_day_in_period"
            ),
        ]
        indexes = [models.Index(fields=["user", "date", "id"], name="reconciliation_by_day")]

    def __str__(self) -> str:
        return f"{self.date}: {format_money(self.amount, self.currency)} {self.covers}"
