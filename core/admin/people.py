"""People, and what a member of staff wants to see of each: today's figure, and the way to their rows."""

from contextlib import suppress
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm
from django.contrib.auth.models import Group
from django.db import transaction as db_transaction
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.text import capfirst

from core import clock
from core.accounts.services.second_factor import has_second_factor, take_off
from core.accounts.services.sessions import revoke_sessions
from core.accounts.timezones import list_timezones
from core.admin.forms import CURRENCY_CHOICES, RefusableForm, list_currency_choices
from core.admin.projections import show_status
from core.admin.tables import TableAdmin, link_to, link_to_list, show_money
from core.admin.weekday_weights import WeekdayWeightsField
from core.allowance.services import recalculate_day
from core.db.locks import owner_transaction
from core.models import AuditEvent, DailyAllowance, Expense, Income, SavingsGoal, Session, Transaction, User

_PROFILE_FIELDS = ("username", "email", "first_name", "last_name", "currency", "timezone", "language")
_FIGURE_FIELDS = ("leftover", "overspend", "weekday_weights")
_RIGHTS_FIELDS = ("is_active", "is_staff", "is_superuser", "groups", "user_permissions")


def _list_places() -> list[tuple[str, str]]:
    return [(name, name) for name in list_timezones()]


class _ProfileForm(RefusableForm):
    currency = forms.ChoiceField(choices=CURRENCY_CHOICES, initial="USD", help_text="The one that the figure is in.")
    timezone = forms.ChoiceField(choices=_list_places, initial="UTC", help_text="It decides which day it is for them.")
    language = forms.ChoiceField(choices=settings.LANGUAGES, initial="en")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and "currency" in self.fields:
            choices = list_currency_choices(present=self.instance.currency)
            self.fields["currency"].choices = choices  # type: ignore[attr-defined]

    def clean_username(self) -> str:
        """Nobody else's, without regard to case."""
        return self._refuse_taken("username")

    def clean_email(self) -> str:
        """Nobody else's, without regard to case."""
        return self._refuse_taken("email")

    def _refuse_taken(self, field: str) -> str:
        value: str = self.cleaned_data[field]
        if User.objects.filter(**{f"{field}__iexact": value}).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(f"An account with this {field} exists.", code="unique")
        return value


class NewUserForm(_ProfileForm, AdminUserCreationForm):
    """An account that staff make."""

    class Meta:
        model = User
        fields = _PROFILE_FIELDS


class UserForm(_ProfileForm):
    """An account as it is. The password is not among its fields: it has a page of its own."""

    weekday_weights = WeekdayWeightsField()

    class Meta:
        model = User
        fields = (*_PROFILE_FIELDS, *_FIGURE_FIELDS, *_RIGHTS_FIELDS)


class UserChangeList(ChangeList):
    """People, with the row of the day that it is for each of them, read in one statement."""

    def get_results(self, request: HttpRequest) -> None:
        """The page of people, and beside each `today_row`, None where nobody has asked yet."""
        super().get_results(request)
        people = list(self.result_list)
        utc_today = clock.now().date()
        rows = DailyAllowance.objects.filter(
            user_id__in=[person.pk for person in people],
            # Somewhere it is yesterday still, and elsewhere tomorrow already.
            date__range=(utc_today - timedelta(days=1), utc_today + timedelta(days=1)),
        )
        by_day = {(row.user_id, row.date): row for row in rows}
        for person in people:
            person.today_row = by_day.get((person.pk, clock.today_for(person)))
        self.result_list = people


class _PlanInline(admin.TabularInline):
    """Rows to look at on the person's page: name, amount and rhythm, and a link to the page to change them on."""

    show_change_link = True
    extra = 0
    max_num = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """On the row's own page."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """On the row's own page."""
        return False


class IncomeInline(_PlanInline):
    """The person's incomes."""

    model = Income
    fields = readonly_fields = ("next_payment_date", "added_on")


class ExpenseInline(_PlanInline):
    """The person's bills."""

    model = Expense
    fields = readonly_fields = ("due_date", "added_on")


class SavingsGoalInline(_PlanInline):
    """The person's goals."""

    model = SavingsGoal
    fields = readonly_fields = ("created_at",)


@admin.register(User)
class UserAdmin(TableAdmin, DjangoUserAdmin):
    """People."""

    form = UserForm
    add_form = NewUserForm
    list_display = ("username", "email", "today", "today_status", "last_login")
    list_filter = ("is_active", "is_staff", "currency")
    search_fields = ("username", "email", "first_name", "last_name")
    date_hierarchy = "date_joined"
    ordering = ("username",)
    actions = ("recalculate_today", "end_sessions", "take_off_second_factor")
    inlines = (IncomeInline, ExpenseInline, SavingsGoalInline)
    readonly_fields = (
        *("today_figure", "rows", "password_link", "last_login", "date_joined"),
        *("leftover_chosen_on", "overspend_chosen_on", "updated_at"),
    )
    fieldsets = (
        ("Today", {"fields": ("today_figure", "rows")}),
        ("Account", {"fields": ("username", "password_link", "email", "first_name", "last_name")}),
        ("Where and in what", {"fields": ("currency", "timezone", "language")}),
        ("Figure", {"fields": (*_FIGURE_FIELDS, "leftover_chosen_on", "overspend_chosen_on")}),
        ("Rights", {"fields": _RIGHTS_FIELDS, "classes": ("collapse",)}),
        ("Dates", {"fields": ("last_login", "date_joined", "updated_at")}),
    )
    add_fieldsets = ((None, {"fields": (*_PROFILE_FIELDS, "usable_password", "password1", "password2")}),)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        """With everybody's day."""
        return UserChangeList

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        """A person who is only being made has no rows yet."""
        return self.inlines if obj is not None else ()

    def get_owner_id(self, request: HttpRequest, object_id: str | None) -> str | None:
        """The person."""
        return object_id

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Rights are given by superusers alone: else a member of staff could make themselves one."""
        readonly = super().get_readonly_fields(request, obj)
        return readonly if request.user.is_superuser else (*readonly, *_RIGHTS_FIELDS)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A superuser's account, password included, is for superusers."""
        return super().has_change_permission(request, obj) and self._may_touch(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """As changing."""
        return super().has_delete_permission(request, obj) and self._may_touch(request, obj)

    def _may_touch(self, request: HttpRequest, obj: Any) -> bool:
        return obj is None or not obj.is_superuser or request.user.is_superuser

    @admin.display(description="remaining today")
    def today(self, person: Any) -> str:
        """What is left, and of how much; empty where nobody has asked yet."""
        row = person.today_row
        if row is None:
            return ""
        return f"{show_money(row.remaining_amount, row.currency)} of {show_money(row.amount, row.currency)}"

    @admin.display(description="status")
    def today_status(self, person: Any) -> str:
        """In one word."""
        return show_status(person.today_row) if person.today_row else ""

    @admin.display(description="figure")
    def today_figure(self, person: User) -> str:
        """The row of the person's today, in a sentence."""
        row = DailyAllowance.objects.filter(user_id=person.pk, date=clock.today_for(person)).first()
        if row is None:
            return "Not asked for yet today."
        return format_html(
            "{} of {} remaining on {} ({}); the pay period from {} to {} has a pool of {}.",
            show_money(row.remaining_amount, row.currency),
            show_money(row.amount, row.currency),
            link_to(row, str(row.date)),
            show_status(row),
            row.period_start,
            row.period_end,
            show_money(row.pool, row.currency),
        )

    @admin.display(description="rows")
    def rows(self, person: User) -> str:
        """How many of each kind, and the way there."""
        return format_html_join(
            " · ", "{} {}", ((_count_link(model, person), _add_link(model, person)) for model in _LINKED)
        )

    @admin.display(description="password")
    def password_link(self, person: User) -> str:
        """Whether there is one, and where to set another. Nothing of the hash."""
        state = "Set." if person.has_usable_password() else "None: this person cannot log in with one."
        page = reverse("admin:auth_user_password_change", args=[person.pk])
        return format_html('{} <a href="{}">Set another</a>', state, page)

    @admin.action(description="Recompute today's figure", permissions=["change"])
    def recalculate_today(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """Recompute from all rows, one person after the other."""
        people = list(queryset.order_by("pk"))
        for person in people:
            recalculate_day(user_id=person.pk, today=clock.today_for(person))
        self.message_user(request, f"Recomputed: {len(people)}.", messages.SUCCESS)

    @admin.action(description="Take the second factor off", permissions=["change"])
    def take_off_second_factor(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """For those who lost their device and their backup codes, once they have shown who they are."""
        taken = 0
        for person in queryset.order_by("pk"):
            if self.has_change_permission(request, person) and has_second_factor(user_id=person.pk):
                take_off(user_id=person.pk, now=clock.now())
                taken += 1
        self.message_user(request, f"Second factors taken off: {taken}.", messages.SUCCESS)

    @admin.action(description="End all sessions", permissions=["change"])
    def end_sessions(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """Log people out everywhere, the admin included."""
        people = [person for person in queryset.order_by("pk") if self.has_change_permission(request, person)]
        for person in people:
            revoke_sessions(user_id=person.pk, now=clock.now())
        self.message_user(request, f"Logged out everywhere: {len(people)}.", messages.SUCCESS)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Everything a person has goes with them: counted, not listed one by one.

        Whoever may delete the person may delete their rows, those that nobody may edit included.
        """
        people = list(objs)
        counts = {str(User._meta.verbose_name_plural): len(people)}
        for model, lookup in _list_dependents():
            count = model._default_manager.filter(**{f"{lookup}__in": people}).count()
            if count:
                counts[str(model._meta.verbose_name_plural)] = count
        refused = {"superuser" for person in people if not self.has_delete_permission(request, person)}
        return [f"{capfirst(User._meta.verbose_name)}: {person}" for person in people], counts, refused, []

    def delete_model(self, request: HttpRequest, obj: User) -> None:
        """Delete a person and all they have, after whoever is writing for them at this moment."""
        # Somebody who is gone already is as gone as they should be.
        with suppress(User.DoesNotExist), owner_transaction(obj.pk):
            obj.delete()

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """One after the other, in the order of their ids, all or none."""
        with db_transaction.atomic():
            for person in queryset.order_by("pk"):
                self.delete_model(request, person)


admin.site.unregister(Group)


@admin.register(Group)
class GroupAdmin(TableAdmin, DjangoGroupAdmin):
    """Rights that several members of staff share."""

    list_display = ("name",)


_LINKED: tuple[type[Model], ...] = (Income, Expense, SavingsGoal, Transaction, DailyAllowance, Session, AuditEvent)
_ADDABLE = (Income, Expense, SavingsGoal, Transaction)


def _list_dependents() -> list[tuple[type[Model], str]]:
    """The tables whose rows are somebody's, and the column that says whose."""
    return [
        (relation.related_model, relation.field.name)
        for relation in User._meta.related_objects
        if relation.related_model is not None and not relation.many_to_many
    ]


def _count_link(model: type[Model], person: User) -> str:
    count = model._default_manager.filter(user_id=person.pk).count()
    return link_to_list(
        model, f"{count} {model._meta.verbose_name_plural if count != 1 else model._meta.verbose_name}", owner=person.pk
    )


def _add_link(model: type[Model], person: User) -> str:
    if model not in _ADDABLE:
        return ""
    page = reverse(f"admin:core_{model._meta.model_name}_add")
    return format_html('(<a href="{}?{}">add</a>)', page, urlencode({"owner": person.pk}))
