"""Filters that several lists share."""

from typing import Any

from django import forms
from django_filters import rest_framework as filters

from core.kernel.money import AMOUNT_LIMIT, STORED_DECIMALS


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
