"""Filters that several lists share."""

from datetime import date
from typing import Any

from django import forms
from django_filters import rest_framework as filters

from core.kernel.money import AMOUNT_LIMIT, STORED_DECIMALS
from core.web.fields import DAY


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


class _DayFormField(forms.DateField):
    """Takes `YYYY-MM-DD` alone; Django's own also takes 11/22/2026."""

    def to_python(self, value: Any) -> date | None:
        if value not in self.empty_values and not (isinstance(value, str) and DAY.fullmatch(value)):
            raise forms.ValidationError("A day is written YYYY-MM-DD.", code="invalid")
        return super().to_python(value)


class DayFilter(filters.DateFilter):
    """A calendar day, `YYYY-MM-DD`."""

    field_class = _DayFormField
