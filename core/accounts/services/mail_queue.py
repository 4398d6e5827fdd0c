"""Mail about accounts, written in the transaction of the change that it reports and sent afterwards.

Security notices go to the address that was proven last, without limit. An address that was never proven gets mails
with links alone: it may be a stranger's. How many of those leave is decided when they are sent, see `mail`.
"""

from datetime import datetime

from core.accounts.queries import find_proven_email
from core.models import MailKind, OutgoingMail, User


def queue_notice(*, user: User, kind: MailKind, now: datetime) -> None:
    """Queue a notice to the address that was proven last, if any."""
    address = find_proven_email(user_id=user.pk)
    if address:
        _queue(kind=kind, recipient=address, now=now, user=user)


def queue_verification(*, user: User, now: datetime, is_registration: bool = False) -> None:
    """Queue a link that proves the account's present address."""
    kind = MailKind.REGISTRATION if is_registration else MailKind.EMAIL_VERIFICATION
    _queue(kind=kind, recipient=user.email, now=now, user=user)


def queue_reset(*, email: str, purpose: MailKind, now: datetime) -> None:
    """Mail a link for a reset, if the address turns out to be an active account's.

    The sender looks that up: the caller's request costs the same for a known and an unknown address.
    """
    _queue(kind=purpose, recipient=email, now=now, user=None)


def _queue(*, kind: MailKind, recipient: str, now: datetime, user: User | None) -> None:
    OutgoingMail.objects.create(user=user, kind=kind, recipient=recipient, created_at=now, attempt_at=now)
