"""Serializers of incomes and expenses."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from rest_framework import serializers

from core.allowance.queries import find_next_date
from core.kernel.date_bounds import EARLIEST_DATE
from core.ledger.serializers.base import STAMPS, AmountSerializer
from core.models import Expense, Income
from core.models.plan_item import FREQUENCY_CHOICES, PlanItem
from core.web.fields import DayField


class MonthDaysField(serializers.ListField):
    """The two days of the month of a semi-monthly schedule: whole numbers from 1 to 31."""

    default_error_messages = {"invalid": "Two whole numbers from 1 to 31 are required."}

    def __init__(self, **kwargs: Any) -> None:
        child = serializers.IntegerField(min_value=1, max_value=31)
        super().__init__(child=child, min_length=2, max_length=2, **kwargs)

    def to_internal_value(self, data: Any) -> list[int]:
        """Return the days. One message for whatever is wrong, where a list would have one an entry."""
        if not isinstance(data, list) or len(data) != 2 or not all(type(day) is int and 1 <= day <= 31 for day in data):
            self.fail("invalid")
        days: list[int] = data
        return days


class PlanItemSerializer(AmountSerializer):
    """An income or a bill."""

    frequency = serializers.ChoiceField(choices=FREQUENCY_CHOICES)
    days = MonthDaysField(
        required=False,
        allow_null=True,
        help_text=(
            "The two days of the month of `semi-monthly`, at least 7 days apart, the date among them; left out: the "
            "date's day and the one 15 days from it. Null for other frequencies."
        ),
    )
    next_occurrence = serializers.SerializerMethodField(
        help_text="The first date of the schedule that counts, on or after today; null when there is none."
    )

    def get_next_occurrence(self, item: PlanItem) -> date | None:
        """Return the first date of the schedule that counts, from today on."""
        return find_next_date(item=item, today=self.today)

    def validate_start_date(self, day: date | None) -> date | None:
        """Accept 2000-01-01 to 20 years ahead, and null."""
        return None if day is None else self.check_date("start_date", day=day, earliest=EARLIEST_DATE)

    def validate_end_date(self, day: date | None) -> date | None:
        """Accept 2000-01-01 to 20 years ahead, and null."""
        return None if day is None else self.check_date("end_date", day=day, earliest=EARLIEST_DATE)


def _list_fields(anchor_field: str) -> Sequence[str]:
    """Return the fields of an item, in the order in which they are shown."""
    schedule = ("frequency", anchor_field, "days", "start_date", "end_date", "adjust", "next_occurrence")
    return ["id", "name", "amount", "currency", *schedule, *STAMPS]


class IncomeSerializer(PlanItemSerializer):
    """An income and its schedule."""

    class Meta:
        model = Income
        fields = _list_fields("next_payment_date")

    def validate_next_payment_date(self, day: date) -> date:
        """Accept 2000-01-01 to 20 years ahead."""
        return self.check_date("next_payment_date", day=day, earliest=EARLIEST_DATE)


class ExpenseSerializer(PlanItemSerializer):
    """A bill and its schedule."""

    class Meta:
        model = Expense
        fields = _list_fields("due_date")

    def validate_due_date(self, day: date) -> date:
        """Accept 2000-01-01 to 20 years ahead."""
        return self.check_date("due_date", day=day, earliest=EARLIEST_DATE)


class ItemChangeSerializer(PlanItemSerializer):
    """A change of an item from a date on; every other field stays as it is if it is left out."""

    effective_from = DayField(
        write_only=True,
        help_text=(
            "From this day on the changes hold, and the new item starts; not before the running pay period, at most 20 "
            "years ahead. Its schedule goes on with the first date on or after this day."
        ),
    )

    def get_fields(self) -> dict[str, Any]:
        """Return the fields, of which only the day is required."""
        fields = super().get_fields()
        for name, field in fields.items():
            field.required = name == "effective_from"
        return fields

    def validate_effective_from(self, day: date) -> date:
        """Accept 2000-01-01 to 20 years ahead."""
        return self.check_date("effective_from", day=day, earliest=EARLIEST_DATE)


def _list_changed_fields(fields: Sequence[str]) -> Sequence[str]:
    """Return the fields of a change: the start is its day."""
    return ["effective_from", *[name for name in fields if name != "start_date"]]


class IncomeChangeSerializer(ItemChangeSerializer, IncomeSerializer):
    """A change of an income from a date on; every other field stays as it is if it is left out."""

    class Meta(IncomeSerializer.Meta):
        fields = _list_changed_fields(IncomeSerializer.Meta.fields)


class ExpenseChangeSerializer(ItemChangeSerializer, ExpenseSerializer):
    """A change of a bill from a date on; every other field stays as it is if it is left out."""

    class Meta(ExpenseSerializer.Meta):
        fields = _list_changed_fields(ExpenseSerializer.Meta.fields)
