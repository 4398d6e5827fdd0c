"""Serializers of incomes, expenses, savings goals and transactions."""

import datetime
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import models
from rest_framework import serializers

from core.allowance.queries import find_next_date
from core.kernel.currencies import get_decimals, is_selectable
from core.kernel.date_bounds import EARLIEST_DATE, SCHEDULE_HORIZON_YEARS
from core.kernel.money import format_amount
from core.models import DailyAllowance, Expense, Income, SavingsGoal, Transaction, User
from core.models.plan_item import FREQUENCY_CHOICES, PlanItem
from core.models.transaction import SPENDING_CHOICES
from core.web.fields import (
    DayField,
    ExactDecimalField,
    MoneyField,
    OwnRowField,
    check_decimals,
    format_instant,
)

LARGEST_PERCENTAGE = Decimal(100)


class OwnedSerializer(serializers.ModelSerializer[Any]):
    """Base of the serializers whose context has the rows' `owner` and the owner's local day, `today`."""

    serializer_field_mapping = {**serializers.ModelSerializer.serializer_field_mapping, models.DateField: DayField}

    @property
    def owner(self) -> User:
        """The user whose row this is."""
        owner: User = self.context["owner"]
        return owner

    @property
    def today(self) -> date:
        """The owner's local day."""
        today: date = self.context["today"]
        return today

    def resolve(self, attrs: dict[str, Any], field: str) -> Any:
        """Return the value that the field will have after this write."""
        return attrs[field] if field in attrs else getattr(self.instance, field, None)


class AmountSerializer(OwnedSerializer):
    """An amount with its currency."""

    amount = MoneyField(help_text="Above 0 and below 10^12, with at most the currency's decimals.")
    currency = serializers.CharField(
        required=False,
        help_text="ISO 4217 code; the owner's currency if not given.",
        min_length=3,
        max_length=3,
        # Without this, the lengths above would be checked before blanks are cut off.
        trim_whitespace=False,
    )

    def validate_currency(self, currency: str) -> str:
        """An ISO 4217 code in use, or the withdrawn code that the row or its owner's account has."""
        if not is_selectable(currency, present={self.owner.currency, getattr(self.instance, "currency", "")}):
            raise serializers.ValidationError("Not an ISO 4217 currency code.", code="unknown_currency")
        return currency

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Check that the amount has no more decimals than its currency."""
        currency = self.resolve(attrs, "currency") or self.owner.currency
        if "amount" in attrs:
            check_decimals(field="amount", amount=attrs["amount"], currency=currency)
        elif "currency" in attrs:
            # A stored amount is padded with zeros to three decimals: its value must fit, not the way it is written.
            stored: Decimal = self.resolve(attrs, "amount")
            check_decimals(field="amount", amount=stored.normalize(), currency=currency)
        return attrs


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
_STAMPS = ["created_at", "updated_at"]


class IncomeSerializer(PlanItemSerializer):
    """An income and its schedule."""

    class Meta:
        model = Income
        fields = [*_PLAN_ITEM_FIELDS, "next_payment_date", "next_occurrence", *_STAMPS]

    def validate_next_payment_date(self, day: date) -> date:
        """Accept 2000-01-01 to 20 years ahead."""
        return self._check_date(day)


class ExpenseSerializer(PlanItemSerializer):
    """A bill and its schedule."""

    class Meta:
        model = Expense
        fields = [*_PLAN_ITEM_FIELDS, "due_date", "next_occurrence", *_STAMPS]

    def validate_due_date(self, day: date) -> date:
        """Accept 2000-01-01 to 20 years ahead."""
        return self._check_date(day)


class SavingsGoalSerializer(OwnedSerializer):
    """A percentage of income that is put away."""

    percentage = ExactDecimalField(
        decimal_places=2,
        largest=LARGEST_PERCENTAGE,
        help_text="Percent of the income counted: above 0, at most 100, at most 2 decimals.",
    )

    class Meta:
        model = SavingsGoal
        fields = ["id", "name", "percentage", *_STAMPS]

    def validate_percentage(self, percentage: Decimal) -> Decimal:
        """Check that all goals of the owner together stay within 100 percent."""
        others = SavingsGoal.objects.filter(user_id=self.owner.pk, percentage__isnull=False)
        if self.instance is not None:
            others = others.exclude(pk=self.instance.pk)
        percentages = [other.percentage for other in others if other.percentage is not None]
        together = sum(percentages, percentage)
        if together > LARGEST_PERCENTAGE:
            raise serializers.ValidationError(
                f"All goals together would be {together:f} percent; they may not pass 100.", code="over_100_percent"
            )
        return percentage


class TransactionSerializer(AmountSerializer):
    """A purchase or a refund on one day."""

    allowance = OwnRowField(queryset=DailyAllowance.objects.all(), required=False, help_text="The id of the day's row.")
    date = DayField(required=False, help_text="The owner's local day; today if not given.")
    kind = serializers.ChoiceField(choices=SPENDING_CHOICES, required=False)
    remaining_amount = MoneyField(
        source="allowance.remaining_amount",
        currency_source="allowance.currency",
        read_only=True,
        help_text="What is left of that day after this write.",
    )
    base_amount = MoneyField(
        currency_source="allowance.currency",
        read_only=True,
        help_text="The amount in the owner's currency at that day's rate.",
    )

    class Meta:
        model = Transaction
        fields = [
            "id",
            "allowance",
            "date",
            "amount",
            "currency",
            "base_amount",
            "kind",
            "category",
            "description",
            "remaining_amount",
            *_STAMPS,
        ]

    def to_representation(self, row: Transaction) -> dict[str, Any]:
        """Return the same as the fields would, without calling each of them: a page has up to 200 rows.

        `core/tests/services/test_shapes.py` compares the two.
        """
        day = row.allowance
        decimals = get_decimals(day.currency)
        return {
            "id": row.pk,
            "allowance": row.allowance_id,
            "date": row.date.isoformat(),
            "amount": format_amount(row.amount, decimals=get_decimals(row.currency)),
            "currency": row.currency,
            "base_amount": format_amount(row.base_amount, decimals=decimals),
            "kind": str(row.kind),
            "category": row.category,
            "description": row.description,
            "remaining_amount": format_amount(day.remaining_amount, decimals=decimals),
            "created_at": format_instant(row.created_at),
            "updated_at": format_instant(row.updated_at),
        }

    # `date` is a field in this class, so the type goes by its full name.
    def validate_date(self, day: datetime.date) -> datetime.date:
        """Accept 2000-01-01 to today."""
        if self.instance is not None and day == self.instance.date:
            # Unchanged. It may lie in the future where the owner's time zone has changed since.
            return day
        if day < EARLIEST_DATE:
            raise serializers.ValidationError(f"Must not lie before {EARLIEST_DATE}.", code="date_out_of_range")
        if day > self.today:
            raise serializers.ValidationError("A transaction cannot lie in the future.", code="future")
        return day

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Check that `date` and `allowance`, where both are given, name the same day."""
        attrs = super().validate(attrs)
        allowance = attrs.pop("allowance", None)
        if allowance is not None:
            if attrs.setdefault("date", allowance.date) != allowance.date:
                raise serializers.ValidationError(
                    {"allowance": ["This row belongs to another day than `date`."]}, code="day_mismatch"
                )
            try:
                self.validate_date(allowance.date)
            except serializers.ValidationError as error:
                raise serializers.ValidationError({"allowance": error.detail}) from error
        elif self.instance is None:
            attrs.setdefault("date", self.today)
        return attrs
