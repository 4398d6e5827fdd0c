"""Pages by number for short lists, and by keyset for transactions."""

import base64
import binascii
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import QuerySet
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import BasePagination, PageNumberPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

DEFAULT_PAGE_SIZE = 50
LARGEST_PAGE_SIZE = 200


class PagePagination(PageNumberPagination):
    """`?page=` and `?page_size=`, with a count."""

    page_size = DEFAULT_PAGE_SIZE
    max_page_size = LARGEST_PAGE_SIZE
    page_size_query_param = "page_size"


def _list_beyond(queryset: QuerySet[Any], *, key: tuple[date, int], backwards: bool, limit: int) -> list[Any]:
    """Return the next rows beyond a key, in order: first the rest of that day, then the days beyond.

    Two statements at most, each bounded by the index on (user, date, id). One condition for both, an OR, would make
    the databases walk through all earlier rows of the day.
    """
    day, row_id = key
    comparison = "gt" if backwards else "lt"
    rows = list(queryset.filter(date=day, **{f"id__{comparison}": row_id})[:limit])
    if len(rows) < limit:
        rows += queryset.filter(**{f"date__{comparison}": day})[: limit - len(rows)]
    return rows


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
        """Return one page. Raises TypeError for anything but a queryset."""
        if not isinstance(queryset, QuerySet):
            raise TypeError("NewestFirstPagination takes a queryset.")
        size = self._read_size(request)
        backwards, key = self._read_cursor(request)
        queryset = queryset.order_by(*(("date", "id") if backwards else ("-date", "-id")))
        # One row more than the page shows whether there is another page.
        if key is None:
            rows = list(queryset[: size + 1])
        else:
            rows = _list_beyond(queryset, key=key, backwards=backwards, limit=size + 1)
        more = len(rows) > size
        rows = rows[:size]
        if backwards:
            rows.reverse()
        has_next = more or backwards
        has_previous = more if backwards else key is not None
        self._next = self._make_link(request, "n", rows[-1]) if rows and has_next else None
        self._previous = self._make_link(request, "p", rows[0]) if rows and has_previous else None
        return rows

    def get_paginated_response(self, data: Any) -> Response:
        """Return the page and the addresses of its neighbours."""
        return Response({"next": self._next, "previous": self._previous, "results": data})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """Return the schema of a page."""
        link = {"type": "string", "format": "uri", "x-nullable": True}
        return {"type": "object", "properties": {"next": link, "previous": link, "results": schema}}

    def _read_size(self, request: Request) -> int:
        try:
            size = int(request.query_params.get(self.page_size_query_param, ""))
        except ValueError:
            return DEFAULT_PAGE_SIZE
        return min(size, LARGEST_PAGE_SIZE) if size > 0 else DEFAULT_PAGE_SIZE

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

    def _make_link(self, request: Request, direction: str, row: Any) -> str:
        cursor = base64.urlsafe_b64encode(f"{direction}|{row.date}|{row.pk}".encode()).decode()
        return replace_query_param(request.build_absolute_uri(), self.cursor_query_param, cursor)
