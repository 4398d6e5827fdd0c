"""The login form of the admin, which asks for the second factor of those who have one."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django import forms
from django.contrib.admin.forms import AdminAuthenticationForm
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import Throttled

from core import clock
from core.accounts.services.login import LoginRefused, admit_to_admin
from core.accounts.services.second_factor import CodeRefused, CodeRequired, has_second_factor
from core.accounts.views.proofs import name_account
from core.admin.password import LimitedForm
from core.audit.services import LOGIN, LOGIN_FAILED, record_event
from core.limits.throttles import begin_login, reserve_code
from core.models import User


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
        name = self.cleaned_data.get("username") or ""
        self._owner = User.objects.find_by_login(name)
        account = name_account(owner=self._owner, name=name)
        if self.request is None:
            raise TypeError("This form counts by address: it needs its request.")
        with self._limits_as_messages():
            self._login = begin_login(request=self.request, account=account)
        try:
            return super().clean()
        except ValidationError:
            if self.user_cache is None:
                self._login.failed()
                self._record(LOGIN_FAILED, self._owner)
            raise

    def confirm_login_allowed(self, user: Any) -> None:
        """Check the code, after name and password were found right. Raises ValidationError."""
        self._login.passed()
        super().confirm_login_allowed(user)
        code = self.cleaned_data.get("otp")
        wrong_code = None
        if code and has_second_factor(user_id=user.pk):
            with self._limits_as_messages():
                wrong_code = reserve_code(user_id=user.pk)
        try:
            admit_to_admin(user=user, code=code, now=clock.now())
        except LoginRefused as error:
            raise self.get_invalid_login_error() from error
        except CodeRequired as error:
            raise ValidationError(_("A one-time code is required."), code="otp_required") from error
        except CodeRefused as error:
            self._record(LOGIN_FAILED, user)
            raise ValidationError(_("The one-time code is wrong, used or too old."), code="otp_invalid") from error
        if wrong_code is not None:
            wrong_code.give_back()
        self._record(LOGIN, user)

    def _record(self, action: str, owner: User | None) -> None:
        user_id = owner.pk if owner is not None else None
        actor_id = user_id if action == LOGIN else None
        record_event(user_id=user_id, action=action, object_type="user", object_id=user_id or "", actor_id=actor_id)

    @contextmanager
    def _limits_as_messages(self) -> Iterator[None]:
        try:
            yield
        except Throttled as error:
            raise self.refuse_until(error) from error
