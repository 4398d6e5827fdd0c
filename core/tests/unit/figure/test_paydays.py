"""Rule 5: the main income of a day, and the pay periods that it lays. Rule 13: how a change lays them elsewhere."""

from dataclasses import replace
from fractions import Fraction

import pytest

from core.allowance.domain.closing import open_running_period
from core.allowance.domain.dates import ItemDates
from core.allowance.domain.pay_calendar import PayCalendar
from core.allowance.domain.paydays import MainIncomes, find_main_incomes
from core.allowance.domain.plan import prepare_plan
from core.allowance.domain.values import Adjust, PlanItem, Snapshot
from core.tests.unit.figure.plans import (
    FixedRates,
    closed_until,
    day,
    expense,
    figure_of,
    income,
    snapshot_of,
)


def main_incomes_of(*items: PlanItem, rates: FixedRates | None = None, holiday_calendar: str = "") -> MainIncomes:
    dates = [ItemDates.of(item, holiday_calendar=holiday_calendar) for item in items]
    return find_main_incomes(incomes=dates, rates=rates or FixedRates())


def main_on(main_incomes: MainIncomes, *days: str) -> list[int | None]:
    mains = [main_incomes.on(day(one)) for one in days]
    return [None if main is None else main.item.id for main in mains]


def starts_of(main_incomes: MainIncomes, on: str, count: int) -> list[str]:
    calendar = PayCalendar.containing(day(on), main_incomes=main_incomes)
    return [calendar.period(index).start.isoformat() for index in range(count)]


def test_without_a_recurring_income_the_periods_are_calendar_months():
    main_incomes = main_incomes_of(income(900, "once", "2026-11-15"), expense(9000, "weekly", "2026-11-06", pk=2))

    assert main_on(main_incomes, "2026-11-22") == [None]
    assert starts_of(main_incomes, "2026-11-22", 3) == ["2026-11-01", "2026-12-01", "2027-01-01"]


def test_the_main_income_is_the_largest_per_year():
    weekly, monthly = income(700, "weekly", "2026-11-06"), income(3000, "monthly", "2026-12-01", pk=2)

    assert main_on(main_incomes_of(weekly, monthly), "2026-11-22") == [1]
    assert main_on(main_incomes_of(replace(weekly, amount=Fraction(690)), monthly), "2026-11-22") == [2]


def test_of_equal_incomes_the_one_with_the_lowest_place_is_the_main_one():
    late, early = income(100, "monthly", "2026-12-01", pk=7), income(100, "monthly", "2026-12-15", pk=3)

    assert main_on(main_incomes_of(late, early), "2026-11-22") == [3]
    assert main_on(main_incomes_of(replace(late, place=1), early), "2026-11-22") == [7]


def test_incomes_are_compared_at_the_rate_of_the_day_on_which_they_were_last_set():
    euros, dollars = income(100, "monthly", "2026-12-01"), income(110, "monthly", "2026-12-15", pk=2)
    rates = FixedRates({"USD": Fraction(9, 10)})

    assert main_on(main_incomes_of(euros, replace(dollars, currency="USD"), rates=rates), "2026-11-22") == [1]


def test_an_income_that_has_not_begun_gives_way_to_one_that_has():
    main_incomes = main_incomes_of(income(2000, "monthly", "2026-12-01"), income(3000, "monthly", "2027-01-15", pk=2))

    assert main_on(main_incomes, "2026-11-22", "2027-01-14", "2027-01-15") == [1, 1, 2]
    assert starts_of(main_incomes, "2026-12-05", 4) == ["2026-12-01", "2027-01-01", "2027-01-15", "2027-02-15"]


def test_where_no_income_has_begun_the_largest_lays_the_paydays_by_its_schedule():
    main_incomes = main_incomes_of(income(3000, "monthly", "2027-03-10"))

    assert main_on(main_incomes, "2026-11-22") == [1]
    assert starts_of(main_incomes, "2026-11-22", 2) == ["2026-11-10", "2026-12-10"]


def test_an_income_ends_when_its_next_date_would_have_taken_effect():
    ending, side = income(3000, "monthly", "2026-12-15", end="2026-12-20"), income(50, "weekly", "2026-11-06", pk=2)
    main_incomes = main_incomes_of(ending, side)

    assert main_on(main_incomes, "2027-01-14", "2027-01-15") == [1, 2]
    assert starts_of(main_incomes, "2026-12-15", 3) == ["2026-12-15", "2027-01-15", "2027-01-22"]


def test_after_the_last_income_the_periods_are_calendar_months():
    main_incomes = main_incomes_of(income(3000, "monthly", "2026-12-15", end="2026-12-20", adjust=Adjust.BEFORE))

    assert starts_of(main_incomes, "2026-12-20", 4) == ["2026-12-15", "2027-01-15", "2027-02-01", "2027-03-01"]


def test_a_deleted_income_lays_no_paydays():
    assert main_on(main_incomes_of(replace(income(1, "weekly", "2026-12-01"), is_deleted=True)), "2026-12-01") == [None]


def test_the_day_of_a_change_starts_a_period():
    old = income(2000, "monthly", "2026-12-01", end="2027-01-09")
    new = income(2000, "monthly", "2027-01-10", start="2027-01-10", pk=2)
    main_incomes = main_incomes_of(old, new)

    # Both are there in January: of equal ones the one with the lowest place stays, until it has ended.
    assert starts_of(main_incomes, "2026-12-05", 4) == ["2026-12-01", "2027-01-01", "2027-02-01", "2027-02-10"]


def test_two_paydays_on_one_day_are_one():
    # In April and May 2019 Japan rested for ten days.
    main_incomes = main_incomes_of(
        income(100, "weekly", "2019-04-22", "2019-04-01", adjust=Adjust.BEFORE), holiday_calendar="JP"
    )

    assert starts_of(main_incomes, "2019-04-22", 3) == ["2019-04-22", "2019-04-26", "2019-05-13"]


def test_windows_of_different_incomes_do_not_overlap():
    # The first pays on the Friday before Sunday 2026-11-15, the second begins on the Saturday between.
    first = income(100, "monthly", "2026-11-15", "2026-10-20", adjust=Adjust.BEFORE)
    second = income(900, "monthly", "2026-11-14", "2026-10-13", pk=2)
    calendar = PayCalendar.containing(day("2026-11-13"), main_incomes=main_incomes_of(first, second))

    assert [calendar.period(index).start.isoformat() for index in (0, 1)] == ["2026-11-13", "2026-11-14"]
    assert [calendar.window(index).start.isoformat() for index in (0, 1)] == ["2026-11-14", "2026-11-14"]


@pytest.mark.parametrize(
    ("on", "index", "window"),
    [("2026-10-29", -1, -1), ("2026-10-30", 0, -1), ("2026-11-01", 0, 0), ("2026-11-30", 0, 0), ("2026-12-01", 1, 1)],
)
def test_a_calendar_knows_the_period_of_a_day_and_of_an_unmoved_date(on, index, window):
    main_incomes = main_incomes_of(income(3000, "monthly", "2026-11-01", adjust=Adjust.BEFORE))
    calendar = PayCalendar.containing(day("2026-11-22"), main_incomes=main_incomes)

    assert (calendar.index_of(day(on)), calendar.index_of_window(day(on))) == (index, window)
    assert calendar.following().index_of(day(on)) == max(-1, index - 1)


def test_the_frequency_of_a_period_is_that_of_its_main_income():
    main_incomes = main_incomes_of(income(2000, "monthly", "2026-12-01"), income(900, "weekly", "2027-01-15", pk=2))
    calendar = PayCalendar.containing(day("2027-01-02"), main_incomes=main_incomes)

    assert [calendar.frequency(index, day("2026-12-05")) for index in (-1, 0, 1)] == ["monthly", "monthly", "weekly"]


def earning(*items: PlanItem, changed_on: str | None = None, **more: object) -> Snapshot:
    snapshot = snapshot_of(*items, **{"today": "2026-12-20", "joined": "2026-10-10", **more})
    return replace(snapshot, paydays_changed_on=day(changed_on) if changed_on else None)


def span_on(snapshot: Snapshot, on: str) -> tuple[str, str]:
    period = figure_of(snapshot, on).pool.period
    return period.start.isoformat(), period.end.isoformat()


def test_where_a_change_lays_the_paydays_elsewhere_the_running_period_ends_after_the_day_of_the_change():
    before = closed_until(earning(income(3000, "monthly", "2026-11-01", "2026-10-10")), "2026-12-20")
    after = replace(
        before,
        items=(income(3000, "monthly", "2027-01-15", "2026-10-10", scheduled="2026-12-20"),),
        paydays_changed_on=day("2026-12-20"),
    )

    assert span_on(before, "2026-12-20") == ("2026-12-01", "2027-01-01")
    # The payday of 2026-12-15 is passed over.
    assert span_on(after, "2026-12-20") == ("2026-12-01", "2027-01-15")
    assert span_on(after, "2027-01-20") == ("2027-01-15", "2027-02-15")


def test_of_a_period_that_a_change_began_dates_before_its_first_day_do_not_count():
    rent = expense(100, "monthly", "2026-11-20", "2026-10-10")
    before = closed_until(earning(income(3000, "monthly", "2026-11-01", "2026-10-10"), rent), "2026-12-10")
    after = replace(
        before,
        items=(income(3000, "monthly", "2026-12-25", "2026-10-10", scheduled="2026-12-10"), rent),
        paydays_changed_on=day("2026-12-10"),
    )

    # Of the new income's dates 2026-11-25 lies before the running period, which ends on 2026-12-25.
    assert span_on(after, "2026-12-10") == ("2026-12-01", "2026-12-25")
    assert figure_of(after, "2026-12-10").pool.own.income == 0
    assert figure_of(after, "2026-12-10").pool.own.expenses == 100


def test_without_a_closed_period_the_periods_are_as_the_paydays_are_laid():
    snapshot = earning(income(3000, "monthly", "2026-11-15", "2026-10-10"), changed_on="2026-10-12")

    assert span_on(snapshot, "2026-10-12") == ("2026-09-15", "2026-10-15")


def test_a_closed_period_that_runs_again_is_open_again():
    snapshot = closed_until(earning(income(3000, "monthly", "2026-11-01", "2026-10-10")), "2026-12-01")
    west = replace(snapshot, today=day("2026-11-30"))

    assert open_running_period(plan=prepare_plan(snapshot=snapshot)).period.start == day("2026-12-01")
    assert open_running_period(plan=prepare_plan(snapshot=west)).period.start == day("2026-11-01")
