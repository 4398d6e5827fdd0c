"""Paths of the API that no route takes."""

from typing import Any

from rest_framework import exceptions
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.views import APIView


class UnknownPathView(APIView):
    """Answer 404 to every method. A view, so that such calls are authenticated and counted like all others."""

    permission_classes = (AllowAny,)
    # Not in the API's document.
    swagger_schema = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Raise NotFound, once the call is counted."""
        super().initial(request, *args, **kwargs)
        raise exceptions.NotFound
