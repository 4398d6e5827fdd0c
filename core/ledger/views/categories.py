"""Categories over HTTP."""

from typing import Any

from django.db.models import QuerySet
from rest_framework import mixins

from core.ledger.queries import list_categories
from core.ledger.serializers import CategorySerializer
from core.models import Transaction
from core.web.viewsets import OwnedQuerysetMixin


class CategoryViewSet(mixins.ListModelMixin, OwnedQuerysetMixin):
    """The categories of the caller's transactions, the one that was used last first. Blank is none."""

    queryset = Transaction.objects.all()
    serializer_class = CategorySerializer
    filter_backends = ()

    def get_queryset(self) -> QuerySet[Any]:
        """Return the caller's categories."""
        return list_categories(transactions=super().get_queryset())
