"""Accounts.

Passwords are chosen by their owners alone: staff send a link. Another person's e-mail address,
second factor, rights and groups are for superusers, and so are all accounts of staff.
"""

from contextlib import suppress
from datetime import timedelta
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.contrib.auth.models import Permission
from django.core.exceptions import PermissionDenied
from django.db import transaction as db_transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.views.decorators.http import require_POST

from core import clock
from core.accounts.services.profile import request_link
from core.accounts.services.second_factor import has_second_factor, remove_second_factor
from core.accounts.services.sessions import revoke_sessions
from core.admin.deletion import list_rows
from core.admin.people_forms import FIGURE_FIELDS, PROFILE_FIELDS, RIGHTS_FIELDS, NewUserForm, UserForm
from core.admin.people_rows import ROW_INLINES, count_dependents, list_row_links
from core.admin.projections import show_status
from core.admin.tables import TableAdmin, link_to, may_view, show_money
from core.allowance.services import recalculate_day
from core.db.locks import owner_transaction
from core.models import DailyAllowance, MailKind, User


class UserChangeList(ChangeList):
    """People, with the row of each one's today, read in one statement."""

    def get_results(self, request: HttpRequest) -> None:
        """Load the page, and put `today_row` on each person: None where there is no row yet."""
        super().get_results(request)
        people = list(self.result_list)
        utc_today = clock.now().date()
        rows = DailyAllowance.objects.filter(
            user_id__in=[person.pk for person in people],
            # A local day is at most one day before or after that of UTC.
            date__range=(utc_today - timedelta(days=1), utc_today + timedelta(days=1)),
        )
        by_day = {(row.user_id, row.date): row for row in rows}
        for person in people:
            person.today_row = by_day.get((person.pk, clock.today_for(person)))
        self.result_list = people


@admin.register(User)
class UserAdmin(TableAdmin):
    """People. Django's own UserAdmin would bring a page that sets another person's password."""

    form = UserForm
    change_form_template = "admin/core/user/change_form.html"
    list_display = ("username", "email", "today", "today_status", "last_login")
    list_filter = ("is_active", "is_staff", "currency")
    search_fields = ("username", "email", "first_name", "last_name")
    date_hierarchy = "date_joined"
    ordering = ("username",)
    filter_horizontal = ("groups", "user_permissions")
    actions = ("recalculate_today", "send_password_links", "end_sessions", "remove_second_factors")
    readonly_fields = (
        *("today_figure", "password_state", "second_factor_state", "last_login", "date_joined"),
        *("leftover_chosen_on", "overspend_chosen_on", "updated_at"),
    )
    fieldsets = (
        ("Today", {"fields": ("today_figure",)}),
        ("Account", {"fields": ("username", "email", "password_state", "second_factor_state")}),
        ("Profile", {"fields": ("first_name", "last_name", "currency", "timezone", "language")}),
        ("Figure", {"fields": (*FIGURE_FIELDS, "leftover_chosen_on", "overspend_chosen_on")}),
        ("Rights", {"fields": RIGHTS_FIELDS, "classes": ("collapse",)}),
        ("Dates", {"fields": ("last_login", "date_joined", "updated_at")}),
    )
    add_fieldsets = (
        (None, {"fields": PROFILE_FIELDS, "description": "A link to choose a password is mailed to the address."}),
    )

    def get_urls(self) -> list[URLPattern]:
        """Add the address that mails a link to choose a password."""
        send = require_POST(self.admin_site.admin_view(self.send_password_link_view))
        return [path("<int:user_id>/password-link/", send, name="core_user_password_link"), *super().get_urls()]

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        """Return the class of the list, which has each person's row of today."""
        return UserChangeList

    def get_list_display(self, request: HttpRequest) -> Any:
        """Return the columns; those with money only for those who may read days."""
        return [name for name in self.list_display if not name.startswith("today") or may_view(request, DailyAllowance)]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Return the fields; the figure only for those who may read days."""
        if obj is None:
            return self.add_fieldsets
        return self.fieldsets if may_view(request, DailyAllowance) else self.fieldsets[1:]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """Return the form of a new account or of an existing one."""
        if obj is None:
            kwargs["form"] = NewUserForm
        return super().get_form(request, obj, change=change, **kwargs)

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        """Return the rows to show; a new account has none."""
        return ROW_INLINES if obj is not None else ()

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Return the field; the permissions with what their names are made of."""
        if db_field.name == "user_permissions":
            kwargs["queryset"] = Permission.objects.select_related("content_type")
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def get_owner_id(self, request: HttpRequest, object_id: str | None) -> str | None:
        """Return the person."""
        return object_id

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Return what the caller cannot change.

        Rights and another's address are for superusers. The caller's own address is changed over the API, which
        asks for the password: a password can be reset by e-mail.
        """
        readonly = [*super().get_readonly_fields(request, obj)]
        if not request.user.is_superuser:
            readonly += RIGHTS_FIELDS
        if obj is not None and (not request.user.is_superuser or obj.pk == request.user.pk):
            readonly.append("email")
        return readonly

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return whether the caller may change accounts, and this one."""
        return super().has_change_permission(request, obj) and self._may_manage(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return whether the caller may delete accounts, and this one."""
        return super().has_delete_permission(request, obj) and self._may_manage(request, obj)

    def has_superuser_permission(self, request: HttpRequest) -> bool:
        """Return whether the caller is a superuser. For actions."""
        return bool(request.user.is_superuser)

    def _may_manage(self, request: HttpRequest, person: User | None) -> bool:
        """Return whether the caller may manage this account: those of staff are for superusers."""
        return request.user.is_superuser or person is None or not (person.is_staff or person.is_superuser)

    def _list_manageable(self, request: HttpRequest, queryset: QuerySet[User]) -> list[User]:
        return [person for person in queryset.order_by("pk") if self.has_change_permission(request, person)]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Return a person's page, with links to their rows."""
        person = self.get_object(request, object_id)
        context = {**(extra_context or {})}
        if person is not None:
            context["row_links"] = list_row_links(request=request, user_id=person.pk)
            context["may_send_link"] = self.has_change_permission(request, person) and person.is_active
        return super().change_view(request, object_id, form_url, context)

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """Store the account. A new one has no password, and its owner is mailed a link to choose one."""
        if change:
            super().save_model(request, obj, form, change)
            return
        obj.set_unusable_password()
        super().save_model(request, obj, form, change)
        self._send_password_link(obj)

    @admin.display(description="remaining today")
    def today(self, person: Any) -> str:
        """Return what is left of today's amount; empty where there is no row yet."""
        row = person.today_row
        if row is None:
            return ""
        return f"{show_money(row.remaining_amount, row.currency)} of {show_money(row.amount, row.currency)}"

    @admin.display(description="status")
    def today_status(self, person: Any) -> str:
        """Return the status of today."""
        return show_status(person.today_row) if person.today_row else ""

    @admin.display(description="figure")
    def today_figure(self, person: User) -> str:
        """Return the row of the person's today as a sentence."""
        row = DailyAllowance.objects.filter(user_id=person.pk, date=clock.today_for(person)).first()
        if row is None:
            return "Today has no row yet: it is made by the first read or write of the day."
        return format_html(
            "{} of {} remaining on {} ({}). The pay period from {} to {} has a pool of {}.",
            show_money(row.remaining_amount, row.currency),
            show_money(row.amount, row.currency),
            link_to(row, str(row.date)),
            show_status(row),
            row.period_start,
            row.period_end,
            show_money(row.pool, row.currency),
        )

    @admin.display(description="password")
    def password_state(self, person: User) -> str:
        """Return whether there is a password. Nothing of its hash."""
        return "Set." if person.has_usable_password() else "None: this person cannot log in."

    @admin.display(description="second factor")
    def second_factor_state(self, person: User) -> str:
        """Return whether there is a second factor."""
        return "On." if has_second_factor(user_id=person.pk) else "Off."

    @admin.action(description="Recompute today's figure", permissions=["change"])
    def recalculate_today(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """Recompute today's rows, one person after the other."""
        people = list(queryset.order_by("pk"))
        for person in people:
            recalculate_day(user_id=person.pk, today=clock.today_for(person))
        self.message_user(request, f"Recomputed: {len(people)}.", messages.SUCCESS)

    @admin.action(description="Send a link to choose a new password", permissions=["change"])
    def send_password_links(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """Mail a link to everybody chosen whom the caller may manage; none to accounts that are not active."""
        people = [person for person in self._list_manageable(request, queryset) if person.is_active]
        for person in people:
            self._send_password_link(person)
        self.message_user(request, f"Links on their way: {len(people)}.", messages.SUCCESS)

    def send_password_link_view(self, request: HttpRequest, user_id: int) -> HttpResponse:
        """Mail a link to one person, and go back to that person's page."""
        person = self.get_object(request, str(user_id))
        if person is None or not self.has_change_permission(request, person):
            raise PermissionDenied
        self.send_password_links(request, User.objects.filter(pk=person.pk))
        return HttpResponseRedirect(reverse("admin:core_user_change", args=[person.pk]))

    def _send_password_link(self, person: User) -> None:
        request_link(email=person.email, purpose=MailKind.PASSWORD_RESET, now=clock.now())

    @admin.action(description="Remove the second factor", permissions=["superuser"])
    def remove_second_factors(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """Remove the second factor of people who lost it, once they have proven who they are.

        Never the caller's own: the API removes that one, and asks for the password and a code.
        """
        taken = 0
        for person in queryset.order_by("pk"):
            if person.pk != request.user.pk and has_second_factor(user_id=person.pk):
                remove_second_factor(user_id=person.pk, now=clock.now())
                taken += 1
        self.message_user(request, f"Second factors removed: {taken}.", messages.SUCCESS)

    @admin.action(description="End all sessions", permissions=["change"])
    def end_sessions(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """Log people out everywhere, the admin included."""
        people = self._list_manageable(request, queryset)
        for person in people:
            revoke_sessions(user_id=person.pk, now=clock.now())
        self.message_user(request, f"Logged out everywhere: {len(people)}.", messages.SUCCESS)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Return what goes with these people, counted. Read-only rows are deleted with their owner."""
        counts = {str(User._meta.verbose_name_plural): len(objs)}
        counts.update(count_dependents(request=request, people=objs))
        refused = {"accounts of staff" for person in objs if not self.has_delete_permission(request, person)}
        return list_rows(objs), counts, refused, []

    def delete_model(self, request: HttpRequest, obj: User) -> None:
        """Delete a person and all they have, under their lock. Somebody who is gone already is passed by."""
        with suppress(User.DoesNotExist), owner_transaction(obj.pk):
            obj.delete()

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """Delete people one after the other, in the order of their ids, all or none."""
        with db_transaction.atomic():
            for person in queryset.order_by("pk"):
                self.delete_model(request, person)
