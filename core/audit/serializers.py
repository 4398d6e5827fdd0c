"""The shape of an event."""

from rest_framework import serializers

from core.models import AuditEvent


class AuditEventSerializer(serializers.ModelSerializer[AuditEvent]):
    """One thing that happened to the account or its rows."""

    class Meta:
        model = AuditEvent
        fields = ["id", "at", "action", "object_type", "object_id", "changes", "address"]
        read_only_fields = fields
