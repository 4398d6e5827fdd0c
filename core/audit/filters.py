"""Filters over events."""

from django_filters import rest_framework as filters

from core.models import AuditEvent


class AuditEventFilter(filters.FilterSet):
    """Filter by action and by object."""

    action = filters.CharFilter(max_length=40, help_text="Such as `updated` or `login_failed`.")
    object_type = filters.CharFilter(max_length=40, help_text="Such as `income` or `user`.")
    object_id = filters.CharFilter(max_length=40, help_text="The id of the row that it happened to.")

    class Meta:
        model = AuditEvent
        fields: list[str] = []
