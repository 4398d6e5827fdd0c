"""Transactions: what was bought, what came back, bills that were paid, income that arrived."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, ClassVar

from django.db import connections, models
from django.db.models import Case, ExpressionWrapper, F, Q, Sum, Value, When

from core.db.locks import OwnedModel, OwnedQuerySet
from core.kernel.currencies import format_money
from core.kernel.date_bounds import EARLIEST_DATE
from core.kernel.money import AMOUNT_LIMIT
from core.models.daily_allowance import DailyAllowance
from core.models.fields import CurrencyField, MoneyField


class TransactionKind(models.TextChoices):
    """The kinds of transactions."""

    SPEND = "spend", "spend"
    REFUND = "refund", "refund"
    BILL = "bill", "bill"
    INCOME = "income", "income"


SPENDING_SIGNS: Mapping[TransactionKind, int] = {
    TransactionKind.SPEND: 1,
    TransactionKind.REFUND: -1,
    TransactionKind.BILL: 0,
    TransactionKind.INCOME: 0,
}
"""How an amount of each kind counts in net spending. Bills and incomes take nothing from the day."""

SPENDING_CHOICES = [(kind.value, kind.label) for kind, sign in SPENDING_SIGNS.items() if sign]
"""The kinds that change what remains of a day."""

_PLANNED_KINDS = (TransactionKind.BILL.value, TransactionKind.INCOME.value)


def _signed_amount(kind: TransactionKind) -> When:
    # A kind without a sign is a KeyError when this module is imported: no sum may leave it out.
    signed = F("base_amount") * Value(SPENDING_SIGNS[kind])
    return When(kind=kind.value, then=ExpressionWrapper(signed, output_field=MoneyField()))


NET_SPENDING = Sum(Case(*[_signed_amount(kind) for kind in TransactionKind], output_field=MoneyField()))
"""Spends less refunds, as an aggregate; null without rows."""


class TransactionQuerySet(OwnedQuerySet["Transaction"]):
    """Transactions of one or several people."""

    def set_base_amounts(self, amounts: Sequence[tuple[int, Decimal]]) -> None:
        """Set another amount in the owner's currency on many rows, given by their ids, in one statement.

        Sends no signals: the caller refreshes the days. Plain SQL, the same for both engines: `bulk_update` builds a
        CASE of every row and takes twenty times as long.
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
    """A purchase, a refund, a bill paid or an income received, on one local day of its owner.

    Written by its owner, by staff and by imports. `date` and the owner are those of `allowance`, always.
    `base_amount` is `amount` in the owner's currency at the day's rate, fixed until amount, currency or date change.
    Purchases and refunds change what remains of their day, never its amount. Bills and incomes change the pool of
    their pay period: with `occurrence` they settle that date of their item, unmoved.

    `client_id` was given by the client before the row was stored. It is fixed, and known for ever: see `ClientId`.
    """

    Kind = TransactionKind

    allowance = models.ForeignKey(DailyAllowance, on_delete=models.CASCADE, related_name="transactions", db_index=False)
    date = models.DateField(help_text="The owner's local day.")
    amount = MoneyField(help_text="Above 0 and below 10^12, in the currency's minor unit.")
    currency = CurrencyField(help_text="ISO 4217 code; the owner's currency if not given.")
    base_amount = MoneyField(editable=False, help_text="The amount in the owner's currency at the day's rate.")
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.SPEND)
    expense = models.ForeignKey(
        "core.Expense",
        null=True,
        blank=True,
        on_delete=models.RESTRICT,
        db_index=False,
        related_name="transactions",
        help_text="The bill that was paid.",
    )
    income = models.ForeignKey(
        "core.Income",
        null=True,
        blank=True,
        on_delete=models.RESTRICT,
        db_index=False,
        related_name="transactions",
        help_text="The income that arrived.",
    )
    occurrence = models.DateField(null=True, blank=True, help_text="The date of the item's schedule that it settles.")
    client_id = models.UUIDField(null=True, editable=False, help_text="What the client calls it.")
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

    # From pre_save to post_save: what the write touches. See `core.allowance.services.preparation`.
    pending_write: Any

    class Meta:
        verbose_name = "transaction"
        ordering = ["-date", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0) & Q(amount__lt=AMOUNT_LIMIT), name="transaction_amount_in_bounds"
            ),
            models.CheckConstraint(condition=Q(base_amount__gte=0), name="transaction_base_amount_not_negative"),
            models.CheckConstraint(condition=Q(kind__in=TransactionKind.values), name="transaction_kind_known"),
            models.CheckConstraint(
                condition=(Q(expense__isnull=True) | Q(kind=TransactionKind.BILL.value))
                & (Q(income__isnull=True) | Q(kind=TransactionKind.INCOME.value)),
                name="transaction_item_of_its_kind",
            ),
            models.CheckConstraint(
                condition=Q(occurrence__isnull=True) | Q(expense__isnull=False) | Q(income__isnull=False),
                name="transaction_occurrence_of_an_item",
            ),
            models.CheckConstraint(condition=Q(date__gte=EARLIEST_DATE), name="transaction_date_in_bounds"),
        ]
        indexes = [
            models.Index(fields=["user", "-date", "-id"], name="transaction_newest_first"),
            # The day's sum is read from this index alone.
            models.Index(fields=["allowance", "kind", "base_amount"], name="transaction_day_sum"),
            # What a figure reads of them beside the sums of days.
            models.Index(
                fields=["user", "date", "id"], condition=Q(kind__in=_PLANNED_KINDS), name="transaction_payments"
            ),
            models.Index(
                fields=["expense", "occurrence"], condition=Q(expense__isnull=False), name="transaction_of_expense"
            ),
            models.Index(
                fields=["income", "occurrence"], condition=Q(income__isnull=False), name="transaction_of_income"
            ),
        ]

    @property
    def is_planned(self) -> bool:
        """Whether it belongs to the plan, as bills and incomes do, and takes nothing from its day."""
        return self.kind in _PLANNED_KINDS

    def __str__(self) -> str:
        return f"{self.date}: {self.kind} {format_money(self.amount, self.currency)}"
