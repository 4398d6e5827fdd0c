"""Read the dates of all items in a range of days."""

from datetime import date, timedelta

from core.allowance.domain.path import LONGEST_AHEAD_DAYS
from core.allowance.domain.upcoming import UpcomingDate, find_running_period, list_upcoming
from core.allowance.queries.figures import load_running_snapshot
from core.kernel.errors import DomainError
from core.models import User

LONGEST_BACK_DAYS = 400


def load_upcoming(
    *, owner: User, today: date, since: date | None = None, until: date | None = None
) -> list[UpcomingDate]:
    """Return the dates that take effect from `since` to `until`, both included, in that order.

    From the first day of the pay period that runs today to the next payday where they are not given. The number of
    statements does not depend on how many items there are. Raises DomainError on the field of a bound that is too far
    away or before the other one, and UnknownRate.
    """
    _check_bound("since", since, today)
    _check_bound("until", until, today)
    snapshot = load_running_snapshot(owner=owner, today=today, since=since)
    period = find_running_period(snapshot=snapshot)
    first = period.start if since is None else since
    last = period.end if until is None else until
    if last < first:
        raise DomainError(f"Must not lie before {first}.", code="until_before_since", field="until")
    return list_upcoming(snapshot=snapshot, since=first, until=last)


def _check_bound(field: str, day: date | None, today: date) -> None:
    earliest, latest = today - timedelta(days=LONGEST_BACK_DAYS), today + timedelta(days=LONGEST_AHEAD_DAYS)
    if day is not None and not earliest <= day <= latest:
        raise DomainError(f"Must lie from {earliest} to {latest}.", code="date_out_of_range", field=field)
