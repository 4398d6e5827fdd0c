"""Sessions, events, queued mail, runs of jobs. Read-only."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest

from core.admin.filters import OwnerFilter
from core.admin.tables import OwnedAdmin, ReadOnlyAdmin, may_view
from core.audit.services import OBJECT_TYPES
from core.models import (
    AuditEvent,
    JobRun,
    OutgoingMail,
    ProvenAddress,
    SecondFactor,
    SentLink,
    Session,
    ThrottleCounter,
)

_MODEL_BY_OBJECT_TYPE = {name: model for model, name in OBJECT_TYPES.items()}


@admin.register(Session)
class SessionAdmin(ReadOnlyAdmin, OwnedAdmin):
    """Sessions, newest first. They end by logout, a new password, or the action on people. No token is shown."""

    list_display = ("created_at", "owner_link", "device", "address", "last_used_at", "ended_at", "revoked_at")
    list_filter = (OwnerFilter, ("revoked_at", admin.EmptyFieldListFilter), ("ended_at", admin.EmptyFieldListFilter))
    search_fields = ("device", "address", "user__username", "user__email")
    date_hierarchy = "created_at"
    ordering = ("-created_at", "-id")
    fields = ("owner_link", "device", "address", "created_at", "last_used_at", "expires_at", "ended_at", "revoked_at")
    readonly_fields = fields


class ViaFilter(admin.SimpleListFilter):
    """Events by channel. The channels are listed here: looking them up would read the whole table."""

    title = "via"
    parameter_name = "via"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Return all channels."""
        return [(via, via) for via in ("api", "admin", "command")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return the events of the channel."""
        return queryset if self.value() is None else queryset.filter(via=self.value())


@admin.register(AuditEvent)
class AuditEventAdmin(ReadOnlyAdmin, OwnedAdmin):
    """Events, newest first."""

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

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Return the fields; the changes only for those who may read the rows that were changed."""
        model = None if obj is None else _MODEL_BY_OBJECT_TYPE.get(obj.object_type)
        hidden = obj is not None and obj.changes and (model is None or not may_view(request, model))
        return tuple(name for name in self.fields if name != "changes" or not hidden)


@admin.register(OutgoingMail)
class OutgoingMailAdmin(ReadOnlyAdmin, OwnedAdmin):
    """Mail to send. Rows that stay mean that the mail server does not answer."""

    list_display = ("created_at", "kind", "recipient", "owner_link", "attempts", "attempt_at")
    list_filter = (OwnerFilter, "kind")
    search_fields = ("recipient", "user__username", "user__email")
    date_hierarchy = "created_at"
    ordering = ("-created_at", "-id")
    fields = ("kind", "recipient", "owner_link", "created_at", "attempts", "attempt_at")
    readonly_fields = fields


@admin.register(ProvenAddress)
class ProvenAddressAdmin(ReadOnlyAdmin, OwnedAdmin):
    """Addresses that were proven by a link: where notices and resets go."""

    list_display = ("proven_at", "owner_link", "email")
    list_filter = (OwnerFilter,)
    search_fields = ("email", "user__username", "user__email")
    date_hierarchy = "proven_at"
    ordering = ("-proven_at", "-id")
    fields = ("owner_link", "email", "proven_at")
    readonly_fields = fields


@admin.register(SentLink)
class SentLinkAdmin(ReadOnlyAdmin):
    """Mails with links that count against the limits of an address. A key does not reveal the address."""

    list_display = ("sent_at", "recipient_key")
    search_fields = ("recipient_key",)
    date_hierarchy = "sent_at"
    ordering = ("-sent_at", "-id")
    fields = ("sent_at", "recipient_key")
    readonly_fields = fields


@admin.register(SecondFactor)
class SecondFactorAdmin(ReadOnlyAdmin, OwnedAdmin):
    """Who has a second factor. An action on people removes it. Its secret and codes are not shown."""

    list_display = ("owner_link", "created_at", "confirmed_at", "backup_codes_left")
    list_filter = (OwnerFilter, ("confirmed_at", admin.EmptyFieldListFilter))
    search_fields = ("user__username", "user__email")
    date_hierarchy = "created_at"
    ordering = ("-created_at", "-id")
    list_display_links = ("created_at",)
    fields = ("owner_link", "created_at", "confirmed_at", "backup_codes_left")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return the rows with the number of backup codes left."""
        return super().get_queryset(request).annotate(codes=Count("backup_codes"))

    @admin.display(description="backup codes left", ordering="codes")
    def backup_codes_left(self, factor: Any) -> int:
        """Return the number of backup codes left."""
        count: int = factor.codes
        return count


@admin.register(JobRun)
class JobRunAdmin(ReadOnlyAdmin):
    """The last run of each regular job."""

    list_display = ("name", "started_at", "succeeded_at", "failed_at", "result")
    search_fields = ("name",)
    ordering = ("name",)
    fields = ("name", "started_at", "succeeded_at", "failed_at", "result")
    readonly_fields = fields


@admin.register(ThrottleCounter)
class ThrottleCounterAdmin(ReadOnlyAdmin):
    """Counts of calls that are kept in the database. A key is a hash, and does not reveal whose calls they are."""

    list_display = ("key", "count", "resets_at")
    search_fields = ("key",)
    ordering = ("key",)
    fields = ("key", "count", "resets_at")
    readonly_fields = fields
