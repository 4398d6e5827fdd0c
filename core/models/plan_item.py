"""What incomes and bills have in common."""

from datetime import date

from django.db import models
from django.db.models import Q

from core.db.locks import OwnedModel
from core.kernel.currencies import format_money
from core.kernel.frequencies import Frequency
from core.kernel.money import AMOUNT_LIMIT
from core.kernel.schedules import EARLIEST_DATE, LATEST_DATE
from core.models.fields import CurrencyField, MoneyField

FREQUENCY_CHOICES = [(frequency.value, frequency.value) for frequency in Frequency]


def plan_item_constraints(*, date_field: str) -> list[models.BaseConstraint]:
    """The database's own checks for an item of a plan; `%(class)s` keeps their names apart."""
    return [
        models.CheckConstraint(
            condition=Q(amount__gt=0) & Q(amount__lt=AMOUNT_LIMIT), name="%(class)s_amount_in_bounds"
        ),
        models.CheckConstraint(
            condition=Q(frequency__in=[frequency.value for frequency in Frequency]), name="%(class)s_frequency_known"
        ),
        models.CheckConstraint(
            condition=Q(**{f"{date_field}__gte": EARLIEST_DATE, f"{date_field}__lte": LATEST_DATE}),
            name="%(class)s_date_in_bounds",
        ),
    ]


class PlanItem(OwnedModel):
    """An income or a bill. `added_on` and `scheduled_on` are local days of the owner, written by the receivers."""

    name = models.CharField(max_length=100)
    amount = MoneyField(help_text="Above 0 and below 10^12, in the currency's minor unit.")
    currency = CurrencyField(help_text="ISO 4217 code; the owner's currency if not given.")
    frequency = models.CharField(max_length=16, choices=FREQUENCY_CHOICES)
    added_on = models.DateField(editable=False, help_text="The owner's local day on which the item was added.")
    scheduled_on = models.DateField(
        editable=False, help_text="The owner's local day on which frequency or date were last changed."
    )

    # The column that holds the schedule's anchor.
    anchor_field: str

    class Meta:
        abstract = True

    @property
    def anchor(self) -> date:
        """The date that the schedule steps from."""
        anchor: date = getattr(self, self.anchor_field)
        return anchor

    def __str__(self) -> str:
        return f"{self.name or self._meta.verbose_name}: {format_money(self.amount, self.currency)} {self.frequency}"
