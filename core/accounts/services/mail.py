"""Mail about accounts: written down with the change that it tells of, sent afterwards.

A mail server that is away delays no answer and takes no change with it; the mail goes out when it is back.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db.models import F
from django.template.loader import render_to_string
from django.utils import translation

from core.accounts.letters import LETTERS
from core.accounts.services.links import is_link_purpose, make_link
from core.models import MailKind, OutgoingMail, User

logger = logging.getLogger(__name__)

_WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 5, 15, 60, 120, 240, 480, 480))
"""After each attempt, how long until the next; after the last one, a mail is given up: a day in all."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """What one round of sending came to."""

    sent: int
    failed: int
    next_attempt_at: datetime | None


def queue_notice(*, user: User, kind: MailKind, now: datetime, recipient: str | None = None) -> None:
    """Tell a person what happened to their account. Part of the transaction in which it happens."""
    address = recipient or user.email
    if address:
        OutgoingMail.objects.create(user=user, kind=kind, recipient=address, created_at=now, attempt_at=now)


def queue_link(*, email: str, purpose: MailKind, now: datetime) -> None:
    """Have a link sent to an address, if it turns out to be an active account's.

    Whether it is, is looked up by the sender: for whoever asks, an address that is known costs what an
    unknown one costs.
    """
    OutgoingMail.objects.create(kind=purpose, recipient=email, created_at=now, attempt_at=now)


def deliver_due_mail(*, now: datetime) -> Delivery:
    """Send what is due, oldest first. Any number of senders may be at it: each mail is taken by one.

    A failure is logged, without address or text, and the mail tried again later; after a day it is given up.
    """
    sent = failed = 0
    while mail := OutgoingMail.objects.select_related("user").filter(attempt_at__lte=now).order_by("pk").first():
        if not _take(mail, now):
            continue
        if _deliver(mail):
            sent += 1
        else:
            failed += 1
    following = OutgoingMail.objects.order_by("attempt_at").values_list("attempt_at", flat=True).first()
    return Delivery(sent=sent, failed=failed, next_attempt_at=following)


def _take(mail: OutgoingMail, now: datetime) -> bool:
    # The next attempt is set before this one is made: a sender that dies in between leaves a mail that goes
    # out twice at worst, and never one that is lost or tried in a circle.
    wait = _WAITS[min(mail.attempts, len(_WAITS) - 1)]
    taken = OutgoingMail.objects.filter(pk=mail.pk, attempts=mail.attempts).update(
        attempts=F("attempts") + 1, attempt_at=now + wait
    )
    return bool(taken)


def _deliver(mail: OutgoingMail) -> bool:
    try:
        message = _compose(mail)
        if message is not None:
            message.send()
    except Exception as error:
        last = mail.attempts + 1 >= len(_WAITS)
        # The error's text may repeat the address or the server's login: its name has to do.
        logger.error(
            "mail %s (%s) did not go out: %s; %s",
            mail.pk,
            mail.kind,
            type(error).__name__,
            "given up" if last else "it is tried again",
        )
        if last:
            mail.delete()
        return False
    mail.delete()
    return True


def _compose(mail: OutgoingMail) -> EmailMultiAlternatives | None:
    """The mail in the reader's language; None where there is nobody to write to any more."""
    user = mail.user
    link = ""
    if is_link_purpose(kind=mail.kind):
        user = User.objects.find_by_email(mail.recipient)
        if user is None or not user.is_active:
            return None
        link = make_link(user=user, purpose=MailKind(mail.kind))
    if user is None:
        return None
    # A link goes to the address on file, never to what was typed: the two may look alike and differ.
    recipient = user.email if link else mail.recipient
    letter = LETTERS[mail.kind]
    with translation.override(user.language):
        content = {
            "subject": str(letter.subject),
            "paragraphs": [str(paragraph) for paragraph in letter.paragraphs],
            "button": str(letter.button),
            # Not the first name: it may say anything, and whoever registers a stranger's address could have
            # us mail them that.
            "name": user.username,
            "link": link,
            "site": settings.SITE_URL,
            "language": user.language,
        }
        message = EmailMultiAlternatives(
            subject=content["subject"], body=render_to_string("core/mail/message.txt", content), to=[recipient]
        )
        message.attach_alternative(render_to_string("core/mail/message.html", content), "text/html")
    return message
