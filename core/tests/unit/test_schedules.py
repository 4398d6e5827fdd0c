"""Schedules answer by index what a walk along the dates would find."""

from datetime import date, timedelta

import pytest

from core.kernel.frequencies import Frequency
from core.kernel.schedules import EARLIEST_DATE, LATEST_DATE, Schedule, count_days_of_month
from core.tests.unit.builders import RECURRING, day
from core.tests.unit.reference import all_dates

ANCHORS = [
    date(2024, 1, 15),
    date(2024, 1, 29),
    date(2024, 1, 31),
    date(2024, 2, 29),
    date(2023, 2, 28),
    date(2023, 4, 30),
    date(2023, 12, 31),
    date(2001, 8, 31),
    date(2044, 5, 30),
]
WINDOW_START, WINDOW_END = date(2023, 1, 1), date(2025, 6, 1)


@pytest.mark.parametrize("frequency", RECURRING)
@pytest.mark.parametrize("anchor", ANCHORS)
def test_indices_agree_with_a_walk_on_every_day(anchor: date, frequency: Frequency) -> None:
    schedule = Schedule(anchor=anchor, frequency=frequency)
    dates = all_dates(anchor, frequency.value, date(2021, 1, 1), date(2028, 1, 1))

    today = WINDOW_START
    while today < WINDOW_END:
        index = schedule.index_on_or_before(today)
        after = schedule.index_on_or_after(today)

        assert schedule.date_at(index) == max(found for found in dates if found <= today)
        assert schedule.date_at(index + 1) == min(found for found in dates if found > today)
        assert schedule.date_at(after) == min(found for found in dates if found >= today)
        today += timedelta(days=1 if frequency is not Frequency.DAILY else 17)


@pytest.mark.parametrize("frequency", RECURRING)
@pytest.mark.parametrize("anchor", ANCHORS)
def test_counting_agrees_with_a_walk(anchor: date, frequency: Frequency) -> None:
    schedule = Schedule(anchor=anchor, frequency=frequency)
    dates = all_dates(anchor, frequency.value, date(2021, 1, 1), date(2028, 1, 1))

    for offset in range(0, 500, 13):
        start = WINDOW_START + timedelta(days=offset)
        for length in (0, 1, 6, 7, 28, 30, 31, 90, 366):
            end = start + timedelta(days=length)

            assert schedule.count_between(start, end) == len([found for found in dates if start <= found < end])


def test_a_stretch_that_ends_before_it_starts_has_no_dates() -> None:
    schedule = Schedule(anchor=day("2026-01-01"), frequency=Frequency.DAILY)

    assert schedule.count_between(day("2026-01-10"), day("2026-01-05")) == 0


def test_month_steps_count_from_the_anchor_and_clamp() -> None:
    schedule = Schedule(anchor=day("2026-01-31"), frequency=Frequency.MONTHLY)

    assert [schedule.date_at(index).isoformat() for index in range(-2, 6)] == [
        "2025-11-30",
        "2025-12-31",
        "2026-01-31",
        "2026-02-28",
        "2026-03-31",
        "2026-04-30",
        "2026-05-31",
        "2026-06-30",
    ]


def test_a_leap_day_comes_back_every_fourth_year() -> None:
    schedule = Schedule(anchor=day("2024-02-29"), frequency=Frequency.ANNUAL)

    assert [schedule.date_at(index).isoformat() for index in range(-1, 5)] == [
        "2023-02-28",
        "2024-02-29",
        "2025-02-28",
        "2026-02-28",
        "2027-02-28",
        "2028-02-29",
    ]


@pytest.mark.parametrize(("anchor", "clamped"), [("2026-01-29", 28), ("2026-01-30", 28), ("2026-01-31", 28)])
def test_the_clamped_day_is_the_date_and_the_day_before_is_not(anchor: str, clamped: int) -> None:
    schedule = Schedule(anchor=day(anchor), frequency=Frequency.MONTHLY)

    assert schedule.index_on_or_before(date(2026, 2, clamped)) == 1
    assert schedule.index_on_or_before(date(2026, 2, clamped - 1)) == 0


def test_once_has_its_anchor_alone() -> None:
    schedule = Schedule(anchor=day("2026-11-22"), frequency=Frequency.ONCE)

    assert schedule.date_at(0) == day("2026-11-22")
    for index in (-1, 1):
        with pytest.raises(ValueError, match="does not recur"):
            schedule.date_at(index)


@pytest.mark.parametrize("frequency", RECURRING)
def test_the_days_that_may_be_named_have_room_on_both_sides(frequency: Frequency) -> None:
    for edge in (EARLIEST_DATE, LATEST_DATE):
        schedule = Schedule(anchor=edge, frequency=frequency)

        assert schedule.date_at(-1) < edge < schedule.date_at(1)


@pytest.mark.parametrize("frequency", RECURRING)
def test_beyond_the_calendar_there_is_no_date(frequency: Frequency) -> None:
    schedule = Schedule(anchor=day("2026-01-31"), frequency=frequency)

    with pytest.raises((ValueError, OverflowError)):
        schedule.date_at(10**7)


@pytest.mark.parametrize(
    ("year", "month", "days"),
    [(2026, 1, 31), (2026, 2, 28), (2024, 2, 29), (1900, 2, 28), (2000, 2, 29), (2026, 4, 30), (2026, 12, 31)],
)
def test_months_have_the_days_of_the_gregorian_calendar(year: int, month: int, days: int) -> None:
    assert count_days_of_month(year=year, month=month) == days
