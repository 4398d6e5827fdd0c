"""Incomes."""

from django.db import models

from core.models.plan_item import PlanItem, plan_item_constraints, plan_item_followers


class Income(PlanItem):
    """A source of money with its schedule.

    Written by its owner and by staff; every write refreshes the owner's figure of today. A date in the past is valid:
    the schedule rolls forward from it, and the stored date stays.
    """

    name = models.CharField(max_length=100, blank=True)
    next_payment_date = models.DateField(help_text="A payday of the schedule; it may lie in the past.")

    anchor_field = "next_payment_date"
    implied_fields = plan_item_followers("next_payment_date")

    class Meta:
        verbose_name = "income"
        constraints = plan_item_constraints(date_field="next_payment_date")
        indexes = [models.Index(fields=["user", "id"], name="income_user")]
