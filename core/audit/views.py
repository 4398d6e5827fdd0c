"""Audit events over HTTP, read only."""

from rest_framework import viewsets

from core.audit.filters import AuditEventFilter
from core.audit.serializers import AuditEventSerializer
from core.models import AuditEvent
from core.web.viewsets import OwnedQuerysetMixin


class AuditEventViewSet(OwnedQuerysetMixin, viewsets.ReadOnlyModelViewSet[AuditEvent]):
    """The audit events of the current user's account and rows, newest first."""

    queryset = AuditEvent.objects.order_by("-at", "-id")
    serializer_class = AuditEventSerializer
    filterset_class = AuditEventFilter
