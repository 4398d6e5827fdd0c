"""The contract's worked examples of section 3, each on its days, with numbers that a reader can check by hand."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from .events import (
    AddGoal,
    AddItem,
    AddTransaction,
    ChangeSettings,
    DeleteItem,
    EditItem,
    Event,
    PatchOccurrence,
    Read,
    Reconcile,
)
from .figure import Figure, find_today
from .replaying import apply
from .world import World

ONE_DAY = timedelta(days=1)


def on(text: str) -> date:
    return date.fromisoformat(text)


class Person:
    """A user whose writes are applied one by one; each item is named by the place of its event."""

    def __init__(self, made_on: str) -> None:
        self.world = World(made_on=on(made_on))
        self.place = 0

    def do(self, event: Event) -> int:
        self.place += 1
        apply(self.world, self.place, event)
        return self.place

    def add(self, kind: str, amount: int, frequency: str, anchor: str, added: str, **fields: Any) -> tuple[str, int]:
        return kind, self.do(AddItem(on(added), kind, Fraction(amount), frequency, on(anchor), **fields))

    def spend(self, day: str, amount: str, dated: str = "") -> None:
        self.do(AddTransaction(on(day), on(dated or day), Fraction(amount)))

    def pay(self, day: str, amount: str, bill: tuple[str, int], occurrence: str) -> None:
        self.do(AddTransaction(on(day), on(day), Fraction(amount), "bill", item=bill, occurrence=on(occurrence)))

    def look(self, day: str) -> Figure:
        self.do(Read(on(day)))
        return find_today(self.world, on(day))

    def spend_the_amount_every_day(self, first: str, last: str) -> list[Fraction]:
        amounts, day = [], on(first)
        while day <= on(last):
            amount = find_today(self.world, day).amount
            self.do(Read(day))
            if amount:
                self.do(AddTransaction(day, day, amount))
            amounts.append(amount)
            day += ONE_DAY
        return amounts


def pool_and_amount(figure: Figure) -> tuple[Decimal, Decimal]:
    return as_decimal(figure.pool), as_decimal(figure.amount)


def as_decimal(amount: Fraction) -> Decimal:
    return Decimal(amount.numerator) / Decimal(amount.denominator)


def pools(person: Person, *days: str) -> list[tuple[str, str]]:
    return [money(person.look(day)) for day in days]


def money(figure: Figure) -> tuple[str, str]:
    pool, amount = pool_and_amount(figure)
    return f"{pool:.2f}", f"{amount:.2f}"


def period(figure: Figure) -> tuple[str, str, int]:
    return figure.start.isoformat(), figure.end.isoformat(), figure.days_left


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


def weekly_plan_with_rent() -> Person:
    person = Person("2026-11-01")
    person.add("income", 800, "weekly", "2026-11-06", "2026-11-01")
    person.add("expense", 1200, "monthly", "2026-12-01", "2026-11-01")
    return person


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
    pytest.importorskip("holidays", reason="holiday calendars come from the package holidays")
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


def test_a_bill_that_rises_shares_the_rest_among_the_open_periods() -> None:
    person = Person("2026-01-10")
    person.add("income", 3000, "monthly", "2026-02-01", "2026-01-10")
    insurance = person.add("expense", 1200, "annual", "2027-01-15", "2026-01-10")
    assert money(person.look("2026-12-05")) == ("2900.00", "107.40")
    person.do(EditItem(on("2026-12-05"), insurance, {"amount": Fraction(1260)}))
    figure = person.look("2026-12-05")
    assert figure.days_left == 27
    assert money(figure) == ("2870.00", "106.29")


@pytest.fixture(scope="module")
def year_with_both_settings() -> tuple[list[Event], tuple[str, int]]:
    """Income 3000 and rent 1000, each paid; each day of a year spends its amount; both settings on."""
    person = Person("2026-01-10")
    events: list[Event] = []

    def do(event: Event) -> int:
        events.append(event)
        return person.do(event)

    do(ChangeSettings(on("2026-01-10"), {"leftover": "carry", "overspend": "repay"}))
    do(AddItem(on("2026-01-10"), "income", Fraction(3000), "monthly", on("2026-02-01")))
    rent = ("expense", do(AddItem(on("2026-01-10"), "expense", Fraction(1000), "monthly", on("2026-02-05"))))
    day = on("2026-01-10")
    while day <= on("2026-11-30"):
        if day.day == 5:
            do(AddTransaction(day, day, Fraction(1000), "bill", item=rent, occurrence=day))
        amount = find_today(person.world, day).amount
        do(Read(day))
        do(AddTransaction(day, day, amount))
        day += ONE_DAY
    return events, rent


def live(events: list[Event]) -> Person:
    person = Person("2026-01-10")
    for event in events:
        person.do(event)
    return person


@pytest.mark.parametrize(
    ("edit", "then"), [("none", ("2000.00", "64.51")), ("1100", ("1900.00", "61.29")), ("delete", ("3000.00", "96.77"))]
)
def test_no_change_of_plan_makes_a_debt_or_a_leftover(
    year_with_both_settings: tuple[list[Event], tuple[str, int]], edit: str, then: tuple[str, str]
) -> None:
    events, rent = year_with_both_settings
    person = live(events)
    if edit == "1100":
        person.do(EditItem(on("2026-12-01"), rent, {"amount": Fraction(1100)}))
    if edit == "delete":
        person.do(DeleteItem(on("2026-12-01"), rent))
    figure = person.look("2026-12-01")
    assert figure.days_left == 31
    assert money(figure) == then
    assert (figure.carried, figure.repaid, figure.due) == (0, 0, 0)


@pytest.mark.parametrize(
    ("spent", "december"),
    [("540", ("660.00", "21.29")), ("640", ("560.00", "18.06")), ("1300", ("0.00", "0.00"))],
)
def test_november_is_carried_into_december(spent: str, december: tuple[str, str]) -> None:
    person = saver()
    person.spend("2026-11-20", spent)
    figure = person.look("2026-12-01")
    assert figure.days_left == 31
    assert money(figure) == december
    assert figure.due == (100 if spent == "1300" else 0)


def saver() -> Person:
    """Income 600 monthly next 11-01, added in October; both settings chosen in November."""
    person = Person("2026-10-10")
    person.add("income", 600, "monthly", "2026-11-01", "2026-10-10")
    person.do(ChangeSettings(on("2026-11-10"), {"leftover": "carry", "overspend": "repay"}))
    return person


def test_what_is_still_due_is_taken_from_january() -> None:
    person = saver()
    person.spend("2026-11-20", "1300")
    assert money(person.look("2027-01-01"))[0] == "500.00"


def test_a_forgotten_purchase_lowers_what_was_carried() -> None:
    person = saver()
    person.spend("2026-11-20", "540")
    assert money(person.look("2026-12-04")) == ("660.00", "23.57")
    person.spend("2026-12-04", "25", dated="2026-11-29")
    figure = person.look("2026-12-04")
    assert figure.days_left == 28
    assert money(figure) == ("635.00", "22.67")


def weighted() -> Person:
    person = Person("2026-11-20")
    person.do(ChangeSettings(on("2026-11-20"), {"weights": (1, 1, 1, 1, 1, 3, 2)}))
    person.add("income", 280, "weekly", "2026-11-20", "2026-11-20")
    return person


def test_weights_give_saturday_three_shares() -> None:
    person = weighted()
    figure = person.look("2026-11-20")
    assert (figure.days_left, figure.weight, figure.weights_left) == (7, 1, 10)
    amounts = person.spend_the_amount_every_day("2026-11-20", "2026-11-26")
    assert amounts == [28, 84, 56, 28, 28, 28, 28]
    assert find_today(person.world, on("2026-11-26")).left == 0


def test_what_is_overspent_on_friday_is_taken_from_the_others_by_their_weights() -> None:
    person = weighted()
    person.spend("2026-11-20", "50")
    amounts = person.spend_the_amount_every_day("2026-11-21", "2026-11-26")
    assert [f"{as_decimal(amount):.2f}" for amount in amounts] == ["76.66", "51.11", "25.55", "25.56", "25.56", "25.56"]


def test_a_target_is_put_aside_for_up_to_its_own_period() -> None:
    person = weekly_plan_with_rent()
    goal = person.do(AddGoal(on("2026-11-22"), target_amount=Fraction(600), target_date=on("2027-01-15")))
    figures = [person.look(day) for day in ("2026-11-22", "2027-01-15", "2027-01-22")]
    assert [figure.days_left for figure in figures] == [5, 7, 7]
    assert [money(figure) for figure in figures] == [("433.33", "86.66"), ("433.33", "61.90"), ("500.00", "71.42")]
    assert [(each.part, each.parts) for each in figures[0].dates["savings-goal", goal]] == [(1, 9)]
