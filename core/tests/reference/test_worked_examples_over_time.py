"""The contract's worked examples of section 3: closed periods, carry, weights and targets."""

from fractions import Fraction

import pytest

from .events import AddGoal, AddItem, AddTransaction, ChangeSettings, DeleteItem, EditItem, Event, Read
from .figure import find_today
from .person import ONE_DAY, Person, as_decimal, money, on, weekly_plan_with_rent


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
