"""Rules 2 to 4: schedules, which dates count, and when they take effect."""

from dataclasses import replace
from datetime import date

import pytest

from core.allowance.domain.dates import ItemDates, find_next_occurrence
from core.allowance.domain.scheduling import SetSchedule, check_adjust, set_schedule
from core.allowance.domain.values import Adjust, PlanItem
from core.kernel.errors import DomainError
from core.kernel.recurrence import Frequency
from core.tests.unit.figure.plans import day, expense, income


def dates_of(item: PlanItem, holiday_calendar: str = "") -> ItemDates:
    return ItemDates.of(item, holiday_calendar=holiday_calendar)


def counting(item: PlanItem, start: str, end: str) -> list[str]:
    return [one.isoformat() for one in dates_of(item).counting_between(day(start), day(end))]


def set_on(today: str, frequency: str, anchor: str, **more: object) -> SetSchedule:
    for name in ("start_date", "end_date"):
        if name in more:
            more[name] = day(more[name])
    return set_schedule(frequency=Frequency(frequency), anchor=day(anchor), today=day(today), **more)


def test_a_running_schedule_counts_its_dates_before_the_anchor():
    assert set_on("2026-11-22", "monthly", "2026-12-01").first_date is None
    assert counting(income(3000, "monthly", "2026-12-01"), "2026-10-01", "2027-01-01") == [
        "2026-10-01",
        "2026-11-01",
        "2026-12-01",
    ]


def test_a_schedule_that_does_not_run_has_its_anchor_as_first_date():
    assert set_on("2026-11-22", "monthly", "2027-03-01").first_date == date(2027, 3, 1)
    assert counting(expense(900, "monthly", "2027-03-01"), "2026-11-01", "2027-05-01") == ["2027-03-01", "2027-04-01"]


def test_a_schedule_runs_from_the_day_on_which_the_date_before_its_anchor_is_today():
    assert set_on("2026-11-01", "monthly", "2026-12-01").first_date is None
    assert set_on("2026-10-31", "monthly", "2026-12-01").first_date == date(2026, 12, 1)


def test_a_start_date_keeps_a_schedule_from_running():
    assert set_on("2026-11-22", "monthly", "2026-12-01", start_date="2026-11-02").first_date == date(2026, 12, 1)
    assert set_on("2026-11-22", "monthly", "2026-12-01", start_date="2026-11-01").first_date is None
    assert counting(income(1, "monthly", "2026-12-01", start="2026-09-15"), "2026-07-01", "2026-12-01") == [
        "2026-10-01",
        "2026-11-01",
    ]


def test_once_has_its_anchor_alone():
    once = expense(50, "once", "2026-12-24")

    assert counting(once, "2020-01-01", "2030-01-01") == ["2026-12-24"]
    assert not dates_of(once).is_counting(day("2026-12-25"))


def test_no_date_counts_after_the_end_date():
    item = expense(900, "monthly", "2026-12-01", end="2027-01-31")

    assert counting(item, "2026-12-01", "2027-06-01") == ["2026-12-01", "2027-01-01"]
    assert not dates_of(item).is_counting(day("2027-02-01"))
    assert list(dates_of(item).counting_from(day("2027-01-01"))) == [day("2027-01-01")]


def test_an_end_date_before_the_anchor_moves_the_anchor_back():
    dates = set_on("2026-12-05", "monthly", "2026-12-31", end_date="2026-12-15")

    assert (dates.anchor, dates.month_days, dates.first_date) == (date(2026, 11, 30), (31,), None)


@pytest.mark.parametrize(
    ("frequency", "anchor", "more"),
    [
        # A schedule that does not run has no date before its first.
        ("monthly", "2027-03-01", {"end_date": "2027-02-15"}),
        ("monthly", "2026-12-01", {"start_date": "2026-11-15", "end_date": "2026-11-20"}),
        ("once", "2026-12-01", {"end_date": "2026-11-20"}),
    ],
)
def test_an_end_date_that_leaves_no_date_is_refused(frequency, anchor, more):
    with pytest.raises(DomainError) as refused:
        set_on("2026-11-22", frequency, anchor, **more)
    assert (refused.value.field, refused.value.code) == ("end_date", "no_date_counts")


def test_an_anchor_before_the_start_date_is_refused():
    with pytest.raises(DomainError) as refused:
        set_on("2026-11-22", "monthly", "2026-12-01", start_date="2026-12-02")
    assert (refused.value.field, refused.value.code) == ("anchor", "before_start")


def test_an_end_date_before_the_start_date_is_refused():
    with pytest.raises(DomainError) as refused:
        set_on("2026-11-22", "monthly", "2026-12-01", start_date="2026-11-15", end_date="2026-11-14")
    assert (refused.value.field, refused.value.code) == ("end_date", "end_before_start")


@pytest.mark.parametrize("adjust", [Adjust.BEFORE, Adjust.AFTER])
def test_a_daily_item_is_not_moved_from_weekends(adjust):
    with pytest.raises(DomainError) as refused:
        check_adjust(frequency=Frequency.DAILY, adjust=adjust)
    assert (refused.value.field, refused.value.code) == ("adjust", "daily_adjust")
    check_adjust(frequency=Frequency.DAILY, adjust=Adjust.NONE)
    check_adjust(frequency=Frequency.WEEKLY, adjust=adjust)


def test_a_date_moved_on_along_its_schedule_leaves_a_running_one_running():
    before = income(3000, "monthly", "2026-12-01")
    moved = set_on("2026-11-30", "monthly", "2027-03-01", before=before)

    assert moved == SetSchedule(anchor=date(2027, 3, 1), month_days=(1,), first_date=None, is_new=False)


def test_a_date_moved_along_its_schedule_keeps_the_first_date_of_one_that_does_not_run():
    before = expense(900, "monthly", "2027-03-01")

    assert set_on("2027-02-28", "monthly", "2027-04-01", before=before).first_date == date(2027, 3, 1)
    assert set_on("2026-11-30", "monthly", "2027-02-01", before=before).first_date == date(2027, 2, 1)


def test_a_start_date_after_the_date_before_the_anchor_ends_the_running():
    before = income(3000, "monthly", "2026-12-01")

    moved = set_on("2026-11-30", "monthly", "2026-12-01", start_date="2026-11-15", before=before)

    assert (moved.first_date, moved.is_new) == (date(2026, 12, 1), False)


def test_a_schedule_moved_to_one_of_its_own_clamped_dates_keeps_its_day():
    before = expense(900, "monthly", "2027-01-31")

    assert set_on("2027-01-20", "monthly", "2027-02-28", before=before).month_days == (31,)
    assert set_on("2027-01-20", "monthly", "2027-02-27", before=before) == SetSchedule(
        anchor=date(2027, 2, 27), month_days=(27,), first_date=date(2027, 2, 27), is_new=True
    )


def test_another_frequency_is_another_schedule():
    before = expense(900, "monthly", "2027-01-31")

    assert set_on("2027-01-20", "quarterly", "2027-01-31", before=before).is_new


def test_other_days_of_the_month_are_another_schedule():
    before = income(900, "semi-monthly", "2026-12-15", days=(15, 31))

    assert set_on("2026-12-01", "semi-monthly", "2026-12-15", days=[15, 30], before=before).is_new
    assert not set_on("2026-12-01", "semi-monthly", "2026-12-31", days=[31, 15], before=before).is_new
    assert set_on("2026-12-01", "semi-monthly", "2026-12-31", before=before).month_days == (15, 31)


@pytest.mark.parametrize(
    ("frequency", "days", "code"),
    [
        ("monthly", [1, 15], "not_semi_monthly"),
        ("semi-monthly", [15], "bad_days"),
        ("semi-monthly", [1, 5], "bad_days"),
        ("semi-monthly", [0, 15], "bad_days"),
        ("semi-monthly", [15, 32], "bad_days"),
        ("semi-monthly", [2, 16], "date_not_among_days"),
    ],
)
def test_days_that_make_no_schedule_are_refused(frequency, days, code):
    with pytest.raises(DomainError) as refused:
        set_on("2026-11-22", frequency, "2026-12-01", days=days)
    assert (refused.value.field, refused.value.code) == ("days", code)


@pytest.mark.parametrize(
    ("adjust", "on_date", "effective"),
    [
        (Adjust.NONE, "2026-11-01", "2026-11-01"),
        (Adjust.BEFORE, "2026-11-01", "2026-10-30"),
        (Adjust.AFTER, "2026-11-01", "2026-11-02"),
        (Adjust.BEFORE, "2026-12-01", "2026-12-01"),
        # New Year's Day, a Friday.
        (Adjust.AFTER, "2027-01-01", "2027-01-04"),
        (Adjust.BEFORE, "2027-01-01", "2026-12-31"),
    ],
)
def test_a_date_takes_effect_on_a_working_day(adjust, on_date, effective):
    item = income(3000, "monthly", "2026-12-01", adjust=adjust)

    assert dates_of(item, "ECB").effective(day(on_date)) == day(effective)


@pytest.mark.parametrize("adjust", Adjust)
def test_dates_are_found_by_the_day_on_which_they_take_effect(adjust):
    dates = dates_of(income(3000, "monthly", "2026-12-01", adjust=adjust))

    assert [on_date for _day, on_date in dates.effective_between(day("2026-10-30"), day("2026-11-03"))] == [
        day("2026-11-01")
    ]


def test_the_next_occurrence_is_the_first_date_that_counts_from_today_on():
    running = dates_of(income(3000, "monthly", "2026-12-01"))
    later = dates_of(expense(900, "monthly", "2027-03-01"))
    ended = dates_of(expense(900, "monthly", "2026-12-01", end="2026-12-31"))
    once = dates_of(expense(900, "once", "2026-12-24"))

    assert find_next_occurrence(dates=running, today=day("2026-11-01")) == day("2026-11-01")
    assert find_next_occurrence(dates=running, today=day("2026-11-02")) == day("2026-12-01")
    assert find_next_occurrence(dates=later, today=day("2026-11-22")) == day("2027-03-01")
    assert find_next_occurrence(dates=ended, today=day("2026-12-02")) is None
    assert find_next_occurrence(dates=once, today=day("2026-12-24")) == day("2026-12-24")
    assert find_next_occurrence(dates=once, today=day("2026-12-25")) is None


def test_the_dates_beside_a_date_are_those_of_the_schedule_whether_they_count_or_not():
    dates = dates_of(replace(expense(900, "annual", "2027-01-15"), end_date=day("2027-01-15")))

    assert (dates.previous(day("2027-01-15")), dates.following(day("2027-01-15"))) == (
        day("2026-01-15"),
        day("2028-01-15"),
    )
