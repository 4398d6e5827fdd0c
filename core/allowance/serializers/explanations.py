"""The serializers of a figure that is taken apart."""

from decimal import Decimal
from typing import Any

from drf_yasg.utils import swagger_serializer_method
from rest_framework import serializers

from core.allowance.domain.happened import DateStatus
from core.allowance.domain.results import CountedDate
from core.allowance.domain.values import ClosedPeriod, ItemType
from core.allowance.queries import ExplainedItem, ExplainedPayment, Explanation
from core.allowance.serializers.reconciliations import ReconciliationSerializer
from core.allowance.wording import describe, describe_old_rate
from core.currencies.domain import format_rate
from core.kernel.currencies import get_decimals
from core.kernel.money import Exact, format_amount
from core.models.transaction import TransactionKind
from core.web.fields import ExactDecimalField, MoneyField

_ITEM_TYPES = [(item_type.value, item_type.value) for item_type in ItemType]
_DATE_STATUSES = [(status.value, status.value) for status in DateStatus]
_KINDS = {ItemType.EXPENSE: TransactionKind.BILL.value, ItemType.INCOME: TransactionKind.INCOME.value}
_PERCENTAGE_DECIMALS = 2


def _format(amount: Exact | None, currency: str) -> str | None:
    return None if amount is None else format_amount(amount, decimals=get_decimals(currency))


class CountedDateSerializer(serializers.Serializer[CountedDate]):
    """One date of an item that a pay period counts. Amounts are in the owner's currency."""

    date = serializers.DateField(help_text="The date of its schedule, unmoved.")
    effective_date = serializers.DateField(help_text="The day on which it takes effect.")
    amount = MoneyField(help_text="The whole date, as planned or said.")
    counted = MoneyField(
        help_text="This pay period's share by plan, rounded half even for display; below 0 where a bill that became "
        "cheaper gives back."
    )
    part = serializers.IntegerField(help_text="Which of the date's shares this is, from 1.")
    parts = serializers.IntegerField(help_text="How many shares the date has, those of closed pay periods among them.")
    status = serializers.ChoiceField(choices=_DATE_STATUSES, help_text="What became of it.")
    transaction = serializers.IntegerField(
        allow_null=True, help_text="The id of the transaction that settles it; null for none."
    )
    difference = MoneyField(
        help_text="What a payment, or what was said beforehand, adds to the pool of this pay period; with its sign."
    )

    @staticmethod
    def render(one: CountedDate, *, currency: str) -> dict[str, Any]:
        """Return what the fields describe."""
        return {
            "date": one.key.on_date.isoformat(),
            "effective_date": one.effective_date.isoformat(),
            "amount": _format(one.amount, currency),
            "counted": _format(one.counted, currency),
            "part": one.part,
            "parts": one.parts,
            "status": one.status.value,
            "transaction": one.payment_id,
            "difference": _format(one.difference, currency),
        }


class ExplainedItemSerializer(serializers.Serializer[ExplainedItem]):
    """What one income, bill or goal adds to the pool or takes from it, and why."""

    type = serializers.ChoiceField(choices=_ITEM_TYPES, source="part.type.value")
    id = serializers.IntegerField(
        source="part.id",
        allow_null=True,
        help_text="The item's id; null for what goals that are gone took when a pay period closed.",
    )
    name = serializers.CharField(source="part.name", allow_blank=True)
    frequency = serializers.SerializerMethodField(help_text="The item's frequency; null for a goal.")
    amount = serializers.SerializerMethodField(
        help_text="The item's own amount, in its own currency; of a goal with a percentage that percentage."
    )
    currency = serializers.CharField(help_text="The item's own currency.")
    percentage = ExactDecimalField(
        source="part.percentage",
        decimal_places=_PERCENTAGE_DECIMALS,
        allow_null=True,
        help_text="The percentage of a goal that has one; null for the others.",
    )
    counted = MoneyField(
        source="part.counted",
        currency_source="into",
        help_text="What it brings to this period's pool, in the owner's currency, rounded half even for display.",
    )
    rate = serializers.SerializerMethodField(
        help_text="Units of the owner's currency for one of the item's, for display; null in the owner's own."
    )
    rate_date = serializers.DateField(
        allow_null=True, help_text="The day of that rate; null in the owner's own currency."
    )
    rate_is_old = serializers.BooleanField(help_text="Whether that rate is more than a week older than the day.")
    reason = serializers.SerializerMethodField(help_text="Why, in a sentence.")
    dates = serializers.SerializerMethodField(help_text="The dates that this pay period counts.")
    set_aside = MoneyField(
        source="part.set_aside",
        currency_source="into",
        allow_null=True,
        help_text="What is put aside for a bill up to and with this pay period; null where it is not put aside for.",
    )
    saved = MoneyField(
        source="part.saved",
        currency_source="into",
        allow_null=True,
        help_text="What is put aside for a goal with a target up to and with this pay period; null for the others.",
    )
    deleted = serializers.BooleanField(
        source="part.is_deleted", help_text="Whether it is deleted, and stands here because something of it counts."
    )

    def get_frequency(self, item: ExplainedItem) -> str | None:
        """Return the frequency of an income or a bill."""
        return None if item.part.frequency is None else item.part.frequency.value

    @swagger_serializer_method(MoneyField())
    def get_amount(self, item: ExplainedItem) -> str:
        """Return the amount, or the percentage."""
        if item.part.percentage is not None:
            return format_amount(item.part.percentage, decimals=_PERCENTAGE_DECIMALS)
        return format_amount(item.part.amount, decimals=get_decimals(item.currency))

    def get_rate(self, item: ExplainedItem) -> str | None:
        """Return the rate, exact where it ends, else to twelve digits."""
        return None if item.rate is None else format_rate(rate=item.rate)

    def get_reason(self, item: ExplainedItem) -> str:
        """Return the reason in the language of the request."""
        reason = describe(item.part)
        return f"{reason} {describe_old_rate(item.rate_date)}" if item.rate_is_old and item.rate_date else reason

    @swagger_serializer_method(CountedDateSerializer(many=True))
    def get_dates(self, item: ExplainedItem) -> list[dict[str, Any]]:
        """Return the dates in order."""
        return [CountedDateSerializer.render(one, currency=item.into) for one in item.part.dates]


class ExplainedPeriodSerializer(serializers.Serializer[Any]):
    """The pay period that is explained."""

    start = serializers.DateField(help_text="The payday that began it.")
    end = serializers.DateField(help_text="The next payday, not part of it.")
    days = serializers.IntegerField(help_text="Its length in days.")


class PreviousPeriodSerializer(serializers.Serializer[ClosedPeriod]):
    """The closed pay period that something is carried from."""

    start = serializers.DateField(help_text="The payday that began it.")
    end = serializers.DateField(help_text="The next payday, not part of it.")
    pool = MoneyField(help_text="What it had to spend.")
    spent = MoneyField(help_text="Its net spending, from a reconciliation's day on where there is one.")
    left = MoneyField(help_text="The pool less what was spent.")
    due = MoneyField(help_text="What it leaves owed: spent beyond the pool, and due from before.")


class UnplannedSerializer(serializers.Serializer[ExplainedPayment]):
    """A transaction of the plan's kinds that counts whole: no plan knew of it, or another one settles its date."""

    transaction = serializers.IntegerField(help_text="Its id.")
    kind = serializers.ChoiceField(choices=list(_KINDS.values()), help_text="An income adds to the pool, a bill takes.")
    date = serializers.DateField()
    amount = MoneyField(help_text="In the owner's currency.")
    expense = serializers.IntegerField(allow_null=True, help_text="The id of the bill that it names; null for none.")
    income = serializers.IntegerField(allow_null=True, help_text="The id of the income that it names; null for none.")
    name = serializers.CharField(allow_blank=True, help_text="The name of that item.")
    occurrence = serializers.DateField(allow_null=True, help_text="The date that it names; null for none.")

    @staticmethod
    def render(one: ExplainedPayment, *, currency: str) -> dict[str, Any]:
        """Return what the fields describe."""
        payment = one.payment
        return {
            "transaction": payment.id,
            "kind": _KINDS[payment.type],
            "date": payment.day.isoformat(),
            "amount": _format(payment.amount, currency),
            "expense": payment.item_id if payment.type is ItemType.EXPENSE else None,
            "income": payment.item_id if payment.type is ItemType.INCOME else None,
            "name": one.name,
            "occurrence": None if payment.occurrence is None else payment.occurrence.isoformat(),
        }


class ExplanationSerializer(serializers.Serializer[Explanation]):
    """A figure taken apart. The sums are rounded half even for display; the pool is not made from rounded parts.

    Under a reconciliation the sums and `own_pool` leave out what is over, and its `lines` lead to the pool.
    """

    date = serializers.DateField(source="figure.on_date")
    currency = serializers.CharField()
    period = ExplainedPeriodSerializer(source="figure.pool.period")
    income = MoneyField(source="figure.pool.own.income", help_text="What arrives in this pay period.")
    expenses = MoneyField(
        source="figure.pool.own.expenses", help_text="Bills of this pay period and what is put aside."
    )
    savings = MoneyField(
        source="figure.pool.own.savings",
        help_text="The goals' percentages of all income, and what is put aside for targets.",
    )
    savings_percentage = ExactDecimalField(
        decimal_places=2, source="savings_percent", help_text="The goals' percentages together."
    )
    differences = MoneyField(
        source="figure.pool.own.differences",
        help_text="What payments, and what was said beforehand, add to the plan; unplanned incomes less unplanned "
        "bills among it. With its sign.",
    )
    own_pool = MoneyField(
        source="figure.pool.own.amount", help_text="Income - expenses - savings + differences, rounded down."
    )
    carried = MoneyField(source="figure.pool.carried", help_text="What was left of the pay period before.")
    repaid = MoneyField(
        source="figure.pool.repaid", help_text="What is taken for what was spent beyond the pay period before."
    )
    due = MoneyField(source="figure.pool.due", help_text="What is still owed after `repaid`.")
    reconciliation = ReconciliationSerializer(
        allow_null=True, help_text="The reconciliation that counts on this day; null without one."
    )
    pool = MoneyField(
        source="figure.pool.amount",
        help_text="Own pool + carried - repaid; with a reconciliation the sum of its lines.",
    )
    spent_before = MoneyField(
        source="figure.spent_before",
        help_text="Net spending of this pay period before the day, from a reconciliation's day on where there is one.",
    )
    days_left = serializers.IntegerField(source="figure.days_left")
    weight = serializers.IntegerField(source="figure.weight", help_text="The day's weight.")
    weights_left = serializers.IntegerField(
        source="figure.weights_left", help_text="The weights from the day to the pay period's end together."
    )
    amount = MoneyField(
        source="figure.amount",
        help_text="max(0, pool - spent before) x weight / weights left, rounded down.",
    )
    previous = serializers.SerializerMethodField(
        help_text="The closed pay period before, where leftovers are carried or overspending is repaid; else null."
    )
    shown_amount = MoneyField(allow_null=True, help_text="What the day's row holds; null without one.")
    items = ExplainedItemSerializer(many=True)
    unplanned = serializers.SerializerMethodField(help_text="The transactions that count whole.")

    @swagger_serializer_method(PreviousPeriodSerializer(allow_null=True))
    def get_previous(self, explanation: Explanation) -> dict[str, Any] | None:
        """Return the closed pay period before, or None."""
        previous = explanation.figure.pool.previous
        if previous is None:
            return None
        amounts: dict[str, Decimal] = {
            "pool": previous.pool,
            "spent": previous.spent,
            "left": previous.left,
            "due": previous.owed,
        }
        return {
            "start": previous.period.start.isoformat(),
            "end": previous.period.end.isoformat(),
            **{name: _format(amount, explanation.currency) for name, amount in amounts.items()},
        }

    @swagger_serializer_method(UnplannedSerializer(many=True))
    def get_unplanned(self, explanation: Explanation) -> list[dict[str, Any]]:
        """Return the transactions that count whole, in their order."""
        return [UnplannedSerializer.render(one, currency=explanation.currency) for one in explanation.unplanned]
