"""`manage.py restore`: fill an empty database from a copy."""

from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from core import clock
from core.accounts.services.restoring import end_logins_after_restore
from core.operations.backup import BackupError, restore


class Command(BaseCommand):
    """Fill an empty database from a copy, bring its tables up to date, and end every login that the copy brought back.

    Sessions that were revoked and codes that were used since the copy was made must not work again.
    """

    help = "Fill an empty database from a copy, bring its tables up to date, and end every login of the copy."
    # The database may have no tables yet.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the path of the copy."""
        parser.add_argument("path", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        """Restore the copy. Raises CommandError."""
        try:
            restore(path=options["path"])
        except BackupError as error:
            raise CommandError(str(error)) from error
        call_command("migrate", verbosity=0, interactive=False)
        ended = end_logins_after_restore(now=clock.now())
        self.stdout.write(f"Restored: {options['path']}. Sessions ended for {ended.accounts} accounts.")
        self.stdout.write("Backup codes are void. Next: manage.py check_allowances")
