"""Reconciliations over HTTP."""

from collections.abc import Sequence
from typing import Any

from drf_yasg.utils import swagger_auto_schema
from rest_framework import mixins, status
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from core import clock
from core.allowance.domain.values import Covers
from core.allowance.queries import ShownReconciliation, load_shown_reconciliations
from core.allowance.serializers import ReconciliationPreviewSerializer, ReconciliationSerializer
from core.allowance.services import StatedAmount, open_day, preview_reconciliation, record_reconciliation
from core.models import Reconciliation
from core.web.viewsets import OwnedWriteMixin


class ReconciliationViewSet(mixins.DestroyModelMixin, OwnedWriteMixin):
    """What the owner stated to have, newest first.

    From its moment on the figure of the pay period goes by what was stated, in place of what the plan says. The one
    written last counts; deleting it goes back to the one before.
    """

    queryset = Reconciliation.objects.order_by("-id")
    serializer_class = ReconciliationSerializer
    idempotent_actions = frozenset({"create"})
    revision_actions = frozenset({"create", "destroy"})

    def list(self, request: Request) -> Response:
        """Return a page of reconciliations."""
        rows = self.paginate_queryset(self.get_queryset()) or []
        return self.get_paginated_response(self.get_serializer(self._show(rows), many=True).data)

    def retrieve(self, request: Request, pk: str) -> Response:
        """Return one reconciliation."""
        found = self._show([self.get_object()])
        if not found:
            raise NotFound
        return Response(self.get_serializer(found[0]).data)

    def create(self, request: Request) -> Response:
        """State what is there now."""
        return self.run_locked_once(self._create)

    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Delete a reconciliation: the one before it counts again, or the plan."""
        return self.run_locked(super().destroy, *args, **kwargs)

    @swagger_auto_schema(request_body=ReconciliationSerializer, responses={200: ReconciliationPreviewSerializer})
    @action(detail=False, methods=["post"])
    def preview(self, request: Request) -> Response:
        """Show what a reconciliation would make of the figure. Nothing is stored."""
        shown = preview_reconciliation(
            owner=self.owner, stated=self._read_stated(request), today=clock.today_for(self.owner)
        )
        return Response(ReconciliationPreviewSerializer(shown).data)

    def _create(self, request: Request) -> Response:
        shown = record_reconciliation(
            user_id=self.owner.pk, stated=self._read_stated(request), today=clock.today_for(self.owner)
        )
        return Response(self.get_serializer(shown).data, status=status.HTTP_201_CREATED)

    def _read_stated(self, request: Request) -> StatedAmount:
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        sent = serializer.validated_data
        return StatedAmount(
            amount=sent["amount"],
            covers=Covers(sent["covers"]),
            not_yet=tuple(sent.get("not_yet", ())),
            note=sent.get("note", ""),
        )

    def _show(self, rows: Sequence[Reconciliation]) -> Sequence[ShownReconciliation]:
        today = clock.today_for(self.owner)
        # Pay periods that are over close before anything is read.
        open_day(owner=self.owner, today=today)
        return load_shown_reconciliations(owner=self.owner, rows=rows, today=today)
