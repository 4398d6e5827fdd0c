"""Logins: opened, refreshed, ended, revoked.

simplejwt signs tokens and reads them back. Which of them still work is decided here, by the row of their
session: a list of refused tokens cannot say which of two parallel refreshes came first.
"""

import calendar
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db.models import F
from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.tokens import Token

from core.accounts.tokens import AccessToken, RefreshToken, UntypedToken
from core.audit.services import SESSIONS_REVOKED, TOKEN_REUSED, record_event
from core.db.transactions import atomic_write
from core.models import Session, User

logger = logging.getLogger(__name__)

SESSION_CLAIM = "sid"
USER_CLAIM = "user_id"
GRACE = timedelta(seconds=10)
"""How long after its rotation a refresh token that comes back is a client that raced itself, the end included."""

_CLOCK_DIFFERENCE = timedelta(minutes=1)
"""How far the clocks of two servers may be apart, of which one opened a session and the other refreshes it."""

_KEPT_AFTER_EXPIRY = timedelta(days=1)
_LARGEST_ID = 2**63 - 1


class TokenRefused(Exception):
    """The token is malformed, expired, of the wrong kind, or its session does not take it any more."""


@dataclass(frozen=True, slots=True)
class TokenPair:
    """What a client holds while it is logged in."""

    access: str
    refresh: str


def find_session(*, token: Token) -> Session | None:
    """Return the session that a verified token names, with its user, or None. One statement."""
    session_id = token.get(SESSION_CLAIM)
    if not isinstance(session_id, int) or not 0 < session_id <= _LARGEST_ID:
        return None
    session = Session.objects.select_related("user").filter(pk=session_id).first()
    if session is None or token.get(USER_CLAIM) != str(session.user_id) or _is_older(token, session):
        return None
    return session


def _is_older(token: Token, session: Session) -> bool:
    """Return whether a token was made before its session began.

    Then it is of another session: a database that was filled from a copy gives out once more the ids that it gave out
    since the copy was made.
    """
    issued_at = token.get("iat")
    began_at = calendar.timegm((session.created_at - _CLOCK_DIFFERENCE).utctimetuple())
    return not isinstance(issued_at, int) or issued_at < began_at


def find_live_session(*, token: Token) -> Session | None:
    """Return the session of a verified access token, with its user, or None unless both are still in force."""
    session = find_session(token=token)
    if session is None or session.revoked_at is not None or not session.user.is_active:
        return None
    return session


def open_session(*, user_id: int, now: datetime) -> TokenPair:
    """Begin a session. Call it under the owner's lock, once whoever asks has shown who they are.

    Sessions of the person that ended by themselves long ago are swept out on the way.
    """
    Session.objects.filter(user_id=user_id, expires_at__lt=now - _KEPT_AFTER_EXPIRY).delete()
    session = Session.objects.create(user_id=user_id, created_at=now, expires_at=_refresh_expiry(now))
    return _mint(session, refresh_id=session.refresh_id, now=now)


def refresh_session(*, refresh: str, now: datetime) -> TokenPair:
    """Trade a refresh token for a new pair; the old one is dead. Raises TokenRefused.

    Of parallel calls with one token exactly one succeeds. A token that was rotated more than `GRACE` ago is
    in two hands: every session of the person is revoked.
    """
    token = _read_refresh(refresh)
    session = find_session(token=token)
    if session is None or session.revoked_at is not None or not session.user.is_active:
        raise TokenRefused
    presented = _read_id(token)
    if presented != session.refresh_id:
        if not _was_just_rotated(session, presented, now):
            logger.warning("a rotated refresh token came back: revoking every session of user %s", session.user_id)
            with atomic_write():
                revoke_sessions(user_id=session.user_id, now=now)
                record_event(user_id=session.user_id, action=TOKEN_REUSED)
        raise TokenRefused
    following = uuid4()
    # One statement decides: it finds the row only while the presented token is still the one that works.
    with atomic_write():
        won = Session.objects.filter(
            pk=session.pk, refresh_id=presented, ended_at__isnull=True, revoked_at__isnull=True
        ).update(
            refresh_id=following,
            retired={**_list_just_rotated(session, now), presented.hex: now.isoformat()},
            expires_at=_refresh_expiry(now),
        )
    if not won:
        raise TokenRefused
    return _mint(session, refresh_id=following, now=now)


def end_session(*, refresh: str, now: datetime) -> int | None:
    """Log out: no refresh from here on, the access token lives out its minutes. Raises TokenRefused.

    Returns whose session has ended; None where it had ended before.

    A token that was rotated ends its session too: whoever lost the answer to a refresh can still leave.
    """
    session = find_session(token=_read_refresh(refresh))
    if session is not None and Session.objects.filter(pk=session.pk, ended_at__isnull=True).update(ended_at=now):
        return session.user_id
    return None


def check_token(*, token: str) -> None:
    """Raises TokenRefused unless the token, access or refresh, would be taken at this moment."""
    try:
        parsed = UntypedToken(token)  # type: ignore[arg-type]
    except TokenError as error:
        raise TokenRefused from error
    session = find_live_session(token=parsed)
    if session is None:
        raise TokenRefused
    kind = parsed.get("token_type")
    if kind == RefreshToken.token_type:
        if session.ended_at is not None or session.refresh_id != _read_id(parsed):
            raise TokenRefused
    elif kind != AccessToken.token_type:
        raise TokenRefused


def revoke_sessions(*, user_id: int, now: datetime, except_id: int | None = None) -> None:
    """End every session of a person, access tokens and logins to the admin included; spare one if told.

    The person can see it where any was in force.
    """
    with atomic_write():
        # The person's row first, as everywhere: whoever opens a session holds it.
        User.objects.filter(pk=user_id).update(session_epoch=F("session_epoch") + 1)
        sessions = Session.objects.filter(user_id=user_id, revoked_at__isnull=True)
        if except_id is not None:
            sessions = sessions.exclude(pk=except_id)
        if sessions.update(revoked_at=now):
            record_event(user_id=user_id, action=SESSIONS_REVOKED)


def delete_expired_sessions(*, now: datetime) -> int:
    """Sweep out sessions whose last token ended by itself more than a day ago. How many there were."""
    deleted, _by_model = Session.objects.filter(expires_at__lt=now - _KEPT_AFTER_EXPIRY).delete()
    return deleted


def _read_refresh(refresh: str) -> RefreshToken:
    try:
        return RefreshToken(refresh)  # type: ignore[arg-type]
    except TokenError as error:
        raise TokenRefused from error


def _read_id(token: Token) -> UUID:
    try:
        return UUID(hex=token["jti"])
    except (ValueError, TypeError, AttributeError) as error:
        raise TokenRefused from error


def _list_just_rotated(session: Session, now: datetime) -> dict[str, str]:
    return {
        refresh_id: rotated_at
        for refresh_id, rotated_at in session.retired.items()
        if now - datetime.fromisoformat(rotated_at) <= GRACE
    }


def _was_just_rotated(session: Session, refresh_id: UUID, now: datetime) -> bool:
    return refresh_id.hex in _list_just_rotated(session, now)


def _refresh_expiry(now: datetime) -> datetime:
    lifetime = RefreshToken.lifetime
    assert lifetime is not None  # noqa: S101
    return now + lifetime


def _mint(session: Session, *, refresh_id: UUID, now: datetime) -> TokenPair:
    refresh, access = RefreshToken(), AccessToken()
    refresh["jti"] = refresh_id.hex
    for token in (refresh, access):
        token.set_iat(at_time=now)
        token.set_exp(from_time=now)
        token[USER_CLAIM] = str(session.user_id)
        token[SESSION_CLAIM] = session.pk
    return TokenPair(access=str(access), refresh=str(refresh))
