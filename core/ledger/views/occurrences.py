"""The dates of incomes and bills over HTTP."""

import datetime
from typing import Any

from django.http import Http404
from drf_yasg import openapi
from drf_yasg.utils import swagger_auto_schema
from rest_framework import status
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from core import clock
from core.allowance.domain.occurrences import Occurrence
from core.allowance.queries import find_item_occurrence, list_item_occurrences
from core.ledger.serializers import OccurrenceChangeSerializer, OccurrenceQuerySerializer, OccurrenceSerializer
from core.ledger.services import set_occurrence_amount, set_occurrence_skipped, take_back_occurrence
from core.models import Expense, Income
from core.models.plan_item import PlanItem
from core.web.viewsets import OwnedWriteMixin


class OccurrenceViewSet(OwnedWriteMixin):
    """The dates of an income or a bill."""

    serializer_class = OccurrenceSerializer
    lookup_field = lookup_url_kwarg = "date"
    lookup_value_regex = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
    lookup_schema = {
        "type": openapi.TYPE_STRING,
        "format": openapi.FORMAT_DATE,
        "description": "The date of the schedule, as the list has it.",
    }
    filter_backends = ()
    revision_actions = frozenset({"partial_update", "destroy"})

    @swagger_auto_schema(query_serializer=OccurrenceQuerySerializer)
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Return a page of the dates."""
        question = OccurrenceQuerySerializer(data=request.query_params)
        question.is_valid(raise_exception=True)
        found = list_item_occurrences(
            owner=self.owner,
            item=self.get_item(),
            today=clock.today_for(self.owner),
            first=question.validated_data.get("date_after"),
            last=question.validated_data.get("date_before"),
        )
        page = self.paginate_queryset(found)
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    @swagger_auto_schema(
        request_body=OccurrenceChangeSerializer,
        responses={status.HTTP_200_OK: OccurrenceSerializer},
    )
    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Say of a date beforehand that it has another amount, or is skipped."""
        # Read before any lock is taken.
        body = request.data
        return self.run_locked(self._change, body)

    @swagger_auto_schema(
        responses={status.HTTP_400_BAD_REQUEST: "The pay period of the date is over, or a transaction settles it."},
    )
    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Take back what was said of a date."""
        return self.run_locked(self._take_back)

    def get_item(self) -> PlanItem:
        """Return the income or the bill of the path."""
        item: PlanItem = get_object_or_404(self.get_queryset(), pk=self.kwargs["id"])
        return item

    def find_occurrence(self, item: PlanItem) -> Occurrence:
        """Return the date of the path. Raises Http404 for one that does not count."""
        try:
            on_date = datetime.date.fromisoformat(self.kwargs["date"])
        except ValueError as error:
            raise Http404 from error
        found = find_item_occurrence(owner=self.owner, item=item, on_date=on_date, today=clock.today_for(self.owner))
        if found is None:
            raise Http404
        return found

    def _change(self, request: Request, body: Any) -> Response:
        item = self.get_item()
        occurrence, today = self.find_occurrence(item), clock.today_for(self.owner)
        change = OccurrenceChangeSerializer(data=body, context={"currency": item.currency})
        change.is_valid(raise_exception=True)
        if "amount" in change.validated_data:
            set_occurrence_amount(item=item, occurrence=occurrence, today=today, **change.validated_data)
        else:
            set_occurrence_skipped(item=item, occurrence=occurrence, today=today, **change.validated_data)
        return Response(self.get_serializer(self.find_occurrence(item)).data)

    def _take_back(self, request: Request) -> Response:
        item = self.get_item()
        take_back_occurrence(item=item, occurrence=self.find_occurrence(item))
        return Response(status=status.HTTP_204_NO_CONTENT)


class IncomeOccurrenceViewSet(OccurrenceViewSet):
    """The dates of an income that count, with what became of them.

    Beforehand a date can be given another amount, or be skipped: while its pay period is not over, and no transaction
    settles it.
    """

    queryset = Income.objects.all()


class ExpenseOccurrenceViewSet(OccurrenceViewSet):
    """The dates of a bill that count, with what became of them.

    Beforehand a date can be given another amount, or be skipped: while its pay period is not over, and no transaction
    settles it.
    """

    queryset = Expense.objects.all()
