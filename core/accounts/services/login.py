"""Logging in."""

from datetime import datetime

from core.accounts.services.sessions import TokenPair, open_session
from core.models import User
from core.models.owned import owner_transaction


class LoginRefused(Exception):
    """The credentials are not, or no longer, those of an active account."""


def log_in(*, user: User, now: datetime) -> TokenPair:
    """Open a session for a person whose password was just found right. Raises LoginRefused.

    Under the owner's lock the password is compared with the one that was checked: a change of password ends
    every session, so none may begin with the old one while the change is on its way.
    """
    try:
        with owner_transaction(user.pk) as owner:
            if owner.password != user.password or not owner.is_active:
                raise LoginRefused
            owner.last_login = now
            owner.save(update_fields=["last_login"])
            return open_session(user_id=owner.pk, now=now)
    except User.DoesNotExist as error:
        raise LoginRefused from error
