"""`check_allowances [--fix]`: recompute every day's row and report what differs."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core import clock
from core.allowance.services import check_days, check_transactions, count_days_to_check
from core.management.progress import show_progress


class Command(BaseCommand):
    """Ends with status 1 where anything differs, and with 0 once `--fix` has brought it up to date."""

    help = "Recompute every day's row and report what differs. Runs beside a live server, in constant memory."

    def add_arguments(self, parser: CommandParser) -> None:
        """`--fix`."""
        parser.add_argument("--fix", action="store_true", help="Bring the rows that differ up to date.")

    def handle(self, *args: Any, fix: bool, **options: Any) -> None:
        """One line for each column that differs, then a sum."""
        rows = count_days_to_check()
        found = 0
        with show_progress(name="check_allowances", total=rows, unit="day", stderr=self.stderr) as advance:
            for drift in check_transactions(mend=fix):
                found += 1
                self.stdout.write(str(drift))
            for drift in check_days(today_for=clock.today_for, mend=fix, on_chunk=advance):
                found += 1
                self.stdout.write(str(drift))
        if found and not fix:
            raise CommandError(f"{rows} days checked, {found} differences. --fix brings them up to date.")
        self.stdout.write(f"{rows} days checked, {found} differences{' mended' if found else ''}.")
