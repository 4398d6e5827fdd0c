"""The form field of seven weights."""

from typing import Any

from django import forms

from core.kernel.weekdays import are_weekday_weights


class WeekdayWeightsField(forms.CharField):
    """Seven whole numbers with blanks between them, Monday first."""

    default_error_messages = {"invalid": "Seven whole numbers from 0 to 10 are required, Monday first, not all 0."}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=100, help_text="Seven whole numbers from 0 to 10, Monday first.", **kwargs)

    def prepare_value(self, value: Any) -> Any:
        """Return what the form shows."""
        return " ".join(map(str, value)) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[int]:
        """Return the weights."""
        words = super().clean(value).split()
        weights = [int(word) for word in words if word.isascii() and word.isdigit() and len(word) <= 2]
        if len(weights) != len(words) or not are_weekday_weights(weights):
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return weights

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Return whether other weights were entered."""
        return super().has_changed(self.prepare_value(initial), data)
