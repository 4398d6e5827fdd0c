"""The serializer of transactions."""

import datetime
from collections.abc import Sequence
from typing import Any

from django.db.models import Q
from rest_framework import serializers

from core.allowance.domain.occurrences import MOST_CANDIDATES
from core.allowance.queries import find_date_to_settle, find_item_occurrence
from core.kernel.currencies import get_decimals
from core.kernel.date_bounds import EARLIEST_DATE
from core.kernel.money import format_amount
from core.ledger.serializers.base import STAMPS, AmountSerializer
from core.models import DailyAllowance, Expense, Income, Transaction
from core.models.plan_item import PlanItem
from core.models.transaction import TransactionKind
from core.web.exceptions import RefusedInput
from core.web.fields import DayField, MoneyField, OwnRowField, UuidField, format_instant

_ITEM_FIELDS = {TransactionKind.BILL.value: "expense", TransactionKind.INCOME.value: "income"}
"""By kind, the field that names the item of the plan. The other kinds have none."""


class OccurrenceRequired(RefusedInput):
    """No unpaid date of an item is near enough to a transaction to be the one that it settles."""

    default_detail = "No unpaid date of the item is near: send `occurrence`."
    default_code = "occurrence_required"

    def __init__(self, *, candidates: Sequence[datetime.date]) -> None:
        super().__init__(candidates=[day.isoformat() for day in candidates])


class PlanItemField(OwnRowField):
    """The id of an income or a bill of the owner. A deleted one stays valid on a row that has it."""

    def get_queryset(self) -> Any:
        """Return the owner's items that may be named."""
        parent: Any = self.parent
        kept = getattr(parent.instance, f"{self.field_name}_id", None)
        return super().get_queryset().filter(Q(deleted_at__isnull=True) | Q(pk=kept))


class TransactionSerializer(AmountSerializer):
    """A purchase, a refund, a bill that was paid or an income that arrived, on one day."""

    allowance = OwnRowField(queryset=DailyAllowance.objects.all(), required=False, help_text="The id of the day's row.")
    date = DayField(required=False, help_text="The owner's local day; today if not given.")
    kind = serializers.ChoiceField(
        choices=TransactionKind.choices,
        required=False,
        help_text=(
            "`spend` and `refund` change what remains of the day, `bill` and `income` the pool of the pay period. "
            "A change to another kind takes `expense`, `income` and `occurrence` away, unless they are sent."
        ),
    )
    expense = PlanItemField(
        queryset=Expense.including_deleted.all(),
        required=False,
        allow_null=True,
        help_text="The id of the bill that was paid; for the kind `bill` alone. Null: one that the plan does not have.",
    )
    income = PlanItemField(
        queryset=Income.including_deleted.all(),
        required=False,
        allow_null=True,
        help_text="The id of the income that arrived; for the kind `income` alone. Null: none of the plan.",
    )
    occurrence = DayField(
        required=False,
        allow_null=True,
        help_text=(
            "The date of the item's schedule that it settles, whatever day that took effect on. If not given, the "
            "nearest date within half a step that is neither paid nor skipped; a change keeps it, unless the item "
            "changes. Null in an answer: it counts whole."
        ),
    )
    client_id = UuidField(
        required=False,
        allow_null=True,
        help_text=(
            "What the client calls it. A second POST with it adds nothing, whatever else it holds, and answers 200 "
            "with the row as it is now. It is fixed once it is stored: a change ignores it."
        ),
    )
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
            "expense",
            "income",
            "occurrence",
            "client_id",
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
            "expense": row.expense_id,
            "income": row.income_id,
            "occurrence": None if row.occurrence is None else row.occurrence.isoformat(),
            "client_id": None if row.client_id is None else str(row.client_id),
            "category": row.category,
            "description": row.description,
            "remaining_amount": format_amount(day.remaining_amount, decimals=decimals),
            "created_at": format_instant(row.created_at),
            "updated_at": format_instant(row.updated_at),
        }

    # What an answer of 400 may hold beside messages.
    refusal_lists = {
        "candidates": (
            "With the code `occurrence_required`: dates of the item that are neither paid nor skipped, the nearest "
            f"first, at most {MOST_CANDIDATES}."
        )
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
        """Check what fields say together: of the day, and of the item and its date."""
        attrs = self._validate_day(super().validate(attrs))
        if self.instance is not None:
            attrs.pop("client_id", None)
        return self._validate_item(attrs)

    def _validate_day(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Check that `date` and `allowance`, where both are given, name the same day."""
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

    def _validate_item(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Check that the item is one of the kind, and find the date that is settled where none is given."""
        named = _ITEM_FIELDS.get(self.resolve(attrs, "kind") or TransactionKind.SPEND.value)
        for kind, field in _ITEM_FIELDS.items():
            if field == named:
                continue
            if attrs.get(field) is not None:
                message = f"Only a transaction of the kind `{kind}` has one."
                raise serializers.ValidationError({field: [message]}, code="other_kind")
            if self.instance is not None or field in attrs:
                attrs[field] = None
        item: PlanItem | None = None if named is None else self.resolve(attrs, named)
        if item is None:
            if attrs.get("occurrence") is not None:
                message = "Only a transaction with an item of the plan settles a date."
                raise serializers.ValidationError({"occurrence": [message]}, code="no_item")
            attrs["occurrence"] = None
            return attrs
        if self._has_already(item, attrs):
            return attrs
        on_date = attrs.get("occurrence")
        if on_date is None:
            attrs["occurrence"] = self._find_occurrence(attrs, item)
        elif find_item_occurrence(owner=self.owner, item=item, on_date=on_date, today=self.today) is None:
            message = "This date of the item does not count."
            raise serializers.ValidationError({"occurrence": [message]}, code="date_does_not_count")
        return attrs

    def _has_already(self, item: PlanItem, attrs: dict[str, Any]) -> bool:
        """Return whether the stored row has the item and its date: then they are not checked again."""
        stored = self.instance
        if stored is None or item not in (stored.expense, stored.income):
            return False
        return bool(attrs.get("occurrence", stored.occurrence) == stored.occurrence)

    def _find_occurrence(self, attrs: dict[str, Any], item: PlanItem) -> datetime.date | None:
        settled = find_date_to_settle(
            owner=self.owner,
            item=item,
            paid_on=self.resolve(attrs, "date"),
            today=self.today,
            payment_id=None if self.instance is None else self.instance.pk,
        )
        if settled.on_date is None and not settled.counts_whole:
            raise OccurrenceRequired(candidates=settled.candidates)
        return settled.on_date
