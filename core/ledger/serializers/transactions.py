"""The serializer of transactions."""

import datetime
from typing import Any

from rest_framework import serializers

from core.kernel.currencies import get_decimals
from core.kernel.date_bounds import EARLIEST_DATE
from core.kernel.money import format_amount
from core.ledger.serializers.base import STAMPS, AmountSerializer
from core.models import DailyAllowance, Transaction
from core.models.transaction import SPENDING_CHOICES
from core.web.fields import DayField, MoneyField, OwnRowField, format_instant


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
            *STAMPS,
        ]

    def to_representation(self, row: Transaction) -> dict[str, Any]:
        """Return the same as the fields would, without calling each of them: a page has up to 200 rows.

        `core/tests/ledger/test_shapes.py` compares the two.
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
