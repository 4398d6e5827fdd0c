"""The serializers of days."""

from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from drf_yasg.utils import swagger_serializer_method
from rest_framework import serializers

from core.allowance.domain.day import calculate_status, list_weights
from core.allowance.domain.results import Status
from core.kernel.currencies import get_decimals
from core.kernel.local_days import find_end_of_day
from core.kernel.money import format_amount
from core.kernel.pay_periods import ONE_DAY
from core.models import DailyAllowance
from core.web.fields import MoneyField, format_instant

_STATUSES = [(status.value, status.value) for status in Status]


class PeriodSerializer(serializers.Serializer[DailyAllowance]):
    """The pay period of a day."""

    start = serializers.DateField(source="period_start", help_text="The payday that began it.")
    end = serializers.DateField(source="period_end", help_text="The next payday, not part of it.")
    days = serializers.SerializerMethodField(help_text="Its length in days.")
    days_left = serializers.SerializerMethodField(help_text="Days to the next payday, the day itself included.")

    def get_days(self, row: DailyAllowance) -> int:
        """Return the length in days."""
        return (row.period_end - row.period_start).days

    def get_days_left(self, row: DailyAllowance) -> int:
        """Return the days from the row's date to the end."""
        return (row.period_end - row.date).days


class AllowanceSerializer(serializers.ModelSerializer[DailyAllowance]):
    """One day's figure."""

    amount = MoneyField(read_only=True, help_text="What the day allows, rounded down; at least 0.")
    remaining_amount = MoneyField(read_only=True, help_text="The amount less what was spent; it may be negative.")
    spent = serializers.SerializerMethodField(help_text="Spends less refunds of the day.")
    shortfall = serializers.SerializerMethodField(help_text="By how much the pay period's pool is negative, or 0.")
    status = serializers.SerializerMethodField(help_text="The day in one word.")
    period = PeriodSerializer(source="*", read_only=True)

    class Meta:
        model = DailyAllowance
        fields = ["id", "date", "currency", "amount", "remaining_amount", "spent", "status", "shortfall", "period"]

    def to_representation(self, row: DailyAllowance) -> dict[str, Any]:
        """Return what the fields would, written out: clients poll this, and the fields take ten times as long."""
        decimals = get_decimals(row.currency)
        return {
            "id": row.pk,
            "date": row.date.isoformat(),
            "currency": row.currency,
            "amount": format_amount(row.amount, decimals=decimals),
            "remaining_amount": format_amount(row.remaining_amount, decimals=decimals),
            "spent": self.get_spent(row),
            "status": self.get_status(row),
            "shortfall": self.get_shortfall(row),
            "period": {
                "start": row.period_start.isoformat(),
                "end": row.period_end.isoformat(),
                "days": (row.period_end - row.period_start).days,
                "days_left": (row.period_end - row.date).days,
            },
        }

    @swagger_serializer_method(MoneyField())
    def get_spent(self, row: DailyAllowance) -> str:
        """Return the difference of the two stored amounts."""
        return format_amount(row.amount - row.remaining_amount, decimals=get_decimals(row.currency))

    @swagger_serializer_method(MoneyField())
    def get_shortfall(self, row: DailyAllowance) -> str:
        """Return by how much the pool is below 0."""
        return format_amount(max(Decimal(0), -row.pool), decimals=get_decimals(row.currency))

    @swagger_serializer_method(serializers.ChoiceField(choices=_STATUSES))
    def get_status(self, row: DailyAllowance) -> str:
        """Return the status of the day."""
        return calculate_status(
            pool=row.pool, remaining=row.remaining_amount, left=row.left, income_counts=row.income_counts
        ).value


class TodaySerializer(AllowanceSerializer):
    """Today's figure, and what it takes to show the days ahead."""

    left = MoneyField(
        read_only=True,
        help_text="What may still be spent until the next payday: the pool less all spending of the pay period.",
    )
    tomorrow = MoneyField(read_only=True, help_text="Tomorrow's amount if nothing more is spent today.")
    revision = serializers.SerializerMethodField(
        help_text="Another text after each write of the caller's rows or settings, and after nothing else. "
        "Compare it, do not read it."
    )
    day_ends_at = serializers.SerializerMethodField(help_text="The instant at which the caller's day ends.")
    weights_ahead = serializers.SerializerMethodField(
        help_text="The weights of the days from tomorrow to the end of the pay period. The amount of such a day, if x "
        "more is spent before it, is max(0, `left` - x) times its weight divided by the sum of the weights from it on, "
        "in equal parts where only zeros are left, rounded down."
    )

    class Meta(AllowanceSerializer.Meta):
        fields = [
            *AllowanceSerializer.Meta.fields,
            *("left", "tomorrow", "revision", "day_ends_at", "weights_ahead"),
        ]

    def to_representation(self, row: DailyAllowance) -> dict[str, Any]:
        """Return the figure, with what only today's has."""
        decimals = get_decimals(row.currency)
        return {
            **super().to_representation(row),
            "left": format_amount(row.left, decimals=decimals),
            "tomorrow": format_amount(row.tomorrow, decimals=decimals),
            "revision": self.get_revision(row),
            "day_ends_at": self.get_day_ends_at(row),
            "weights_ahead": self.get_weights_ahead(row),
        }

    def get_revision(self, row: DailyAllowance) -> str:
        """Return the owner's revision."""
        return str(row.user.revision)

    @swagger_serializer_method(serializers.DateTimeField())
    def get_day_ends_at(self, row: DailyAllowance) -> str:
        """Return the first instant of the next day in the owner's time zone."""
        return format_instant(find_end_of_day(day=row.date, zone=ZoneInfo(row.user.timezone)))

    @swagger_serializer_method(serializers.ListField(child=serializers.IntegerField(min_value=0, max_value=10)))
    def get_weights_ahead(self, row: DailyAllowance) -> list[int]:
        """Return the weights as they were chosen."""
        weights = row.user.weekday_weights
        return list(list_weights(weekday_weights=weights, start=row.date + ONE_DAY, end=row.period_end))
