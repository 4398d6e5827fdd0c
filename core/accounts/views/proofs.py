"""Proofs besides the token: the current password, a one-time code."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request

from core.accounts.services.proofs import prove_password
from core.accounts.services.second_factor import WrongCode, has_second_factor
from core.accounts.services.tries import count_registration, count_wrong_code
from core.limits.client_address import get_client_network
from core.models import User


def check_current_password(*, request: Request, user: User, password: str) -> None:
    """Raise WrongPassword on `current_password` unless it is the user's. Raises LimitReached."""
    prove_password(user=user, password=password, network=get_client_network(request._request))


@contextmanager
def prove_by_code(*, user: User, code: str | None, is_demanded: bool = True) -> Iterator[None]:
    """Let the block use a one-time code, which counts as wrong if it raises WrongCode. Raises LimitReached.

    Nothing is counted where no code is demanded, or without a second factor. Raises ValidationError on `otp` for a
    code that is missing.
    """
    if not is_demanded or not has_second_factor(user_id=user.pk):
        yield
        return
    if not code:
        raise ValidationError({"otp": [ErrorDetail("This field is required.", code="required")]})
    with count_wrong_code(user_id=user.pk, refusal=WrongCode):
        yield


@contextmanager
def count_revealed_names(*, request: Request) -> Iterator[None]:
    """Count an answer that shows a name or an address to be taken as a registration. Raises LimitReached.

    A refused registration reveals the same.
    """
    try:
        yield
    except ValidationError as error:
        codes: Any = error.get_codes()
        if any("unique" in field_codes for field_codes in codes.values()):
            count_registration(network=get_client_network(request._request))
        raise
