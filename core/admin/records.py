"""Logins, events and mail on its way: to be read by staff, and to be edited by nobody."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from core.admin.pages import OwnedPage, OwnerFilter, ReadOnlyPage
from core.models import AuditEvent, OutgoingMail, Session


@admin.register(Session)
class SessionPage(ReadOnlyPage, OwnedPage):
    """Logins, newest first. They end by logout, a new password, or the action on people. No token is shown."""

    list_display = ("created_at", "owner_link", "expires_at", "ended_at", "revoked_at")
    list_filter = (OwnerFilter, ("revoked_at", admin.EmptyFieldListFilter), ("ended_at", admin.EmptyFieldListFilter))
    search_fields = ("user__username", "user__email")
    date_hierarchy = "created_at"
    ordering = ("-created_at", "-id")
    fields = ("owner_link", "created_at", "expires_at", "ended_at", "revoked_at")
    readonly_fields = fields


class ViaFilter(admin.SimpleListFilter):
    """By the way something was done. To look the ways up would read every event there ever was."""

    title = "via"
    parameter_name = "via"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """All there are."""
        return [(via, via) for via in ("api", "admin", "command")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Events of that way."""
        return queryset if self.value() is None else queryset.filter(via=self.value())


@admin.register(AuditEvent)
class AuditEventPage(ReadOnlyPage, OwnedPage):
    """What happened, newest first."""

    list_display = ("at", "action", "owner_link", "object_type", "object_id", "via", "address")
    list_filter = (OwnerFilter, ViaFilter)
    search_fields = ("action", "object_type", "object_id", "address", "request_id", "user__username", "user__email")
    date_hierarchy = "at"
    ordering = ("-at", "-id")
    fields = (
        "at",
        "action",
        "owner_link",
        "object_type",
        "object_id",
        "changes",
        "actor_id",
        "via",
        "address",
        "request_id",
    )
    readonly_fields = fields


@admin.register(OutgoingMail)
class OutgoingMailPage(ReadOnlyPage, OwnedPage):
    """Mail that has yet to leave. Rows that stay long mean that the mail server is away."""

    list_display = ("created_at", "kind", "recipient", "owner_link", "attempts", "attempt_at")
    list_filter = (OwnerFilter, "kind")
    search_fields = ("recipient", "user__username", "user__email")
    date_hierarchy = "created_at"
    ordering = ("-created_at", "-id")
    fields = ("kind", "recipient", "owner_link", "created_at", "attempts", "attempt_at")
    readonly_fields = fields
