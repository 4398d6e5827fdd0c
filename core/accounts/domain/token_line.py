"""The refresh tokens of one session, of which one works: what a token that is presented means.

A token has the id of the pair of tokens that it was issued with.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import Enum
from uuid import UUID

GRACE = timedelta(seconds=10)
"""Within this time after its rotation, inclusive, a refresh token that comes back counts as a parallel request."""

MOST_VOIDED = 100
"""The most pairs that are remembered as void at a time: a client that loses more answers waits."""


class Verdict(Enum):
    """What a refresh token that is presented means."""

    WORKS = "works"
    RACED = "raced"
    LOST_ANSWER = "lost answer"
    STOLEN = "stolen"


@dataclass(frozen=True, slots=True)
class TokenLine:
    """The pair of tokens that works, and what is remembered of earlier ones."""

    current: UUID
    is_used: bool = False
    """Whether a token of the current pair was presented."""

    preceding: UUID | None = None
    """The pair whose refresh token was traded for the current one."""

    retired: Mapping[UUID, datetime] = field(default_factory=dict)
    """Pairs that were replaced at most `GRACE` ago, with the instant."""

    voided: Mapping[UUID, datetime] = field(default_factory=dict)
    """Pairs whose access tokens are refused although they have not expired, with the instant."""


def judge_refresh(*, line: TokenLine, presented: UUID, now: datetime, access_lifetime: timedelta) -> Verdict:
    """Return what a refresh token of this session means."""
    if presented == line.current:
        return Verdict.WORKS
    retired_at = line.retired.get(presented)
    if retired_at is not None and now - retired_at <= GRACE:
        return Verdict.RACED
    if presented != line.preceding or line.is_used:
        return Verdict.STOLEN
    remembered = _keep_since(line.voided, now - access_lifetime)
    return Verdict.LOST_ANSWER if len(remembered) < MOST_VOIDED else Verdict.RACED


def rotate(*, line: TokenLine, following: UUID, now: datetime, access_lifetime: timedelta) -> TokenLine:
    """Return the line once the current refresh token was traded for the pair `following`."""
    return TokenLine(
        current=following,
        preceding=line.current,
        retired={**_keep_since(line.retired, now - GRACE), line.current: now},
        voided=_keep_since(line.voided, now - access_lifetime),
    )


def replace_lost(*, line: TokenLine, following: UUID, now: datetime, access_lifetime: timedelta) -> TokenLine:
    """Return the line once the preceding refresh token was traded again, for the pair `following`.

    The pair that nobody used is void.
    """
    rotated = rotate(line=line, following=following, now=now, access_lifetime=access_lifetime)
    again = {} if line.preceding is None else {line.preceding: now}
    return replace(
        rotated,
        preceding=line.preceding,
        retired={**rotated.retired, **again},
        voided={**rotated.voided, line.current: now},
    )


def _keep_since(pairs: Mapping[UUID, datetime], earliest: datetime) -> dict[UUID, datetime]:
    return {pair: at for pair, at in pairs.items() if at >= earliest}
