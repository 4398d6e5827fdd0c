"""`manage.py restore`: an empty database filled from a copy."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.operations.backup import BackupError, restore


class Command(BaseCommand):
    """Fills an empty database from a copy."""

    help = "Fills an empty database from a copy."
    # The database may have no tables yet.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """The file."""
        parser.add_argument("path", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        """One call; a failure ends with one line and status 1."""
        try:
            restore(path=options["path"])
        except BackupError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Restored: {options['path']}")
