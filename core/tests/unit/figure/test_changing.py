"""A change from a date on: one item ends, another one goes on."""

from datetime import date

import pytest

from core.allowance.domain.changing import check_effective_from, end_before, go_on_from
from core.allowance.domain.values import PlanItem
from core.kernel.errors import DomainError
from core.kernel.recurrence import Frequency, Schedule
from core.tests.unit.figure.plans import closed_until, day, expense, income, snapshot_of

SALARY = income(3000, "monthly", "2026-12-01")
RENT = expense(1000, "monthly", "2026-12-05")


def check(item: PlanItem, effective_from: str, today: str = "2026-11-25") -> str | None:
    """The field and the code of the error, None where the item can change from that day on."""
    snapshot = closed_until(snapshot_of(SALARY, item, today="2026-11-22"), today)
    try:
        check_effective_from(snapshot=snapshot, item=item, effective_from=day(effective_from))
    except DomainError as error:
        return f"{error.field}: {error.code}"
    return None


def go_on(item: PlanItem, effective_from: str, **changes: object) -> Schedule:
    values = {"frequency": item.frequency, "anchor": item.anchor, **changes}
    return go_on_from(item=item, effective_from=day(effective_from), today=day("2026-11-25"), **values)


@pytest.mark.parametrize(
    ("effective_from", "today", "code"),
    [
        ("2026-10-31", "2026-11-25", "effective_from: before_period"),
        ("2026-11-05", "2026-11-25", "effective_from: no_date_before"),
        ("2026-11-06", "2026-11-25", None),
        ("2026-11-30", "2026-12-03", "effective_from: before_period"),
        ("2026-12-01", "2026-12-03", None),
        ("2026-12-01", "2027-01-03", "effective_from: before_period"),
        ("2027-01-01", "2027-01-03", None),
    ],
)
def test_an_item_changes_from_the_running_period_on_and_after_a_date(effective_from, today, code):
    assert check(RENT, effective_from, today) == code


def test_an_item_that_has_ended_or_comes_once_does_not_change():
    assert check(expense(1000, "monthly", "2026-12-05", end="2026-12-31"), "2027-01-01") == "effective_from: has_ended"
    assert check(expense(1000, "monthly", "2026-12-05", end="2026-12-31"), "2026-12-31") is None
    assert check(expense(1000, "once", "2026-12-05"), "2027-01-01") == "effective_from: once"


def test_the_old_one_ends_the_day_before_on_its_last_date():
    ended = end_before(item=RENT, effective_from=day("2026-12-05"), today=day("2026-11-25"))

    assert (ended.end_date, ended.anchor, ended.first_date) == (day("2026-12-04"), day("2026-11-05"), None)


@pytest.mark.parametrize(
    ("effective_from", "anchor"),
    [("2026-12-05", "2026-12-05"), ("2026-12-06", "2027-01-05"), ("2026-11-01", "2026-11-05")],
)
def test_the_new_one_starts_with_the_first_date_of_its_schedule(effective_from, anchor):
    assert go_on(RENT, effective_from) == Schedule(Frequency.MONTHLY, day(anchor), (5,))


def test_the_new_one_keeps_the_day_of_the_month_where_it_is_clamped():
    last_days = expense(1000, "monthly", "2026-10-31")

    assert go_on(last_days, "2027-02-10") == Schedule(Frequency.MONTHLY, date(2027, 2, 28), (31,))
    # Moved along its own schedule too.
    assert go_on(last_days, "2027-02-10", anchor=day("2027-02-28")).month_days == (31,)


def test_the_new_one_may_have_another_schedule():
    assert go_on(RENT, "2027-01-01", anchor=day("2026-11-20")) == Schedule(Frequency.MONTHLY, day("2027-01-20"), (20,))
    weekly = go_on(RENT, "2027-01-01", frequency=Frequency.WEEKLY)
    assert weekly == Schedule(Frequency.WEEKLY, day("2027-01-02"), ())
    twice = go_on(RENT, "2027-01-07", frequency=Frequency.SEMI_MONTHLY, days=[20, 5])
    assert twice == Schedule(Frequency.SEMI_MONTHLY, day("2027-01-20"), (5, 20))
    with pytest.raises(DomainError, match="cannot come once") as refused:
        go_on(RENT, "2027-01-01", frequency=Frequency.ONCE)
    assert (refused.value.field, refused.value.code) == ("frequency", "once")
