"""What was bought, and what came back."""

import datetime
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, ClassVar

from django.db import connections, models
from django.db.models import Case, F, Q, Sum, When
from django.db.models.functions import Coalesce

from core.db.locks import OwnedModel, OwnedQuerySet
from core.kernel.currencies import format_money
from core.kernel.money import AMOUNT_LIMIT
from core.kernel.schedules import EARLIEST_DATE
from core.models.daily_allowance import DailyAllowance
from core.models.fields import CurrencyField, MoneyField

NET_SPENDING = Sum(
    Case(When(kind="refund", then=-F("base_amount")), default=F("base_amount"), output_field=MoneyField())
)
"""Spends less refunds, as an aggregate; null without rows."""


class TransactionQuerySet(OwnedQuerySet["Transaction"]):
    """Sums that stay inside the database."""

    def net_spending(self) -> Decimal:
        """Spends less refunds, in the owner's currency; 0 without rows."""
        total: Decimal = self.aggregate(
            total=Coalesce(NET_SPENDING, Decimal(0), output_field=MoneyField()),
        )["total"]
        return total

    def with_net_spending(self) -> "models.QuerySet[Any, tuple[int, Decimal]]":
        """For each day the id of its row and the `net_spending` of its rows, in no order."""
        return self.order_by().values_list("allowance_id").annotate(total=NET_SPENDING)

    def net_spending_by_day(self) -> dict[int, Decimal]:
        """As `net_spending`, by the id of the day's row."""
        return dict(self.with_net_spending())

    def set_base_amounts(self, amounts: Sequence[tuple[int, Decimal]]) -> None:
        """Give many rows, by their ids, another amount in the owner's currency, with one statement.

        Sends no signals: the days must be refreshed by the caller. Plain SQL, the same for both engines:
        `bulk_update` makes a case of every row and takes twenty times as long.
        """
        if not amounts:
            return
        connection = connections[self.db]
        quote = connection.ops.quote_name
        field = Transaction._meta.get_field("base_amount")
        parameters: list[int] = []
        for pk, amount in amounts:
            parameters += [pk, field.get_db_prep_save(amount, connection)]
        values = ", ".join(["(%s, %s)"] * len(amounts))
        table = quote(Transaction._meta.db_table)
        with connection.cursor() as cursor:
            # Names come from the model, values are parameters. Both engines call the columns of VALUES so.
            cursor.execute(
                f"UPDATE {table} SET {quote('base_amount')} = given.column2 "  # noqa: S608
                f"FROM (VALUES {values}) AS given WHERE {table}.{quote('id')} = given.column1",
                parameters,
            )

    set_base_amounts.alters_data = True  # type: ignore[attr-defined]


class Transaction(OwnedModel):
    """One purchase or refund on one local day of its owner.

    Written by its owner, by staff and by imports. `date` and the owner are those of `allowance`, always.
    `base_amount` is `amount` in the owner's currency at the day's rate, fixed until amount, currency or
    date change. A transaction never changes the amount of its own day, only what remains of it.
    """

    class Kind(models.TextChoices):
        """Which way the money went."""

        SPEND = "spend", "spend"
        REFUND = "refund", "refund"

    allowance = models.ForeignKey(DailyAllowance, on_delete=models.CASCADE, related_name="transactions", db_index=False)
    date = models.DateField(help_text="The owner's local day.")
    amount = MoneyField(help_text="Above 0 and below 10^12, in the currency's minor unit.")
    currency = CurrencyField(help_text="ISO 4217 code; the owner's currency if not given.")
    base_amount = MoneyField(editable=False, help_text="The amount in the owner's currency at the day's rate.")
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.SPEND)
    category = models.CharField(max_length=50, blank=True)
    description = models.TextField(max_length=1000, blank=True)

    objects: ClassVar[Any] = TransactionQuerySet.as_manager()

    implied_fields = {
        "amount": ("base_amount",),
        "currency": ("base_amount",),
        "date": ("allowance", "base_amount"),
        "allowance": ("date", "base_amount"),
        "allowance_id": ("date", "base_amount"),
    }

    # The days that a write touches, and their rows as they were read under the owner's lock.
    touched_days: frozenset[datetime.date] = frozenset()
    opened_days: dict[datetime.date, DailyAllowance] | None = None

    class Meta:
        verbose_name = "transaction"
        ordering = ["-date", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0) & Q(amount__lt=AMOUNT_LIMIT), name="transaction_amount_in_bounds"
            ),
            models.CheckConstraint(condition=Q(base_amount__gte=0), name="transaction_base_amount_not_negative"),
            models.CheckConstraint(condition=Q(kind__in=["spend", "refund"]), name="transaction_kind_known"),
            models.CheckConstraint(condition=Q(date__gte=EARLIEST_DATE), name="transaction_date_in_bounds"),
        ]
        indexes = [
            models.Index(fields=["user", "-date", "-id"], name="transaction_newest_first"),
            # The day's sum is read from this index alone.
            models.Index(fields=["allowance", "kind", "base_amount"], name="transaction_day_sum"),
        ]

    def __str__(self) -> str:
        return f"{self.date}: {self.kind} {format_money(self.amount, self.currency)}"
