"""How a limit is written."""

import pytest

from core.kernel.limits import Limit, parse_limit


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("10/second", Limit(calls=10, seconds=1)),
        ("1/minute", Limit(calls=1, seconds=60)),
        ("20/hour", Limit(calls=20, seconds=3600)),
        ("1000/day", Limit(calls=1000, seconds=86400)),
        ("off", None),
    ],
)
def test_a_limit_is_calls_a_unit_of_time_or_off(text, limit):
    assert parse_limit(text) == limit


@pytest.mark.parametrize(
    "text",
    ["0/minute", "-1/minute", "5", "5/", "/minute", "5/min", "5/minutes", "5 / minute", "off ", "OFF", "٥/minute"],
)
def test_anything_else_is_refused(text):
    with pytest.raises(ValueError, match="neither"):
        parse_limit(text)


def test_a_limit_may_be_multiplied_in_the_same_window():
    assert Limit(calls=10, seconds=900).times(10) == Limit(calls=100, seconds=900)
