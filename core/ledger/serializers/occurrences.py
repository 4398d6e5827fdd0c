"""Serializers of the dates of incomes and bills."""

from typing import Any

from rest_framework import serializers

from core.allowance.domain.happened import DateStatus
from core.allowance.domain.occurrences import Occurrence
from core.web.fields import DayField, JsonBooleanField, MoneyField, check_decimals


class OccurrenceSerializer(serializers.Serializer[Occurrence]):
    """A date of an income or a bill that counts."""

    date = serializers.DateField(source="on_date", read_only=True, help_text="The date of the schedule.")
    effective_date = serializers.DateField(
        read_only=True, help_text="The day on which it takes effect: moved from a weekend or a holiday, if at all."
    )
    amount = MoneyField(
        read_only=True, help_text="In the item's currency, as planned or as said beforehand; not what was paid."
    )
    status = serializers.ChoiceField(
        choices=[status.value for status in DateStatus], read_only=True, help_text="What became of it."
    )
    transaction = serializers.IntegerField(
        source="payment_id", read_only=True, allow_null=True, help_text="The id of the transaction that settles it."
    )


class OccurrenceChangeSerializer(serializers.Serializer[Any]):
    """What is said of a date beforehand: one of the two."""

    # The context has the `currency` of the item.
    amount = MoneyField(
        required=False, help_text="Another amount, in the item's currency; the plan's own takes back what was said."
    )
    skipped = JsonBooleanField(required=False, help_text="Whether nothing is paid, or arrives; false takes that back.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Check that there is one of the two, and the decimals of an amount."""
        if len(attrs) != 1:
            raise serializers.ValidationError("Send either `amount` or `skipped`.", code="one_of_two")
        if "amount" in attrs:
            check_decimals(field="amount", amount=attrs["amount"], currency=self.context["currency"])
        return attrs


class OccurrenceQuerySerializer(serializers.Serializer[Any]):
    """The query parameters of a list of dates."""

    date_after = DayField(
        required=False, help_text="This date or later; from the start of the pay period that runs, if not given."
    )
    date_before = DayField(
        required=False, help_text="This date or earlier, at most 400 days after the first; a year, if not given."
    )
