"""Pay periods that are over."""

from django.db import models
from django.db.models import F, Q

from core.db.locks import OwnedModel
from core.kernel.currencies import format_money
from core.models.fields import CurrencyField, ExactDecimalField, MoneyField
from core.models.reconciliation import Reconciliation, get_nothing


class PayPeriod(OwnedModel):
    """A closed pay period `[start, end)` of one person.

    Written by the allowance's services alone, before anything later is read or written; it is read-only. Dates,
    `savings_percent`, `carries`, `repays` and `lines` are kept as the plan was when the period closed. The amounts
    follow the transactions, patches and reconciliations of the period, and of the closed periods before it.

    `lines` is a list of objects, one for each date of an item and each target that the period counted or keeps
    something of. Amounts in it are exact fractions as text, in `currency`.
    """

    raises_revision = False

    start = models.DateField(help_text="The payday that began it.")
    end = models.DateField(help_text="The next payday, not part of it.")
    currency = CurrencyField()
    savings_percent = ExactDecimalField(max_digits=5, decimal_places=2, help_text="The goals' percentages together.")
    carries = models.BooleanField(help_text="Whether what is left goes into the next period.")
    repays = models.BooleanField(help_text="Whether what was spent beyond the pool is taken from the next period.")
    own_pool = MoneyField(help_text="What it had of its own, rounded down; it may be negative.")
    carried = MoneyField(help_text="What it took over from the period before.")
    repaid = MoneyField(help_text="What it repaid of what the periods before had spent too much.")
    pool = MoneyField(help_text="What it had to spend; it may be negative.")
    spent = MoneyField(help_text="Net spending that counted against the pool.")
    left = MoneyField(help_text="The pool less what was spent; it may be negative.")
    due = MoneyField(help_text="What was still owed of earlier periods after `repaid`.")
    reconciliation = models.ForeignKey(
        Reconciliation,
        null=True,
        on_delete=models.SET_NULL,
        db_index=False,
        related_name="+",
        help_text="The one that counted in it.",
    )
    lines = models.JSONField(default=get_nothing, help_text="What each date and target brought to it.")

    class Meta:
        verbose_name = "closed pay period"
        ordering = ["-start"]
        constraints = [
            models.UniqueConstraint(fields=["user", "start"], name="payperiod_begins_once"),
            models.UniqueConstraint(fields=["user", "end"], name="payperiod_ends_once"),
            models.CheckConstraint(condition=Q(start__lt=F("end")), name="payperiod_has_days"),
            models.CheckConstraint(
                condition=Q(savings_percent__gte=0, savings_percent__lte=100), name="payperiod_savings_in_bounds"
            ),
            models.CheckConstraint(
                condition=Q(carried__gte=0, repaid__gte=0, due__gte=0), name="payperiod_carry_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.start} to {self.end}: {format_money(self.pool, self.currency)}"
