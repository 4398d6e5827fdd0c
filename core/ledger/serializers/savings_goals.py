"""The serializer of savings goals."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any

from rest_framework import serializers

from core.allowance.queries import load_saved
from core.kernel.currencies import get_decimals
from core.kernel.errors import DomainError
from core.kernel.money import format_amount
from core.ledger.serializers.base import STAMPS, OwnedSerializer
from core.models import SavingsGoal
from core.web.fields import DayField, ExactDecimalField, MoneyField, check_decimals

LARGEST_PERCENTAGE = Decimal(100)


class OwnMoneyField(MoneyField):
    """An amount in the currency of the serializer's `owner`."""

    def get_attribute(self, instance: SavingsGoal) -> tuple[Decimal, str] | None:
        """Return the amount together with its currency."""
        amount = serializers.Field.get_attribute(self, instance)
        return None if amount is None else (amount, self.context["owner"].currency)


class SavingsGoalSerializer(OwnedSerializer):
    """A percentage of income that is put away, or an amount that is put aside for by a day."""

    percentage = ExactDecimalField(
        decimal_places=2,
        largest=LARGEST_PERCENTAGE,
        default=None,
        allow_null=True,
        help_text=(
            "Percent of the income counted: above 0, at most 100, at most 2 decimals. Null with a target; a PATCH that "
            "changes one into the other sends null for what goes."
        ),
    )
    target_amount = OwnMoneyField(
        default=None,
        allow_null=True,
        help_text="The amount to have on `target_date`, in the profile's currency. Null with a percentage.",
    )
    target_date = DayField(
        default=None,
        allow_null=True,
        help_text="The day by which to have it: after today, at most 20 years ahead. Null with a percentage.",
    )
    saved = serializers.SerializerMethodField(
        help_text=(
            "What the paydays up to now have put aside for the target; null for a percentage, and where the figure "
            "cannot be calculated."
        )
    )

    class Meta:
        model = SavingsGoal
        fields = ["id", "name", "percentage", "target_amount", "target_date", "saved", *STAMPS]

    def get_saved(self, goal: SavingsGoal) -> str | None:
        """Return what is put aside for a target."""
        if goal.target_amount is None or self._saved_by_goal is None:
            return None
        # Nothing where another request deleted the goal meanwhile.
        saved = self._saved_by_goal.get(goal.pk, Decimal(0))
        return format_amount(saved, decimals=get_decimals(self.owner.currency))

    @cached_property
    def _saved_by_goal(self) -> Mapping[int, Decimal] | None:
        """What is put aside for each target of the owner: one figure for all rows of a list.

        None without a figure: the rows of the plan must stay readable, so that the plan can be mended.
        """
        try:
            return load_saved(owner=self.owner, today=self.today)
        except DomainError:
            return None

    def validate_percentage(self, percentage: Decimal | None) -> Decimal | None:
        """Check that all goals of the owner together stay within 100 percent."""
        if percentage is None:
            return None
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

    def validate_target_date(self, day: date | None) -> date | None:
        """Accept tomorrow to 20 years ahead, and null."""
        return None if day is None else self.check_date("target_date", day=day, earliest=self.today + timedelta(days=1))

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Check that the goal has either a percentage, or a target with its date."""
        if attrs.get("target_amount") is not None:
            check_decimals(field="target_amount", amount=attrs["target_amount"], currency=self.owner.currency)
        percentage, *target = [
            self.resolve(attrs, name) is not None for name in ("percentage", "target_amount", "target_date")
        ]
        if target != [not percentage] * 2:
            raise serializers.ValidationError(
                "Give either a percentage, or a target amount with its date.", code="percentage_or_target"
            )
        return attrs
