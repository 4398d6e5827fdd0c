"""The shape of a currency."""

from typing import Any

from rest_framework import serializers

from core.currencies.domain import format_rate
from core.currencies.queries import CurrencyRow


class CurrencySerializer(serializers.Serializer[CurrencyRow]):
    """A currency that can be paid in, and what it is worth."""

    code = serializers.CharField(read_only=True, help_text="ISO 4217 code.")
    name = serializers.CharField(read_only=True, help_text="In the caller's language.")
    decimals = serializers.IntegerField(read_only=True, help_text="Decimals of its minor unit, 0 to 3.")
    rate = serializers.SerializerMethodField(
        help_text=(
            "Units of the caller's currency for one unit, as a decimal string: exact where it ends within ten "
            "decimals, else to twelve digits; null where no rate is known."
        )
    )
    rate_date = serializers.DateField(
        read_only=True,
        allow_null=True,
        help_text="The day of that rate, the latest on or before the day asked for; null where no rate is known.",
    )

    def get_rate(self, row: CurrencyRow) -> str | None:
        """As the domain shows it."""
        return None if row.rate is None else format_rate(rate=row.rate)


class CurrencyQuerySerializer(serializers.Serializer[Any]):
    """The questions that the list of currencies takes."""

    date = serializers.DateField(
        required=False, help_text="Rates as of this day, from 2000-01-01 to today; today if not given."
    )
    search = serializers.CharField(
        required=False, allow_blank=True, max_length=100, help_text="Part of a code or a name; case does not matter."
    )
