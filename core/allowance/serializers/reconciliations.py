"""The serializers of reconciliations, what is sent and what is answered."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from drf_yasg.utils import swagger_serializer_method
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail
from rest_framework.settings import api_settings

from core.allowance.domain.happened import DateStatus
from core.allowance.domain.results import LineKind, OverDate, ReconciliationLine
from core.allowance.domain.values import DateKey, ItemType
from core.allowance.queries.reconciliations import ShownReconciliation
from core.kernel.currencies import get_decimals
from core.kernel.date_bounds import EARLIEST_DATE, LATEST_DATE
from core.kernel.money import format_amount
from core.models.reconciliation import NOT_YET_LIMIT, NOTE_LENGTH, Covers
from core.web.fields import DayField, MoneyField, RowIdField, check_decimals

_COVERS = [(covers.value, covers.label) for covers in Covers]
_LINE_KINDS = [(kind.value, kind.value) for kind in LineKind]
_ITEM_TYPES = [(item_type.value, item_type.value) for item_type in ItemType]
_PAID_TYPES = [(item_type.value, item_type.value) for item_type in (ItemType.INCOME, ItemType.EXPENSE)]
_STATUSES = [(status.value, status.value) for status in DateStatus]


class NotYetSerializer(serializers.Serializer[DateKey]):
    """A date of an income or a bill that should have arrived or left, and has not; it names one of the two."""

    expense = RowIdField(required=False, help_text="The id of the bill; either this or `income` is given.")
    income = RowIdField(required=False, help_text="The id of the income; either this or `expense` is given.")
    occurrence = DayField(help_text="The date of its schedule, unmoved.")

    optional_in_answers = ("expense", "income")

    def validate_occurrence(self, day: date) -> date:
        """Accept the days that a schedule may have."""
        if not EARLIEST_DATE <= day <= LATEST_DATE:
            raise serializers.ValidationError(
                f"Must lie from {EARLIEST_DATE} to {LATEST_DATE}.", code="date_out_of_range"
            )
        return day

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Check that one item is named."""
        if ("expense" in attrs) == ("income" in attrs):
            raise serializers.ValidationError("Name one item, by `expense` or by `income`.", code="one_item")
        return attrs

    def to_representation(self, key: DateKey) -> dict[str, Any]:
        """Return the same as was sent."""
        return {key.type.value: key.item_id, "occurrence": key.on_date.isoformat()}


class NotYetField(serializers.ListField):
    """At most 50 dates. What is wrong with one of them is said in one list, as for any other field."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(child=NotYetSerializer(), max_length=NOT_YET_LIMIT, **kwargs)

    def to_internal_value(self, data: Any) -> list[DateKey]:
        """Return the dates that are named."""
        if isinstance(data, list) and len(data) > NOT_YET_LIMIT:
            # Before each of them is looked at.
            message = self.error_messages["max_length"].format(max_length=NOT_YET_LIMIT)
            raise serializers.ValidationError([message], code="max_length")
        try:
            named: list[dict[str, Any]] = super().to_internal_value(data)
        except serializers.ValidationError as error:
            if isinstance(error.detail, dict):
                raise serializers.ValidationError(list(_list_messages(error.detail))) from error
            raise
        return [
            DateKey(item_type, one[item_type.value], one["occurrence"])
            for one in named
            for item_type in (ItemType.EXPENSE, ItemType.INCOME)
            if item_type.value in one
        ]


def _list_messages(details: dict[Any, Any]) -> Iterator[ErrorDetail]:
    """Yield what is wrong with the first entry that is refused, each message after its field."""
    first = next(iter(details.values()))
    if isinstance(first, list):
        yield from first
        return
    for field, messages in first.items():
        for message in messages:
            is_general = field == api_settings.NON_FIELD_ERRORS_KEY
            yield ErrorDetail(message if is_general else f"{field}: {message}", code=message.code)


class ReconciliationLineSerializer(serializers.Serializer[ReconciliationLine]):
    """One step from the stated amount to the pool."""

    what = serializers.ChoiceField(choices=_LINE_KINDS, help_text="What the step is.")
    type = serializers.ChoiceField(
        choices=_ITEM_TYPES, allow_null=True, help_text="The kind of the item that it comes from; null for none."
    )
    id = serializers.IntegerField(allow_null=True, help_text="The item's id; null for none.")
    name = serializers.CharField(allow_blank=True, help_text="The item's name; empty for none.")
    occurrence = DayField(allow_null=True, help_text="The date of the item's schedule; null for none.")
    amount = MoneyField(help_text="In the owner's currency, with its sign.")


class OverDateSerializer(serializers.Serializer[OverDate]):
    """A date that was taken to have left or arrived.

    If it has not, it can be named in `not_yet`: its `id` under its `type`, and its `occurrence`.
    """

    type = serializers.ChoiceField(choices=_PAID_TYPES, help_text="The kind of the item.")
    id = serializers.IntegerField(help_text="The item's id.")
    name = serializers.CharField(allow_blank=True, help_text="The item's name.")
    occurrence = DayField(help_text="The date of its schedule, unmoved.")
    effective_date = DayField(help_text="The day on which it took effect, or takes effect.")
    amount = MoneyField(help_text="The whole date, as planned or said, in the owner's currency.")
    status = serializers.ChoiceField(choices=_STATUSES, help_text="What became of it.")


class ReconciliationSerializer(serializers.Serializer[ShownReconciliation]):
    """What was there at a moment, and what it makes of the pay period by the plan as it stands now."""

    id = serializers.IntegerField(read_only=True)
    date = DayField(read_only=True, help_text="The day on which it was stated.")
    amount = MoneyField(signed=True, help_text="In the owner's currency; it may be negative or 0.")
    covers = serializers.ChoiceField(
        choices=_COVERS, help_text="`balance`: what is on the account; `spending`: what may be spent until payday."
    )
    not_yet = NotYetField(
        required=False, help_text="Dates that would be taken to have left or arrived, and have not; at most 50."
    )
    note = serializers.CharField(required=False, allow_blank=True, max_length=NOTE_LENGTH, help_text="Any text.")
    difference = MoneyField(
        read_only=True, help_text="By how much it changed what was left until payday, when it was written."
    )
    lines = serializers.SerializerMethodField(
        help_text=(
            "The steps from `amount` to the pool. They follow the plan as it is now and add up to the pool that this "
            "gives if nothing was stated after it; none where it is void."
        )
    )
    over = serializers.SerializerMethodField(
        help_text="What was taken to have left or arrived, of this pay period and of dates with shares in it."
    )
    void = serializers.BooleanField(
        read_only=True,
        help_text="Whether it counts no more: a `spending` whose pay period has other dates by now.",
    )
    created_at = serializers.DateTimeField(read_only=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Check that the amount has no more decimals than the owner's currency."""
        check_decimals(field="amount", amount=attrs["amount"], currency=self.context["owner"].currency)
        return attrs

    @swagger_serializer_method(ReconciliationLineSerializer(many=True))
    def get_lines(self, shown: ShownReconciliation) -> list[dict[str, Any]]:
        """Return the lines."""
        if shown.reconciled is None:
            return []
        decimals = get_decimals(shown.currency)
        return [
            {
                "what": line.what.value,
                "type": None if line.type is None else line.type.value,
                "id": line.id,
                "name": line.name,
                "occurrence": None if line.occurrence is None else line.occurrence.isoformat(),
                "amount": format_amount(line.amount, decimals=decimals),
            }
            for line in shown.reconciled.lines
        ]

    @swagger_serializer_method(OverDateSerializer(many=True))
    def get_over(self, shown: ShownReconciliation) -> list[dict[str, Any]]:
        """Return what was over."""
        if shown.reconciled is None:
            return []
        decimals = get_decimals(shown.currency)
        return [
            {
                "type": one.key.type.value,
                "id": one.key.item_id,
                "name": one.name,
                "occurrence": one.key.on_date.isoformat(),
                "effective_date": one.effective_date.isoformat(),
                "amount": format_amount(one.amount, decimals=decimals),
                "status": one.status.value,
            }
            for one in shown.reconciled.over
        ]


class ReconciliationPreviewSerializer(ReconciliationSerializer):
    """What a reconciliation would be, and the figure by it. Nothing is stored."""

    id = serializers.IntegerField(read_only=True, allow_null=True, help_text="Null: it is not stored.")
    created_at = serializers.DateTimeField(read_only=True, allow_null=True, help_text="Null: it is not stored.")
    pool = MoneyField(read_only=True, help_text="What the pay period has to spend by it: the sum of the lines.")
    left = MoneyField(read_only=True, help_text="What may still be spent until the next payday by it.")
