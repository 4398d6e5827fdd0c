"""Currencies over HTTP."""

from datetime import date
from typing import Any

from django.conf import settings
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language_from_request
from drf_yasg.utils import swagger_auto_schema
from rest_framework import serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from core import clock
from core.currencies.names import load_names
from core.currencies.queries import list_currencies
from core.currencies.serializers import CurrencyQuerySerializer, CurrencySerializer
from core.kernel.schedules import EARLIEST_DATE
from core.models import ExchangeRate, User
from core.web.callers import get_caller


class CurrencyViewSet(viewsets.GenericViewSet[Any]):
    """What can be paid in, by code."""

    queryset = ExchangeRate.objects.none()
    serializer_class = CurrencySerializer
    filter_backends = ()

    @swagger_auto_schema(
        operation_summary="List currencies",
        operation_description=(
            "Every currency that can be paid in, by code, with its rate into one's own. A page of 200 holds them all."
        ),
        query_serializer=CurrencyQuerySerializer,
    )
    def list(self, request: Request) -> Response:
        """Every currency, with its rate into the caller's own. A page of 200 holds them all.

        The answer may be kept by the caller alone, who asks with `If-None-Match` whether it still holds.
        """
        caller = get_caller(request)
        question = CurrencyQuerySerializer(data=request.query_params)
        question.is_valid(raise_exception=True)
        today = clock.today_for(caller)
        rows = list_currencies(
            into=caller.currency,
            on_date=_check_date(question.validated_data.get("date", today), today),
            names=load_names(language=_choose_language(request, caller)),
            search=question.validated_data.get("search", ""),
        )
        page = self.paginate_queryset(rows)
        answer = self.get_paginated_response(self.get_serializer(page, many=True).data)
        answer["Cache-Control"] = "private, no-cache"
        # Accept-Language is named for every answer.
        patch_vary_headers(answer, ["Authorization"])
        return answer


def _check_date(day: date, today: date) -> date:
    if not EARLIEST_DATE <= day <= today:
        raise serializers.ValidationError(
            {"date": [f"Must lie from {EARLIEST_DATE} to {today}."]}, code="date_out_of_range"
        )
    return day


def _choose_language(request: Request, caller: User) -> str:
    """The one in the caller's profile; where that was left as it is for everybody, the one that the client asks for."""
    if caller.language != settings.LANGUAGE_CODE:
        return caller.language
    return get_language_from_request(request._request)
