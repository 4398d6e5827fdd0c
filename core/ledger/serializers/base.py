"""What the serializers of a person's entries have in common."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.db import models
from rest_framework import serializers

from core.kernel.currencies import is_selectable
from core.kernel.date_bounds import find_latest_date
from core.models import User
from core.web.fields import DayField, MoneyField, check_decimals

STAMPS = ["created_at", "updated_at"]


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

    def check_date(self, field: str, *, day: date, earliest: date) -> date:
        """Return a day from `earliest` to 20 years ahead, or the one that is stored. Raises ValidationError."""
        latest = find_latest_date(today=self.today)
        if not earliest <= day <= latest and day != getattr(self.instance, field, None):
            raise serializers.ValidationError(f"Must lie from {earliest} to {latest}.", code="date_out_of_range")
        return day

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
