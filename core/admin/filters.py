"""The filters that several lists share."""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from core.models import User


def is_id(text: str) -> bool:
    """Return whether the text can be the id of a row."""
    return text.isascii() and text.isdigit() and len(text) < 19


class OwnerFilter(admin.SimpleListFilter):
    """The rows of one person. Links on that person's page set it; it offers no list of all people."""

    title = "owner"
    parameter_name = "owner"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Return the chosen person alone."""
        chosen = request.GET.get(self.parameter_name, "")
        owner = User.objects.filter(pk=int(chosen)).first() if is_id(chosen) else None
        return [(str(owner.pk), owner.username)] if owner is not None else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return the person's rows; none for a person who does not exist."""
        chosen = self.value()
        if chosen is None:
            return queryset
        return queryset.filter(user_id=int(chosen)) if is_id(chosen) else queryset.none()


class DeletedFilter(admin.SimpleListFilter):
    """Rows that are marked as deleted, or are not. A list shows those that are not, unless others are asked for."""

    title = "deleted"
    parameter_name = "deleted"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Return the choices beside the default."""
        return [("yes", "Yes"), ("any", "Any")]

    def choices(self, changelist: Any) -> Iterator[Any]:
        """Yield the choices. The one that is there without a parameter is no longer all of them."""
        default, *others = super().choices(changelist)
        yield {**default, "display": "No"}
        yield from others

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return the rows that were asked for."""
        if self.value() == "any":
            return queryset
        return queryset.filter(deleted_at__isnull=self.value() != "yes")


class CurrencyFilter(admin.SimpleListFilter):
    """Rows by currency. It offers the currencies of accounts: those of all rows would take a full scan."""

    title = "currency"
    parameter_name = "currency"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Return each currency of an account once."""
        codes = User.objects.order_by("currency").values_list("currency", flat=True).distinct()
        return [(code, code) for code in codes]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return the rows whose amounts are in the currency."""
        return queryset if self.value() is None else queryset.filter(currency=self.value())
