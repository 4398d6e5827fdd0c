"""What is to be saved."""

from django.db import models
from django.db.models import Q

from core.db.locks import OwnedModel
from core.models.fields import ExactDecimalField


class SavingsGoal(OwnedModel):
    """A share of income that is put away before anything is spent.

    Written by its owner and by staff; every write refreshes the owner's figure of today. All goals of one
    person together may not pass 100 percent: whoever writes one checks that under the owner's lock.
    """

    name = models.CharField(max_length=100, blank=True)
    percentage = ExactDecimalField(
        max_digits=5, decimal_places=2, help_text="Percent of the income counted, above 0 and at most 100."
    )

    class Meta:
        verbose_name = "savings goal"
        constraints = [
            models.CheckConstraint(
                condition=Q(percentage__gt=0) & Q(percentage__lte=100), name="savingsgoal_percentage_in_bounds"
            )
        ]
        indexes = [models.Index(fields=["user", "id"], name="savingsgoal_user")]

    def __str__(self) -> str:
        return f"{self.name or 'savings goal'}: {self.percentage} %"
