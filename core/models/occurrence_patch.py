"""What was said beforehand of single dates."""

from django.db import models
from django.db.models import Q

from core.db.locks import OwnedModel
from core.kernel.currencies import format_money
from core.kernel.money import AMOUNT_LIMIT
from core.models.expense import Expense
from core.models.fields import MoneyField
from core.models.income import Income
from core.models.plan_item import PlanItem


class OccurrencePatch(OwnedModel):
    """One date of an income or a bill of which another amount was said beforehand, or that it is skipped.

    Written by its owner and by staff, while the pay period of the date is not over and no transaction names it.
    `date` is the date of the schedule, unmoved. Dates of which nothing differs have no row.
    """

    income = models.ForeignKey(Income, null=True, blank=True, on_delete=models.CASCADE, db_index=False)
    expense = models.ForeignKey(Expense, null=True, blank=True, on_delete=models.CASCADE, db_index=False)
    date = models.DateField(help_text="The date of the schedule.")
    amount = MoneyField(null=True, blank=True, help_text="In the item's currency; null: the date is skipped.")
    said_on = models.DateField(editable=False, help_text="The owner's local day on which this was said.")

    implied_fields = {"amount": ("said_on",)}

    class Meta:
        verbose_name = "occurrence"
        constraints = [
            models.CheckConstraint(
                condition=Q(income__isnull=True, expense__isnull=False) | Q(income__isnull=False, expense__isnull=True),
                name="occurrencepatch_of_one_item",
            ),
            models.CheckConstraint(
                condition=Q(amount__isnull=True) | Q(amount__gt=0, amount__lt=AMOUNT_LIMIT),
                name="occurrencepatch_amount_in_bounds",
            ),
            models.UniqueConstraint(fields=["income", "date"], name="occurrencepatch_once_an_income"),
            models.UniqueConstraint(fields=["expense", "date"], name="occurrencepatch_once_an_expense"),
        ]
        indexes = [models.Index(fields=["user", "date"], name="occurrencepatch_by_date")]

    @property
    def item(self) -> PlanItem:
        """The income or the bill."""
        item = self.income if self.expense is None else self.expense
        assert item is not None  # noqa: S101
        return item

    @property
    def path(self) -> str:
        """The date as clients name it: `expense/7/2026-12-05`."""
        kind, item_id = ("income", self.income_id) if self.expense_id is None else ("expense", self.expense_id)
        return f"{kind}/{item_id}/{self.date}"

    @property
    def is_skipped(self) -> bool:
        """Whether nothing will be paid or arrive."""
        return self.amount is None

    def __str__(self) -> str:
        said = "skipped" if self.amount is None else format_money(self.amount, self.item.currency)
        return f"{self.item.name or self.item._meta.verbose_name}, {self.date}: {said}"
