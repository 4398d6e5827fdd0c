"""Currencies over HTTP."""

from datetime import date

from drf_yasg.utils import swagger_auto_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core import clock
from core.currencies.names import load_names
from core.currencies.queries import list_currencies
from core.currencies.serializers import CurrencyQuerySerializer, CurrencySerializer
from core.kernel.date_bounds import EARLIEST_DATE
from core.models import ExchangeRate, User
from core.web.choices import ChoiceViewSet, choose_language


class CurrencyViewSet(ChoiceViewSet):
    """Currencies, by code."""

    queryset = ExchangeRate.objects.none()
    serializer_class = CurrencySerializer

    @swagger_auto_schema(
        operation_summary="List currencies",
        operation_description=(
            "Every currency that can be paid in, by code, with its rate into one's own. Without a token no rates."
        ),
        query_serializer=CurrencyQuerySerializer,
    )
    def list(self, request: Request) -> Response:
        """Return every currency, with its rate into the caller's own."""
        caller = request.user if isinstance(request.user, User) else None
        question = CurrencyQuerySerializer(data=request.query_params)
        question.is_valid(raise_exception=True)
        today = clock.now().date() if caller is None else clock.today_for(caller)
        rows = list_currencies(
            into=caller.currency if caller is not None else None,
            on_date=_check_date(question.validated_data.get("date", today), today),
            names=load_names(language=choose_language(request)),
            search=question.validated_data.get("search", ""),
        )
        return self.respond(rows)


def _check_date(day: date, today: date) -> date:
    if not EARLIEST_DATE <= day <= today:
        raise serializers.ValidationError(
            {"date": [f"Must lie from {EARLIEST_DATE} to {today}."]}, code="date_out_of_range"
        )
    return day
