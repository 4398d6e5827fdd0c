"""Logins: to be read by staff. They end by logout, by a new password, or by the action on the person's page."""

from django.contrib import admin

from core.admin.pages import OwnedPage, OwnerFilter, ReadOnlyPage
from core.models import Session


@admin.register(Session)
class SessionPage(ReadOnlyPage, OwnedPage):
    """Logins, newest first. Of their tokens nothing is shown."""

    list_display = ("created_at", "owner_link", "expires_at", "ended_at", "revoked_at")
    list_filter = (OwnerFilter, ("revoked_at", admin.EmptyFieldListFilter), ("ended_at", admin.EmptyFieldListFilter))
    search_fields = ("user__username", "user__email")
    date_hierarchy = "created_at"
    ordering = ("-created_at", "-id")
    fields = ("owner_link", "created_at", "expires_at", "ended_at", "revoked_at")
    readonly_fields = fields
