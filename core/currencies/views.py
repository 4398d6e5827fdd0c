"""Currencies over HTTP."""

from datetime import date

from django.conf import settings
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language_from_request
from drf_yasg.utils import swagger_auto_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core import clock
from core.currencies.names import load_names
from core.currencies.queries import list_currencies
from core.currencies.serializers import CurrencyQuerySerializer, CurrencySerializer
from core.kernel.schedules import EARLIEST_DATE
from core.models import ExchangeRate, User
from core.web.choices import ChoiceViewSet


class CurrencyViewSet(ChoiceViewSet):
    """Currencies, by code."""

    queryset = ExchangeRate.objects.none()
    serializer_class = CurrencySerializer
    # With a token the rates are into the caller's own currency.
    cache_control = "private, no-cache"

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
            names=load_names(language=_choose_language(request, caller)),
            search=question.validated_data.get("search", ""),
        )
        response = self.respond(rows)
        # Accept-Language is named for every answer.
        patch_vary_headers(response, ["Authorization"])
        return response


def _check_date(day: date, today: date) -> date:
    if not EARLIEST_DATE <= day <= today:
        raise serializers.ValidationError(
            {"date": [f"Must lie from {EARLIEST_DATE} to {today}."]}, code="date_out_of_range"
        )
    return day


def _choose_language(request: Request, caller: User | None) -> str:
    """Return the language of the profile; where that is the default, the one that the client asks for."""
    if caller is not None and caller.language != settings.LANGUAGE_CODE:
        return caller.language
    return get_language_from_request(request._request)
