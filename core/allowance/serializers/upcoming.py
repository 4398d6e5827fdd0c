"""The serializer of dates to come."""

from typing import Any

from rest_framework import serializers

from core.allowance.domain.happened import DateStatus
from core.allowance.domain.upcoming import UpcomingDate
from core.allowance.domain.values import ItemType
from core.kernel.currencies import get_decimals
from core.kernel.money import format_amount
from core.web.fields import MoneyField

_ITEM_TYPES = [(item_type.value, item_type.value) for item_type in ItemType]
_STATUSES = [(status.value, status.value) for status in DateStatus]


class UpcomingDateSerializer(serializers.Serializer[UpcomingDate]):
    """One date of an income or a bill, or the target of a goal."""

    type = serializers.ChoiceField(choices=_ITEM_TYPES, help_text="The kind of the item.")
    id = serializers.IntegerField(help_text="The item's id.")
    name = serializers.CharField(allow_blank=True, help_text="The item's name.")
    date = serializers.DateField(help_text="The date of its schedule, unmoved.")
    effective_date = serializers.DateField(help_text="The day on which it takes effect.")
    amount = MoneyField(help_text="The whole date, as planned or said, in the item's currency.")
    currency = serializers.CharField(help_text="The item's currency.")
    base_amount = MoneyField(
        help_text="The same in the owner's currency: at today's rate, at the rate of the day on which it was paid, or "
        "as a closed pay period has kept it."
    )
    status = serializers.ChoiceField(choices=_STATUSES, help_text="What became of it.")
    transaction = serializers.IntegerField(
        allow_null=True, help_text="The id of the transaction that settles it; null for none."
    )
    days_until = serializers.IntegerField(help_text="Days from today to `effective_date`; below 0 for a day past.")
    set_aside = MoneyField(
        allow_null=True,
        help_text="What is put aside for it up to and with this pay period, for a planned bill that several pay "
        "periods put aside for and for a target; null for the others.",
    )

    def to_representation(self, one: UpcomingDate) -> dict[str, Any]:
        """Return what the fields describe."""
        decimals = get_decimals(self.context["owner"].currency)
        return {
            "type": one.key.type.value,
            "id": one.key.item_id,
            "name": one.name,
            "date": one.key.on_date.isoformat(),
            "effective_date": one.effective_date.isoformat(),
            "amount": format_amount(one.amount, decimals=get_decimals(one.currency)),
            "currency": one.currency,
            "base_amount": format_amount(one.base_amount, decimals=decimals),
            "status": one.status.value,
            "transaction": one.payment_id,
            "days_until": one.days_until,
            "set_aside": None if one.set_aside is None else format_amount(one.set_aside, decimals=decimals),
        }
