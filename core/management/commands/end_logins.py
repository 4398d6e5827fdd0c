"""`manage.py end_logins`: after a restore."""

from typing import Any

from django.core.management.base import BaseCommand

from core import clock
from core.accounts.services.restoring import end_logins_after_restore


class Command(BaseCommand):
    """End every session and void one-time codes, which a restored copy has brought back."""

    help = "End every session and void one-time codes, after the database was filled from a copy."

    def handle(self, *args: Any, **options: Any) -> None:
        """End them, and print their numbers."""
        ended = end_logins_after_restore(now=clock.now())
        self.stdout.write(
            f"Sessions ended for {ended.accounts} accounts; {ended.second_factors} second factors stay, "
            f"{ended.backup_codes} backup codes are void."
        )
