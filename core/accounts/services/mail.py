"""Sending the mail that is queued.

While the mail server does not answer, requests are not delayed and no change is lost; mail is sent later.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db.models import F
from django.template.loader import render_to_string
from django.utils import translation

from core.accounts.mail_templates import LIFETIMES, MAIL_TEMPLATES
from core.accounts.queries import find_proven_email, find_user_by_address
from core.accounts.services.link_limits import find_lifetime, reserve_link
from core.accounts.services.links import DAY, make_link
from core.db.locks import owner_transaction
from core.models import MailKind, OutgoingMail, SentLink, User

logger = logging.getLogger(__name__)

_WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 5, 15, 60, 120, 240, 480, 480))
"""After each attempt, how long until the next; after the last one, a mail is given up: a day in all."""

_PURPOSES = {
    MailKind.REGISTRATION: MailKind.EMAIL_VERIFICATION,
    MailKind.EMAIL_VERIFICATION: MailKind.EMAIL_VERIFICATION,
    MailKind.PASSWORD_RESET: MailKind.PASSWORD_RESET,
    MailKind.USERNAME_RESET: MailKind.USERNAME_RESET,
}
"""By kind of mail, what its link is for. Mails of other kinds have none."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """The result of one round of sending."""

    sent: int
    failed: int
    next_attempt_at: datetime | None


@dataclass(frozen=True, slots=True)
class _Envelope:
    """Who a mail goes to, and its link. `counted` is the row that the limits count, for a mail with a link."""

    user: User
    recipient: str
    is_proven: bool
    link: str = ""
    lifetime: timedelta = DAY
    counted: SentLink | None = None


def deliver_due_mail(*, now: datetime) -> Delivery:
    """Send what is due, oldest first. Several senders may run at once: each mail is taken by one.

    A failure is logged, without address or text, and the mail tried again later; after a day it is given up.
    """
    sent = failed = 0
    while mail := OutgoingMail.objects.select_related("user").filter(attempt_at__lte=now).order_by("pk").first():
        if not _take(mail, now):
            continue
        if _deliver(mail, now):
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


def _deliver(mail: OutgoingMail, now: datetime) -> bool:
    envelope = None
    try:
        envelope = _address(mail, now)
        if envelope is not None:
            _compose(mail, envelope).send()
    except Exception as error:
        if envelope is not None and envelope.counted is not None:
            envelope.counted.delete()
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


def _address(mail: OutgoingMail, now: datetime) -> _Envelope | None:
    """Return the recipient of a mail; None where there is none, or where a limit refuses it."""
    purpose = _PURPOSES.get(MailKind(mail.kind))
    if purpose is None:
        return None if mail.user is None else _Envelope(user=mail.user, recipient=mail.recipient, is_proven=True)
    user = find_user_by_address(email=mail.recipient) if mail.user is None else mail.user
    if user is None or not user.is_active:
        return None
    try:
        # Locked, so that several senders cannot pass a limit together.
        with owner_transaction(user.pk) as owner:
            return _address_link(mail, owner, purpose, now)
    except User.DoesNotExist:
        return None


def _address_link(mail: OutgoingMail, owner: User, purpose: MailKind, now: datetime) -> _Envelope | None:
    proven = find_proven_email(user_id=owner.pk)
    if purpose == MailKind.EMAIL_VERIFICATION:
        # Proven meanwhile, or changed again: the link would prove nothing.
        if owner.email in (proven, "") or owner.email != mail.recipient:
            return None
        recipient = owner.email
    else:
        # Never the address as it was typed: the two may look alike and differ.
        recipient = proven or owner.email
    is_proven = recipient == proven
    is_registration = mail.kind == MailKind.REGISTRATION
    counted = reserve_link(recipient=recipient, is_proven=is_proven, is_registration=is_registration, now=now)
    if counted is None:
        return None
    lifetime = DAY
    if purpose != MailKind.EMAIL_VERIFICATION:
        lifetime = find_lifetime(sent=counted, is_proven=is_proven, now=now)
    link = make_link(user=owner, purpose=purpose, now=now, lifetime=lifetime)
    return _Envelope(
        user=owner, recipient=recipient, is_proven=is_proven, link=link, lifetime=lifetime, counted=counted
    )


def _compose(mail: OutgoingMail, envelope: _Envelope) -> EmailMultiAlternatives:
    """Return the mail in the reader's language; where none is chosen, in the server's own."""
    user = envelope.user
    language = user.language or settings.LANGUAGE_CODE
    template = MAIL_TEMPLATES[mail.kind]
    with translation.override(language):
        lifetime = str(LIFETIMES[envelope.lifetime])
        content = {
            "subject": str(template.subject),
            "paragraphs": [str(paragraph) % {"lifetime": lifetime} for paragraph in template.paragraphs],
            "button": str(template.button),
            # Nothing that the user wrote goes to an address that may be a stranger's. The first name goes nowhere.
            "name": user.username if envelope.is_proven else "",
            "link": envelope.link,
            "site": settings.SITE_URL,
            "language": language,
        }
        message = EmailMultiAlternatives(
            subject=content["subject"],
            body=render_to_string("core/mail/message.txt", content),
            to=[envelope.recipient],
        )
        message.attach_alternative(render_to_string("core/mail/message.html", content), "text/html")
    return message
