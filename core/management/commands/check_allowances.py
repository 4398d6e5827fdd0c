"""`check_allowances [--fix]`: recompute every day's row and report what differs."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from core import clock
from core.allowance.services import check_days, check_transactions
from core.models import DailyAllowance


class Command(BaseCommand):
    """Ends with status 1 where anything differs, and with 0 once `--fix` has brought it up to date."""

    help = "Recompute every day's row and report what differs. Runs beside a live server, in constant memory."

    def add_arguments(self, parser: CommandParser) -> None:
        """`--fix`."""
        parser.add_argument("--fix", action="store_true", help="Bring the rows that differ up to date.")

    def handle(self, *args: Any, fix: bool, **options: Any) -> None:
        """One line for each column that differs, then a sum."""
        rows = DailyAllowance.objects.count()
        found = 0
        # Only for a person who watches, and only where it takes a moment.
        with tqdm(total=rows, unit="day", delay=1, disable=not sys.stderr.isatty()) as progress:
            for drift in check_transactions(mend=fix):
                found += 1
                self.stdout.write(str(drift))
            for drift in check_days(today_for=clock.today_for, mend=fix, on_chunk=progress.update):
                found += 1
                self.stdout.write(str(drift))
        if found and not fix:
            raise CommandError(f"{rows} days checked, {found} differences. --fix brings them up to date.")
        self.stdout.write(f"{rows} days checked, {found} differences{' mended' if found else ''}.")
