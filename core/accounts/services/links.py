"""Links that prove who follows them: mailed to an account's address, good once, for one purpose, for a time."""

import calendar
import re
from datetime import datetime, timedelta

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.http import base36_to_int, int_to_base36, urlsafe_base64_decode, urlsafe_base64_encode

from core.accounts.queries import find_proven_email
from core.models import MailKind, User

HOUR, DAY = timedelta(hours=1), timedelta(days=1)

_ID = re.compile(r"[0-9]{1,18}", re.ASCII)
_PATHS = {
    MailKind.EMAIL_VERIFICATION: "email/verify",
    MailKind.PASSWORD_RESET: "password/reset/confirm",
    MailKind.USERNAME_RESET: "username/reset/confirm",
}


def make_link(*, user: User, purpose: MailKind, now: datetime, lifetime: timedelta = HOUR) -> str:
    """Return an address under SITE_URL with a token that holds for an hour or a day."""
    uid = urlsafe_base64_encode(str(user.pk).encode())
    issued_at = calendar.timegm(now.utctimetuple())
    token = _sign(user, purpose, lifetime, issued_at, settings.SECRET_KEY)
    return f"{settings.SITE_URL}/{_PATHS[purpose]}/{uid}/{token}"


def find_user_by_link(*, uid: str, token: str, purpose: MailKind, now: datetime) -> User | None:
    """Return the active account for which the token was made, if it holds for this purpose; None otherwise."""
    try:
        text = urlsafe_base64_decode(uid).decode("ascii")
    except ValueError:
        return None
    user = User.objects.filter(pk=int(text), is_active=True).first() if _ID.fullmatch(text) else None
    return user if user is not None and holds(user=user, token=token, purpose=purpose, now=now) else None


def holds(*, user: User, token: str, purpose: MailKind, now: datetime) -> bool:
    """Return whether a token was made for this account and purpose, is not too old, and is not void.

    A token is void once anything has changed that it was made from, see `_describe_state`.
    """
    try:
        issued_at = base36_to_int(token.partition("-")[0])
    except ValueError:
        return False
    age = calendar.timegm(now.utctimetuple()) - issued_at
    return any(
        constant_time_compare(token, _sign(user, purpose, lifetime, issued_at, key))
        for lifetime in (HOUR, DAY)
        if timedelta(seconds=age) <= lifetime
        for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    )


def _sign(user: User, purpose: MailKind, lifetime: timedelta, issued_at: int, key: str) -> str:
    salt = f"core.accounts.links.{purpose}.{lifetime.days}.{lifetime.seconds}"
    value = f"{issued_at}\x00{_describe_state(user, purpose)}"
    digest = salted_hmac(salt, value, secret=key, algorithm="sha256").hexdigest()
    # Every other digit, as Django does: 128 bits.
    return f"{int_to_base36(issued_at)}-{digest[::2]}"


def _describe_state(user: User, purpose: MailKind) -> str:
    """Return what a token depends on.

    A proof of an address depends on that address not being proven yet. A reset depends on all that opens the account.
    """
    parts = [user.pk, user.email, find_proven_email(user_id=user.pk), user.is_active]
    if purpose != MailKind.EMAIL_VERIFICATION:
        parts += [user.password, user.username]
    return "\x00".join(str(part) for part in parts)
