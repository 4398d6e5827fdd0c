"""Limits of mails with links per address."""

from datetime import datetime, timedelta

from django.utils.crypto import salted_hmac

from core.accounts.services.links import DAY, HOUR
from core.kernel.names import fold_name
from core.models import SentLink

UNPROVEN_LINKS_PER_DAY = 5
PROVEN_LINKS_PER_DAY = 20
BETWEEN_PROVEN_LINKS = timedelta(minutes=1)


def reserve_link(*, recipient: str, is_proven: bool, is_registration: bool, now: datetime) -> SentLink | None:
    """Count a mail with a link to an address before it is sent, or return None where a limit refuses it.

    In any 24 hours an unproven address gets 5, a proven one 20 and at most one a minute. The link of a registration
    is always sent, and counts. Call it under the owner's lock; delete the row where the mail did not leave.
    """
    key = _make_key(recipient)
    sent = SentLink.objects.filter(recipient_key=key, sent_at__gt=now - DAY)
    if not is_registration:
        if sent.count() >= (PROVEN_LINKS_PER_DAY if is_proven else UNPROVEN_LINKS_PER_DAY):
            return None
        if is_proven and sent.filter(sent_at__gt=now - BETWEEN_PROVEN_LINKS).exists():
            return None
    return SentLink.objects.create(recipient_key=key, sent_at=now)


def find_lifetime(*, sent: SentLink, is_proven: bool, now: datetime) -> timedelta:
    """Return for how long the link of a reserved mail holds.

    An hour; a day for the last one that the limits allow, so that using them up cannot keep the owner from
    a reset.
    """
    count = SentLink.objects.filter(recipient_key=sent.recipient_key, sent_at__gt=now - DAY).count()
    return DAY if count >= (PROVEN_LINKS_PER_DAY if is_proven else UNPROVEN_LINKS_PER_DAY) else HOUR


def delete_uncounted_links(*, now: datetime) -> int:
    """Delete the rows that no limit counts any more. Return how many."""
    return SentLink.objects.filter(sent_at__lte=now - DAY).delete()[0]


def _make_key(recipient: str) -> str:
    return salted_hmac("core.accounts.sent_links", fold_name(recipient), algorithm="sha256").hexdigest()
