"""Remove the second factor of an account."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core import clock
from core.accounts.services.second_factor import SecondFactorIsOff, remove_second_factor
from core.models import User


class Command(BaseCommand):
    """Remove it, once the operator has identified the owner. Mails a notice and records an event."""

    help = "Takes the second factor off an account, so that its password alone logs in."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the account's name."""
        parser.add_argument("username", help="username or e-mail address")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run it. Raises CommandError where there is no such account, or it has no second factor."""
        user = User.objects.find_by_login(options["username"])
        if user is None:
            raise CommandError("There is no such account.")
        try:
            remove_second_factor(user_id=user.pk, now=clock.now())
        except SecondFactorIsOff as error:
            raise CommandError("The account has no second factor.") from error
        self.stdout.write(f"The second factor of {user.username} is off.")
