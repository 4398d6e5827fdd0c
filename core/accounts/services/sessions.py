"""Logins: opened, refreshed, ended, revoked.

simplejwt signs tokens and reads them back. Which of them still work is decided here, by the row of their
session: a list of refused tokens cannot say which of two parallel refreshes came first.
"""

import calendar
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db.models import F
from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.tokens import Token

from core.accounts.domain import TokenLine, Verdict, judge_refresh, replace_lost, rotate
from core.accounts.tokens import AccessToken, RefreshToken, UntypedToken
from core.audit.services import SESSION_REVOKED, SESSIONS_REVOKED, TOKEN_REUSED, record_event
from core.context import get_context
from core.db.transactions import atomic_write
from core.models import Session, User

logger = logging.getLogger(__name__)

SESSION_CLAIM = "sid"
USER_CLAIM = "user_id"
PAIR_CLAIM = "jti"

_CLOCK_DIFFERENCE = timedelta(minutes=1)
"""How far the clocks of two servers may be apart, of which one opened a session and the other refreshes it."""

_KEPT_AFTER_EXPIRY = timedelta(days=1)
_LARGEST_ID = 2**63 - 1


class TokenRefused(Exception):
    """The token is malformed, of the wrong kind or not signed by this service, or it is not taken any more."""


class SessionOver(TokenRefused):
    """The session of a refresh token is over: expired, logged out, revoked, or its account is gone."""


class RefreshRaced(TokenRefused):
    """Another call with the refresh token came first. The session is in force."""


@dataclass(frozen=True, slots=True)
class TokenPair:
    """What a client holds while it is logged in, and whose it is."""

    access: str
    refresh: str
    user: int


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

    After a restore, ids of sessions are assigned again; older tokens must not match them.
    """
    issued_at = token.get("iat")
    began_at = calendar.timegm((session.created_at - _CLOCK_DIFFERENCE).utctimetuple())
    return not isinstance(issued_at, int) or issued_at < began_at


def find_live_session(*, token: Token) -> Session | None:
    """Return the session of a verified access token, with its user, or None unless both are still in force."""
    session = find_session(token=token)
    if session is None or session.revoked_at is not None or not session.user.is_active:
        return None
    return None if _read_pair(token) in (session.voided or {}) else session


def use_session(*, token: Token, now: datetime) -> Session | None:
    """Return the session of a verified access token as `find_live_session` does, and record that its pair is used.

    One statement, and one more for the first use of a pair. From then on the answer that brought the pair was not
    lost.
    """
    session = find_live_session(token=token)
    if session is None or session.pair_used or _read_pair(token) != session.refresh_id.hex:
        return session
    unused = Session.objects.filter(pk=session.pk, refresh_id=session.refresh_id, pair_used=False)
    if unused.update(pair_used=True, last_used_at=now, address=get_context().address):
        return session
    # Another request used it first, or the answer was taken to be lost meanwhile and the pair is void.
    return find_live_session(token=token)


def open_session(*, user_id: int, device: str = "", now: datetime) -> TokenPair:
    """Begin a session. Call it under the owner's lock, once the user is authenticated.

    Sessions of the person that ended by themselves long ago are swept out on the way.
    """
    Session.objects.filter(user_id=user_id, expires_at__lt=now - _KEPT_AFTER_EXPIRY).delete()
    session = Session.objects.create(
        user_id=user_id,
        device=device,
        address=get_context().address,
        created_at=now,
        last_used_at=now,
        expires_at=_refresh_expiry(now),
    )
    return _mint(session, pair_id=session.refresh_id, now=now)


def refresh_session(*, refresh: str, now: datetime) -> TokenPair:
    """Trade a refresh token for a new pair; the old one is dead. Raises SessionOver, RefreshRaced, TokenRefused.

    Of parallel calls with one token exactly one succeeds. What a token that was rotated before means is told by
    `judge_refresh`: where it is in two hands, every session of the person is revoked.
    """
    token = _read_refresh(refresh)
    session = find_session(token=token)
    if session is None or session.revoked_at is not None or session.ended_at is not None or not session.user.is_active:
        raise SessionOver
    presented = _read_id(token)
    line = _read_line(session)
    verdict = judge_refresh(line=line, presented=presented, now=now, access_lifetime=_access_lifetime())
    if verdict is Verdict.STOLEN:
        logger.warning("a rotated refresh token came back: revoking every session of user %s", session.user_id)
        with atomic_write():
            revoke_sessions(user_id=session.user_id, now=now)
            record_event(user_id=session.user_id, action=TOKEN_REUSED)
        raise SessionOver
    if verdict is Verdict.RACED:
        raise RefreshRaced
    following = uuid4()
    move = rotate if verdict is Verdict.WORKS else replace_lost
    moved = move(line=line, following=following, now=now, access_lifetime=_access_lifetime())
    # One statement decides: it finds the row only while the line is as it was read. A pair that is replaced because its
    # answer was lost must not have been used meanwhile.
    expected: dict[str, Any] = {"refresh_id": line.current}
    if verdict is Verdict.LOST_ANSWER:
        expected["pair_used"] = False
    with atomic_write():
        won = Session.objects.filter(pk=session.pk, ended_at__isnull=True, revoked_at__isnull=True, **expected).update(
            refresh_id=moved.current,
            preceding_id=moved.preceding,
            retired=_write_instants(moved.retired),
            voided=_write_instants(moved.voided),
            pair_used=False,
            last_used_at=now,
            address=get_context().address,
            expires_at=_refresh_expiry(now),
        )
    if not won:
        # Whatever came first, the next call sees it.
        raise RefreshRaced
    return _mint(session, pair_id=following, now=now)


def end_session(*, refresh: str, now: datetime) -> int | None:
    """Log out: no refresh from here on, the access token lives out its minutes. Raises TokenRefused.

    Returns whose session has ended; None where it had ended before.

    A token that was rotated ends its session too, for clients that lost the answer to a refresh.
    """
    session = find_session(token=_read_refresh(refresh))
    if session is not None and Session.objects.filter(pk=session.pk, ended_at__isnull=True).update(ended_at=now):
        return session.user_id
    return None


def find_token_owner(*, refresh: str) -> str | None:
    """Return the id of the user whom a refresh token names; None unless its signature holds. It may have expired."""
    try:
        token, _is_expired = RefreshToken.read_signed(refresh)
    except TokenError:
        return None
    owner = token.get(USER_CLAIM)
    return owner if isinstance(owner, str) else None


def check_token(*, token: str, now: datetime) -> None:
    """Raises TokenRefused unless the token, access or refresh, would be taken at this moment.

    A client that checks the token has received it: its pair counts as used.
    """
    try:
        parsed = UntypedToken(token)  # type: ignore[arg-type]
    except TokenError as error:
        raise TokenRefused from error
    session = use_session(token=parsed, now=now)
    if session is None:
        raise TokenRefused
    kind = parsed.get("token_type")
    if kind == RefreshToken.token_type:
        if session.ended_at is not None or session.refresh_id != _read_id(parsed):
            raise TokenRefused
    elif kind != AccessToken.token_type:
        raise TokenRefused


def revoke_session(*, user_id: int, session_id: int, now: datetime) -> bool:
    """End one session of a person, access tokens included. Return False where they have no such live session."""
    with atomic_write():
        session = Session.objects.live(now=now).filter(pk=session_id, user_id=user_id).first()
        if session is None or not Session.objects.filter(pk=session_id, revoked_at__isnull=True).update(revoked_at=now):
            return False
        changes = {"device": [session.device, None]} if session.device else {}
        record_event(
            user_id=user_id, action=SESSION_REVOKED, object_type="session", object_id=session_id, changes=changes
        )
    return True


def revoke_sessions(*, user_id: int, now: datetime, except_id: int | None = None) -> None:
    """End every session of a person, access tokens and logins to the admin included; spare one if told.

    The person can see it where any was in force.
    """
    with atomic_write():
        # The person's row is locked first, as everywhere.
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
        token, is_expired = RefreshToken.read_signed(refresh)
    except TokenError as error:
        raise TokenRefused from error
    if is_expired:
        raise SessionOver
    return token


def _read_pair(token: Token) -> str:
    return str(token.get(PAIR_CLAIM))


def _read_id(token: Token) -> UUID:
    try:
        return UUID(hex=token[PAIR_CLAIM])
    except (ValueError, TypeError, AttributeError) as error:
        raise TokenRefused from error


def _read_line(session: Session) -> TokenLine:
    return TokenLine(
        current=session.refresh_id,
        is_used=session.pair_used,
        preceding=session.preceding_id,
        retired=_read_instants(session.retired),
        voided=_read_instants(session.voided or {}),
    )


def _read_instants(stored: Mapping[str, str]) -> dict[UUID, datetime]:
    return {UUID(hex=pair): datetime.fromisoformat(at) for pair, at in stored.items()}


def _write_instants(pairs: Mapping[UUID, datetime]) -> dict[str, str]:
    return {pair.hex: at.isoformat() for pair, at in pairs.items()}


def _access_lifetime() -> timedelta:
    lifetime = AccessToken.lifetime
    assert lifetime is not None  # noqa: S101
    return lifetime


def _refresh_expiry(now: datetime) -> datetime:
    lifetime = RefreshToken.lifetime
    assert lifetime is not None  # noqa: S101
    return now + lifetime


def _mint(session: Session, *, pair_id: UUID, now: datetime) -> TokenPair:
    refresh, access = RefreshToken(), AccessToken()
    for token in (refresh, access):
        token.set_iat(at_time=now)
        token.set_exp(from_time=now)
        token[PAIR_CLAIM] = pair_id.hex
        token[USER_CLAIM] = str(session.user_id)
        token[SESSION_CLAIM] = session.pk
    return TokenPair(access=str(access), refresh=str(refresh), user=session.user_id)
