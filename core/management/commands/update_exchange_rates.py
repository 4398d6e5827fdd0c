"""Store exchange rates from the feed."""

from argparse import ArgumentParser
from contextlib import AbstractContextManager
from datetime import timedelta
from io import RawIOBase
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from core import clock
from core.allowance.services import RatesUpdate, update_rates
from core.currencies.feed import FeedError, read_days
from core.currencies.transport import open_file, open_url

LATE_AFTER = timedelta(days=5)
"""Rates come on working days; over Easter there are none for four days."""


class Command(BaseCommand):
    """`update_exchange_rates [--file PATH]`."""

    help = (
        "Read reference rates of the European Central Bank (daily, 90 days or the full history) from "
        "EXCHANGE_RATES_URL, or from a file, and bring today's figures up to date that depend on them. All of the "
        "feed is taken in, or, where it is broken, nothing: then the exit status is 1. A feed that is only late is "
        "taken in with a warning. Running it again changes nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the file."""
        parser.add_argument("--file", type=Path, help="read this file instead of EXCHANGE_RATES_URL")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read the feed, store its rates, and print a report."""
        path: Path | None = options["file"]
        source: AbstractContextManager[RawIOBase] = (
            open_file(path=path) if path else open_url(url=settings.EXCHANGE_RATES_URL)
        )
        try:
            with source as stream:
                # A bar on a terminal, nothing in a log.
                days = tqdm(read_days(stream=stream), desc="Reading", unit=" days", disable=None, file=self.stderr)
                update = update_rates(days=days, today_for=clock.today_for)
        except FeedError as error:
            raise CommandError(f"{error} Nothing was changed.") from error
        self._report(update)

    def _report(self, update: RatesUpdate) -> None:
        feed = update.feed
        self.stdout.write(
            f"Read {feed.rates} rates of {feed.days} days, the newest of {feed.newest}: {feed.new} new, "
            f"{feed.changed} changed, {feed.unchanged} known already, {feed.kept_from_staff} kept as staff entered it."
        )
        if feed.skipped:
            self.stdout.write(f"Skipped {len(feed.skipped)} currencies not offered here: {', '.join(feed.skipped)}.")
        self.stdout.write(f"Figures of today brought up to date: {update.figures.written}.")
        if update.figures.failed:
            self.stderr.write(f"Figures that could not be computed and stay as they were: {update.figures.failed}.")
        today = clock.now().date()
        if today - feed.newest > LATE_AFTER:
            self.stderr.write(
                f"The feed is late: its newest day, {feed.newest}, is {(today - feed.newest).days} days old."
            )
