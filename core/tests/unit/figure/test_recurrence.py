"""The dates of schedules."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.kernel.recurrence import Frequency, Schedule, are_days_apart, get_default_month_days

RECURRING = [frequency for frequency in Frequency if frequency.recurs]


def days(text: str) -> list[date]:
    return [date.fromisoformat(word) for word in text.split()]


def schedule_of(frequency: str, anchor: str, *month_days: int) -> Schedule:
    day = date.fromisoformat(anchor)
    return Schedule(Frequency(frequency), day, month_days or get_default_month_days(Frequency(frequency), day))


@pytest.mark.parametrize(
    ("schedule", "dates"),
    [
        (schedule_of("once", "2026-02-14"), "2026-02-14"),
        (schedule_of("weekly", "2026-11-06"), "2026-01-02 2026-01-09 2026-01-16 2026-01-23 2026-01-30 2026-02-06"),
        (schedule_of("bi-weekly", "2026-11-06"), "2026-01-02 2026-01-16 2026-01-30 2026-02-13 2026-02-27"),
        (schedule_of("four-weekly", "2026-02-27"), "2026-01-02 2026-01-30 2026-02-27 2026-03-27"),
        (schedule_of("monthly", "2026-01-31"), "2026-01-31 2026-02-28 2026-03-31 2026-04-30"),
        (schedule_of("monthly", "2026-02-28", 31), "2026-01-31 2026-02-28 2026-03-31 2026-04-30"),
        (schedule_of("quarterly", "2026-11-30"), "2026-02-28 2026-05-30 2026-08-30"),
        (schedule_of("semi-annual", "2025-08-31"), "2026-02-28 2026-08-31"),
        (schedule_of("annual", "2024-02-29"), "2026-02-28 2027-02-28 2028-02-29"),
        (schedule_of("semi-monthly", "2026-11-15", 15, 31), "2026-01-15 2026-01-31 2026-02-15 2026-02-28 2026-03-15"),
        (schedule_of("semi-monthly", "2026-11-03"), "2026-01-03 2026-01-18 2026-02-03 2026-02-18 2026-03-03"),
    ],
)
def test_dates_step_from_the_anchor_both_ways_without_drifting(schedule, dates):
    expected = days(dates)

    assert schedule.dates_between(date(2026, 1, 1), expected[-1] + timedelta(days=1)) == expected


def test_a_daily_schedule_has_every_day():
    assert schedule_of("daily", "2030-01-01").dates_between(date(2026, 2, 27), date(2026, 3, 2)) == days(
        "2026-02-27 2026-02-28 2026-03-01"
    )


@pytest.mark.parametrize(
    ("anchor", "month_days"),
    [("2026-11-01", (1, 16)), ("2026-11-15", (15, 30)), ("2026-11-16", (1, 16)), ("2026-10-31", (16, 31))],
)
def test_a_second_day_of_the_month_is_15_days_from_the_anchors(anchor, month_days):
    day = date.fromisoformat(anchor)

    assert get_default_month_days(Frequency.SEMI_MONTHLY, day) == month_days
    assert get_default_month_days(Frequency.MONTHLY, day) == (day.day,)
    assert get_default_month_days(Frequency.WEEKLY, day) == ()


@pytest.mark.parametrize(
    ("pair", "apart"),
    [
        ((15, 31), True),
        ((1, 8), True),
        ((1, 7), False),
        ((7, 28), True),
        ((6, 28), False),
        ((1, 22), True),
        ((1, 23), False),
    ],
)
def test_two_days_of_the_month_lie_a_week_apart_over_its_end_too(pair, apart):
    assert are_days_apart(*pair) is apart


def test_once_is_its_anchor_alone():
    once = schedule_of("once", "2026-02-14")

    assert (once.includes(date(2026, 2, 14)), once.includes(date(2026, 2, 15)), once.includes(date(2026, 2, 13))) == (
        True,
        False,
        False,
    )
    assert once.dates_between(date(2026, 2, 15), date(2026, 3, 1)) == []
    assert [once.index_on_or_after(day) for day in days("2026-02-13 2026-02-14 2026-02-15")] == [0, 0, 1]


@st.composite
def schedules(draw: st.DrawFn) -> Schedule:
    frequency = draw(st.sampled_from(RECURRING))
    anchor = draw(st.dates(date(2000, 1, 1), date(2046, 12, 31)))
    return Schedule(frequency, anchor, get_default_month_days(frequency, anchor))


@given(schedule=schedules(), day=st.dates(date(2000, 1, 1), date(2046, 12, 31)))
def test_every_day_lies_between_two_neighbouring_dates(schedule, day):
    index = schedule.index_on_or_before(day)

    assert schedule.date_at(index) <= day < schedule.date_at(index + 1)
    assert schedule.includes(day) is (schedule.date_at(index) == day)
    assert schedule.includes(schedule.anchor)
    assert (
        schedule.date_at(schedule.index_on_or_after(day)) >= day > schedule.date_at(schedule.index_on_or_after(day) - 1)
    )
