"""The figure over HTTP."""

import datetime
from typing import Any

from drf_yasg.utils import no_body, swagger_auto_schema
from rest_framework import serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core import clock
from core.allowance.domain.path import LONGEST_AHEAD_DAYS
from core.allowance.filters import AllowanceFilter
from core.allowance.queries import load_affordability, load_explanation, load_path, load_upcoming
from core.allowance.queries.upcoming import LONGEST_BACK_DAYS
from core.allowance.serializers import (
    AffordabilitySerializer,
    AffordQuerySerializer,
    AllowanceSerializer,
    ExplanationSerializer,
    PathQuerySerializer,
    PathSerializer,
    TodaySerializer,
    UpcomingDateSerializer,
)
from core.allowance.services import open_day, recalculate_day
from core.kernel.date_bounds import EARLIEST_DATE
from core.models import DailyAllowance, User
from core.web.callers import get_caller
from core.web.fields import DayField
from core.web.viewsets import OwnedQuerysetMixin

# One for all calls: it only reads, and making its fields anew takes longer than what it does.
_today_shape = TodaySerializer()


class ExplainQuerySerializer(serializers.Serializer[Any]):
    """The query parameters of `explain`."""

    date = DayField(required=False, help_text="The day to explain, today or earlier; today if not given.")

    def validate_date(self, day: datetime.date) -> datetime.date:
        """Check that the day lies from 2000-01-01 to today."""
        today: datetime.date = self.context["today"]
        if not EARLIEST_DATE <= day <= today:
            raise serializers.ValidationError(f"Must lie from {EARLIEST_DATE} to {today}.", code="date_out_of_range")
        return day


class AllowanceViewSet(OwnedQuerysetMixin, viewsets.ReadOnlyModelViewSet[DailyAllowance]):
    """What may be spent, day by day. Read only."""

    queryset = DailyAllowance.objects.order_by("-date")
    serializer_class = AllowanceSerializer
    filterset_class = AllowanceFilter

    @swagger_auto_schema(responses={200: TodaySerializer})
    @action(detail=False)
    def today(self, request: Request) -> Response:
        """What may be spent today; the day's row is made if need be."""
        owner = get_caller(request)
        row = open_day(owner=owner, today=clock.today_for(owner))
        return _show_today(row, owner)

    @swagger_auto_schema(query_serializer=ExplainQuerySerializer, responses={200: ExplanationSerializer})
    @action(detail=False, filterset_class=None, pagination_class=None)
    def explain(self, request: Request) -> Response:
        """A day's figure taken apart, from the plan as it is now."""
        owner, today, asked = _read_question(request, ExplainQuerySerializer)
        explanation = load_explanation(owner=owner, on_date=asked.get("date", today), today=today)
        return Response(ExplanationSerializer(explanation).data)

    @swagger_auto_schema(query_serializer=PathQuerySerializer, responses={200: PathSerializer})
    @action(detail=False, filterset_class=None, pagination_class=None)
    def path(self, request: Request) -> Response:
        """Follow the days ahead: what each may spend, and when the money runs out."""
        owner, today, asked = _read_question(request, PathQuerySerializer)
        path = load_path(owner=owner, today=today, **asked)
        return Response(PathSerializer(path, context={"owner": owner}).data)

    @swagger_auto_schema(query_serializer=AffordQuerySerializer, responses={200: AffordabilitySerializer})
    @action(detail=False, filterset_class=None, pagination_class=None)
    def afford(self, request: Request) -> Response:
        """Ask whether a purchase can be afforded, today or later."""
        owner, today, asked = _read_question(request, AffordQuerySerializer)
        judged = load_affordability(
            owner=owner, today=today, amount=asked["amount"], currency=asked["currency"], on_date=asked.get("date")
        )
        return Response(AffordabilitySerializer(judged, context={"owner": owner}).data)

    @swagger_auto_schema(request_body=no_body, responses={200: TodaySerializer})
    @action(detail=False, methods=["post"])
    def recalculate(self, request: Request) -> Response:
        """Recompute today from all rows, and return it as `today/` does."""
        owner = get_caller(request)
        row = recalculate_day(user_id=owner.pk, today=clock.today_for(owner))
        return _show_today(row, owner)


class UpcomingQuerySerializer(serializers.Serializer[Any]):
    """The query parameters of `upcoming`."""

    since = DayField(
        required=False,
        help_text=f"This day or later, at most {LONGEST_BACK_DAYS} days back; the first day of this pay period if not "
        "given.",
    )
    until = DayField(
        required=False,
        help_text=f"This day or earlier, at most {LONGEST_AHEAD_DAYS} days ahead; the next payday if not given.",
    )


class UpcomingViewSet(viewsets.GenericViewSet[Any]):
    """Paydays, bills and targets, by the day on which they take effect."""

    serializer_class = UpcomingDateSerializer
    filter_backends = ()

    @swagger_auto_schema(query_serializer=UpcomingQuerySerializer)
    def list(self, request: Request) -> Response:
        """List the dates of all items by the day on which they take effect. Those of one day: incomes, bills, goals."""
        owner, today, asked = _read_question(request, UpcomingQuerySerializer)
        page = self.paginate_queryset(load_upcoming(owner=owner, today=today, **asked)) or []
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    def get_serializer_context(self) -> dict[str, Any]:
        """DRF's context, with the `owner`."""
        return {**super().get_serializer_context(), "owner": self.request.user}


def _show_today(row: DailyAllowance, owner: User) -> Response:
    # The owner was read before the row was: a write between the two shows itself at the next poll by its revision.
    row.user = owner
    return Response(_today_shape.to_representation(row))


def _read_question(
    request: Request, serializer_class: type[serializers.Serializer[Any]]
) -> tuple[User, datetime.date, dict[str, Any]]:
    """Return the current user, their local day, and the parameters of the query. Raises ValidationError."""
    owner = get_caller(request)
    today = clock.today_for(owner)
    question = serializer_class(data=request.query_params, context={"owner": owner, "today": today})
    question.is_valid(raise_exception=True)
    # Pay periods that are over close before anything is read.
    open_day(owner=owner, today=today)
    return owner, today, question.validated_data
