"""Authentication by name and password, for the API and the admin."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest

from core.kernel.passwords import PASSWORD_LENGTH, list_password_forms
from core.models import User


class NameOrEmailBackend(ModelBackend):
    """Finds the account by username or e-mail address, without regard to case."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> User | None:
        """Return the active account of that name and password, or None.

        An unknown name costs as many runs of the hasher as a wrong password, so that timing does not reveal
        accounts. A password that is too long is refused before: that is the same for every name.
        """
        if username is None or password is None or len(password) > PASSWORD_LENGTH:
            return None
        user = User.objects.find_by_login(username)
        if user is None:
            for _form in list_password_forms(password):
                User().set_password(password)
            return None
        if user.check_password(password) and self.user_can_authenticate(user):
            return user
        return None
