"""The texts of mails, translated when a mail is sent."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.models import MailKind

Text = str | Promise


@dataclass(frozen=True, slots=True)
class MailTemplate:
    """The text of one kind of mail. `button` is the label of the link, where there is one.

    `%(lifetime)s` in a paragraph stands for how long the link holds.
    """

    subject: Text
    paragraphs: tuple[Text, ...]
    button: Text = ""


LIFETIMES: dict[timedelta, Text] = {timedelta(hours=1): _("one hour"), timedelta(days=1): _("24 hours")}

_NOT_YOU = _("If that was not you, reset your password at once: whoever did it is logged in as you.")

MAIL_TEMPLATES: dict[str, MailTemplate] = {
    MailKind.REGISTRATION: MailTemplate(
        subject=_("Confirm your e-mail address"),
        paragraphs=(
            _(
                "An account was opened with this address. Confirm that it is yours. "
                "The link below works once, for %(lifetime)s."
            ),
            _("Until then this address gets no other mail but links that somebody asks for."),
            _("If you did not open an account, do nothing."),
        ),
        button=_("Confirm the address"),
    ),
    MailKind.EMAIL_VERIFICATION: MailTemplate(
        subject=_("Confirm your e-mail address"),
        paragraphs=(
            _("Confirm that this address is yours. The link below works once, for %(lifetime)s."),
            _("If you have no account with this address, do nothing."),
        ),
        button=_("Confirm the address"),
    ),
    MailKind.PASSWORD_RESET: MailTemplate(
        subject=_("Choose a new password"),
        paragraphs=(
            _("You asked for a new password. The link below works once, for %(lifetime)s."),
            _("If you did not ask, do nothing: your password stays as it is."),
        ),
        button=_("Choose a new password"),
    ),
    MailKind.USERNAME_RESET: MailTemplate(
        subject=_("Choose a new username"),
        paragraphs=(
            _("You asked for a new username. The link below works once, for %(lifetime)s."),
            _("If you did not ask, do nothing: your username stays as it is."),
        ),
        button=_("Choose a new username"),
    ),
    MailKind.PASSWORD_CHANGED: MailTemplate(
        subject=_("Your password was changed"),
        paragraphs=(_("Your password was changed, and every device was logged out."), _NOT_YOU),
    ),
    MailKind.USERNAME_CHANGED: MailTemplate(
        subject=_("Your username was changed"),
        paragraphs=(_("Your username was changed. Log in with the new one, or with your e-mail address."), _NOT_YOU),
    ),
    MailKind.EMAIL_CHANGED: MailTemplate(
        subject=_("Your e-mail address was changed"),
        paragraphs=(
            _(
                "The account that had this address has another one now. "
                "Links to a new password still go to this one, until the other one is confirmed."
            ),
            _("If that was not you, somebody else has your password. Choose a new one at once."),
        ),
    ),
    MailKind.SECOND_FACTOR_ENABLED: MailTemplate(
        subject=_("Two-factor login is on"),
        paragraphs=(_("From now on, logging in takes a code besides the password."), _NOT_YOU),
    ),
    MailKind.SECOND_FACTOR_DISABLED: MailTemplate(
        subject=_("Two-factor login is off"),
        paragraphs=(_("From now on, the password alone logs you in."), _NOT_YOU),
    ),
}
