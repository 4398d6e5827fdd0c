"""`manage.py export_document`: the API's document, as the repository keeps it."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from core.urls import document


class Command(BaseCommand):
    """Writes to a file, or to the terminal without one."""

    help = "Write the API's Swagger document, indented and sorted."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """One, optional: where to."""
        parser.add_argument("file", nargs="?", type=Path, help="where to write; the terminal if not given")

    def handle(self, *args: Any, **options: Any) -> None:
        """Build and write."""
        if options["file"] is None:
            self.stdout.write(document.text, ending="")
        else:
            options["file"].write_text(document.text, encoding="utf-8")
            self.stdout.write(f"{options['file']}: {len(document.data['paths'])} paths")
