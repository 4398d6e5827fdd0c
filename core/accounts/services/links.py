"""Links that prove who follows them: mailed to an account's address, good once, for one purpose, for an hour."""

import re
from typing import Any

from django.conf import settings
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode

from core.models import MailKind, User

_ID = re.compile(r"[0-9]{1,18}", re.ASCII)


class _LinkTokens(PasswordResetTokenGenerator):
    """Tokens of one purpose, which no other purpose takes.

    They hold as long as everything that they were made from: the password, both names and the account being
    active. So each is void once it was used, and all are void once any of these changed.
    """

    def __init__(self, purpose: str) -> None:
        super().__init__()
        self.key_salt = f"core.accounts.links.{purpose}"

    def _make_hash_value(self, user: Any, timestamp: int) -> str:
        parts = (user.pk, user.password, user.username, user.email, user.is_active, timestamp)
        return "\x00".join(str(part) for part in parts)


_TOKENS = {kind: _LinkTokens(kind) for kind in (MailKind.PASSWORD_RESET, MailKind.USERNAME_RESET)}
_PATHS = {MailKind.PASSWORD_RESET: "password", MailKind.USERNAME_RESET: "username"}


def make_link(*, user: User, purpose: MailKind) -> str:
    """An address under SITE_URL that holds a fresh token."""
    uid = urlsafe_base64_encode(str(user.pk).encode())
    token = _TOKENS[purpose].make_token(user)
    return f"{settings.SITE_URL}/{_PATHS[purpose]}/reset/confirm/{uid}/{token}"


def is_link_purpose(*, kind: str) -> bool:
    """Whether mails of this kind carry a link."""
    return kind in _TOKENS


def find_user_by_link(*, uid: str, token: str, purpose: MailKind) -> User | None:
    """The active person for whom the token was made, for this purpose, if it still holds. None for anything else."""
    try:
        text = urlsafe_base64_decode(uid).decode("ascii")
    except ValueError:
        return None
    user = User.objects.filter(pk=int(text), is_active=True).first() if _ID.fullmatch(text) else None
    return user if user is not None and holds(user=user, token=token, purpose=purpose) else None


def holds(*, user: User, token: str, purpose: MailKind) -> bool:
    """Whether a token was made for this person and purpose, and nothing it was made from has changed since."""
    return _TOKENS[purpose].check_token(user, token)
