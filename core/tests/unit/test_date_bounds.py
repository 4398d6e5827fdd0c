"""The bounds of days."""

from datetime import date

import pytest

from core.kernel.date_bounds import find_latest_date


@pytest.mark.parametrize(
    ("today", "latest"),
    [
        (date(2026, 11, 22), date(2046, 11, 22)),
        (date(2026, 11, 30), date(2046, 11, 30)),
        (date(2028, 2, 28), date(2048, 2, 28)),
        (date(2028, 2, 29), date(2048, 2, 28)),
    ],
)
def test_a_schedule_may_reach_20_years_ahead(today, latest):
    assert find_latest_date(today=today) == latest
