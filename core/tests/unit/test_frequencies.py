"""The rhythms, in the order of their cycles."""

import copy
import pickle
from fractions import Fraction

import pytest

from core.kernel.frequencies import Frequency


def test_the_rhythms_stand_in_the_order_of_their_cycles() -> None:
    assert [frequency.value for frequency in Frequency] == [
        "once",
        "daily",
        "weekly",
        "bi-weekly",
        "four-weekly",
        "monthly",
        "quarterly",
        "semi-annual",
        "annual",
    ]
    assert [frequency.rank for frequency in Frequency] == list(range(9))


@pytest.mark.parametrize(
    ("name", "step_days", "step_months", "per_year"),
    [
        ("once", 0, 0, Fraction(0)),
        ("daily", 1, 0, Fraction(365)),
        ("weekly", 7, 0, Fraction(365, 7)),
        ("bi-weekly", 14, 0, Fraction(365, 14)),
        ("four-weekly", 28, 0, Fraction(365, 28)),
        ("monthly", 0, 1, Fraction(12)),
        ("quarterly", 0, 3, Fraction(4)),
        ("semi-annual", 0, 6, Fraction(2)),
        ("annual", 0, 12, Fraction(1)),
    ],
)
def test_a_rhythm_knows_its_step_and_its_dates_a_year(
    name: str, step_days: int, step_months: int, per_year: Fraction
) -> None:
    frequency = Frequency(name)

    assert (frequency.step_days, frequency.step_months) == (step_days, step_months)
    assert frequency.per_year == per_year


def test_only_once_does_not_recur() -> None:
    assert [frequency for frequency in Frequency if not frequency.recurs] == [Frequency.ONCE]


def test_a_rhythm_is_its_own_text() -> None:
    assert Frequency("bi-weekly") is Frequency.BI_WEEKLY
    assert Frequency.BI_WEEKLY == "bi-weekly"
    assert f"{Frequency.BI_WEEKLY}" == "bi-weekly"


def test_an_unknown_rhythm_is_refused() -> None:
    with pytest.raises(ValueError, match="fortnightly"):
        Frequency("fortnightly")


def test_copies_of_a_rhythm_are_the_rhythm() -> None:
    for frequency in Frequency:
        assert copy.deepcopy(frequency) is frequency
        assert pickle.loads(pickle.dumps(frequency)) is frequency  # noqa: S301
