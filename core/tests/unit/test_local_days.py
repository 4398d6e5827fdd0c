"""When a local day ends, in zones that set their clocks."""

import datetime
from zoneinfo import ZoneInfo, available_timezones

import pytest

from core.kernel.local_days import find_end_of_day

HOUR = datetime.timedelta(hours=1)
MOMENT = datetime.timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("zone", "day", "end"),
    [
        ("UTC", "2026-11-22", "2026-11-23T00:00"),
        ("Asia/Kathmandu", "2026-11-22", "2026-11-22T18:15"),
        ("Pacific/Kiritimati", "2026-11-22", "2026-11-22T10:00"),
        ("America/New_York", "2026-11-01", "2026-11-02T05:00"),  # A day of 25 hours.
        ("Europe/Berlin", "2026-03-29", "2026-03-29T22:00"),  # A day of 23 hours.
        ("America/Santiago", "2026-09-05", "2026-09-06T04:00"),  # There is no midnight: 00:00 is 01:00.
        ("America/Havana", "2026-10-31", "2026-11-01T04:00"),  # Midnight comes twice.
        ("America/Nuuk", "2026-03-28", "2026-03-29T01:00"),  # 23:00 is 00:00.
        ("Pacific/Apia", "2011-12-29", "2011-12-30T10:00"),  # The next day is left out.
    ],
)
def test_a_day_ends_with_the_first_instant_of_the_next(zone, day, end):
    found = find_end_of_day(day=datetime.date.fromisoformat(day), zone=ZoneInfo(zone))

    assert found == datetime.datetime.fromisoformat(end).replace(tzinfo=datetime.UTC)


@pytest.mark.parametrize("zone", sorted(zone for zone in available_timezones() if zone.startswith("America/")))
def test_until_then_it_is_that_day_and_no_more_afterwards(zone):
    here = ZoneInfo(zone)
    days = [datetime.date(2026, 1, 1) + datetime.timedelta(days=n) for n in range(365)]

    for day in days:
        end = find_end_of_day(day=day, zone=here)
        assert (end - MOMENT).astimezone(here).date() <= day < end.astimezone(here).date()
