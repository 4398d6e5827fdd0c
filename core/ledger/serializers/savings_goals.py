"""The serializer of savings goals."""

from decimal import Decimal

from rest_framework import serializers

from core.ledger.serializers.base import STAMPS, OwnedSerializer
from core.models import SavingsGoal
from core.web.fields import ExactDecimalField

LARGEST_PERCENTAGE = Decimal(100)


class SavingsGoalSerializer(OwnedSerializer):
    """A percentage of income that is put away."""

    percentage = ExactDecimalField(
        decimal_places=2,
        largest=LARGEST_PERCENTAGE,
        help_text="Percent of the income counted: above 0, at most 100, at most 2 decimals.",
    )

    class Meta:
        model = SavingsGoal
        fields = ["id", "name", "percentage", *STAMPS]

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
