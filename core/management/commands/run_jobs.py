"""`manage.py run_jobs`: the regular jobs without a worker, for cron."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.jobs import JOBS, run_job


class Command(BaseCommand):
    """Run the named jobs, or all of them, one after the other."""

    help = "Run regular jobs now. Without a name: all of them."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the names of the jobs."""
        parser.add_argument("names", nargs="*", metavar="JOB", help=", ".join(JOBS))

    def handle(self, *args: Any, **options: Any) -> None:
        """Run each job, also where another one failed. Raises CommandError at the end for those that failed."""
        unknown = [name for name in options["names"] if name not in JOBS]
        if unknown:
            raise CommandError(f"No such job: {', '.join(unknown)}. There are: {', '.join(JOBS)}.")
        failed = []
        for name in options["names"] or JOBS:
            try:
                result = run_job(name)
            except Exception as error:  # noqa: BLE001
                failed.append(name)
                self.stderr.write(f"{name}: {error}")
            else:
                shown = ", ".join(f"{what} {number}" for what, number in result.items())
                self.stdout.write(f"{name}: {shown or 'done'}")
        if failed:
            raise CommandError(f"Failed: {', '.join(failed)}.")
