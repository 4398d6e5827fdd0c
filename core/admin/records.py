"""Logins, events, mail on its way, the jobs' runs: to be read by staff, and to be edited by nobody."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest

from core.admin.tables import OwnedAdmin, OwnerFilter, ReadOnlyAdmin
from core.models import AuditEvent, JobRun, OutgoingMail, SecondFactor, Session, ThrottleCounter


@admin.register(Session)
class SessionAdmin(ReadOnlyAdmin, OwnedAdmin):
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
class AuditEventAdmin(ReadOnlyAdmin, OwnedAdmin):
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
class OutgoingMailAdmin(ReadOnlyAdmin, OwnedAdmin):
    """Mail that has yet to leave. Rows that stay long mean that the mail server is away."""

    list_display = ("created_at", "kind", "recipient", "owner_link", "attempts", "attempt_at")
    list_filter = (OwnerFilter, "kind")
    search_fields = ("recipient", "user__username", "user__email")
    date_hierarchy = "created_at"
    ordering = ("-created_at", "-id")
    fields = ("kind", "recipient", "owner_link", "created_at", "attempts", "attempt_at")
    readonly_fields = fields


@admin.register(SecondFactor)
class SecondFactorAdmin(ReadOnlyAdmin, OwnedAdmin):
    """Who has a second factor. An action on people takes it off; its secret and its codes are shown nowhere."""

    list_display = ("owner_link", "created_at", "confirmed_at", "backup_codes_left")
    list_filter = (OwnerFilter, ("confirmed_at", admin.EmptyFieldListFilter))
    search_fields = ("user__username", "user__email")
    date_hierarchy = "created_at"
    ordering = ("-created_at", "-id")
    list_display_links = ("created_at",)
    fields = ("owner_link", "created_at", "confirmed_at", "backup_codes_left")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With how many backup codes are left."""
        return super().get_queryset(request).annotate(codes=Count("backup_codes"))

    @admin.display(description="backup codes left", ordering="codes")
    def backup_codes_left(self, factor: Any) -> int:
        """How many, not which."""
        count: int = factor.codes
        return count


@admin.register(JobRun)
class JobRunAdmin(ReadOnlyAdmin):
    """When each regular job last ran, and how it went."""

    list_display = ("name", "started_at", "succeeded_at", "failed_at", "result")
    search_fields = ("name",)
    ordering = ("name",)
    fields = ("name", "started_at", "succeeded_at", "failed_at", "result")
    readonly_fields = fields


@admin.register(ThrottleCounter)
class ThrottleCounterAdmin(ReadOnlyAdmin):
    """Counts of calls where there is no Redis. Whose they are cannot be told from a key."""

    list_display = ("key", "count", "resets_at")
    search_fields = ("key",)
    ordering = ("key",)
    fields = ("key", "count", "resets_at")
    readonly_fields = fields
