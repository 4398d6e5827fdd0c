"""Serializers of incomes, expenses, savings goals and transactions."""

from core.ledger.serializers.base import OwnedSerializer
from core.ledger.serializers.categories import CategoryRenameSerializer, CategorySerializer
from core.ledger.serializers.occurrences import (
    OccurrenceChangeSerializer,
    OccurrenceQuerySerializer,
    OccurrenceSerializer,
)
from core.ledger.serializers.plan_items import (
    ExpenseChangeSerializer,
    ExpenseSerializer,
    IncomeChangeSerializer,
    IncomeSerializer,
    ItemChangeSerializer,
    MonthDaysField,
)
from core.ledger.serializers.savings_goals import SavingsGoalSerializer
from core.ledger.serializers.transactions import OccurrenceRequired, TransactionSerializer
from core.ledger.serializers.what_if import ComparisonSerializer, TriedChangeSerializer, WhatIfSerializer

__all__ = [
    "ExpenseChangeSerializer",
    "CategoryRenameSerializer",
    "CategorySerializer",
    "ComparisonSerializer",
    "ExpenseSerializer",
    "IncomeChangeSerializer",
    "IncomeSerializer",
    "ItemChangeSerializer",
    "MonthDaysField",
    "OccurrenceChangeSerializer",
    "OccurrenceQuerySerializer",
    "OccurrenceRequired",
    "OccurrenceSerializer",
    "OwnedSerializer",
    "SavingsGoalSerializer",
    "TransactionSerializer",
    "TriedChangeSerializer",
    "WhatIfSerializer",
]
