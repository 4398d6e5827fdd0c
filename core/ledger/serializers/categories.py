"""The serializers of categories."""

from typing import Any

from rest_framework import serializers

from core.models import Transaction

_LENGTH = Transaction._meta.get_field("category").max_length


class CategorySerializer(serializers.Serializer[Any]):
    """A category of the caller's transactions."""

    name = serializers.CharField(source="category", help_text="As it stands in the transactions.")
    count = serializers.IntegerField(help_text="How many transactions have it.")
    last_used = serializers.DateField(help_text="The latest day of these.")


class CategoryRenameSerializer(serializers.Serializer[Any]):
    """A category, and what it is called from now on."""

    to = serializers.CharField(
        max_length=_LENGTH, help_text="The new name. Where it is a category already, the two become one."
    )

    def get_fields(self) -> dict[str, Any]:
        """Return the fields; `from` is a word of Python."""
        old = serializers.CharField(
            max_length=_LENGTH, trim_whitespace=False, help_text="The name as it stands in the transactions."
        )
        return {"from": old, **super().get_fields()}
