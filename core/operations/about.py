"""The product, its version and the version of its API, for clients to check."""

from typing import Any

from drf_yasg.utils import swagger_auto_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

PRODUCT = "fintech-allowance"
VERSION = "0.1.0"
API = 1
"""Rises when something that clients rely on is removed or changes its meaning."""


class AboutSerializer(serializers.Serializer[Any]):
    """The product, its version and the version of its API."""

    product = serializers.CharField(help_text="Always `fintech-allowance`.")
    version = serializers.CharField(help_text="The version of the server.")
    api = serializers.IntegerField(help_text="Rises when something that clients rely on goes.")


class AboutView(APIView):
    """Read what the server is."""

    # Clients may send an expired token; the answer is the same for everybody.
    authentication_classes = ()
    permission_classes = (AllowAny,)
    # It reads nothing from the database.
    undocumented_statuses = (503,)

    @swagger_auto_schema(responses={200: AboutSerializer})
    def get(self, request: Request) -> Response:
        """Return product, version and API number."""
        about = {"product": PRODUCT, "version": VERSION, "api": API}
        return Response(AboutSerializer(about).data, headers={"Cache-Control": "no-cache"})
