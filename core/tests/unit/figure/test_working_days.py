"""Working days of calendars."""

from datetime import date

import pytest

from core.kernel.working_days import (
    get_weekend,
    get_working_day_on_or_after,
    get_working_day_on_or_before,
    is_working_day,
    list_calendar_codes,
    list_holidays,
)


def test_calendars_are_countries_their_subdivisions_and_markets():
    codes = list_calendar_codes()

    assert {"US", "DE-BY", "GB-ENG", "SA", "ECB"} <= set(codes)
    assert list(codes) == sorted(set(codes))
    assert {"", "USA", "DE-QQ"}.isdisjoint(codes)


@pytest.mark.parametrize("code", ["", "ZZ", "DE-QQ", "QQQ"])
def test_without_a_known_calendar_only_saturday_and_sunday_are_off(code):
    week = [date(2026, 11, 30), *(date(2026, 12, day) for day in range(1, 7))]

    assert [is_working_day(code, day) for day in week] == [True] * 5 + [False] * 2
    assert is_working_day(code, date(2026, 12, 25))
    assert get_weekend(code, 2026) == (5, 6)
    assert list_holidays(code, 2026) == []


def test_a_market_is_closed_on_its_holidays():
    assert [day for day, _name in list_holidays("ECB", 2026)] == [
        date(2026, 1, 1),
        date(2026, 4, 3),
        date(2026, 4, 6),
        date(2026, 5, 1),
        date(2026, 12, 25),
        date(2026, 12, 26),
    ]
    assert not is_working_day("ECB", date(2026, 4, 3))


def test_a_subdivision_has_its_own_holidays():
    epiphany = date(2026, 1, 6)

    assert (is_working_day("DE", epiphany), is_working_day("DE-BY", epiphany)) == (True, False)


def test_the_weekend_is_the_calendars_own():
    assert get_weekend("SA", 2026) == (4, 5)
    assert [is_working_day("SA", date(2026, 11, day)) for day in (26, 27, 28, 29)] == [True, False, False, True]


def test_a_saturday_that_makes_up_for_a_holiday_is_still_on_a_weekend():
    assert not is_working_day("CN", date(2026, 2, 14))


def test_a_year_that_the_package_does_not_know_has_weekends_alone():
    assert [is_working_day("ECB", date(1990, 1, day)) for day in (1, 6)] == [True, False]


def test_a_day_off_leads_to_the_working_day_before_it_and_to_the_one_after_it():
    good_friday, easter_monday = date(2026, 4, 3), date(2026, 4, 6)

    assert get_working_day_on_or_before("ECB", easter_monday) == date(2026, 4, 2)
    assert get_working_day_on_or_after("ECB", good_friday) == date(2026, 4, 7)
    assert get_working_day_on_or_before("ECB", date(2026, 4, 7)) == date(2026, 4, 7)
    assert get_working_day_on_or_after("ECB", date(2026, 4, 7)) == date(2026, 4, 7)


def test_every_calendar_has_working_days():
    new_year = date(2026, 1, 1)

    assert all(get_working_day_on_or_after(code, new_year) >= new_year for code in list_calendar_codes())
