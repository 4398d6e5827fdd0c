"""What the mails say, in the reader's language."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.models import MailKind

Words = str | Promise


@dataclass(frozen=True, slots=True)
class Letter:
    """The words of one kind of mail. `button` names the link of a mail that has one."""

    subject: Words
    paragraphs: tuple[Words, ...]
    button: Words = ""


_NOT_YOU = _("If that was not you, reset your password at once: whoever did it is logged in as you.")

LETTERS: dict[str, Letter] = {
    MailKind.PASSWORD_RESET: Letter(
        subject=_("Choose a new password"),
        paragraphs=(
            _("You asked for a new password. The link below works once, for one hour."),
            _("If you did not ask, do nothing: your password stays as it is."),
        ),
        button=_("Choose a new password"),
    ),
    MailKind.USERNAME_RESET: Letter(
        subject=_("Choose a new username"),
        paragraphs=(
            _("You asked for a new username. The link below works once, for one hour."),
            _("If you did not ask, do nothing: your username stays as it is."),
        ),
        button=_("Choose a new username"),
    ),
    MailKind.PASSWORD_CHANGED: Letter(
        subject=_("Your password was changed"),
        paragraphs=(_("Your password was changed, and every device was logged out."), _NOT_YOU),
    ),
    MailKind.USERNAME_CHANGED: Letter(
        subject=_("Your username was changed"),
        paragraphs=(_("Your username was changed. Log in with the new one, or with your e-mail address."), _NOT_YOU),
    ),
    MailKind.EMAIL_CHANGED: Letter(
        subject=_("Your e-mail address was changed"),
        paragraphs=(
            _("The account that had this address has another one now. Mail goes there from now on."),
            _("If that was not you, somebody else has your password. Write to us at once."),
        ),
    ),
    MailKind.SECOND_FACTOR_ENABLED: Letter(
        subject=_("Two-factor login is on"),
        paragraphs=(_("From now on, logging in takes a code besides the password."), _NOT_YOU),
    ),
    MailKind.SECOND_FACTOR_DISABLED: Letter(
        subject=_("Two-factor login is off"),
        paragraphs=(_("From now on, the password alone logs you in."), _NOT_YOU),
    ),
}
