"""Filters that several lists share."""

from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django_filters import rest_framework as filters
from rest_framework.exceptions import ValidationError
from rest_framework.filters import SearchFilter as DrfSearchFilter
from rest_framework.request import Request

from core.kernel.money import AMOUNT_LIMIT, STORED_DECIMALS
from core.web.fields import DAY

MOST_SEARCH_WORDS = 20


class SearchFilter(DrfSearchFilter):
    """DRF's own, for at most `MOST_SEARCH_WORDS` words, and without regard to the case of any letter."""

    def get_search_terms(self, request: Request) -> list[str]:
        """Return the words. Raises ValidationError for too many: each is a condition on every field."""
        terms: list[str] = super().get_search_terms(request)
        if len(terms) > MOST_SEARCH_WORDS:
            message = f"At most {MOST_SEARCH_WORDS} words can be searched for."
            raise ValidationError({self.search_param: [message]}, code="too_many_words")
        return terms

    def construct_search(self, field_name: str, queryset: QuerySet[Any]) -> str:
        """Return the lookup for a field."""
        return f"{field_name}__contains_text"


class AmountFilter(filters.NumberFilter):
    """A bound on an amount: 0 to 10^12, at most three decimals. Anything else is a 400."""

    field_class = forms.DecimalField

    def __init__(self, **options: Any) -> None:
        super().__init__(
            min_value=0,
            max_value=AMOUNT_LIMIT,
            max_digits=12 + STORED_DECIMALS + 1,
            decimal_places=STORED_DECIMALS,
            **options,
        )


class RowIdFilter(filters.Filter):
    """The id of another row. An id that does not exist, or is another person's, leaves nothing of the list."""

    field_class = forms.IntegerField

    def filter(self, qs: QuerySet[Any], value: Any) -> QuerySet[Any]:
        """Return the rows that name the id. No database compares what is no 64-bit number."""
        if value is not None and not 0 < value < 2**63:
            return qs.none()
        return super().filter(qs, value)


class _DayFormField(forms.DateField):
    """Takes `YYYY-MM-DD` alone; Django's own also takes 11/22/2026."""

    def to_python(self, value: Any) -> date | None:
        if value not in self.empty_values and not (isinstance(value, str) and DAY.fullmatch(value)):
            raise forms.ValidationError("A day is written YYYY-MM-DD.", code="invalid")
        return super().to_python(value)


class DayFilter(filters.DateFilter):
    """A calendar day, `YYYY-MM-DD`."""

    field_class = _DayFormField
