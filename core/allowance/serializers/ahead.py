"""The serializers of the days ahead."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from drf_yasg.utils import swagger_serializer_method
from rest_framework import serializers

from core.allowance.domain.afford import Affordability, Verdict
from core.allowance.domain.path import LONGEST_AHEAD_DAYS, Path, PathDay
from core.allowance.domain.values import ItemType
from core.allowance.queries.ahead import RECENT_DAYS, Pace
from core.kernel.currencies import get_decimals, is_selectable
from core.kernel.money import format_amount
from core.models import User
from core.web.fields import DayField, MoneyField, check_decimals

PAYDAY = "payday"
_EVENT_TYPES = [(value, value) for value in (PAYDAY, *(item_type.value for item_type in ItemType))]
_VERDICTS = [(verdict.value, verdict.value) for verdict in Verdict]


class PaceField(serializers.CharField):
    """The name of a pace, or an amount that is at least 0."""

    default_error_messages = {"unknown_pace": "Must be plan, zero, recent or an amount that is at least 0."}

    def to_internal_value(self, data: Any) -> Any:
        """Return the pace, or the amount."""
        if data in list(Pace):
            return Pace(data)
        try:
            amount: Decimal = MoneyField(signed=True).run_validation(data)
        except serializers.ValidationError:
            self.fail("unknown_pace")
        if amount < 0:
            self.fail("unknown_pace")
        return amount


class PathQuerySerializer(serializers.Serializer[Any]):
    """The query parameters of `path`."""

    until = DayField(
        required=False,
        help_text=f"The last day, at most {LONGEST_AHEAD_DAYS} days ahead; that of this pay period if not given.",
    )
    pace = PaceField(
        required=False,
        help_text="What each day spends: `plan` (the default: its amount), `zero`, `recent` (the mean of the last "
        f"{RECENT_DAYS} days before today, or of the days since the first purchase where those are fewer), or an "
        "amount. Today spends at least what it has spent.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Check that an amount has no more decimals than the owner's currency."""
        pace = attrs.setdefault("pace", Pace.PLAN)
        attrs.setdefault("until", None)
        if isinstance(pace, Decimal):
            check_decimals(field="pace", amount=pace, currency=self.context["owner"].currency)
        return attrs


class PathEventSerializer(serializers.Serializer[Any]):
    """Something that takes effect on a day."""

    type = serializers.ChoiceField(choices=_EVENT_TYPES, help_text="A payday begins a pay period.")
    id = serializers.IntegerField(allow_null=True, help_text="The item's id; null for a payday.")
    name = serializers.CharField(allow_blank=True, help_text="The item's name; empty for a payday.")
    amount = MoneyField(
        help_text="In the owner's currency: of a payday the pool of its pay period, else the whole date of the item."
    )


class PathDaySerializer(serializers.Serializer[PathDay]):
    """A day of the path."""

    date = DayField(help_text="The owner's local day.")
    amount = MoneyField(help_text="What the day may spend.")
    spend = MoneyField(help_text="What it is taken to spend.")
    left = MoneyField(help_text="What is left until the next payday after the day; it may be negative.")
    events = PathEventSerializer(many=True, help_text="What takes effect on the day: paydays, incomes, bills, targets.")


class PathSerializer(serializers.Serializer[Path]):
    """How the days ahead follow from today. Nothing of it is stored."""

    currency = serializers.SerializerMethodField(help_text="The owner's currency.")
    days = serializers.SerializerMethodField(help_text="The days from today on.")
    run_out_date = DayField(allow_null=True, help_text="The first day whose `left` is below 0; null for none.")

    def get_currency(self, path: Path) -> str:
        """Return the owner's currency."""
        owner: User = self.context["owner"]
        return owner.currency

    @swagger_serializer_method(PathDaySerializer(many=True))
    def get_days(self, path: Path) -> list[dict[str, Any]]:
        """Return the days, each with what takes effect on it."""
        decimals = get_decimals(self.get_currency(path))
        events = _list_events(path, decimals=decimals)
        return [
            {
                "date": day.on_date.isoformat(),
                "amount": format_amount(day.amount, decimals=decimals),
                "spend": format_amount(day.spend, decimals=decimals),
                "left": format_amount(day.left, decimals=decimals),
                "events": events.get(day.on_date, ()),
            }
            for day in path.days
        ]


def _list_events(path: Path, *, decimals: int) -> Mapping[date, Sequence[dict[str, Any]]]:
    """Return the events by day: paydays first, then incomes, bills and targets."""
    events: dict[date, list[dict[str, Any]]] = {}
    for period in path.periods:
        pool = period.figure.pool
        if period.figure.on_date == pool.period.start:
            payday = {"type": PAYDAY, "id": None, "name": "", "amount": format_amount(pool.amount, decimals=decimals)}
            events.setdefault(pool.period.start, []).append(payday)
    for one in path.upcoming:
        amount = format_amount(one.base_amount, decimals=decimals)
        item = {"type": one.key.type.value, "id": one.key.item_id, "name": one.name, "amount": amount}
        events.setdefault(one.effective_date, []).append(item)
    return events


class AffordQuerySerializer(serializers.Serializer[Any]):
    """The query parameters of `afford`."""

    amount = MoneyField(help_text="What the purchase would cost.")
    currency = serializers.CharField(
        required=False, min_length=3, max_length=3, help_text="ISO 4217 code; the owner's currency if not given."
    )
    date = DayField(
        required=False,
        help_text=f"The day of the purchase, today if not given, at most {LONGEST_AHEAD_DAYS} days ahead: a later one "
        "is as on the path at the pace of the plan.",
    )

    def validate_currency(self, currency: str) -> str:
        """Accept ISO 4217 codes in use, and that of the owner."""
        if not is_selectable(currency, present={self.context["owner"].currency}):
            raise serializers.ValidationError("Not an ISO 4217 currency code.", code="unknown_currency")
        return currency

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Check that the amount has no more decimals than its currency."""
        currency = attrs.setdefault("currency", self.context["owner"].currency)
        check_decimals(field="amount", amount=attrs["amount"], currency=currency)
        return attrs


class AffordabilitySerializer(serializers.Serializer[Affordability]):
    """What becomes of a purchase. Nothing of it is stored."""

    date = DayField(source="on_date", help_text="The day of the purchase.")
    currency = serializers.SerializerMethodField(help_text="The owner's currency, in which all amounts are.")
    amount = MoneyField(help_text="What the purchase would cost.")
    verdict = serializers.ChoiceField(
        choices=_VERDICTS,
        help_text="`yes`: at most what remains of the day; `stretch`: at most what is left until payday; `wait`: at "
        f"most the pool of a later pay period within {LONGEST_AHEAD_DAYS} days; else `no`.",
    )
    remaining_amount = MoneyField(help_text="What remains of the day without the purchase.")
    left = MoneyField(help_text="What is left until the next payday without the purchase.")
    tomorrow_before = MoneyField(help_text="The next day's amount without the purchase, if the day spends its amount.")
    tomorrow_after = MoneyField(help_text="The next day's amount with the purchase, if the day spends that or more.")
    short_by = MoneyField(help_text="By how much the purchase passes `left`; 0 where it does not.")
    free_on = DayField(
        allow_null=True,
        help_text="The first day whose amount covers the purchase if nothing is spent until then; null for none.",
    )

    def get_currency(self, one: Affordability) -> str:
        """Return the owner's currency."""
        owner: User = self.context["owner"]
        return owner.currency

    def to_representation(self, one: Affordability) -> dict[str, Any]:
        """Return what the fields describe."""
        currency = self.get_currency(one)
        amounts = ("remaining_amount", "left", "tomorrow_before", "tomorrow_after", "short_by")
        decimals = get_decimals(currency)
        return {
            "date": one.on_date.isoformat(),
            "currency": currency,
            "amount": format_amount(one.amount, decimals=decimals),
            "verdict": one.verdict.value,
            **{name: format_amount(getattr(one, name), decimals=decimals) for name in amounts},
            "free_on": None if one.free_on is None else one.free_on.isoformat(),
        }
