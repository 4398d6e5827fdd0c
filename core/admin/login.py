"""The login form of the admin, which asks for the second factor of those who have one."""

from typing import Any

from django import forms
from django.contrib.admin.forms import AdminAuthenticationForm
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from core import clock
from core.accounts.services.login import Credentials, LoginRefused, log_in_to_admin
from core.accounts.services.second_factor import CodeRefused, CodeRequired
from core.admin.password import LimitedForm
from core.limits.client_address import get_client_network
from core.limits.reservation import LimitReached


class StaffLoginForm(LimitedForm, AdminAuthenticationForm):
    """Name, password and, for those who have a second factor, a code."""

    otp = forms.CharField(
        label=_("One-time code"),
        required=False,
        max_length=64,
        help_text=_("If you switched two-factor login on."),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code"}),
    )

    def clean(self) -> dict[str, Any]:
        """Check name, password and code; a code that was right is used up. Raises ValidationError."""
        name, password = self.cleaned_data.get("username"), self.cleaned_data.get("password")
        if not name or not password:
            # Those fields have their own errors.
            return self.cleaned_data
        if self.request is None:
            raise TypeError("This form counts by address: it needs its request.")
        try:
            self.user_cache = log_in_to_admin(
                credentials=Credentials(name=name, password=password, code=self.cleaned_data.get("otp")),
                network=get_client_network(self.request),
                now=clock.now(),
            )
        except LimitReached as error:
            raise self.refuse_until(error) from error
        except LoginRefused as error:
            raise self.get_invalid_login_error() from error
        except CodeRequired as error:
            raise ValidationError(_("A one-time code is required."), code="otp_required") from error
        except CodeRefused as error:
            raise ValidationError(_("The one-time code is wrong, used or too old."), code="otp_invalid") from error
        return self.cleaned_data
