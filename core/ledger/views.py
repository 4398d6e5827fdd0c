"""CRUD of a person's entries."""

from typing import Any

from django.db.models import QuerySet

from core import clock
from core.ledger.filters import TransactionFilter
from core.ledger.serializers import (
    ExpenseSerializer,
    IncomeSerializer,
    SavingsGoalSerializer,
    TransactionSerializer,
)
from core.models import DailyAllowance, Expense, Income, SavingsGoal, Transaction
from core.web.pagination import NewestFirstPagination
from core.web.viewsets import OwnedModelViewSet

_SHOWN_OF_A_DAY = ("id", "currency", "remaining_amount")
_NOT_ON_A_PAGE = [
    f"allowance__{field.name}" for field in DailyAllowance._meta.concrete_fields if field.name not in _SHOWN_OF_A_DAY
]


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

    def get_queryset(self) -> QuerySet[Transaction]:
        """The caller's rows. For a list, load only the shown columns of each day."""
        rows = super().get_queryset()
        return rows.defer(*_NOT_ON_A_PAGE) if self.action == "list" else rows
