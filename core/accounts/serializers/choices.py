"""The shapes of what a user chooses from."""

from typing import Any

from rest_framework import serializers

from core.accounts.holiday_calendars import HolidayCalendar


class TimezoneSerializer(serializers.Serializer[Any]):
    """A time zone."""

    name = serializers.CharField(read_only=True, help_text="IANA name, as `timezone` of a profile takes it.")
    offset = serializers.CharField(read_only=True, help_text="Its offset from UTC at this moment, such as `+05:45`.")


class LanguageSerializer(serializers.Serializer[Any]):
    """A language into which everything is translated."""

    code = serializers.CharField(read_only=True, help_text="As `language` of a profile takes it.")
    name = serializers.CharField(read_only=True, help_text="In that language.")


class HolidayCalendarSerializer(serializers.Serializer[HolidayCalendar]):
    """A calendar of weekends and holidays."""

    code = serializers.CharField(read_only=True, help_text="As `holiday_calendar` of a profile takes it.")
    name = serializers.CharField(read_only=True, help_text="The country and its subdivision, or the market.")
    weekend = serializers.ListField(
        child=serializers.IntegerField(), read_only=True, help_text="Its weekdays without work, Monday 1."
    )
    next = serializers.ListField(
        child=serializers.DateField(), read_only=True, help_text="Its next three holidays, from today on."
    )
