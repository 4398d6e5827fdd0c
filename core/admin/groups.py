"""Groups: rights that several members of staff share."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.models import Group
from django.http import HttpRequest

from core.admin.forms import RowForm
from core.admin.tables import TableAdmin

admin.site.unregister(Group)


@admin.register(Group)
class GroupAdmin(TableAdmin, DjangoGroupAdmin):
    """Groups. Rights are a superuser's to give, so only superusers change what a group may do."""

    form = RowForm
    list_display = ("name",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Return whether the caller is a superuser."""
        return bool(request.user.is_superuser)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return whether the caller is a superuser."""
        return bool(request.user.is_superuser)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return whether the caller is a superuser."""
        return bool(request.user.is_superuser)
