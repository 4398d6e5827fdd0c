"""`check_allowances [--fix]`: recompute every day's row and report what differs."""

from itertools import chain
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core import clock
from core.allowance.services import check_days, check_periods, check_transactions, count_days_to_check
from core.management.progress import show_progress


class Command(BaseCommand):
    """Exit with status 1 where anything differs, and with 0 once `--fix` has refreshed it."""

    help = "Recompute every day's row and report what differs. Runs beside a live server, in constant memory."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add `--fix`."""
        parser.add_argument("--fix", action="store_true", help="Bring the rows that differ up to date.")

    def handle(self, *args: Any, fix: bool, **options: Any) -> None:
        """Print a line for each column that differs, then the numbers. Raises CommandError."""
        rows = count_days_to_check()
        found = stuck = 0
        with show_progress(name="check_allowances", total=rows, unit="day", stderr=self.stderr) as advance:
            drifts = chain(
                check_transactions(mend=fix),
                check_periods(today_for=clock.today_for, mend=fix),
                check_days(today_for=clock.today_for, mend=fix, on_chunk=advance),
            )
            for drift in drifts:
                found += 1
                stuck += bool(drift.problem)
                self.stdout.write(str(drift))
        if stuck:
            raise CommandError(f"{rows} days checked, {found} differences, {stuck} of which cannot be recomputed.")
        if found and not fix:
            raise CommandError(f"{rows} days checked, {found} differences. --fix brings them up to date.")
        self.stdout.write(f"{rows} days checked, {found} differences{' mended' if found else ''}.")
