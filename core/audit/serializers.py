"""The serializer of audit events."""

from rest_framework import serializers

from core.models import AuditEvent


class AuditEventSerializer(serializers.ModelSerializer[AuditEvent]):
    """An audit event."""

    object_type = serializers.CharField(read_only=True, allow_blank=True)
    object_id = serializers.CharField(read_only=True, allow_blank=True)
    changes = serializers.DictField(
        read_only=True, child=serializers.ListField(child=serializers.CharField(allow_null=True, allow_blank=True))
    )
    address = serializers.CharField(read_only=True, allow_blank=True)

    class Meta:
        model = AuditEvent
        fields = ["id", "at", "action", "object_type", "object_id", "changes", "address"]
        read_only_fields = fields
