"""The way into the admin: staff with a second factor give it there too."""

from typing import Any

from django import forms
from django.contrib.admin import AdminSite
from django.contrib.admin.forms import AdminAuthenticationForm
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from core import clock
from core.accounts.services.login import LoginRefused, admit_to_admin
from core.accounts.services.second_factor import CodeRefused, CodeRequired, has_second_factor
from core.models import User


class StaffLoginForm(AdminAuthenticationForm):
    """Name, password and, for those who have a second factor, a code."""

    otp = forms.CharField(
        label=_("One-time code"),
        required=False,
        max_length=64,
        help_text=_("If you switched two-factor login on."),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code"}),
    )

    def clean(self) -> dict[str, Any]:
        """Raises ValidationError; whoever gets through has used up their code."""
        self.check_login_limit()
        return super().clean()

    def confirm_login_allowed(self, user: Any) -> None:
        """The last step: called once name and password were found right."""
        super().confirm_login_allowed(user)
        code = self.cleaned_data.get("otp")
        if code and has_second_factor(user_id=user.pk):
            self.check_code_limit(user)
        try:
            admit_to_admin(user=user, code=code, now=clock.now())
        except LoginRefused as error:
            raise self.get_invalid_login_error() from error
        except CodeRequired as error:
            raise ValidationError(_("A one-time code is required."), code="otp_required") from error
        except CodeRefused as error:
            raise ValidationError(_("The one-time code is wrong, used or too old."), code="otp_invalid") from error

    def check_login_limit(self) -> None:
        """The place where logins to the admin are counted, before anything is looked up or hashed."""

    def check_code_limit(self, user: User) -> None:
        """The place where codes are counted, before one is looked at."""


def ask_for_second_factor(*, site: AdminSite) -> None:
    """Make a site's login the one above."""
    site.login_form = StaffLoginForm
    site.login_template = "core/admin_login.html"
