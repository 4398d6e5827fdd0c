"""Lists to choose from: the same for everybody, whole, open without a token."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language_from_request
from rest_framework import viewsets
from rest_framework.pagination import BasePagination
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from core.models import User


class WholeList(BasePagination):
    """One page that holds every row, in the shape of the other lists."""

    def paginate_queryset(
        self, queryset: QuerySet[Any] | Sequence[Any], request: Request, view: Any = None
    ) -> list[Any]:
        """Return every row."""
        return list(queryset)

    def get_paginated_response(self, data: Any) -> Response:
        """Return the only page."""
        return Response({"count": len(data), "next": None, "previous": None, "results": data})


class ChoiceViewSet(viewsets.GenericViewSet[Any]):
    """A list to choose from. Clients may keep it and ask with `If-None-Match` whether it still holds."""

    permission_classes = (AllowAny,)
    pagination_class = WholeList
    filter_backends = ()
    # With a token it is the user's own language, currency and day that count.
    cache_control = "private, no-cache"

    def respond(self, rows: Sequence[Any]) -> Response:
        """Return all these rows."""
        page = self.paginate_queryset(rows)
        response = self.get_paginated_response(self.get_serializer(page, many=True).data)
        response["Cache-Control"] = self.cache_control
        # Accept-Language is named for every answer.
        patch_vary_headers(response, ["Authorization"])
        return response


def choose_language(request: Request) -> str:
    """Return the language of the profile; where none is chosen, the one that is asked for."""
    user = request.user
    if isinstance(user, User) and user.language:
        return user.language
    return get_language_from_request(request._request)
