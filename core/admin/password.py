"""Staff change their own password, by the current one. It is checked, counted and recorded as over the API."""

from typing import Any

from django import forms
from django.contrib.admin.forms import AdminPasswordChangeForm
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.views import PasswordChangeView
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _

from core.accounts.services.profile import change_password
from core.accounts.services.proofs import WrongPassword, prove_password
from core.kernel.passwords import PASSWORD_LENGTH
from core.limits.client_address import get_client_network
from core.limits.reservation import LimitReached


def answer_waiting(response: HttpResponseBase) -> Any:
    """Return the response with status 429 and `Retry-After`, where its form was refused by a limit."""
    form = (getattr(response, "context_data", None) or {}).get("form")
    if form is not None and form.wait_seconds is not None:
        response.status_code = 429
        response.headers["Retry-After"] = str(form.wait_seconds)
    return response


class LimitedForm(forms.Form):
    """A form whose tries are limited."""

    wait_seconds: int | None = None
    """How long to wait, where a limit refused the try."""

    def refuse_until(self, error: LimitReached) -> ValidationError:
        """Return what the form says about a limit."""
        self.wait_seconds = error.wait_seconds
        return ValidationError(
            _("Too many tries. Wait %(seconds)d seconds."), code="throttled", params={"seconds": self.wait_seconds}
        )


class OwnPasswordForm(LimitedForm, AdminPasswordChangeForm):
    """The current password, and the new one twice."""

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        self.request = request
        super().__init__(*args, **kwargs)
        # Nothing longer reaches a hasher.
        self.fields["old_password"].validators.append(MaxLengthValidator(PASSWORD_LENGTH))

    def clean_old_password(self) -> str:
        """Return the current password. Raises ValidationError; a wrong one counts as a failed login."""
        password: str = self.cleaned_data["old_password"]
        try:
            prove_password(user=self.user, password=password, network=get_client_network(self.request))
        except LimitReached as error:
            raise self.refuse_until(error) from error
        except WrongPassword as error:
            raise ValidationError(self.error_messages["password_incorrect"], code="password_incorrect") from error
        return password


class OwnPasswordView(PasswordChangeView):
    """The page on which staff change their own password."""

    form_class = OwnPasswordForm

    def get_form_kwargs(self) -> dict[str, Any]:
        """Return what the form is made from."""
        return {**super().get_form_kwargs(), "request": self.request}

    def form_valid(self, form: Any) -> HttpResponse:
        """Store the password; every other session ends. A change that came first refuses this one."""
        try:
            change_password(user=form.user, new_password=form.cleaned_data["new_password1"])
        except WrongPassword:
            form.add_error("old_password", form.error_messages["password_incorrect"])
            return self.form_invalid(form)
        form.user.refresh_from_db()
        update_session_auth_hash(self.request, form.user)
        return HttpResponseRedirect(self.get_success_url())
