"""The account from its registration to its end.

Where a password was checked before the owner's lock was taken, for hashing is slow, the stored hash is
compared again under it: a password that has changed since proves nothing.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import transaction as db_transaction

from core.accounts.services.links import find_user_by_link, holds
from core.accounts.services.mail import queue_link, queue_notice
from core.audit.services import record_event
from core.db.locks import owner_transaction
from core.kernel.errors import DomainError
from core.kernel.names import fold_name
from core.models import MailKind, User


class WrongPassword(DomainError):
    """The current password is another."""

    code = "invalid_password"


class LinkRefused(DomainError):
    """The link is malformed, used, too old, for another purpose, or nobody's."""

    code = "invalid_token"


def register(*, values: dict[str, Any]) -> User:
    """A new account. Raises IntegrityError where a name was taken a moment ago."""
    # A transaction of its own, so that a name that is taken does not spoil one around it.
    with db_transaction.atomic():
        return User.objects.create_user(**values)


def update_profile(*, user: User, changes: dict[str, Any], now: datetime) -> User:
    """Change a profile; the row as it is afterwards.

    `user` is the person as they were when they asked: a change of e-mail takes their password, which the
    caller has checked against that row. The old address is told. A username that is the old address follows.
    Raises WrongPassword.
    """
    with owner_transaction(user.pk) as owner:
        before = owner.email
        changed = {name: value for name, value in changes.items() if getattr(owner, name) != value}
        if "email" in changed:
            check_unchanged_password(owner=owner, checked=user)
            if fold_name(owner.username) == fold_name(before):
                changed["username"] = changed["email"]
            queue_notice(user=owner, kind=MailKind.EMAIL_CHANGED, recipient=before, now=now)
        if changed:
            for name, value in changed.items():
                setattr(owner, name, value)
            owner.save(update_fields=list(changed))
        return owner


def change_username(*, user: User, username: str, now: datetime) -> None:
    """Take another username. The caller has checked the password of `user`. Raises WrongPassword."""
    with owner_transaction(user.pk) as owner:
        check_unchanged_password(owner=owner, checked=user)
        _rename(owner, username, now)


def change_password(*, user: User, new_password: str, now: datetime) -> None:
    """Store a new password; every session ends. The caller has checked the password of `user`.

    Raises WrongPassword where another change came first.
    """
    checked = User(password=user.password)
    user.set_password(new_password)
    with owner_transaction(user.pk) as owner:
        check_unchanged_password(owner=owner, checked=checked)
        user.save(update_fields=["password"])
        queue_notice(user=owner, kind=MailKind.PASSWORD_CHANGED, now=now)


def request_link(*, email: str, purpose: MailKind, now: datetime) -> None:
    """Have a link mailed to an address, if it is an active account's; its owner can see that it was asked for.

    Nobody else learns whether it is: an unknown address takes the same three statements, its event is nobody's.
    """
    with db_transaction.atomic():
        owner = User.objects.find_by_email(email)
        queue_link(email=email, purpose=purpose, now=now)
        record_event(user_id=owner.pk if owner is not None else None, action=f"{purpose}_asked")


def get_user_by_link(*, uid: str, token: str, purpose: MailKind) -> User:
    """The person that a link was made for. Raises LinkRefused."""
    user = find_user_by_link(uid=uid, token=token, purpose=purpose)
    if user is None:
        raise LinkRefused("Invalid token for given user.", field="token")
    return user


def reset_password(*, user: User, token: str, new_password: str, now: datetime) -> None:
    """Store a new password by a link; every session ends, and the link is used up. Raises LinkRefused.

    A second factor stays on: the link shows who reads the person's mail, and nothing more.
    """
    user.set_password(new_password)
    with _locked_link_owner(user, token, MailKind.PASSWORD_RESET) as owner:
        user.save(update_fields=["password"])
        queue_notice(user=owner, kind=MailKind.PASSWORD_CHANGED, now=now)


def reset_username(*, user: User, token: str, username: str, now: datetime) -> None:
    """Take another username by a link, which is used up. Raises LinkRefused."""
    with _locked_link_owner(user, token, MailKind.USERNAME_RESET) as owner:
        _rename(owner, username, now)


def delete_account(*, user: User) -> None:
    """Delete the person and everything of theirs. The caller has checked the password. Raises WrongPassword."""
    with owner_transaction(user.pk) as owner:
        check_unchanged_password(owner=owner, checked=user)
        owner.delete()


def check_unchanged_password(*, owner: User, checked: User) -> None:
    """Raises WrongPassword unless the row under the lock has the password of the one that was checked."""
    if owner.password != checked.password:
        raise WrongPassword("Invalid password.", field="current_password")


@contextmanager
def _locked_link_owner(user: User, token: str, purpose: MailKind) -> Iterator[User]:
    """The person of a link under their lock, where of two that use it at once the second finds it used."""
    try:
        with owner_transaction(user.pk) as owner:
            if not holds(user=owner, token=token, purpose=purpose):
                raise LinkRefused("Invalid token for given user.", field="token")
            yield owner
    except User.DoesNotExist as error:
        raise LinkRefused("Invalid token for given user.", field="token") from error


def _rename(owner: User, username: str, now: datetime) -> None:
    if owner.username == username:
        return
    owner.username = username
    owner.save(update_fields=["username"])
    queue_notice(user=owner, kind=MailKind.USERNAME_CHANGED, now=now)
