"""Logging in, over the API and to the admin."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from django.contrib.auth import authenticate

from core.accounts.services.second_factor import CodeRefused, demand_code, has_second_factor
from core.accounts.services.sessions import TokenPair, open_session
from core.accounts.services.tries import check_counted, count_wrong_code, name_account
from core.audit.services import LOGIN, LOGIN_FAILED, record_event
from core.db.locks import owner_transaction
from core.models import User

Opened = TypeVar("Opened")


class LoginRefused(Exception):
    """The credentials are not those of an active account, or not of one that may enter here."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """What somebody shows to log in: a username or an e-mail address, a password, and maybe a one-time code."""

    name: str
    password: str
    code: str | None = None


def log_in(*, credentials: Credentials, device: str, network: str, now: datetime) -> TokenPair:
    """Open a session of the API. `device` names it; `network` is where the call comes from, for the limits.

    Raises LimitReached and LoginRefused; with a second factor on, CodeRequired and CodeRefused, and then nothing is
    opened. A login and a refused one are recorded, also for unknown names, so that timing does not reveal accounts.
    """
    user = _check_password(credentials, network)

    def open_login(owner: User) -> TokenPair:
        owner.last_login = now
        owner.save(update_fields=["last_login"])
        return open_session(user_id=owner.pk, device=device, now=now)

    return _pass(user, credentials.code, now, open_login)


def log_in_to_admin(*, credentials: Credentials, network: str, now: datetime) -> User:
    """Return the member of staff who may enter the admin, which keeps sessions of its own. Raises as `log_in` does."""
    user = _check_password(credentials, network)
    if not user.is_staff:
        raise LoginRefused
    _pass(user, credentials.code, now, lambda owner: None)
    return user


def _check_password(credentials: Credentials, network: str) -> User:
    owner = User.objects.find_by_login(credentials.name)
    user = check_counted(
        account=name_account(owner=owner, name=credentials.name),
        network=network,
        is_call=True,
        check=lambda: authenticate(username=credentials.name, password=credentials.password),
    )
    if not isinstance(user, User):
        _record(LOGIN_FAILED, owner)
        raise LoginRefused
    return user


def _pass(user: User, code: str | None, now: datetime, open_login: Callable[[User], Opened]) -> Opened:
    """Demand a code where a second factor is on, and open the login, under the owner's lock."""
    try:
        with _counted_code(user, code), owner_transaction(user.pk) as owner:
            # A change of password ends every session, so none may begin with the old one while the change is on its
            # way: the stored hash is compared with the one that was checked before the lock was taken.
            if owner.password != user.password or not owner.is_active:
                raise LoginRefused
            demand_code(owner=owner, code=code, now=now)
            _record(LOGIN, owner)
            return open_login(owner)
    except User.DoesNotExist as error:
        raise LoginRefused from error
    except CodeRefused:
        _record(LOGIN_FAILED, user)
        raise


def _counted_code(user: User, code: str | None) -> AbstractContextManager[None]:
    if not code or not has_second_factor(user_id=user.pk):
        return nullcontext()
    return count_wrong_code(user_id=user.pk, refusal=CodeRefused)


def _record(action: str, owner: User | None) -> None:
    user_id = owner.pk if owner is not None else None
    actor_id = user_id if action == LOGIN else None
    record_event(user_id=user_id, action=action, object_type="user", object_id=user_id or "", actor_id=actor_id)
