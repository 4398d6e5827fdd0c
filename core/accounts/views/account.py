"""The account itself: djoser's views, with their rough edges taken off."""

from typing import Any, NoReturn

from djoser.views import UserViewSet
from rest_framework.request import Request
from rest_framework.views import APIView


class AccountViewSet(UserViewSet):
    """Registration, profile, password."""

    lookup_value_regex = r"\d+"

    def permission_denied(self, request: Request, **kwargs: Any) -> NoReturn:
        """DRF's own refusal: djoser's looks at a user that is not there."""
        APIView.permission_denied(self, request, **kwargs)
