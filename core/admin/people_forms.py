"""The forms of accounts. They have no password: only the owner chooses it."""

from typing import Any

from django import forms
from django.conf import settings

from core.accounts.holiday_calendars import is_holiday_calendar
from core.accounts.timezones import list_timezones
from core.admin.forms import CURRENCY_CHOICES, RowForm, list_currency_choices
from core.admin.weekday_weights import WeekdayWeightsField
from core.models import User

PROFILE_FIELDS = ("username", "email", "first_name", "last_name", "currency", "timezone", "language")
FIGURE_FIELDS = ("holiday_calendar", "leftover", "overspend", "weekday_weights")
RIGHTS_FIELDS = ("is_active", "is_staff", "is_superuser", "groups", "user_permissions")


def _list_timezone_choices() -> list[tuple[str, str]]:
    return [(name, name) for name in list_timezones()]


class _ProfileForm(RowForm):
    currency = forms.ChoiceField(choices=CURRENCY_CHOICES, initial="USD", help_text="The currency of the figure.")
    timezone = forms.ChoiceField(
        choices=_list_timezone_choices, initial="UTC", help_text="Decides which day it is for this person."
    )
    language = forms.ChoiceField(choices=[("", "Not chosen"), *settings.LANGUAGES], required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and "currency" in self.fields:
            choices = list_currency_choices(present=self.instance.currency)
            self.fields["currency"].choices = choices  # type: ignore[attr-defined]


class NewUserForm(_ProfileForm):
    """A new account. Its owner gets a link to choose a password."""

    class Meta:
        model = User
        fields = PROFILE_FIELDS


class UserForm(_ProfileForm):
    """An existing account."""

    weekday_weights = WeekdayWeightsField()

    class Meta:
        model = User
        fields = (*PROFILE_FIELDS, *FIGURE_FIELDS, *RIGHTS_FIELDS)

    def clean_holiday_calendar(self) -> str:
        """Return the code, which must be among `holiday-calendars/`, empty or the stored one."""
        code: str = self.cleaned_data["holiday_calendar"]
        if code and code != self.initial.get("holiday_calendar") and not is_holiday_calendar(code):
            raise forms.ValidationError("Not a known holiday calendar.", code="unknown_calendar")
        return code
