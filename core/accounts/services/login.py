"""Logging in."""

from datetime import datetime

from core.accounts.services.second_factor import demand_code
from core.accounts.services.sessions import TokenPair, open_session
from core.db.locks import owner_transaction
from core.models import User


class LoginRefused(Exception):
    """The credentials are not, or no longer, those of an active account."""


def log_in(*, user: User, code: str | None, now: datetime) -> TokenPair:
    """Open a session for a person whose password was just found right.

    Raises LoginRefused; with a second factor on, CodeRequired and CodeRefused, and then nothing is opened.
    """
    try:
        with owner_transaction(user.pk) as owner:
            _admit(owner=owner, checked=user, code=code, now=now)
            owner.last_login = now
            owner.save(update_fields=["last_login"])
            return open_session(user_id=owner.pk, now=now)
    except User.DoesNotExist as error:
        raise LoginRefused from error


def admit_to_admin(*, user: User, code: str | None, now: datetime) -> None:
    """The same for the admin, which keeps sessions of its own. Raises as `log_in` does."""
    try:
        with owner_transaction(user.pk) as owner:
            _admit(owner=owner, checked=user, code=code, now=now)
    except User.DoesNotExist as error:
        raise LoginRefused from error


def _admit(*, owner: User, checked: User, code: str | None, now: datetime) -> None:
    # A change of password ends every session, so none may begin with the old one while the change is on its
    # way: the stored password is compared with the one that was checked before the lock was taken.
    if owner.password != checked.password or not owner.is_active:
        raise LoginRefused
    demand_code(owner=owner, code=code, now=now)
