"""CRUD of transactions."""

from django.db.models import QuerySet

from core.ledger.filters import TransactionFilter
from core.ledger.serializers import TransactionSerializer
from core.ledger.views.base import LedgerViewSet
from core.models import DailyAllowance, Transaction
from core.web.pagination import NewestFirstPagination

_SHOWN_OF_A_DAY = ("id", "currency", "remaining_amount")
_NOT_ON_A_PAGE = [
    f"allowance__{field.name}" for field in DailyAllowance._meta.concrete_fields if field.name not in _SHOWN_OF_A_DAY
]


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
