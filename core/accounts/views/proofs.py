"""Proofs that a caller gives besides their token."""

from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request

from core.kernel.names import fold_name
from core.limits.throttles import reserve_login
from core.models import User


def check_current_password(*, request: Request, user: User, password: str) -> None:
    """Raises ValidationError on `current_password` unless it is the user's.

    A wrong one counts as a failed login of the account: whoever holds a stolen token may not guess on.
    """
    failed_login = reserve_login(request=request, account=name_account(owner=user, name=""))
    if not user.check_password(password):
        raise ValidationError({"current_password": [ErrorDetail("Invalid password.", code="invalid_password")]})
    failed_login.give_back()


def name_account(*, owner: User | None, name: str) -> str:
    """What failed logins are counted under: the account, whichever of its names was typed, or the typed name."""
    return f"id:{owner.pk}" if owner is not None else f"name:{fold_name(name)}"
