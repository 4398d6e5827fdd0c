"""Exchange rates. Staff enter those that the feed lacks, and correct wrong ones."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from core.admin.forms import CURRENCY_CHOICES, WITHDRAWN_CHOICES, RowForm
from core.admin.tables import TableAdmin
from core.models import ExchangeRate

# Rows in a withdrawn currency are converted at the rates of their days.
_CHOICES = [*CURRENCY_CHOICES, *WITHDRAWN_CHOICES]


class ExchangeRateForm(RowForm):
    """A rate of one day."""

    base = forms.ChoiceField(choices=_CHOICES, help_text="One unit of this …")
    quote = forms.ChoiceField(choices=_CHOICES, help_text="… was worth so many of that.")

    class Meta:
        model = ExchangeRate
        fields = ("base", "quote", "date", "rate")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "rate" in self.fields:
            self.fields["rate"].widget.attrs["step"] = "any"

    def clean_quote(self) -> str:
        """Return the quote. Raises ValidationError where it is the base."""
        quote: str = self.cleaned_data["quote"]
        if quote == self.cleaned_data.get("base"):
            raise forms.ValidationError("A currency is always worth one of itself.", code="same_currency")
        return quote

    def clean_rate(self) -> Any:
        """Return the rate. Raises ValidationError unless it is above 0."""
        rate = self.cleaned_data["rate"]
        if rate <= 0:
            raise forms.ValidationError("Must be greater than 0.", code="not_positive")
        return rate


@admin.register(ExchangeRate)
class ExchangeRateAdmin(TableAdmin):
    """Rates, newest first."""

    form = ExchangeRateForm
    fields = ("base", "quote", "date", "rate", "source", "created_at", "updated_at")
    readonly_fields = ("source", "created_at", "updated_at")
    list_display = ("date", "base", "quote", "rate", "source", "updated_at")
    list_filter = ("source",)
    search_fields = ("base", "quote")
    date_hierarchy = "date"

    def save_model(self, request: HttpRequest, obj: ExchangeRate, form: Any, change: bool) -> None:
        """Store the rate. One that was changed here is of staff, and the feed does not change it any more."""
        if form.changed_data:
            obj.source = ExchangeRate.Source.STAFF
        super().save_model(request, obj, form, change)
