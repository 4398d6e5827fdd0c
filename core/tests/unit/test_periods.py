"""Pay periods run from one payday up to the next."""

from datetime import timedelta

import pytest

from core.kernel.frequencies import Frequency
from core.kernel.periods import PayCalendar, PayPeriod
from core.tests.unit.builders import RECURRING, calendar_of, day


def test_a_payday_belongs_to_the_period_that_it_starts() -> None:
    calendar = calendar_of("monthly", "2026-11-15")

    before = PayPeriod(start=day("2026-10-15"), end=day("2026-11-15"))
    after = PayPeriod(start=day("2026-11-15"), end=day("2026-12-15"))
    assert calendar.period_containing(day("2026-11-14")) == before
    assert calendar.period_containing(day("2026-11-15")) == after
    assert calendar.period_containing(day("2026-12-14")) == after


def test_paydays_reach_into_the_past_of_the_anchor() -> None:
    calendar = calendar_of("weekly", "2026-11-06")

    period = calendar.period_containing(day("2026-01-01"))

    # 6 November less 45 weeks.
    assert period == PayPeriod(start=day("2025-12-26"), end=day("2026-01-02"))


def test_a_period_counts_its_days_and_those_that_are_left() -> None:
    period = PayPeriod(start=day("2026-11-01"), end=day("2026-12-01"))

    assert period.days == 30
    assert period.last_day == day("2026-11-30")
    assert period.days_left(day("2026-11-01")) == 30
    assert period.days_left(day("2026-11-22")) == 9
    assert period.days_left(day("2026-11-30")) == 1


@pytest.mark.parametrize("frequency", RECURRING)
def test_periods_follow_each_other_without_a_gap(frequency: Frequency) -> None:
    calendar = calendar_of(frequency.value, "2024-01-31")

    period = calendar.period_containing(day("2024-01-01"))
    for _ in range(30):
        following = calendar.period_containing(period.end)
        assert following.start == period.end
        assert calendar.period_containing(period.last_day) == period
        assert calendar.payday_on_or_before(period.last_day) == period.start
        assert period.days >= 1
        period = following


def test_without_an_income_each_first_of_the_month_is_a_payday() -> None:
    calendar = PayCalendar.of_calendar_months()

    assert calendar.frequency is Frequency.MONTHLY
    assert calendar.period_containing(day("1999-12-31")).start == day("1999-12-01")
    assert calendar.period_containing(day("2026-02-28")) == PayPeriod(start=day("2026-02-01"), end=day("2026-03-01"))


def test_paydays_are_counted_with_both_days() -> None:
    calendar = calendar_of("weekly", "2026-11-06")

    # The 6th, 13th, 20th and 27th.
    assert calendar.count_paydays(day("2026-11-06"), day("2026-11-27")) == 4
    assert calendar.count_paydays(day("2026-11-07"), day("2026-11-26")) == 2
    assert calendar.count_paydays(day("2026-11-13"), day("2026-11-13")) == 1
    assert calendar.count_paydays(day("2026-11-14"), day("2026-11-13")) == 0


def test_a_calendar_reaches_from_the_first_day_of_the_app_to_the_last() -> None:
    calendar = calendar_of("annual", "2000-01-01")

    assert calendar.count_paydays(day("2000-01-01"), day("2199-12-31")) == 200
    assert calendar.period_containing(day("2199-12-31") + timedelta(days=1)).start == day("2200-01-01")
