"""CRUD of a person's entries."""

from typing import Any

from core import clock
from core.ledger.filters import TransactionFilter
from core.ledger.serializers import (
    ExpenseSerializer,
    IncomeSerializer,
    SavingsGoalSerializer,
    TransactionSerializer,
)
from core.models import Expense, Income, SavingsGoal, Transaction
from core.web.pagination import NewestFirstPagination
from core.web.viewsets import OwnedModelViewSet


class LedgerViewSet(OwnedModelViewSet):
    """Entries whose serializers must know the owner's day."""

    def get_serializer_context(self) -> dict[str, Any]:
        """The owner, and the day that it is for them."""
        context = super().get_serializer_context()
        if not getattr(self, "swagger_fake_view", False):
            context["today"] = clock.today_for(self.owner)
        return context


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


class TransactionViewSet(LedgerViewSet):
    """Purchases and refunds, newest day first."""

    queryset = Transaction.objects.select_related("allowance")
    serializer_class = TransactionSerializer
    filterset_class = TransactionFilter
    pagination_class = NewestFirstPagination
    search_fields = ["category", "description"]
