"""CRUD of a person's entries."""

from core.ledger.views.categories import CategoryViewSet
from core.ledger.views.occurrences import ExpenseOccurrenceViewSet, IncomeOccurrenceViewSet
from core.ledger.views.plan import ExpenseViewSet, IncomeViewSet, SavingsGoalViewSet
from core.ledger.views.reconciliations import ReconciliationViewSet
from core.ledger.views.transactions import TransactionViewSet
from core.ledger.views.what_if import WhatIfView

__all__ = [
    "CategoryViewSet",
    "ExpenseOccurrenceViewSet",
    "ExpenseViewSet",
    "IncomeOccurrenceViewSet",
    "IncomeViewSet",
    "ReconciliationViewSet",
    "SavingsGoalViewSet",
    "TransactionViewSet",
    "WhatIfView",
]
