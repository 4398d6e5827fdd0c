"""The contract's worked examples of section 3: schedules, pay periods, the pool and reconciliations."""

from fractions import Fraction

from .events import AddGoal, ChangeSettings, PatchOccurrence, Reconcile
from .person import Person, money, on, period, pools, weekly_plan_with_rent


def first_plan() -> tuple[Person, tuple[str, int]]:
    """Income 3000 monthly next 2026-12-01; expense 1000 monthly due 2026-12-05; goal 10 %; all added 2026-11-22."""
    person = Person("2026-11-22")
    person.add("income", 3000, "monthly", "2026-12-01", "2026-11-22")
    bill = person.add("expense", 1000, "monthly", "2026-12-05", "2026-11-22")
    person.do(AddGoal(on("2026-11-22"), percentage=Fraction(10)))
    return person, bill


def plan_with_phone() -> tuple[Person, tuple[str, int]]:
    person, _bill = first_plan()
    return person, person.add("expense", 60, "monthly", "2026-11-28", "2026-11-22")


def test_monthly_income_less_a_bill_less_a_tenth_is_the_pool() -> None:
    person, _bill = first_plan()
    figure = person.look("2026-11-22")
    assert period(figure) == ("2026-11-01", "2026-12-01", 9)
    assert money(figure) == ("1700.00", "188.88")


def test_what_is_spent_lowers_the_next_day() -> None:
    person, _bill = first_plan()
    person.spend("2026-11-22", "100")
    figure = person.look("2026-11-23")
    assert figure.days_left == 8
    assert money(figure) == ("1700.00", "200.00")


def test_weekly_pay_puts_a_quarter_of_the_rent_aside() -> None:
    figure = weekly_plan_with_rent().look("2026-11-22")
    assert period(figure) == ("2026-11-20", "2026-11-27", 5)
    assert money(figure) == ("500.00", "100.00")


def test_insurance_is_put_aside_for_from_its_first_period() -> None:
    person = weekly_plan_with_rent()
    insurance = person.add("expense", 1200, "annual", "2027-01-15", "2026-11-22")
    figure = person.look("2026-11-22")
    assert figure.days_left == 5
    assert money(figure) == ("366.66", "73.33")
    assert figure.counted[insurance] == Fraction(400, 3)
    assert [(each.part, each.parts) for each in figure.dates[insurance]] == [(1, 9)]


def test_a_bonus_is_spent_over_twelve_periods() -> None:
    person = Person("2026-11-22")
    person.add("income", 3000, "monthly", "2026-12-01", "2026-11-22")
    bonus = person.add("income", 1200, "annual", "2026-12-10", "2026-11-22")
    figure = person.look("2026-12-10")
    assert period(figure) == ("2026-12-01", "2027-01-01", 22)
    assert money(figure) == ("3100.00", "140.90")
    assert [(each.part, each.parts) for each in figure.dates[bonus]] == [(1, 12)]


def test_without_income_the_month_falls_short_by_its_bills() -> None:
    person = Person("2026-11-22")
    person.add("expense", 300, "monthly", "2026-12-05", "2026-11-22")
    figure = person.look("2026-11-22")
    assert (figure.start, figure.end) == (on("2026-11-01"), on("2026-12-01"))
    assert money(figure) == ("-300.00", "0.00")
    assert (figure.status, figure.shortfall) == ("shortfall", 300)


def test_semi_monthly_pay_puts_half_of_the_rent_aside() -> None:
    person = Person("2026-11-01")
    person.add("income", 1500, "semi-monthly", "2026-11-15", "2026-11-01", days=(15, 31))
    person.add("expense", 1200, "monthly", "2026-12-01", "2026-11-01")
    figures = [person.look(day) for day in ("2026-11-15", "2026-11-30", "2026-12-15")]
    assert [figure.days_left for figure in figures] == [15, 15, 16]
    assert [money(figure) for figure in figures] == [("900.00", "60.00"), ("900.00", "60.00"), ("900.00", "56.25")]


def test_pay_before_weekends_lays_the_periods_and_a_bill_belongs_to_the_earlier_one() -> None:
    person = Person("2026-01-01")
    person.add("income", 1500, "semi-monthly", "2026-01-15", "2026-01-01", days=(15, 31), adjust="before")
    person.add("expense", 400, "monthly", "2026-02-14", "2026-01-01")
    figures = [person.look(day) for day in ("2026-01-30", "2026-02-13", "2026-02-27", "2026-03-13")]
    assert [figure.days_left for figure in figures] == [14, 14, 14, 18]
    assert [money(figure) for figure in figures] == [
        ("1300.00", "92.85"),
        ("1300.00", "92.85"),
        ("1300.00", "92.85"),
        ("1300.00", "72.22"),
    ]


def test_pay_before_bank_holidays_lays_the_periods() -> None:
    person = Person("2026-10-15")
    person.do(ChangeSettings(on("2026-10-15"), {"holiday_calendar": "ECB"}))
    person.add("income", 3000, "monthly", "2026-11-01", "2026-10-15", adjust="before")
    person.add("expense", 1000, "monthly", "2026-10-31", "2026-10-15")
    figures = [person.look(day) for day in ("2026-10-30", "2026-12-01", "2026-12-31")]
    assert [figure.days_left for figure in figures] == [32, 30, 32]
    assert [money(figure) for figure in figures] == [("2000.00", "62.50"), ("2000.00", "66.66"), ("2000.00", "62.50")]


def test_pay_after_weekends_leaves_two_rents_in_the_first_period() -> None:
    person = Person("2026-10-15")
    person.add("income", 3000, "monthly", "2026-11-01", "2026-10-15", adjust="after")
    person.add("expense", 1000, "monthly", "2026-11-01", "2026-10-15")
    figures = [person.look(day) for day in ("2026-10-15", "2026-11-02", "2026-12-01")]
    assert [(f"{figure.start}", f"{figure.end}") for figure in figures] == [
        ("2026-10-01", "2026-11-02"),
        ("2026-11-02", "2026-12-01"),
        ("2026-12-01", "2027-01-01"),
    ]
    assert [money(figure) for figure in figures] == [("1000.00", "55.55"), ("3000.00", "103.44"), ("2000.00", "64.51")]


def test_a_bill_that_is_paid_counts_as_paid() -> None:
    person, bill = first_plan()
    assert money(person.look("2026-12-05"))[1] == "62.96"
    person.pay("2026-12-05", "1012.40", bill, "2026-12-05")
    figure = person.look("2026-12-05")
    assert figure.days_left == 27
    assert money(figure) == ("1687.60", "62.50")


def test_a_bill_that_is_skipped_beforehand_is_not_put_aside_for() -> None:
    person, bill = first_plan()
    person.do(PatchOccurrence(on("2026-11-25"), (*bill, on("2026-12-05"))))
    figure = person.look("2026-12-01")
    assert figure.days_left == 31
    assert money(figure) == ("2700.00", "87.09")


def test_a_spending_reconciliation_holds_until_payday() -> None:
    person, _bill = first_plan()
    person.do(Reconcile(on("2026-11-22"), Fraction(240), "spending"))
    assert pools(person, "2026-11-22", "2026-12-01") == [("240.00", "26.66"), ("1700.00", "54.83")]


def test_a_balance_leaves_what_falls_due_and_what_is_put_aside() -> None:
    person, _phone = plan_with_phone()
    person.do(Reconcile(on("2026-11-22"), Fraction(900), "balance"))
    assert money(person.look("2026-11-22")) == ("840.00", "93.33")
    person.add("expense", 1200, "annual", "2027-01-15", "2026-11-22")
    assert money(person.look("2026-11-22")) == ("440.00", "48.88")


def test_a_larger_income_lays_the_paydays_from_its_first_date() -> None:
    person = Person("2026-11-22")
    person.add("income", 2000, "monthly", "2026-12-01", "2026-11-22")
    person.add("income", 3000, "monthly", "2027-01-15", "2026-11-22")
    figures = [person.look(day) for day in ("2027-01-01", "2027-01-15", "2027-02-15")]
    assert [figure.days_left for figure in figures] == [14, 31, 28]
    assert [money(figure) for figure in figures] == [
        ("2000.00", "142.85"),
        ("5000.00", "161.29"),
        ("5000.00", "178.57"),
    ]


def test_a_bill_paid_ahead_leaves_the_balance_and_frees_the_next_period() -> None:
    person, bill = first_plan()
    person.do(Reconcile(on("2026-11-22"), Fraction(1200), "balance"))
    person.pay("2026-11-28", "1000", bill, "2026-12-05")
    assert pools(person, "2026-11-28", "2026-12-01") == [("200.00", "66.66"), ("2700.00", "87.09")]


def test_a_bill_paid_with_more_lowers_the_balance() -> None:
    person, phone = plan_with_phone()
    person.do(Reconcile(on("2026-11-22"), Fraction(900), "balance"))
    person.pay("2026-11-28", "75", phone, "2026-11-28")
    assert money(person.look("2026-11-28")) == ("825.00", "275.00")


def test_a_balance_keeps_the_parts_of_a_bonus_for_later_periods() -> None:
    person = Person("2026-11-22")
    person.add("income", 3000, "monthly", "2026-12-01", "2026-11-22")
    person.add("expense", 1000, "monthly", "2026-12-05", "2026-11-22")
    person.add("income", 1200, "annual", "2026-12-10", "2026-11-22")
    person.do(Reconcile(on("2026-12-15"), Fraction(4000), "balance"))
    figure = person.look("2026-12-15")
    assert figure.days_left == 17
    assert money(figure) == ("2900.00", "170.58")
