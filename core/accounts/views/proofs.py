"""Proofs that a caller gives besides their token."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.http import HttpRequest
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request

from core.accounts.services.second_factor import WrongCode, has_second_factor
from core.audit.services import LOGIN_FAILED, record_event
from core.kernel.names import fold_name
from core.limits.throttles import count_registration, reserve_code, reserve_login
from core.models import User


def check_current_password(*, request: Request | HttpRequest, user: User, password: str) -> None:
    """Raises ValidationError on `current_password` unless it is the user's, and Throttled past the limit.

    A wrong one counts, and is recorded, as a failed login of the account: whoever holds a stolen token may not
    guess on.
    """
    failed_login = reserve_login(request=request, account=name_account(owner=user, name=""))
    if not user.check_password(password):
        record_event(user_id=user.pk, action=LOGIN_FAILED, object_type="user", object_id=user.pk)
        raise ValidationError({"current_password": [ErrorDetail("Invalid password.", code="invalid_password")]})
    failed_login.give_back()


@contextmanager
def count_wrong_code(*, user: User, is_asked_for: bool = True, code: str | None) -> Iterator[None]:
    """Count a one-time code as wrong before the block looks at it; give it back unless the block raises WrongCode.

    Nothing is counted where no code is asked for, or without a second factor. Raises Throttled, and ValidationError
    on `otp` for a code that is missing.
    """
    if not is_asked_for or not has_second_factor(user_id=user.pk):
        yield
        return
    if not code:
        raise ValidationError({"otp": [ErrorDetail("This field is required.", code="required")]})
    wrong_code = reserve_code(user_id=user.pk)
    try:
        yield
    except WrongCode:
        raise
    except BaseException:
        wrong_code.give_back()
        raise
    wrong_code.give_back()


@contextmanager
def count_revealed_names(*, request: Request) -> Iterator[None]:
    """Count an answer that shows a name or an address to be taken as a registration. Raises Throttled.

    It tells as much as a refused registration does.
    """
    try:
        yield
    except ValidationError as error:
        codes: Any = error.get_codes()
        if any("unique" in field_codes for field_codes in codes.values()):
            count_registration(request=request)
        raise


def name_account(*, owner: User | None, name: str) -> str:
    """What failed logins are counted under: the account, whichever of its names was typed, or the typed name."""
    return f"id:{owner.pk}" if owner is not None else f"name:{fold_name(name)}"
