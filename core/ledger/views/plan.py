"""CRUD of incomes, expenses and savings goals."""

from core.ledger.serializers import ExpenseSerializer, IncomeSerializer, SavingsGoalSerializer
from core.ledger.views.base import LedgerViewSet
from core.models import Expense, Income, SavingsGoal


class IncomeViewSet(LedgerViewSet):
    """Sources of money."""

    queryset = Income.objects.order_by("id")
    serializer_class = IncomeSerializer
    search_fields = ["name"]


class ExpenseViewSet(LedgerViewSet):
    """Bills."""

    queryset = Expense.objects.order_by("id")
    serializer_class = ExpenseSerializer
    search_fields = ["name"]


class SavingsGoalViewSet(LedgerViewSet):
    """Shares of income to put away."""

    queryset = SavingsGoal.objects.order_by("id")
    serializer_class = SavingsGoalSerializer
    search_fields = ["name"]
