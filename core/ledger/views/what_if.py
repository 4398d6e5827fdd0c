"""Changes that are tried out, over HTTP."""

from collections.abc import Sequence
from typing import Any

from drf_yasg.utils import swagger_auto_schema
from rest_framework import exceptions, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.views import APIView

from core import clock
from core.allowance.services import compare_figures
from core.db.locks import OwnedModel
from core.kernel.errors import DomainError
from core.ledger.serializers import (
    ComparisonSerializer,
    ExpenseSerializer,
    IncomeSerializer,
    OwnedSerializer,
    SavingsGoalSerializer,
    TransactionSerializer,
    TriedChangeSerializer,
    WhatIfSerializer,
)
from core.models import Expense, Income, SavingsGoal, Transaction, User
from core.web.callers import get_caller
from core.web.exceptions import RefusedInput

_SERIALIZERS: dict[str, type[OwnedSerializer]] = {
    "income": IncomeSerializer,
    "expense": ExpenseSerializer,
    "savings-goal": SavingsGoalSerializer,
    "transaction": TransactionSerializer,
}

_MODELS: dict[str, type[OwnedModel]] = {
    "income": Income,
    "expense": Expense,
    "savings-goal": SavingsGoal,
    "transaction": Transaction,
}


class WhatIfView(APIView):
    """Try out changes: the figure without them and with them. Nothing of them is stored."""

    @swagger_auto_schema(
        operation_summary="Try out changes",
        request_body=WhatIfSerializer,
        responses={
            200: ComparisonSerializer,
            400: "The input is not right. What a change is refused for stands under `changes`, at its place.",
        },
    )
    def post(self, request: Request) -> Response:
        """Compare the figure of a day with what it would be after some changes."""
        owner = get_caller(request)
        today = clock.today_for(owner)
        question = WhatIfSerializer(data=request.data)
        question.is_valid(raise_exception=True)
        asked = question.validated_data
        compared = compare_figures(
            user_id=owner.pk,
            today=today,
            day=asked.get("date", today),
            period_count=asked["periods"],
            make_changes=lambda locked: _make_changes(asked["changes"], owner=locked),
        )
        return Response(ComparisonSerializer(compared, context={"owner": owner}).data)


def _make_changes(changes: Sequence[Any], *, owner: User) -> None:
    """Write the changes as the API does. Raises ValidationError for the first that is refused, at its place."""
    for place, change in enumerate(changes):
        try:
            checked = TriedChangeSerializer(data=change)
            checked.is_valid(raise_exception=True)
            _make_change(checked.validated_data, owner=owner)
        except exceptions.APIException as error:
            raise _refuse(_describe(error), place=place, count=len(changes)) from error
        except DomainError as error:
            messages = [exceptions.ErrorDetail(error.message, code=error.code)]
            field = error.field or api_settings.NON_FIELD_ERRORS_KEY
            raise _refuse({field: messages}, place=place, count=len(changes)) from error


def _make_change(change: dict[str, Any], *, owner: User) -> None:
    serializer_class = _SERIALIZERS[change["type"]]
    context = {"owner": owner, "today": clock.today_for(owner)}
    if change["op"] == "add":
        serializer = serializer_class(data=change["data"], context=context)
        serializer.is_valid(raise_exception=True)
        serializer.save(user_id=owner.pk)
        return
    row = _MODELS[change["type"]].objects.filter(user_id=owner.pk, pk=change["id"]).first()
    if row is None:
        raise serializers.ValidationError({"id": ["There is no such row."]}, code="does_not_exist")
    if change["op"] == "remove":
        row.delete()
        return
    serializer = serializer_class(row, data=change["data"], partial=True, context=context)
    serializer.is_valid(raise_exception=True)
    serializer.save()


def _describe(error: exceptions.APIException) -> Any:
    if isinstance(error, RefusedInput):
        return {"detail": error.detail, "code": error.get_codes(), **error.members}
    return error.detail


def _refuse(detail: Any, *, place: int, count: int) -> serializers.ValidationError:
    return serializers.ValidationError({"changes": [detail if at == place else {} for at in range(count)]})
