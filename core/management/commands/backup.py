"""`manage.py backup`: a consistent copy of the whole database."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.operations.backup import BackupError, backup


class Command(BaseCommand):
    """Write a copy of the database to a file, while the service runs."""

    help = "Writes a copy of the database to a file, while the service runs."
    requires_migrations_checks = True

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the path of the file."""
        parser.add_argument("path", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the copy. Raises CommandError where it cannot be written."""
        try:
            backup(path=options["path"])
        except BackupError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Written: {options['path']}")
