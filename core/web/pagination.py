"""Pages by number for short lists, and by key for the long one."""

import base64
import binascii
import secrets
from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from typing import Any
from urllib.parse import quote

from django.core.paginator import EmptyPage, Page, PageNotAnInteger, Paginator
from django.db import connection
from django.db.models import (
    BigIntegerField,
    BooleanField,
    DateField,
    F,
    Func,
    IntegerField,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.lookups import GreaterThan, LessThan
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import BasePagination, PageNumberPagination, _positive_int
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from core.models.compiled import CompiledQuery, Given
from core.web.callers import get_caller

DEFAULT_PAGE_SIZE = 50
LARGEST_PAGE_SIZE = 200
LARGEST_PAGE = 10**9
_PAGE_AND_ONE = DEFAULT_PAGE_SIZE + 1
_GIVEN_KEY = (Given("day", DateField()), Given("row_id", BigIntegerField()))
# What no address holds, for nobody can know it.
_PLACE = secrets.token_hex(16)


class _CountingPaginator(Paginator):
    """Reads a page and the count of all rows with one statement. Lists in memory are paged as Django pages them."""

    def page(self, number: Any) -> Page:
        """Raises InvalidPage for anything but the number of a page that has rows, or of the first."""
        if not isinstance(self.object_list, QuerySet):
            return super().page(number)
        number = self._validate(number)
        rows: QuerySet[Any] = self.object_list
        count = Func(F("pk"), function="COUNT", output_field=IntegerField())
        # A scalar query of its own beside the rows: the database answers it from an index, and once.
        rows = rows.annotate(_count=Subquery(rows.order_by().annotate(_rows=count).values("_rows")))
        start = (number - 1) * self.per_page
        found = list(rows[start : start + self.per_page])
        if not found and number > 1:
            raise EmptyPage("That page contains no results")
        self.count = found[0]._count if found else 0
        return Page(found, number, self)

    def _validate(self, number: Any) -> int:
        try:
            valid = int(number)
        except (TypeError, ValueError) as error:
            raise PageNotAnInteger("That page number is not an integer") from error
        if not 1 <= valid <= LARGEST_PAGE:
            raise EmptyPage("That page contains no results")
        return valid


class PagePagination(PageNumberPagination):
    """`?page=` and `?page_size=`, with a count."""

    django_paginator_class = _CountingPaginator

    page_size = DEFAULT_PAGE_SIZE
    max_page_size = LARGEST_PAGE_SIZE
    page_size_query_param = "page_size"


class _Row(Func):
    """A row value, `(a, b)`, which both engines compare lexicographically and serve from an index."""

    template = "(%(expressions)s)"
    output_field = BooleanField()


def _cut(queryset: QuerySet[Any], *, key: tuple[Any, Any], backwards: bool, rows: int) -> QuerySet[Any]:
    """The rows beyond a key (two values, or two expressions), in the queryset's order; at least the next `rows`."""
    day, row_id = key
    if connection.vendor != "sqlite":
        compare = GreaterThan if backwards else LessThan
        return queryset.filter(compare(_Row(F("date"), F("id")), _Row(day, row_id)))
    # SQLite bounds its search by the day alone and walks through all rows of that day. The rest of the day and
    # the days beyond are two searches by index, each cut off where a page is full.
    side = "gt" if backwards else "lt"
    same_day = queryset.filter(date=day, **{f"id__{side}": row_id}).values("pk")[:rows]
    beyond = queryset.filter(**{f"date__{side}": day}).values("pk")[:rows]
    cut = queryset.model._base_manager.filter(Q(pk__in=same_day) | Q(pk__in=beyond)).order_by(*queryset.query.order_by)
    cut.query.select_related = queryset.query.select_related
    cut.query.deferred_loading = queryset.query.deferred_loading
    return cut


def _sort(queryset: QuerySet[Any], *, backwards: bool) -> QuerySet[Any]:
    return queryset.order_by(*(("date", "id") if backwards else ("-date", "-id")))


class PlainPages:
    """The pages of ordinary size of a list that is not filtered, each kind of them put into words once.

    `make` returns the queryset of one person's rows, by a `Given` named `user_id`. A view offers them as `plain_pages`.
    """

    def __init__(self, make: "Callable[[], QuerySet[Any]]") -> None:
        def first() -> QuerySet[Any]:
            return _sort(make(), backwards=False)[:_PAGE_AND_ONE]

        def beyond(*, backwards: bool) -> QuerySet[Any]:
            rows = _sort(make(), backwards=backwards)
            return _cut(rows, key=_GIVEN_KEY, backwards=backwards, rows=_PAGE_AND_ONE)[:_PAGE_AND_ONE]

        self._first = CompiledQuery(first)
        self._beyond = {backwards: CompiledQuery(partial(beyond, backwards=backwards)) for backwards in (False, True)}

    def read(self, *, user_id: int, key: tuple[date, int] | None, backwards: bool) -> list[Any]:
        """The rows of the page, and one more if there is one."""
        if key is None:
            return self._first.all(user_id=user_id)
        return self._beyond[backwards].all(user_id=user_id, day=key[0], row_id=key[1])


class NewestFirstPagination(BasePagination):
    """Keyset pages over rows with a `date`, newest day first, newest row first within a day.

    `?cursor=` is opaque: it holds the last row's key and the direction. The thousandth page costs what the
    first one costs, and rows that are added meanwhile neither repeat nor hide others.
    """

    cursor_query_param = "cursor"
    page_size_query_param = "page_size"

    def paginate_queryset(
        self, queryset: QuerySet[Any] | Sequence[Any], request: Request, view: Any = None
    ) -> list[Any]:
        """One page, read with one row more than it shows. Raises TypeError for anything but a queryset."""
        if not isinstance(queryset, QuerySet):
            raise TypeError("Pages by key are cut by the database; a list has none.")
        # Taken apart and put together once, with a place for the cursor of either neighbour.
        self._url = replace_query_param(request.build_absolute_uri(), self.cursor_query_param, _PLACE)
        size = self._read_size(request)
        backwards, key = self._read_cursor(request)
        plain: PlainPages | None = getattr(view, "plain_pages", None)
        if plain is not None and size == DEFAULT_PAGE_SIZE:
            rows = plain.read(user_id=get_caller(request).pk, key=key, backwards=backwards)
        else:
            queryset = _sort(queryset, backwards=backwards)
            if key is not None:
                queryset = _cut(queryset, key=(Value(key[0]), Value(key[1])), backwards=backwards, rows=size + 1)
            rows = list(queryset[: size + 1])
        more = len(rows) > size
        rows = rows[:size]
        if backwards:
            rows.reverse()
        self._next = self._link("n", rows[-1]) if rows and (more or backwards) else None
        self._previous = self._link("p", rows[0]) if rows and (more if backwards else key is not None) else None
        return rows

    def get_paginated_response(self, data: Any) -> Response:
        """The page and its neighbours' addresses."""
        return Response({"next": self._next, "previous": self._previous, "results": data})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """The shape of a page, for documents."""
        link = {"type": "string", "format": "uri", "x-nullable": True}
        return {"type": "object", "properties": {"next": link, "previous": link, "results": schema}}

    def _read_size(self, request: Request) -> int:
        raw = request.query_params.get(self.page_size_query_param)
        if raw is None:
            return DEFAULT_PAGE_SIZE
        try:
            return _positive_int(raw, strict=True, cutoff=LARGEST_PAGE_SIZE)
        except ValueError:
            return DEFAULT_PAGE_SIZE

    def _read_cursor(self, request: Request) -> tuple[bool, tuple[date, int] | None]:
        raw = request.query_params.get(self.cursor_query_param)
        if raw is None:
            return False, None
        try:
            direction, day, row_id = base64.urlsafe_b64decode(raw.encode("ascii")).decode("ascii").split("|")
            key = date.fromisoformat(day), int(row_id)
        except (ValueError, binascii.Error) as error:
            raise ValidationError({self.cursor_query_param: ["Not a cursor of this list."]}) from error
        if direction not in ("n", "p") or not 0 <= key[1] < 2**63:
            raise ValidationError({self.cursor_query_param: ["Not a cursor of this list."]})
        return direction == "p", key

    def _link(self, direction: str, row: Any) -> str:
        cursor = base64.urlsafe_b64encode(f"{direction}|{row.date}|{row.pk}".encode()).decode()
        return self._url.replace(_PLACE, quote(cursor))
