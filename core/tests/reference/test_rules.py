"""What the worked examples leave out of the rules, with numbers that a reader can check by hand."""

from datetime import date
from fractions import Fraction

import pytest

from .events import (
    AddTransaction,
    ChangeItem,
    ChangeSettings,
    DeleteItem,
    EditItem,
    PatchOccurrence,
    Reconcile,
)
from .person import Person, on
from .schedules import days_are_valid, default_days, list_dates
from .world import Schedule


def with_monthly_pay(added: str = "2026-11-22") -> tuple[Person, tuple[str, int]]:
    """Income 3000 monthly next 2026-12-01."""
    person = Person(added)
    return person, person.add("income", 3000, "monthly", "2026-12-01", added)


def with_weekly_pay() -> tuple[Person, tuple[str, int]]:
    """Income 700 weekly next Friday 2026-11-06, added 2026-11-01."""
    person = Person("2026-11-01")
    return person, person.add("income", 700, "weekly", "2026-11-06", "2026-11-01")


def receive(person: Person, day: str, amount: int, income: tuple[str, int], occurrence: str) -> None:
    person.do(AddTransaction(on(day), on(day), Fraction(amount), "income", item=income, occurrence=on(occurrence)))


def test_month_steps_count_from_the_anchor_and_clamp() -> None:
    schedule = Schedule("monthly", date(2026, 1, 31), 31)
    assert list_dates(schedule, date(2026, 1, 1), date(2026, 4, 30)) == [
        date(2026, 1, 31),
        date(2026, 2, 28),
        date(2026, 3, 31),
        date(2026, 4, 30),
    ]


@pytest.mark.parametrize(("day", "days"), [(1, (1, 16)), (15, (15, 30)), (16, (1, 16)), (31, (16, 31))])
def test_semi_monthly_chooses_its_other_day(day: int, days: tuple[int, int]) -> None:
    assert default_days(date(2026, 1, day)) == days


@pytest.mark.parametrize(
    ("days", "valid"), [((15, 31), True), ((1, 8), True), ((1, 7), False), ((1, 28), False), ((7, 28), True)]
)
def test_the_two_days_are_a_week_apart(days: tuple[int, int], valid: bool) -> None:
    assert days_are_valid(days, date(2026, 1, days[0])) is valid


def test_a_schedule_moved_to_a_clamped_date_keeps_its_day() -> None:
    person = Person("2026-01-10")
    income = person.add("income", 3000, "monthly", "2026-01-31", "2026-01-10")
    person.do(EditItem(on("2026-02-10"), income, {"anchor": on("2026-02-28")}))
    figure = person.look("2026-03-31")
    assert (figure.start, figure.end) == (on("2026-03-31"), on("2026-04-30"))


def test_a_rent_that_starts_in_march_costs_nothing_in_january() -> None:
    person, _income = with_monthly_pay()
    person.add("expense", 1000, "monthly", "2027-03-05", "2026-11-22")
    assert [person.look(day).pool for day in ("2027-01-05", "2027-02-05", "2027-03-05")] == [3000, 3000, 2000]


def test_a_paid_date_that_is_moved_stays_paid() -> None:
    person, _income = with_monthly_pay("2026-12-01")
    rent = person.add("expense", 1000, "monthly", "2026-12-05", "2026-12-01")
    person.pay("2026-12-03", "990", rent, "2026-12-05")
    person.do(EditItem(on("2026-12-10"), rent, {"anchor": on("2026-12-12")}))
    figure = person.look("2026-12-10")
    assert figure.pool == 2010
    assert [(each.date, each.status) for each in figure.dates[rent]] == [(on("2026-12-12"), "paid")]


def test_a_payment_whose_date_is_moved_too_far_counts_whole() -> None:
    person, _income = with_monthly_pay("2026-12-01")
    rent = person.add("expense", 1000, "monthly", "2026-12-05", "2026-12-01")
    person.pay("2026-12-03", "990", rent, "2026-12-05")
    person.do(EditItem(on("2026-12-10"), rent, {"anchor": on("2026-12-25")}))
    assert person.look("2026-12-10").pool == 3000 - 1000 - 990


def test_a_deleted_bill_keeps_the_date_that_was_paid() -> None:
    person, _income = with_monthly_pay()
    rent = person.add("expense", 1000, "monthly", "2026-12-05", "2026-11-22")
    person.pay("2026-12-05", "990", rent, "2026-12-05")
    person.do(DeleteItem(on("2026-12-06"), rent))
    assert [person.look(day).pool for day in ("2026-12-06", "2027-01-06")] == [2010, 3000]


def test_a_change_raises_the_salary_from_a_date_on() -> None:
    person, income = with_monthly_pay()
    person.do(ChangeItem(on("2026-12-10"), income, on("2027-01-01"), {"amount": Fraction(3300)}))
    figures = [person.look(day) for day in ("2026-12-10", "2027-01-10", "2027-02-10")]
    assert [figure.pool for figure in figures] == [3000, 3300, 3300]
    assert [figure.start for figure in figures] == [on("2026-12-01"), on("2027-01-01"), on("2027-02-01")]


def test_the_running_period_begins_where_the_last_closed_one_ended() -> None:
    person, income = with_monthly_pay()
    person.do(EditItem(on("2026-12-10"), income, {"anchor": on("2026-12-05")}))
    figures = [person.look(day) for day in ("2026-12-10", "2026-12-20", "2027-01-05")]
    assert [(f"{figure.start}", f"{figure.end}", figure.pool) for figure in figures] == [
        ("2026-12-01", "2027-01-05", 3000),
        ("2026-12-01", "2027-01-05", 3000),
        ("2027-01-05", "2027-02-05", 3000),
    ]


def test_a_bill_paid_after_its_period_gets_back_what_was_put_aside() -> None:
    person, _income = with_monthly_pay()
    rent = person.add("expense", 1000, "monthly", "2026-11-28", "2026-11-22")
    person.pay("2026-12-03", "1012", rent, "2026-11-28")
    assert person.look("2026-12-03").pool == 3000 - 1000 + 1000 - 1012


def test_a_wage_that_arrives_early_counts_in_its_own_period() -> None:
    person, income = with_monthly_pay()
    receive(person, "2026-11-29", 3010, income, "2026-12-01")
    assert [person.look(day).pool for day in ("2026-11-29", "2026-12-01")] == [3000, 3010]


def test_a_bonus_that_comes_late_shares_the_difference_among_the_periods_that_are_left() -> None:
    person, _income = with_monthly_pay()
    bonus = person.add("income", 1200, "annual", "2026-12-10", "2026-11-22")
    receive(person, "2027-02-10", 1310, bonus, "2026-12-10")
    # 100 a period for December and January; then 110 more over the ten from February on.
    assert [person.look(day).pool for day in ("2027-02-10", "2027-11-10", "2027-12-09")] == [3111, 3111, 3100]


def test_a_bill_skipped_on_the_way_gives_back_what_was_put_aside() -> None:
    person, _income = with_weekly_pay()
    rent = person.add("expense", 400, "monthly", "2026-12-01", "2026-11-01")
    assert person.look("2026-11-13").pool == 600
    person.do(PatchOccurrence(on("2026-11-14"), (*rent, on("2026-12-01"))))
    assert [person.look(day).pool for day in ("2026-11-14", "2026-11-20")] == [700 - 100 + 200, 700]


def test_an_amount_said_beforehand_is_paid_by_the_bills_own_period() -> None:
    person, _income = with_weekly_pay()
    rent = person.add("expense", 400, "monthly", "2026-12-01", "2026-11-01")
    person.do(PatchOccurrence(on("2026-11-14"), (*rent, on("2026-12-01")), Fraction(450)))
    assert [person.look(day).pool for day in ("2026-11-14", "2026-11-27")] == [600, 550]


def test_a_balance_counts_a_wage_of_an_earlier_period_that_is_late() -> None:
    person, income = with_weekly_pay()
    late = frozenset({(*income, on("2026-11-20"))})
    person.do(Reconcile(on("2026-11-27"), Fraction(100), "balance", late))
    assert person.look("2026-11-27").pool == 800
    receive(person, "2026-11-28", 690, income, "2026-11-20")
    assert person.look("2026-11-28").pool == 790


def test_the_lines_of_a_balance_lead_to_the_pool() -> None:
    person, _income = with_monthly_pay()
    phone = person.add("expense", 60, "monthly", "2026-11-28", "2026-11-22")
    insurance = person.add("expense", 1000, "annual", "2027-01-15", "2026-11-22")
    person.spend("2026-11-22", "7")
    person.do(Reconcile(on("2026-11-22"), Fraction(900), "balance"))
    figure = person.look("2026-11-22")
    assert [(line.what, line.item, line.amount) for line in figure.lines] == [
        ("stated", None, 900),
        ("spent_that_day", None, 7),
        ("bill", phone, -60),
        ("bill", insurance, Fraction(-1000, 3)),
        ("rounding", None, Fraction(-2, 300)),
    ]
    assert figure.over == {("income", 1, on("2026-11-01"))}


def test_an_amount_that_is_the_plans_own_is_not_stored() -> None:
    person, _income = with_monthly_pay()
    rent = person.add("expense", 1000, "monthly", "2026-12-05", "2026-11-22")
    person.do(PatchOccurrence(on("2026-11-23"), (*rent, on("2026-12-05")), Fraction(1000)))
    person.do(EditItem(on("2026-11-24"), rent, {"amount": Fraction(1100)}))
    assert person.look("2026-12-05").pool == 1900


def test_a_spending_is_void_when_the_periods_dates_change() -> None:
    person, income = with_monthly_pay()
    person.do(Reconcile(on("2026-12-05"), Fraction(200), "spending"))
    assert person.look("2026-12-05").pool == 200
    person.do(EditItem(on("2026-12-06"), income, {"anchor": on("2026-12-03")}))
    assert person.look("2026-12-06").pool == 3000


def test_forgiving_settles_what_is_due_for_good() -> None:
    person = Person("2026-10-10")
    person.add("income", 600, "monthly", "2026-11-01", "2026-10-10")
    person.do(ChangeSettings(on("2026-10-10"), {"overspend": "repay"}))
    person.spend("2026-11-20", "1300")
    assert (person.look("2026-12-02").pool, person.look("2026-12-02").due) == (0, 100)
    person.do(ChangeSettings(on("2026-12-03"), {"overspend": "forgive"}))
    person.do(ChangeSettings(on("2026-12-04"), {"overspend": "repay"}))
    assert [(person.look(day).pool, person.look(day).due) for day in ("2026-12-04", "2027-01-02")] == [
        (600, 0),
        (600, 0),
    ]


def test_days_past_keep_their_amount_and_new_ones_get_it_from_the_rows() -> None:
    person, _income = with_monthly_pay()
    person.look("2026-12-01")
    person.spend("2026-12-03", "280", dated="2026-12-02")
    assert {day.isoformat(): row for day, row in person.world.rows.items() if day.month == 12} == {
        "2026-12-01": Fraction("96.77"),
        "2026-12-02": Fraction(100),
        "2026-12-03": Fraction("93.79"),
    }
