"""How a name and a password become a person, for the API and the admin alike."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest

from core.kernel.passwords import PASSWORD_LENGTH
from core.models import User


class NameOrEmailBackend(ModelBackend):
    """Finds the person by username or e-mail address, without regard to case."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> User | None:
        """The active person of that name and password, or None.

        Every answer costs one run of the hasher, so that its time does not tell whether there is such an
        account. A password longer than any can be is refused before: that is the same for every name.
        """
        if username is None or password is None or len(password) > PASSWORD_LENGTH:
            return None
        user = User.objects.find_by_login(username)
        if user is None:
            User().set_password(password)
            return None
        if user.check_password(password) and self.user_can_authenticate(user):
            return user
        return None
