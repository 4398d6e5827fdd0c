"""The pages that mailed links lead to, for browsers without the app."""

from typing import Any, ClassVar

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views import View
from django.views.decorators.cache import never_cache

from core import clock
from core.accounts.services import profile as services
from core.accounts.services.tries import count_registration
from core.kernel.errors import DomainError
from core.kernel.passwords import PASSWORD_LENGTH
from core.limits.client_address import get_client_network
from core.limits.reservation import LimitReached
from core.limits.throttles import CallThrottle
from core.models import MailKind, User
from core.models.user import USERNAME_LENGTH, check_names


class NewPasswordForm(forms.Form):
    """A new password for an account."""

    value = forms.CharField(
        label=_("New password"),
        max_length=PASSWORD_LENGTH,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "autofocus": True}),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_value(self) -> str:
        """Return the password. Raises ValidationError for one that breaks a rule."""
        password: str = self.cleaned_data["value"]
        validate_password(password, self.user)
        return password


class NewUsernameForm(forms.Form):
    """A new username for an account."""

    value = forms.CharField(
        label=_("New username"),
        max_length=USERNAME_LENGTH,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autofocus": True}),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_value(self) -> str:
        """Return the name. Raises ValidationError for one that this account cannot take."""
        username = User.normalize_username(self.cleaned_data["value"])
        try:
            check_names(username=username, email=self.user.email, owner_id=self.user.pk)
        except ValidationError as error:
            raise ValidationError(error.error_dict.get("username", error.messages)) from error
        return username


class ConfirmationForm(forms.Form):
    """A form with a button alone. A program that only follows links does not prove an address."""

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)


@method_decorator(never_cache, name="dispatch")
class LinkPage(View):
    """A page with a form, behind a link that is valid."""

    purpose: ClassVar[MailKind]
    form_class: ClassVar[Any]
    title: ClassVar[Any]
    button: ClassVar[Any] = _("Save")
    done: ClassVar[Any]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Count the request like any other without a token: 429 past the limit, before the link is looked at."""
        throttle = CallThrottle()
        if not throttle.allow_request(request, self):
            return self._refuse_for_now(request, throttle.wait_seconds or 1)
        try:
            return super().dispatch(request, *args, **kwargs)
        except LimitReached as error:
            return self._refuse_for_now(request, error.wait_seconds)

    def get(self, request: HttpRequest, uid: str, token: str) -> HttpResponse:
        """Show the form, or 400 with a sentence for a link that is not valid. Nothing is used up."""
        user = self._find_user(uid, token)
        return self._refuse(request) if user is None else self._show(request, form=self.form_class(user=user))

    def post(self, request: HttpRequest, uid: str, token: str) -> HttpResponse:
        """Do what the link is for, and use it up."""
        user = self._find_user(uid, token)
        if user is None:
            return self._refuse(request)
        form = self.form_class(request.POST, user=user)
        if not form.is_valid():
            if form.has_error("value", code="unique"):
                count_registration(network=get_client_network(request))
            return self._show(request, form=form, status=400)
        try:
            self.act(user=user, uid=uid, token=token, value=form.cleaned_data.get("value", ""))
        except DomainError:
            return self._refuse(request)
        return self._show(request, message=self.done)

    def act(self, *, user: User, uid: str, token: str, value: str) -> None:
        """Do what the link is for. Raises LinkRefused."""
        raise NotImplementedError

    def _find_user(self, uid: str, token: str) -> User | None:
        try:
            return services.get_user_by_link(uid=uid, token=token, purpose=self.purpose, now=clock.now())
        except services.LinkRefused:
            return None

    def _refuse(self, request: HttpRequest) -> HttpResponse:
        return self._show(request, message=_("This link is not good any more. Ask for another one."), status=400)

    def _refuse_for_now(self, request: HttpRequest, wait_seconds: int) -> HttpResponse:
        message = _("Too many tries. Wait %(seconds)d seconds.") % {"seconds": wait_seconds}
        response = self._show(request, message=message, status=429)
        response["Retry-After"] = str(wait_seconds)
        return response

    def _show(self, request: HttpRequest, *, status: int = 200, **content: Any) -> HttpResponse:
        return render(request, "core/link.html", {"title": self.title, "button": self.button, **content}, status=status)


class EmailLinkPage(LinkPage):
    """Prove an address."""

    purpose = MailKind.EMAIL_VERIFICATION
    form_class = ConfirmationForm
    title = _("Confirm your e-mail address")
    button = _("Confirm the address")
    done = _("Your address is confirmed.")

    def act(self, *, user: User, uid: str, token: str, value: str) -> None:
        """Store the proof."""
        services.verify_email(uid=uid, token=token, now=clock.now())


class PasswordLinkPage(LinkPage):
    """Choose a new password."""

    purpose = MailKind.PASSWORD_RESET
    form_class = NewPasswordForm
    title = _("Choose a new password")
    done = _("Your password is changed. Log in with the new one.")

    def act(self, *, user: User, uid: str, token: str, value: str) -> None:
        """Store the password; every session ends."""
        services.reset_password(user=user, token=token, new_password=value, now=clock.now())


class UsernameLinkPage(LinkPage):
    """Choose a new username."""

    purpose = MailKind.USERNAME_RESET
    form_class = NewUsernameForm
    title = _("Choose a new username")
    done = _("Your username is changed. Log in with the new one.")

    def act(self, *, user: User, uid: str, token: str, value: str) -> None:
        """Store the name."""
        services.reset_username(user=user, token=token, username=value, now=clock.now())
