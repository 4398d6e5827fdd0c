"""Filters over transactions."""

from django_filters import rest_framework as filters

from core.models import Transaction
from core.models.transaction import TransactionKind
from core.web.filters import AmountFilter, DayFilter, RowIdFilter


class TransactionFilter(filters.FilterSet):
    """By day, day range (both ends included), category, kind, item of the plan and amount."""

    date = DayFilter(help_text="Exactly this day.")
    date_after = DayFilter(field_name="date", lookup_expr="gte", help_text="This day or later.")
    date_before = DayFilter(field_name="date", lookup_expr="lte", help_text="This day or earlier.")
    category = filters.CharFilter(help_text="Exactly this category.")
    kind = filters.ChoiceFilter(choices=TransactionKind.choices, help_text="One kind only.")
    expense = RowIdFilter(field_name="expense_id", help_text="What was paid of this bill.")
    income = RowIdFilter(field_name="income_id", help_text="What arrived of this income.")
    min_amount = AmountFilter(field_name="amount", lookup_expr="gte", help_text="This amount or more.")
    max_amount = AmountFilter(field_name="amount", lookup_expr="lte", help_text="This amount or less.")

    class Meta:
        model = Transaction
        fields = ["date", "category", "kind", "expense", "income"]
