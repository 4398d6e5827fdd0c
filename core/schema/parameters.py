"""Describe filters, search and pages in the document."""

from typing import Any

from django import forms
from django_filters.rest_framework import DjangoFilterBackend
from drf_yasg import openapi
from drf_yasg.inspectors import FilterInspector, NotHandled, PaginatorInspector
from rest_framework.filters import SearchFilter

from core.schema.models import DECIMAL_PATTERN
from core.web.choices import WholeList
from core.web.filters import MOST_SEARCH_WORDS
from core.web.pagination import DEFAULT_PAGE_SIZE, LARGEST_PAGE_SIZE, NewestFirstPagination, PagePagination

# The most specific first: the first match is taken.
_FORM_FIELDS: tuple[tuple[type[forms.Field], dict[str, str]], ...] = (
    (forms.DateTimeField, {"type": openapi.TYPE_STRING, "format": openapi.FORMAT_DATETIME}),
    (forms.DateField, {"type": openapi.TYPE_STRING, "format": openapi.FORMAT_DATE}),
    (
        forms.DecimalField,
        {"type": openapi.TYPE_STRING, "format": openapi.FORMAT_DECIMAL, "pattern": DECIMAL_PATTERN},
    ),
    (forms.IntegerField, {"type": openapi.TYPE_INTEGER}),
    (forms.NullBooleanField, {"type": openapi.TYPE_BOOLEAN}),
    (forms.BooleanField, {"type": openapi.TYPE_BOOLEAN}),
)


def _describe_form_field(field: forms.Field) -> dict[str, Any]:
    found: dict[str, Any] = next(
        (dict(attributes) for kind, attributes in _FORM_FIELDS if isinstance(field, kind)),
        {"type": openapi.TYPE_STRING},
    )
    if isinstance(field, forms.DecimalField) and field.min_value == 0:
        found["pattern"] = DECIMAL_PATTERN.replace("-?", "")
    if isinstance(field, forms.ChoiceField):
        choices: Any = field.choices
        found["enum"] = [value for value, _label in choices if value != ""]
    return found


def _query(name: str, description: str, **attributes: Any) -> Any:
    return openapi.Parameter(name, openapi.IN_QUERY, description=description, required=False, **attributes)


class FilterParameters(FilterInspector):
    """Describe filter sets by their form fields, and search by the fields that it searches."""

    def get_filter_parameters(self, filter_backend: Any) -> Any:
        """Return the parameters of one backend."""
        if isinstance(filter_backend, DjangoFilterBackend):
            filterset = filter_backend.get_filterset_class(self.view, self.view.queryset)
            filters = filterset.base_filters if filterset is not None else {}
            return [
                _query(name, str(item.extra.get("help_text") or item.label), **_describe_form_field(item.field))
                for name, item in filters.items()
            ]
        if isinstance(filter_backend, SearchFilter):
            fields = filter_backend.get_search_fields(self.view, None)  # type: ignore[arg-type]
            if not fields:
                return []
            where = " or ".join(field.replace("_", " ") for field in fields)
            text = f"Every word of this, at most {MOST_SEARCH_WORDS}, must occur in {where}, in any case."
            return [_query(filter_backend.search_param, text, type=openapi.TYPE_STRING)]
        return NotHandled


class PageParameters(PaginatorInspector):
    """Describe pages by number and by cursor."""

    def get_paginator_parameters(self, paginator: Any) -> Any:
        """Return the parameters of a paginator."""
        size = _query(
            "page_size",
            f"Rows a page: {DEFAULT_PAGE_SIZE} if this is not given or no number from 1, never more than "
            f"{LARGEST_PAGE_SIZE}.",
            type=openapi.TYPE_INTEGER,
            default=DEFAULT_PAGE_SIZE,
        )
        if isinstance(paginator, WholeList):
            return []
        if isinstance(paginator, PagePagination):
            return [_query("page", "The page's number, from 1.", type=openapi.TYPE_INTEGER, minimum=1, default=1), size]
        if isinstance(paginator, NewestFirstPagination):
            text = "Where to go on, as in `next` and `previous`; the first page if not given."
            return [_query("cursor", text, type=openapi.TYPE_STRING), size]
        return NotHandled

    def get_paginated_response(self, paginator: Any, response_schema: Any) -> Any:
        """Return the model of one page of a list."""
        if not isinstance(paginator, PagePagination | NewestFirstPagination | WholeList):
            return NotHandled
        link = {"type": openapi.TYPE_STRING, "format": openapi.FORMAT_URI, "x-nullable": True}
        properties = {
            "next": openapi.Schema(**link, description="The address of the next page; null on the last one."),
            "previous": openapi.Schema(**link, description="The address of the page before; null on the first one."),
            "results": response_schema,
        }
        if isinstance(paginator, PagePagination | WholeList):
            count = openapi.Schema(type=openapi.TYPE_INTEGER, description="Rows in all, on every page.")
            properties = {"count": count, **properties}
        return openapi.Schema(type=openapi.TYPE_OBJECT, properties=properties, required=list(properties))
