"""The serializer of categories."""

from typing import Any

from rest_framework import serializers


class CategorySerializer(serializers.Serializer[Any]):
    """A category of the caller's transactions."""

    name = serializers.CharField(source="category", help_text="As it stands in the transactions.")
    count = serializers.IntegerField(help_text="How many transactions have it.")
    last_used = serializers.DateField(help_text="The latest day of these.")
