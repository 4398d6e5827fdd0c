"""Bills."""

from django.db import models

from core.models.plan_item import PlanItem, plan_item_constraints, plan_item_followers


class Expense(PlanItem):
    """A bill with its schedule.

    Written by its owner and by staff; every write refreshes the owner's figure of today. A purchase is a Transaction,
    not an Expense.
    """

    due_date = models.DateField(help_text="A due date of the schedule; it may lie in the past.")

    anchor_field = "due_date"
    implied_fields = plan_item_followers("due_date")

    class Meta:
        verbose_name = "expense"
        constraints = plan_item_constraints(date_field="due_date")
        indexes = [models.Index(fields=["user", "id"], name="expense_user")]
