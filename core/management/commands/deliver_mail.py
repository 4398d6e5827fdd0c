"""Send the mail that is due."""

from typing import Any

from django.core.management.base import BaseCommand

from core import clock
from core.accounts.services.mail import deliver_due_mail


class Command(BaseCommand):
    """Send the mail that is due once, for a timer. The server's thread does the same after each change."""

    help = "Sends the mail that is due and says how much of it went out."

    def handle(self, *args: Any, **options: Any) -> None:
        """Run it."""
        delivery = deliver_due_mail(now=clock.now())
        if options["verbosity"]:
            self.stdout.write(f"sent {delivery.sent}, failed {delivery.failed}")
