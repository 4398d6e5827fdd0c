"""Rules for new passwords beyond Django's own."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from core.kernel.passwords import PASSWORD_LENGTH
from core.models import User


class MaximumLengthValidator:
    """Refuse passwords that are longer than a login accepts."""

    def validate(self, password: str, user: User | None = None) -> None:
        """Raise ValidationError for a password that is too long."""
        if len(password) > PASSWORD_LENGTH:
            raise ValidationError(self.get_help_text(), code="password_too_long")

    def get_help_text(self) -> str:
        """Return the rule as a sentence."""
        return str(_("Your password can have at most %(length)d characters.") % {"length": PASSWORD_LENGTH})
