"""Registration, profile, password and username, deletion.

Hashing is slow, so a password is checked before the owner's lock is taken. Under the lock the stored hash is
compared again: a password that was changed meanwhile proves nothing. Notices of a changed password, name or address
are queued by the receivers in `core.signals`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from core.accounts.queries import find_proven_email, find_user_by_address
from core.accounts.services.links import find_user_by_link, holds
from core.accounts.services.mail_queue import queue_reset, queue_verification
from core.accounts.services.proofs import WrongPassword
from core.accounts.services.second_factor import demand_proof_by_code, remove_factor_of_unproven
from core.accounts.services.verification import prove_address
from core.audit.services import record_event
from core.db.locks import owner_transaction
from core.db.transactions import atomic_write
from core.kernel.errors import DomainError
from core.kernel.names import fold_name
from core.models import MailKind, User
from core.models.user import check_names


class LinkRefused(DomainError):
    """The link is malformed, used, too old, for another purpose, or of no account."""

    code = "invalid_token"


def register(*, values: dict[str, Any], now: datetime) -> User:
    """Create an account and mail a link by which its address is proven.

    Raises IntegrityError or ValidationError where a name was taken since it was checked.
    """
    # A transaction of its own, so that a name that is taken does not spoil one around it.
    with atomic_write():
        user = User.objects.create_user(**values)
        _check_not_proven_elsewhere(user)
        queue_verification(user=user, now=now, is_registration=True)
        return user


def update_profile(*, user: User, changes: dict[str, Any], code: str | None, now: datetime) -> User:
    """Change a profile and return the row as it is afterwards.

    `user` is the row that the caller has checked the password against, which a change of `email` takes; `code` is a
    one-time code, which it takes with a second factor on. A username that is the old address follows the new one.
    Raises WrongPassword and WrongCode, and ValidationError where the address was taken since it was checked.
    """
    with owner_transaction(user.pk) as owner:
        changed = {name: value for name, value in changes.items() if getattr(owner, name) != value}
        if "email" in changed:
            check_unchanged_password(owner=owner, checked=user)
            demand_proof_by_code(owner=owner, code=code, now=now)
            if fold_name(owner.username) == fold_name(owner.email):
                changed["username"] = changed["email"]
        if changed:
            for name, value in changed.items():
                setattr(owner, name, value)
            owner.save(update_fields=list(changed))
        if "email" in changed:
            _check_not_proven_elsewhere(owner)
        return owner


def change_username(*, user: User, username: str) -> None:
    """Take another username. The caller has checked the password of `user`. Raises WrongPassword."""
    with owner_transaction(user.pk, expects_write=True) as owner:
        check_unchanged_password(owner=owner, checked=user)
        _rename(owner, username)


def change_password(*, user: User, new_password: str) -> None:
    """Store a new password; every session ends. The caller has checked the password of `user`.

    Raises WrongPassword where another change came first.
    """
    hashed = _hash(new_password)
    with owner_transaction(user.pk) as owner:
        check_unchanged_password(owner=owner, checked=user)
        owner.password = hashed
        owner.save(update_fields=["password"])


def request_link(*, email: str, purpose: MailKind, now: datetime) -> None:
    """Mail a link for a reset, if the address is an active account's, and record that it was asked for.

    An unknown address takes the same statements, so that timing does not reveal accounts; its event has no owner.
    """
    with atomic_write():
        owner = find_user_by_address(email=email)
        queue_reset(email=email, purpose=purpose, now=now)
        record_event(user_id=owner.pk if owner is not None else None, action=f"{purpose}_asked")


def get_user_by_link(*, uid: str, token: str, purpose: MailKind, now: datetime) -> User:
    """Return the account that a link was made for. Raises LinkRefused."""
    user = find_user_by_link(uid=uid, token=token, purpose=purpose, now=now)
    if user is None:
        raise LinkRefused("Invalid token for given user.", field="token")
    return user


def reset_password(*, user: User, token: str, new_password: str, now: datetime) -> None:
    """Store a new password by a link; every session ends, and the link is used up. Raises LinkRefused.

    A second factor stays on: the link shows who reads the account's mail, and nothing more. The exception is an
    account none of whose addresses was ever proven. Somebody else may have registered it, so what they set up goes,
    and the link is the first proof of the address.
    """
    hashed = _hash(new_password)
    with _locked_link_owner(user, token, MailKind.PASSWORD_RESET, now) as owner:
        if not find_proven_email(user_id=owner.pk):
            prove_address(owner=owner, now=now)
            remove_factor_of_unproven(owner=owner, now=now)
        owner.password = hashed
        owner.save(update_fields=["password"])


def reset_username(*, user: User, token: str, username: str, now: datetime) -> None:
    """Take another username by a link, which is used up. Raises LinkRefused."""
    with _locked_link_owner(user, token, MailKind.USERNAME_RESET, now) as owner:
        _rename(owner, username)


def verify_email(*, uid: str, token: str, now: datetime) -> None:
    """Prove an account's address by a link, which is used up. Raises LinkRefused."""
    user = get_user_by_link(uid=uid, token=token, purpose=MailKind.EMAIL_VERIFICATION, now=now)
    with _locked_link_owner(user, token, MailKind.EMAIL_VERIFICATION, now) as owner:
        prove_address(owner=owner, now=now)


def delete_account(*, user: User) -> None:
    """Delete the account and all that belongs to it. The caller has checked the password. Raises WrongPassword."""
    with owner_transaction(user.pk) as owner:
        check_unchanged_password(owner=owner, checked=user)
        owner.delete()


def check_unchanged_password(*, owner: User, checked: User) -> None:
    """Raises WrongPassword unless the row under the lock has the password of the one that was checked."""
    if owner.password != checked.password:
        raise WrongPassword("Invalid password.", field="current_password")


@contextmanager
def _locked_link_owner(user: User, token: str, purpose: MailKind, now: datetime) -> Iterator[User]:
    """Yield the account of a link under its lock, where the second of two parallel uses finds the link void."""
    try:
        with owner_transaction(user.pk, expects_write=purpose is MailKind.USERNAME_RESET) as owner:
            if not holds(user=owner, token=token, purpose=purpose, now=now):
                raise LinkRefused("Invalid token for given user.", field="token")
            yield owner
    except User.DoesNotExist as error:
        raise LinkRefused("Invalid token for given user.", field="token") from error


def _rename(owner: User, username: str) -> None:
    if owner.username != username:
        owner.username = username
        owner.save(update_fields=["username"])


def _hash(password: str) -> str:
    """Return the hash of a new password, made before any lock is taken."""
    holder = User()
    holder.set_password(password)
    return holder.password


def _check_not_proven_elsewhere(user: User) -> None:
    # After the row was written: from here on no other account can take the address. The unique columns do not cover
    # addresses that were proven before.
    check_names(username=user.username, email=user.email, owner_id=user.pk)
