"""Savings goals."""

from collections.abc import Collection
from typing import Any

from django.db import models
from django.db.models import Q

from core.db.locks import OwnedModel
from core.kernel.date_bounds import EARLIEST_DATE, LATEST_DATE
from core.kernel.money import AMOUNT_LIMIT
from core.models.fields import ExactDecimalField, MoneyField


class SavingsGoal(OwnedModel):
    """What is put aside before anything is spent: a percentage of income, or for an amount by a day.

    Written by its owner and by staff; every write refreshes the owner's figure of today. All percentages of one
    person together may not pass 100: writes check that under the owner's lock. `target_amount` is in
    the owner's currency. `added_on` is a local day of the owner, written by the receivers.
    """

    name = models.CharField(max_length=100, blank=True)
    percentage = ExactDecimalField(
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        help_text="Percent of the income counted, above 0 and at most 100.",
    )
    target_amount = MoneyField(null=True, blank=True, help_text="The amount to have, in the owner's currency.")
    target_date = models.DateField(null=True, blank=True, help_text="The day by which to have it.")
    added_on = models.DateField(null=True, editable=False, help_text="The owner's local day on which it was added.")

    # From pre_save to post_save: what the figure depended on before a target date changes.
    figure_before: Any = None

    class Meta:
        verbose_name = "savings goal"
        constraints = [
            models.CheckConstraint(
                condition=Q(percentage__gt=0) & Q(percentage__lte=100), name="savingsgoal_percentage_in_bounds"
            ),
            models.CheckConstraint(
                condition=Q(target_amount__gt=0, target_amount__lt=AMOUNT_LIMIT),
                name="savingsgoal_target_in_bounds",
            ),
            models.CheckConstraint(
                condition=Q(target_date__gte=EARLIEST_DATE, target_date__lte=LATEST_DATE),
                name="savingsgoal_target_date_in_bounds",
            ),
            models.CheckConstraint(
                condition=Q(percentage__isnull=False, target_amount__isnull=True, target_date__isnull=True)
                | Q(percentage__isnull=True, target_amount__isnull=False, target_date__isnull=False),
                name="savingsgoal_percentage_or_target",
            ),
        ]
        indexes = [models.Index(fields=["user", "id"], name="savingsgoal_user")]

    def validate_constraints(self, exclude: Collection[str] | None = None) -> None:
        """Check nothing: serializers answer with a sentence for each of these, and the database enforces them."""

    def __str__(self) -> str:
        what = f"{self.percentage} %" if self.percentage is not None else f"by {self.target_date}"
        return f"{self.name or 'savings goal'}: {what}"
