"""The forms of people's entries. The API's serializers check them."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect
from django.db import models
from rest_framework.settings import api_settings

from core import clock
from core.admin.tables import is_id
from core.kernel.currencies import ENGLISH_NAME_BY_CODE, WITHDRAWN_DECIMALS_BY_CODE, get_decimals, is_known
from core.kernel.errors import DomainError
from core.kernel.money import round_half_even
from core.ledger.serializers import (
    ExpenseSerializer,
    IncomeSerializer,
    MonthDaysField,
    OccurrenceRequired,
    OwnedSerializer,
    SavingsGoalSerializer,
    TransactionSerializer,
)
from core.models import Expense, Income, SavingsGoal, Transaction, User
from core.models.plan_item import Adjust

CURRENCY_CHOICES = [(code, f"{code} – {name}") for code, name in sorted(ENGLISH_NAME_BY_CODE.items())]
WITHDRAWN_CHOICES = [(code, f"{code} (withdrawn)") for code in sorted(WITHDRAWN_DECIMALS_BY_CODE)]


def list_currency_choices(*, present: str) -> list[tuple[str, str]]:
    """Return the currencies in use, and that of the row if it was withdrawn."""
    return CURRENCY_CHOICES + [choice for choice in WITHDRAWN_CHOICES if choice[0] == present]


class OwnerSelect(AutocompleteSelect):
    """A choice among users, with autocompletion."""

    def optgroups(self, name: str, value: Any, attr: Any = None) -> Any:
        """Return the chosen people. Text that cannot be an id is not looked for: the database would refuse it."""
        return super().optgroups(name, [pk for pk in value if is_id(str(pk))], attr)


class RowForm(forms.ModelForm):
    """The form of a row. It writes the fields that were changed in it, and shows what only the write can check.

    The page has the values that it was made with, in hidden fields. A field that comes back as it was made keeps the
    value that is stored by now, which its owner or somebody else of the staff may have changed meanwhile.
    """

    # The error of a first attempt to store the row, if any.
    refusal: DomainError | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            for field in self.fields.values():
                field.show_hidden_initial = True

    def clean(self) -> dict[str, Any]:
        """Return the values, those left alone as they are stored. A refusal stands at its field."""
        cleaned: dict[str, Any] = super().clean() or {}
        if self.refusal is not None:
            self.add_errors({self.refusal.field: [self.refusal.message]})
        if self.instance.pk:
            stored = forms.model_to_dict(self.instance, fields=self.fields)
            # A choice among rows is cleaned to a row.
            stored |= {
                name: getattr(self.instance, name)
                for name, field in self.fields.items()
                if isinstance(field, forms.ModelChoiceField) and not isinstance(field, forms.ModelMultipleChoiceField)
            }
            cleaned.update({name: value for name, value in stored.items() if name in cleaned and self.left_alone(name)})
        return cleaned

    def left_alone(self, name: str) -> bool:
        """Return whether a field came back as the page was made with it."""
        return name not in self.changed_data and self[name].html_initial_name in self.data

    def add_errors(self, errors: dict[Any, Any]) -> None:
        """Add errors to their fields; those of fields that the form does not have stand above it."""
        for name, problems in errors.items():
            known = name if name in self.fields and name != api_settings.NON_FIELD_ERRORS_KEY else None
            for problem in problems:
                self.add_error(known, str(problem))


class EntryForm(RowForm):
    """A row of a person. Staff choose the owner of a new one; after that it stays theirs."""

    owner = forms.ModelChoiceField(
        queryset=User.objects.all(),
        widget=OwnerSelect(Income._meta.get_field("user"), admin.site),
        help_text="Whose row it is. This cannot be changed later.",
    )

    serializer_class: type[OwnedSerializer]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields.pop("owner", None)
            self._show_own_decimals()
        if "amount" in self.fields:
            # The browser's check would refuse decimals that the currency has.
            self.fields["amount"].widget.attrs["step"] = "any"

    def clean(self) -> dict[str, Any]:
        """Check what was entered with the API's serializer, for the owner's day."""
        cleaned = super().clean()
        owner = self.instance.user if self.instance.pk else cleaned.get("owner")
        if owner is None:
            return cleaned
        self.instance.user = owner
        if cleaned.get("currency") == "":
            cleaned["currency"] = owner.currency
        context = {"owner": owner, "today": clock.today_for(owner)}
        fields = self.serializer_class(context=context).fields
        nullable = {name for name, field in fields.items() if field.allow_null}
        serializer = self.serializer_class(
            instance=self.instance if self.instance.pk else None,
            data={
                name: _to_json(value)
                for name, value in cleaned.items()
                if name != "owner" and (value is not None or name in nullable) and not self.left_alone(name)
            },
            context=context,
            partial=self.instance.pk is not None,
        )
        try:
            is_valid = serializer.is_valid()
        except OccurrenceRequired as error:
            days = ", ".join(error.members["candidates"]) or "none is left"
            self.add_errors({"occurrence": [f"Choose the date that it settles: {days}."]})
            return cleaned
        if not is_valid:
            # A field that the form refused already gets no second message.
            self.add_errors({name: found for name, found in serializer.errors.items() if name not in self.errors})
            return cleaned
        return self.complete(cleaned, serializer.validated_data)

    def complete(self, cleaned: dict[str, Any], checked: dict[str, Any]) -> dict[str, Any]:
        """Return the values to store, after the serializer has checked them."""
        return cleaned

    def _show_own_decimals(self) -> None:
        if "amount" in self.fields and is_known(self.instance.currency):
            decimals = get_decimals(self.instance.currency)
            self.initial["amount"] = round_half_even(self.instance.amount, decimals=decimals)


def _to_json(value: Any) -> Any:
    if isinstance(value, models.Model):
        return value.pk
    return value if value is None or isinstance(value, str | list) else str(value)


_OWN_CURRENCY = ("", "the owner's currency")


class _AmountForm(EntryForm):
    currency = forms.ChoiceField(
        choices=[_OWN_CURRENCY, *CURRENCY_CHOICES], required=False, initial="", help_text="ISO 4217."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and "currency" in self.fields:
            choices = [_OWN_CURRENCY, *list_currency_choices(present=self.instance.currency)]
            self.fields["currency"].choices = choices  # type: ignore[attr-defined]


class _PlanItemForm(_AmountForm):
    days = forms.CharField(
        required=False,
        max_length=20,
        help_text="Of semi-monthly alone: two days of the month, such as 15, 31. Empty: 15 days apart.",
    )
    adjust = forms.ChoiceField(
        choices=Adjust.choices,
        required=False,
        initial=Adjust.NONE.value,
        help_text="Where a date takes effect that falls on a weekend or a holiday.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and "days" in self.fields:
            self.initial["days"] = ", ".join(str(day) for day in self.instance.days or ())

    def clean_days(self) -> list[int] | None:
        """Return the days of the month, None where the field is empty."""
        numbers = self.cleaned_data["days"].replace(",", " ").split()
        if not all(number.isascii() and number.isdigit() for number in numbers):
            raise forms.ValidationError(MonthDaysField.default_error_messages["invalid"])
        return [int(number) for number in numbers] or None

    def clean_adjust(self) -> str:
        """Return the choice, the present one where the field is empty."""
        return self.cleaned_data["adjust"] or self.instance.adjust

    def clean(self) -> dict[str, Any]:
        """Check what was entered, and pass the days of the month on to the row."""
        cleaned = super().clean()
        if cleaned.get("days") is not None and not self.left_alone("days"):
            self.instance.days = cleaned["days"]
        return cleaned


class IncomeForm(_PlanItemForm):
    """An income."""

    serializer_class = IncomeSerializer

    class Meta:
        model = Income
        fields = ["name", "amount", "currency", "frequency", "next_payment_date", "start_date", "end_date", "adjust"]


class ExpenseForm(_PlanItemForm):
    """A bill."""

    serializer_class = ExpenseSerializer

    class Meta:
        model = Expense
        fields = ["name", "amount", "currency", "frequency", "due_date", "start_date", "end_date", "adjust"]


class SavingsGoalForm(EntryForm):
    """A savings goal."""

    serializer_class = SavingsGoalSerializer

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "target_amount" in self.fields:
            self.fields["target_amount"].widget.attrs["step"] = "any"
        if self.instance.target_amount is not None:
            decimals = get_decimals(self.instance.user.currency)
            self.initial["target_amount"] = round_half_even(self.instance.target_amount, decimals=decimals)

    class Meta:
        model = SavingsGoal
        fields = ["name", "percentage", "target_amount", "target_date"]


class TransactionForm(_AmountForm):
    """A transaction."""

    date = forms.DateField(
        required=False, widget=admin.widgets.AdminDateWidget, help_text="The owner's local day; today if left empty."
    )
    kind = forms.ChoiceField(choices=Transaction.Kind.choices)
    # By id: a list would hold the rows of all users, with their amounts.
    expense = forms.ModelChoiceField(
        queryset=Expense.including_deleted.all(),
        required=False,
        widget=forms.NumberInput,
        help_text="The id of the bill that was paid; for the kind bill alone.",
    )
    income = forms.ModelChoiceField(
        queryset=Income.including_deleted.all(),
        required=False,
        widget=forms.NumberInput,
        help_text="The id of the income that arrived; for the kind income alone.",
    )
    occurrence = forms.DateField(
        required=False,
        widget=admin.widgets.AdminDateWidget,
        help_text="The date of the item's schedule that it settles; the nearest one if left empty.",
    )
    serializer_class = TransactionSerializer

    class Meta:
        model = Transaction
        fields = [
            *("date", "amount", "currency", "kind", "expense", "income", "occurrence"),
            *("category", "description"),
        ]

    def complete(self, cleaned: dict[str, Any], checked: dict[str, Any]) -> dict[str, Any]:
        """Return the values with the item and the date that follow from the kind and the day."""
        return {**cleaned, **{name: checked[name] for name in ("expense", "income", "occurrence") if name in checked}}
