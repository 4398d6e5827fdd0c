"""Stored figures, one a day."""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q

from core.db.locks import OwnedModel
from core.kernel.currencies import format_money
from core.models.fields import CurrencyField, MoneyField


class DailyAllowance(OwnedModel):
    """What one person may spend on one local day: a projection of their other rows.

    Written by the allowance's services alone, one row a person and day. It can be recomputed from the plan and the
    transactions, and `check_allowances` does. After the day its `amount` does not change any more;
    `remaining_amount` still follows the day's transactions.
    `amount - remaining_amount` is what was spent on the day.
    """

    date = models.DateField(help_text="The owner's local day.")
    currency = CurrencyField()
    amount = MoneyField(help_text="What the day allowed, at least 0.")
    remaining_amount = MoneyField(help_text="The amount less what was spent on the day; it may be negative.")
    pool = MoneyField(help_text="What the pay period has to spend, rounded down; it may be negative.")
    spent_before = MoneyField(help_text="Net spending of the pay period before the day.")
    tomorrow = MoneyField(help_text="The next day's amount if nothing more is spent today.")
    period_start = models.DateField(help_text="The payday that began the pay period.")
    period_end = models.DateField(help_text="The next payday, not part of the pay period.")
    own_pool = MoneyField(
        null=True, help_text="What the pay period has of its own; null in rows from before there was carry."
    )
    carried = MoneyField(default=0, db_default=0, help_text="What the pay period took over from the one before.")
    repaid = MoneyField(default=0, db_default=0, help_text="What the pay period repays of what was overspent before.")
    due = MoneyField(default=0, db_default=0, help_text="What is still owed after `repaid`.")
    spent_from = models.DateField(
        null=True, help_text="The first day whose spending counts; null: the first day of the pay period."
    )
    income_counts = models.BooleanField(help_text="Whether any income counts in the pay period.")

    class Meta:
        verbose_name = "daily allowance"
        verbose_name_plural = "daily allowances"
        ordering = ["-date"]
        constraints = [
            models.UniqueConstraint(fields=["user", "date"], name="dailyallowance_one_a_day"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="dailyallowance_amount_not_negative"),
            models.CheckConstraint(
                condition=Q(period_start__lte=F("date")) & Q(period_end__gt=F("date")),
                name="dailyallowance_day_in_period",
            ),
        ]

    @property
    def left(self) -> Decimal:
        """What may still be spent until the next payday; it may be negative."""
        return self.pool - self.spent_before - (self.amount - self.remaining_amount)

    def __str__(self) -> str:
        return f"{self.date}: {format_money(self.amount, self.currency)}"
