"""What the pages of all tables share: permissions, lookups, locks, and errors shown beside the form."""

from contextlib import AbstractContextManager
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import SEARCH_VAR, ChangeList
from django.core.exceptions import ValidationError
from django.db import DataError
from django.db import transaction as db_transaction
from django.db.models import IntegerField, Model, ProtectedError, QuerySet, RestrictedError
from django.db.models.constants import LOOKUP_SEP
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html

from core.admin.deletion import LISTED_ROWS, list_rows
from core.admin.filters import is_id
from core.db.locks import owner_transaction
from core.db.transactions import atomic_write
from core.kernel.currencies import format_money
from core.kernel.errors import DomainError
from core.kernel.money import Exact
from core.models import User

MOST_WORDS = 20
"""Words that a search may have."""

_FILTER_SUFFIXES = ("", "__exact", "__isnull", "__isempty")
_DATE_SUFFIXES = ("__year", "__month", "__day", "__gte", "__lt")


def show_money(amount: Exact, currency: str) -> str:
    """Return an amount with its code, in the currency's own decimals, joined by a no-break space."""
    return format_money(amount, currency).replace(" ", "\N{NO-BREAK SPACE}")


def link_to(row: Model, label: str | None = None) -> str:
    """Return a link to the page of a row.

    Without a label it names the row by its id: the text of a row may hold amounts, which the reader of another
    table may not be allowed to read.
    """
    page = reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])
    return format_html('<a href="{}">{}</a>', page, label or f"{row._meta.verbose_name} {row.pk}")


def link_to_list(model: type[Model], label: str, **lookups: Any) -> str:
    """Return a link to the list of a table, filtered by these lookups."""
    page = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    return format_html('<a href="{}?{}">{}</a>', page, urlencode(lookups), label)


def may_view(request: HttpRequest, model: type[Model]) -> bool:
    """Return whether the caller may read rows of a table. What is derived from its rows needs the same permission."""
    user: Any = request.user
    label, name = model._meta.app_label, model._meta.model_name
    return user.has_perm(f"{label}.view_{name}") or user.has_perm(f"{label}.change_{name}")


class TableAdmin(admin.ModelAdmin):
    """A table of the admin.

    A rule that only the write itself can check is shown beside the form, and nothing is stored. Lists take the
    lookups of their own filters and no others: a lookup on a hidden column would let its value be guessed.
    """

    list_per_page = 50
    show_facets = admin.ShowFacets.NEVER
    delete_selected_confirmation_template = "admin/core/delete_selected_confirmation.html"
    linked_lookups: tuple[str, ...] = ()
    """Lookups that links on other pages use, beside those of the filters."""

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """Return whether the list takes this lookup."""
        return lookup in self.list_lookups()

    def list_lookups(self) -> set[str]:
        """Return the lookups of the filters, of the date hierarchy, and of links on other pages."""
        lookups = set(self.linked_lookups)
        for spec in self.list_filter:
            if isinstance(spec, type) and issubclass(spec, admin.SimpleListFilter):
                lookups.add(str(spec.parameter_name))
            else:
                name = spec[0] if isinstance(spec, tuple) else spec
                lookups.update(f"{name}{suffix}" for suffix in _FILTER_SUFFIXES)
        if self.date_hierarchy:
            lookups.update(f"{self.date_hierarchy}{suffix}" for suffix in _DATE_SUFFIXES)
        return lookups

    def get_search_fields(self, request: HttpRequest) -> list[str]:
        """Return the fields to search; those of another table only for those who may read it."""
        fields = [name for name in super().get_search_fields(request) if self._may_search(request, name)]
        return [f"{name}{LOOKUP_SEP}contains_text" for name in fields]

    def _may_search(self, request: HttpRequest, name: str) -> bool:
        field: Any = self.opts.get_field(name.partition(LOOKUP_SEP)[0])
        return not field.is_relation or may_view(request, field.related_model)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Return the rows found, for lists and for fields that look rows up.

        None for text that no database stores, and for more words than SQLite takes in one query.
        """
        if "\x00" in search_term:
            return queryset.none(), False
        if len(search_term.split()) > MOST_WORDS:
            if SEARCH_VAR in request.GET:
                self.message_user(request, f"A search takes at most {MOST_WORDS} words.", messages.WARNING)
            return queryset.none(), False
        return super().get_search_results(request, queryset, search_term)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return whether the caller may delete rows. The confirmation shows them, so they must be readable too."""
        return super().has_delete_permission(request, obj) and self.has_view_permission(request, obj)

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        """Return the list. Raises IncorrectLookupParameters, which leads back to the whole list.

        That is for values that the database cannot compare: they are a wrong filter, not a fault.
        """
        try:
            # A statement that PostgreSQL refuses spoils the transaction that it is in, if it is in one.
            with db_transaction.atomic():
                return super().get_changelist_instance(request)
        except (ValidationError, ValueError, ArithmeticError, DataError) as error:
            raise IncorrectLookupParameters(error) from error

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Return the list. An action runs in one transaction with its log entries."""
        if request.method != "POST":
            return super().changelist_view(request, extra_context)
        if not all(map(self._can_be_id, request.POST.getlist(ACTION_CHECKBOX_NAME))):
            self.message_user(request, "What was chosen is not in this list.", messages.ERROR)
            return HttpResponseRedirect(request.get_full_path())
        try:
            with atomic_write():
                return super().changelist_view(request, extra_context)
        except DomainError as error:
            self.message_user(request, error.message, messages.ERROR)
        except (ProtectedError, RestrictedError):
            self.message_user(request, "Other rows still refer to these. Nothing was changed.", messages.ERROR)
        return HttpResponseRedirect(request.get_full_path())

    def _can_be_id(self, text: str) -> bool:
        return is_id(text) if isinstance(self.opts.pk, IntegerField) else "\x00" not in text

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Return what the deletion of these rows would delete. Of many rows the first are listed, and counted."""
        if len(objs) <= LISTED_ROWS:
            return super().get_deleted_objects(objs, request)
        name = str(self.opts.verbose_name_plural)
        refused = set() if self.has_delete_permission(request) else {name}
        return list_rows(objs), {name: len(objs)}, refused, []

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """Return the form class, with what a first attempt of this request was refused for."""
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
        """Return the form. Where the write itself raises DomainError, the form comes back with the reason."""
        if request.method != "POST":
            return super().changeform_view(request, object_id, form_url, extra_context)
        try:
            with self._locked(request, object_id):
                return super().changeform_view(request, object_id, form_url, extra_context)
        except DomainError as error:
            request.refusal = error  # type: ignore[attr-defined]
            return super().changeform_view(request, object_id, form_url, extra_context)
        except User.DoesNotExist:
            # There is no such owner: the form reports it.
            return super().changeform_view(request, object_id, form_url, extra_context)

    def get_owner_id(self, request: HttpRequest, object_id: str | None) -> str | None:
        """Return the id of the owner whose lock a write through the form takes, or None. There may be no such user."""
        return None

    def _locked(self, request: HttpRequest, object_id: str | None) -> AbstractContextManager[Any]:
        owner_id = self.get_owner_id(request, object_id)
        return owner_transaction(int(owner_id)) if owner_id is not None and is_id(owner_id) else atomic_write()

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Return the confirmation page, or delete the row."""
        try:
            with atomic_write():
                return super().delete_view(request, object_id, extra_context)
        except DomainError as error:
            self.message_user(request, error.message, messages.ERROR)
            return HttpResponseRedirect(request.get_full_path())


class ReadOnlyAdmin(TableAdmin):
    """A read-only table: its rows are computed, or they are records."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Return False."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return False."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return False."""
        return False


class OwnedAdmin(TableAdmin):
    """A table of people's rows. Reading, checking and writing a row happen under its owner's lock."""

    list_select_related: ClassVar[tuple[str, ...]] = ("user",)

    @admin.display(description="owner", ordering="user__username")
    def owner_link(self, row: Any) -> str:
        """Return a link to the owner's page; empty for a row without an owner."""
        return link_to(row.user, row.user.username) if row.user is not None else ""

    def get_owner_id(self, request: HttpRequest, object_id: str | None) -> str | None:
        """Return the owner that was chosen for a new row, or the row's own."""
        if object_id is None:
            return request.POST.get("owner")
        row = self.get_object(request, object_id)
        return str(row.user_id) if row is not None else None

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Delete the chosen rows in one transaction, with one refresh for each owner.

        Owner by owner, in the order of their ids, so that two such deletions cannot deadlock. The rows of an owner
        are chosen again under their lock: a row that another request moved meanwhile is not missed by the refresh.
        """
        with db_transaction.atomic():
            owner_ids = queryset.order_by("user_id").values_list("user_id", flat=True).distinct()
            for owner_id in list(owner_ids):
                queryset.filter(user_id=owner_id).delete()
