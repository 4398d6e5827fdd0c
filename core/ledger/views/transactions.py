"""CRUD of transactions."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from drf_yasg import openapi
from drf_yasg.utils import swagger_auto_schema
from rest_framework import exceptions, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from core.ledger.filters import TransactionFilter
from core.ledger.queries import find_client_id
from core.ledger.serializers import TransactionSerializer
from core.ledger.services import remember_client_id
from core.ledger.views.base import LedgerViewSet
from core.models import DailyAllowance, Transaction
from core.web.fields import UuidField
from core.web.pagination import NewestFirstPagination

_SHOWN_OF_A_DAY = ("id", "currency", "remaining_amount")
_NOT_ON_A_PAGE = [
    f"allowance__{field.name}" for field in DailyAllowance._meta.concrete_fields if field.name not in _SHOWN_OF_A_DAY
]


class ClientIdGone(exceptions.APIException):
    """The transaction that the client calls so was deleted."""

    status_code = status.HTTP_410_GONE
    default_detail = "The transaction with this client_id was deleted."
    default_code = "client_id_gone"


class TransactionViewSet(LedgerViewSet):
    """Purchases, refunds, bills paid and incomes received, newest day first."""

    queryset = Transaction.objects.select_related("allowance")
    serializer_class = TransactionSerializer
    filterset_class = TransactionFilter
    pagination_class = NewestFirstPagination
    search_fields = ["category", "description"]

    def get_queryset(self) -> QuerySet[Transaction]:
        """The caller's rows. For a list, load only the shown columns of each day."""
        rows = super().get_queryset()
        return rows.defer(*_NOT_ON_A_PAGE) if self.action == "list" else rows

    @swagger_auto_schema(
        responses={
            status.HTTP_200_OK: openapi.Response(
                "There is a transaction with this `client_id`. Nothing was added: the row as it is now.",
                TransactionSerializer,
            ),
            status.HTTP_201_CREATED: TransactionSerializer,
            status.HTTP_410_GONE: "The transaction with this `client_id` was deleted. Nothing was added.",
        }
    )
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Store a transaction, once for each `Idempotency-Key` and once for ever for each `client_id`."""
        return super().create(request, *args, **kwargs)

    def add(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Store the transaction, or return the one that the client calls so. Raises ClientIdGone."""
        client_id = _read_client_id(request.data)
        known = None if client_id is None else find_client_id(user_id=self.owner.pk, client_id=client_id)
        if known is None:
            return super().add(request, *args, **kwargs)
        if known.transaction is None:
            raise ClientIdGone
        return Response(self.get_serializer(known.transaction).data)

    def perform_create(self, serializer: BaseSerializer[Any]) -> None:
        """Store the transaction, and what the client calls it."""
        super().perform_create(serializer)
        transaction: Any = serializer.instance
        remember_client_id(transaction=transaction)


def _read_client_id(body: Any) -> UUID | None:
    """Return the `client_id` of a body that may be wrong in every other way; None without one, or with a wrong one."""
    try:
        return UuidField().to_internal_value(body["client_id"])
    except (exceptions.ValidationError, KeyError, TypeError, IndexError):
        return None
