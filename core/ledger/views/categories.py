"""Categories over HTTP."""

from typing import Any

from django.db.models import QuerySet
from drf_yasg.utils import swagger_auto_schema
from rest_framework import mixins
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core import clock
from core.ledger.queries import list_categories
from core.ledger.serializers import CategoryRenameSerializer, CategorySerializer
from core.ledger.services import rename_category
from core.models import Transaction
from core.web.viewsets import OwnedWriteMixin


class CategoryViewSet(mixins.ListModelMixin, OwnedWriteMixin):
    """The categories of the caller's transactions, the one that was used last first. Blank is none."""

    queryset = Transaction.objects.all()
    serializer_class = CategorySerializer
    filter_backends = ()
    revision_actions = frozenset({"rename"})

    def get_queryset(self) -> QuerySet[Any]:
        """Return the caller's categories."""
        return list_categories(transactions=super().get_queryset())

    @swagger_auto_schema(request_body=CategoryRenameSerializer, responses={200: CategorySerializer})
    @action(detail=False, methods=["post"])
    def rename(self, request: Request) -> Response:
        """Give all transactions of one category another. Where that exists already, the two become one."""
        serializer = CategoryRenameSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        return self.run_locked(self._rename, serializer.validated_data["from"], serializer.validated_data["to"])

    def _rename(self, request: Request, old: str, new: str) -> Response:
        rename_category(user_id=self.owner.pk, old=old, new=new, now=clock.now())
        return Response(self.get_serializer(self.get_queryset().get(category=new)).data)
