"""CRUD of incomes, expenses and savings goals, and changes of incomes and expenses from a date on."""

from drf_yasg import openapi
from drf_yasg.utils import swagger_auto_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.allowance.services import change_item
from core.ledger.serializers import (
    ExpenseChangeSerializer,
    ExpenseSerializer,
    IncomeChangeSerializer,
    IncomeSerializer,
    ItemChangeSerializer,
    SavingsGoalSerializer,
)
from core.ledger.views.base import LedgerViewSet
from core.models import Expense, Income, SavingsGoal

_CHANGED = (
    "Changed. The new item; the old one ends the day before. Both keep what was said, paid and put aside for their own "
    "dates."
)


class PlanItemViewSet(LedgerViewSet):
    """Incomes or bills."""

    idempotent_actions = frozenset({"create", "change"})
    revision_actions = frozenset({*LedgerViewSet.revision_actions, "change"})
    search_fields = ["name"]
    change_serializer_class: type[ItemChangeSerializer]

    def change_from(self, request: Request, *args: object, **kwargs: object) -> Response:
        """Check the body and change the item of the path from a day on, under the owner's lock."""
        item = self.get_object()
        context = self.get_serializer_context()
        serializer = self.change_serializer_class(item, data=request.data, context=context)
        serializer.is_valid(raise_exception=True)
        changes = dict(serializer.validated_data)
        effective_from = changes.pop("effective_from")
        changed = change_item(item=item, effective_from=effective_from, changes=changes, today=context["today"])
        return Response(self.get_serializer(changed).data, status=status.HTTP_201_CREATED)


class IncomeViewSet(PlanItemViewSet):
    """Sources of money."""

    queryset = Income.objects.order_by("id")
    serializer_class = IncomeSerializer
    change_serializer_class = IncomeChangeSerializer

    @swagger_auto_schema(
        request_body=IncomeChangeSerializer, responses={201: openapi.Response(_CHANGED, IncomeSerializer)}
    )
    @action(detail=True, methods=["post"])
    def change(self, request: Request, *args: object, **kwargs: object) -> Response:
        """Change one income from a date on. Until then it stays as it is: a new one has the changes."""
        return self.run_locked_once(self.change_from)


class ExpenseViewSet(PlanItemViewSet):
    """Bills."""

    queryset = Expense.objects.order_by("id")
    serializer_class = ExpenseSerializer
    change_serializer_class = ExpenseChangeSerializer

    @swagger_auto_schema(
        request_body=ExpenseChangeSerializer, responses={201: openapi.Response(_CHANGED, ExpenseSerializer)}
    )
    @action(detail=True, methods=["post"])
    def change(self, request: Request, *args: object, **kwargs: object) -> Response:
        """Change one bill from a date on. Until then it stays as it is: a new one has the changes."""
        return self.run_locked_once(self.change_from)


class SavingsGoalViewSet(LedgerViewSet):
    """Shares of income to put away."""

    queryset = SavingsGoal.objects.order_by("id")
    serializer_class = SavingsGoalSerializer
    search_fields = ["name"]
