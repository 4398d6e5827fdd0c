"""Calendar days of a time zone."""

from datetime import UTC, date, datetime, time, timedelta, tzinfo


def find_end_of_day(*, day: date, zone: tzinfo) -> datetime:
    """Return the instant, in UTC, at which a local day ends: the first one of the next day.

    Where the clock is set forward over midnight that is the instant of the change; where midnight comes twice, the
    first one.
    """
    return datetime.combine(day + timedelta(days=1), time.min, tzinfo=zone).astimezone(UTC)
