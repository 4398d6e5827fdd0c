"""Proofs that somebody gives besides being logged in."""

from core.accounts.services.tries import check_counted, name_account
from core.audit.services import LOGIN_FAILED, record_event
from core.kernel.errors import DomainError
from core.models import User


class WrongPassword(DomainError):
    """The current password is another."""

    code = "invalid_password"


def prove_password(*, user: User, password: str, network: str) -> None:
    """Raise WrongPassword on `current_password` unless it is the user's; raise LimitReached past a limit.

    A wrong one counts, and is recorded, as a failed login of the account: with a stolen token one may not guess
    on. `network` is where the call comes from. Call it outside of any transaction.
    """
    is_right = check_counted(
        account=name_account(owner=user, name=""),
        network=network,
        is_call=False,
        check=lambda: user.check_password(password),
    )
    if not is_right:
        record_event(user_id=user.pk, action=LOGIN_FAILED, object_type="user", object_id=user.pk)
        raise WrongPassword("Invalid password.", field="current_password")
