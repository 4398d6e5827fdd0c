"""The days that rows may name."""

from datetime import date

EARLIEST_DATE = date(2000, 1, 1)
"""The first day that a schedule, a transaction or a question may name."""

LATEST_DATE = date(2199, 12, 31)
"""The last day that storage accepts for a schedule. Steps from it stay inside `datetime.date`."""

SCHEDULE_HORIZON_YEARS = 20
"""How many years after today a client may place a schedule's date."""


def find_latest_date(*, today: date) -> date:
    """Return the last day on which a client may place a schedule's date."""
    # Most years have no 29 February.
    day = min(today.day, 28) if today.month == 2 else today.day
    return today.replace(year=today.year + SCHEDULE_HORIZON_YEARS, day=day)
