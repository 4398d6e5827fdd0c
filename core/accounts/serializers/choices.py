"""The shapes of what a user chooses from."""

from typing import Any

from rest_framework import serializers


class TimezoneSerializer(serializers.Serializer[Any]):
    """A time zone."""

    name = serializers.CharField(read_only=True, help_text="IANA name, as `timezone` of a profile takes it.")
    offset = serializers.CharField(read_only=True, help_text="Its offset from UTC at this moment, such as `+05:45`.")


class LanguageSerializer(serializers.Serializer[Any]):
    """A language into which everything is translated."""

    code = serializers.CharField(read_only=True, help_text="As `language` of a profile takes it.")
    name = serializers.CharField(read_only=True, help_text="In that language.")
