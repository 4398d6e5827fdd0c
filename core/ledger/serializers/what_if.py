"""The serializers of changes that are tried out."""

from typing import Any

from drf_yasg import openapi
from drf_yasg.utils import swagger_serializer_method
from rest_framework import serializers

from core.allowance.domain.days import read_figure
from core.allowance.domain.path import LONGEST_AHEAD_DAYS, Comparison, PathPeriod
from core.allowance.domain.results import DayFigure
from core.allowance.serializers import TodaySerializer
from core.kernel.currencies import get_decimals
from core.kernel.money import format_amount
from core.models import DailyAllowance, User
from core.web.fields import DayField, MoneyField, RowIdField

MOST_CHANGES = 50
MOST_PERIODS = 12
_USUAL_PERIODS = 3

OPERATIONS = ("add", "replace", "remove")
TYPES = ("income", "expense", "savings-goal", "transaction")


class DataField(serializers.JSONField):
    """The body of a write."""

    class Meta:
        swagger_schema_fields = {
            "type": openapi.TYPE_OBJECT,
            "description": "The fields as in the body of a POST (`add`) or of a PATCH (`replace`).",
        }


class TriedChangeSerializer(serializers.Serializer[Any]):
    """One change: a row that is added, changed in part (`replace`) or deleted (`remove`)."""

    op = serializers.ChoiceField(choices=[(op, op) for op in OPERATIONS], help_text="What is done with the row.")
    type = serializers.ChoiceField(choices=[(one, one) for one in TYPES], help_text="The kind of the row.")
    id = RowIdField(required=False, help_text="The row's id; of `replace` and `remove` alone.")
    data = DataField(required=False)  # type: ignore[assignment]

    def validate_data(self, data: Any) -> dict[str, Any]:
        """Accept an object."""
        if not isinstance(data, dict):
            raise serializers.ValidationError("An object is required.", code="invalid")
        return data

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Check that the change has what its operation needs."""
        needed = {"add": ("data",), "replace": ("id", "data"), "remove": ("id",)}[attrs["op"]]
        missing = [name for name in needed if name not in attrs]
        if missing:
            raise serializers.ValidationError({name: ["This field is required."] for name in missing}, code="required")
        return attrs


class ChangesField(serializers.ListField):
    """Changes that are checked when they are made: each builds on those before it.

    What one is refused for stands in the error at its place.
    """

    errors_description = "What is wrong with the list; or an object for each change, with what is wrong with it."

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(child=TriedChangeSerializer(), min_length=1, max_length=MOST_CHANGES, **kwargs)

    def to_internal_value(self, data: Any) -> list[Any]:
        """Return the changes as they were sent."""
        if not isinstance(data, list):
            self.fail("not_a_list", input_type=type(data).__name__)
        if not data:
            self.fail("empty")
        changes: list[Any] = data
        return changes


class WhatIfSerializer(serializers.Serializer[Any]):
    """Changes to try out, one after the other."""

    changes = ChangesField(help_text=f"At least one, at most {MOST_CHANGES}.")
    date = DayField(
        required=False,
        help_text=f"The day whose figure is compared, today if not given, at most {LONGEST_AHEAD_DAYS} days ahead.",
    )
    periods = serializers.IntegerField(
        required=False,
        min_value=0,
        max_value=MOST_PERIODS,
        default=_USUAL_PERIODS,
        help_text="How many pay periods are listed, from that day's on.",
    )


class ComparedFigureSerializer(TodaySerializer):
    """A figure as `today/` shows it; `id` is null. A later day is as on the path if each day spends its amount."""

    id = serializers.IntegerField(allow_null=True, read_only=True, help_text="Null: it is not stored.")

    @classmethod
    def render(cls, figure: DayFigure, *, owner: User) -> dict[str, Any]:
        """Return what the fields describe."""
        values = read_figure(figure=figure, currency=owner.currency)
        columns = {name: getattr(values, name) for name in values.__slots__}
        row = DailyAllowance(user=owner, date=figure.on_date, **columns)
        return cls().to_representation(row)


class DifferenceSerializer(serializers.Serializer[Any]):
    """What the changes add to each amount; negative where they take away."""

    amount = MoneyField(help_text="Of the day's amount.")
    remaining_amount = MoneyField(help_text="Of what remains of the day.")
    left = MoneyField(help_text="Of what is left until the next payday.")
    tomorrow = MoneyField(help_text="Of the next day's amount.")


class ComparedPeriodSerializer(serializers.Serializer[PathPeriod]):
    """A pay period after the changes, if each day before it spends its amount."""

    start = DayField(help_text="The payday that begins it.")
    end = DayField(help_text="The next payday, not part of it.")
    pool = MoneyField(help_text="What it has to spend.")
    amount = MoneyField(help_text="What its first day may spend; of the first one listed the day that is asked for.")


class ComparisonSerializer(serializers.Serializer[Comparison]):
    """The figure without the changes and with them. Nothing of them is stored."""

    before = serializers.SerializerMethodField()
    after = serializers.SerializerMethodField()
    difference = serializers.SerializerMethodField()
    periods = serializers.SerializerMethodField()

    @swagger_serializer_method(ComparedFigureSerializer())
    def get_before(self, compared: Comparison) -> dict[str, Any]:
        """Return the figure without the changes."""
        return ComparedFigureSerializer.render(compared.before, owner=self.context["owner"])

    @swagger_serializer_method(ComparedFigureSerializer())
    def get_after(self, compared: Comparison) -> dict[str, Any]:
        """Return the figure with the changes."""
        return ComparedFigureSerializer.render(compared.after, owner=self.context["owner"])

    @swagger_serializer_method(DifferenceSerializer())
    def get_difference(self, compared: Comparison) -> dict[str, str]:
        """Return the figure with the changes less the one without them."""
        decimals = self._get_decimals()
        return {
            name: format_amount(getattr(compared.after, name) - getattr(compared.before, name), decimals=decimals)
            for name in ("amount", "remaining_amount", "left", "tomorrow")
        }

    @swagger_serializer_method(ComparedPeriodSerializer(many=True))
    def get_periods(self, compared: Comparison) -> list[dict[str, str]]:
        """Return the pay periods with the changes."""
        decimals = self._get_decimals()
        return [
            {
                "start": one.figure.pool.period.start.isoformat(),
                "end": one.figure.pool.period.end.isoformat(),
                "pool": format_amount(one.figure.pool.amount, decimals=decimals),
                "amount": format_amount(one.figure.amount, decimals=decimals),
            }
            for one in compared.periods
        ]

    def _get_decimals(self) -> int:
        owner: User = self.context["owner"]
        return get_decimals(owner.currency)
