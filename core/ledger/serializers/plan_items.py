"""Serializers of incomes and expenses."""

from datetime import date

from rest_framework import serializers

from core.allowance.queries import find_next_date
from core.kernel.date_bounds import EARLIEST_DATE, SCHEDULE_HORIZON_YEARS
from core.ledger.serializers.base import STAMPS, AmountSerializer
from core.models import Expense, Income
from core.models.plan_item import FREQUENCY_CHOICES, PlanItem


class PlanItemSerializer(AmountSerializer):
    """An income or a bill."""

    frequency = serializers.ChoiceField(choices=FREQUENCY_CHOICES)
    next_occurrence = serializers.SerializerMethodField(
        help_text="The first date of the schedule on or after today; null when past and `once`."
    )

    def get_next_occurrence(self, item: PlanItem) -> date | None:
        """Return the first date of the schedule from today on."""
        return find_next_date(item=item, today=self.today)

    def _check_date(self, day: date) -> date:
        latest_year = self.today.year + SCHEDULE_HORIZON_YEARS
        # Most years have no 29 February.
        last_day = min(self.today.day, 28) if self.today.month == 2 else self.today.day
        latest = self.today.replace(year=latest_year, day=last_day)
        if not EARLIEST_DATE <= day <= latest:
            raise serializers.ValidationError(f"Must lie from {EARLIEST_DATE} to {latest}.", code="date_out_of_range")
        return day


_PLAN_ITEM_FIELDS = ["id", "name", "amount", "currency", "frequency"]


class IncomeSerializer(PlanItemSerializer):
    """An income and its schedule."""

    class Meta:
        model = Income
        fields = [*_PLAN_ITEM_FIELDS, "next_payment_date", "next_occurrence", *STAMPS]

    def validate_next_payment_date(self, day: date) -> date:
        """Accept 2000-01-01 to 20 years ahead."""
        return self._check_date(day)


class ExpenseSerializer(PlanItemSerializer):
    """A bill and its schedule."""

    class Meta:
        model = Expense
        fields = [*_PLAN_ITEM_FIELDS, "due_date", "next_occurrence", *STAMPS]

    def validate_due_date(self, day: date) -> date:
        """Accept 2000-01-01 to 20 years ahead."""
        return self._check_date(day)
