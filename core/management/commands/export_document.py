"""`manage.py export_document`: the API's document, as the repository keeps it."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.urls import document


class Command(BaseCommand):
    """Write the document to a file, or to the terminal."""

    help = "Write the API's Swagger document, indented and sorted."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the optional path of the file."""
        parser.add_argument("file", nargs="?", type=Path, help="where to write; the terminal if not given")

    def handle(self, *args: Any, **options: Any) -> None:
        """Build the document and write it. Raises CommandError where the file cannot be written."""
        if options["file"] is None:
            self.stdout.write(document.text, ending="")
        else:
            try:
                options["file"].write_text(document.text, encoding="utf-8")
            except OSError as error:
                raise CommandError(f"{options['file']} cannot be written: {error.strerror}.") from error
            self.stdout.write(f"{options['file']}: {len(document.data['paths'])} paths")
