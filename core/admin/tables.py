"""What the pages of every table share."""

from contextlib import AbstractContextManager, nullcontext
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import ValidationError
from django.db import DataError
from django.db import transaction as db_transaction
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html

from core.allowance.services import refreshing_once
from core.db.locks import owner_transaction
from core.kernel.currencies import format_money
from core.kernel.errors import DomainError
from core.kernel.money import Exact
from core.models import User


def show_money(amount: Exact, currency: str) -> str:
    """An amount with its code, in the currency's own decimals, never broken over two lines."""
    return format_money(amount, currency).replace(" ", "\N{NO-BREAK SPACE}")


def link_to(row: Model, label: str | None = None) -> str:
    """A link to the page of a row."""
    page = reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])
    return format_html('<a href="{}">{}</a>', page, label or str(row))


def link_to_list(model: type[Model], label: str, **lookups: Any) -> str:
    """A link to the list of a table, narrowed by these lookups."""
    page = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    return format_html('<a href="{}?{}">{}</a>', page, urlencode(lookups), label)


class OwnerFilter(admin.SimpleListFilter):
    """The rows of one person: shown once somebody followed a link from that person's page."""

    title = "owner"
    parameter_name = "owner"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The one who is chosen; a list of all would have no end."""
        chosen = request.GET.get(self.parameter_name, "")
        owner = User.objects.filter(pk=int(chosen)).first() if is_id(chosen) else None
        return [(str(owner.pk), owner.username)] if owner is not None else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Nobody's rows for somebody who does not exist."""
        chosen = self.value()
        if chosen is None:
            return queryset
        return queryset.filter(user_id=int(chosen)) if is_id(chosen) else queryset.none()


class CurrencyFilter(admin.SimpleListFilter):
    """By currency: those that people live in. Looking for all codes in use would read the whole table."""

    title = "currency"
    parameter_name = "currency"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Each code once."""
        codes = User.objects.order_by("currency").values_list("currency", flat=True).distinct()
        return [(code, code) for code in codes]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Amounts entered in the code."""
        return queryset if self.value() is None else queryset.filter(currency=self.value())


def is_id(text: str) -> bool:
    """Whether the text can be the id of a row."""
    return text.isascii() and text.isdigit() and len(text) < 19


class TableAdmin(admin.ModelAdmin):
    """A table of the admin. A rule that a write breaks is shown beside the form, and nothing is kept."""

    list_per_page = 50
    save_on_top = True
    show_facets = admin.ShowFacets.NEVER

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        """The list. Its address may be nonsense: what the database cannot compare is a wrong filter, not a fault.

        Raises IncorrectLookupParameters, which leads back to the whole list.
        """
        try:
            # A statement that PostgreSQL refuses spoils the transaction that it is in, if it is in one.
            with db_transaction.atomic():
                return super().get_changelist_instance(request)
        except (ValidationError, ValueError, ArithmeticError, DataError) as error:
            raise IncorrectLookupParameters(error) from error

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The list; its actions happen in one transaction, log included."""
        if request.method != "POST":
            return super().changelist_view(request, extra_context)
        try:
            with db_transaction.atomic():
                return super().changelist_view(request, extra_context)
        except DomainError as error:
            self.message_user(request, error.message, messages.ERROR)
            return HttpResponseRedirect(request.get_full_path())

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """The form, which knows what the first attempt of this request was refused for."""
        form = super().get_form(request, obj, change=change, **kwargs)
        form.refusal = getattr(request, "refusal", None)  # type: ignore[attr-defined]
        return form

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The form. What only the write itself could find out sends it back once more, with the reason."""
        if request.method != "POST":
            return super().changeform_view(request, object_id, form_url, extra_context)
        try:
            with self._locked(request, object_id):
                return super().changeform_view(request, object_id, form_url, extra_context)
        except DomainError as error:
            request.refusal = error  # type: ignore[attr-defined]
            return super().changeform_view(request, object_id, form_url, extra_context)
        except User.DoesNotExist:
            # Nobody to lock: the form says so itself.
            return super().changeform_view(request, object_id, form_url, extra_context)

    def get_owner_id(self, request: HttpRequest, object_id: str | None) -> str | None:
        """Whose lock a write through the form takes; None for nobody's. It need not be the id of anybody."""
        return None

    def _locked(self, request: HttpRequest, object_id: str | None) -> AbstractContextManager[Any]:
        owner_id = self.get_owner_id(request, object_id)
        return owner_transaction(int(owner_id)) if owner_id is not None and is_id(owner_id) else nullcontext()

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The question whether to delete, and the deletion."""
        try:
            return super().delete_view(request, object_id, extra_context)
        except DomainError as error:
            self.message_user(request, error.message, messages.ERROR)
            return HttpResponseRedirect(request.get_full_path())


class ReadOnlyAdmin(TableAdmin):
    """A table that no human may edit: what is in it was computed, or is evidence."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody."""
        return False


class OwnedAdmin(TableAdmin):
    """A table of people's rows. Reading, checking and writing a row happen under its owner's lock."""

    list_select_related: ClassVar[tuple[str, ...]] = ("user",)

    @admin.display(description="owner", ordering="user__username")
    def owner_link(self, row: Any) -> str:
        """The person whose row it is; empty for nobody's."""
        return link_to(row.user, row.user.username) if row.user is not None else ""

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Delete the chosen rows, with one refresh for each owner."""
        chosen: dict[int, list[int]] = {}
        for pk, user_id in queryset.order_by("user_id").values_list("pk", "user_id"):
            chosen.setdefault(user_id, []).append(pk)
        with db_transaction.atomic():
            # Owners in the order of their ids, so that two members of staff cannot wait for each other.
            for user_id, pks in chosen.items():
                with refreshing_once(user_id=user_id):
                    self.model._default_manager.filter(pk__in=pks).delete()

    def get_owner_id(self, request: HttpRequest, object_id: str | None) -> str | None:
        """The owner that was chosen for a new row, or the row's own."""
        if object_id is None:
            return request.POST.get("owner")
        row = self.get_object(request, object_id)
        return str(row.user_id) if row is not None else None
