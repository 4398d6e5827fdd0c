"""Filters over days."""

from django_filters import rest_framework as filters

from core.models import DailyAllowance
from core.web.filters import DayFilter


class AllowanceFilter(filters.FilterSet):
    """Filter by a range of days, both ends included."""

    date_after = DayFilter(field_name="date", lookup_expr="gte", help_text="This day or later.")
    date_before = DayFilter(field_name="date", lookup_expr="lte", help_text="This day or earlier.")

    class Meta:
        model = DailyAllowance
        fields: list[str] = []
