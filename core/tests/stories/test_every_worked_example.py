"""Each worked example of the contract's table over HTTP, with the clock on its days."""

import datetime
from decimal import Decimal
from typing import Any

import pytest
from rest_framework.test import APIClient

from core.models import User
from core.tests.support.factories import PASSWORD
from core.tests.support.logins import client_with, log_in

SALARY = {"amount": "3000", "frequency": "monthly", "next_payment_date": "2026-12-01"}
RENT = {"name": "rent", "amount": "1000", "frequency": "monthly", "due_date": "2026-12-05"}
INSURANCE = {"name": "insurance", "amount": "1200", "frequency": "annual", "due_date": "2027-01-15"}
PHONE = {"name": "phone", "amount": "60", "frequency": "monthly", "due_date": "2026-11-28"}
BONUS = {"amount": "1200", "frequency": "annual", "next_payment_date": "2026-12-10"}
WEEKLY = {"amount": "800", "frequency": "weekly", "next_payment_date": "2026-11-06"}
WEEKLY_RENT = {"name": "rent", "amount": "1200", "frequency": "monthly", "due_date": "2026-12-01"}


class Person:
    """Somebody with euros, in UTC, who logs in on each day on which they do anything."""

    def __init__(self, clock: Any) -> None:
        self.clock = clock
        self.today = ""

    def on(self, day: str) -> "Person":
        """Go on to a day; the first one is that of the registration."""
        self.clock.move_to(datetime.datetime.combine(datetime.date.fromisoformat(day), datetime.time(12), datetime.UTC))
        if not self.today:
            body = {"username": "carol", "email": "carol@example.org", "password": PASSWORD, "currency": "EUR"}
            assert APIClient().post("/api/auth/users/", body).status_code == 201
        if self.today != day:
            self.api = client_with(log_in(User.objects.get(username="carol"))["access"])
            self.today = day
        return self

    def post(self, address: str, body: dict[str, Any]) -> int:
        """Make a row, and return its id."""
        answer = self.api.post(f"/api/{address}/", body, format="json")
        assert answer.status_code == 201, answer.content
        row_id: int = answer.json()["id"]
        return row_id

    def patch(self, address: str, body: dict[str, Any]) -> None:
        """Change a row."""
        answer = self.api.patch(f"/api/{address}/", body, format="json")
        assert answer.status_code == 200, answer.content

    def spend(self, amount: str, **more: str) -> None:
        """Buy something; nothing for nothing."""
        if Decimal(amount):
            self.post("transaction", {"amount": amount, **more})

    def today_says(self, name: str) -> Any:
        """A field of today's figure."""
        answer = self.api.get("/api/allowance/today/")
        assert answer.status_code == 200, answer.content
        return answer.json()[name]

    def explain(self) -> Any:
        """Today's figure taken apart."""
        return self.api.get("/api/allowance/explain/").json()

    def figure(self) -> tuple[int, str, str]:
        """The days that are left, the pool and the amount; `today/` and `explain/` agree."""
        explained = self.explain()
        assert (self.today_says("period")["days_left"], self.today_says("amount")) == (
            explained["days_left"],
            explained["amount"],
        )
        return explained["days_left"], explained["pool"], explained["amount"]

    def figures(self, *days: str) -> list[tuple[int, str, str]]:
        """The figures of several days."""
        return [self.on(day).figure() for day in days]

    def count_date(self, kind: str, row_id: int, day: str) -> tuple[int, int, str]:
        """Which of how many shares a date has in this period, and how large it is."""
        [item] = [item for item in self.explain()["items"] if (item["type"], item["id"]) == (kind, row_id)]
        [row] = [row for row in item["dates"] if row["date"] == day]
        return row["part"], row["parts"], row["counted"]


@pytest.fixture
def person(db, clock):
    return Person(clock)


@pytest.fixture
def planner(person):
    """The first plan of the table; `rent` is its bill."""
    person.on("2026-11-22").post("income", SALARY)
    person.rent = person.post("expense", RENT)
    person.post("savings-goal", {"percentage": "10"})
    return person


@pytest.fixture
def weekly(person):
    """The weekly plan with rent, added on 1 November."""
    person.on("2026-11-01").post("income", WEEKLY)
    person.rent = person.post("expense", WEEKLY_RENT)
    return person.on("2026-11-22")


def test_the_first_plan_and_the_same_after_a_purchase(planner):
    assert planner.figure() == (9, "1700.00", "188.88")

    planner.spend("100.00")

    assert planner.on("2026-11-23").figure() == (8, "1700.00", "200.00")


def test_a_monthly_rent_of_a_weekly_income_and_an_insurance(weekly):
    assert weekly.figure() == (5, "500.00", "100.00")
    assert weekly.count_date("expense", weekly.rent, "2026-12-01")[1:] == (4, "300.00")

    insurance = weekly.post("expense", INSURANCE)

    assert weekly.figure() == (5, "366.66", "73.33")
    assert weekly.count_date("expense", insurance, "2027-01-15") == (1, 9, "133.33")


def test_a_bonus_is_spent_over_the_year(person):
    person.on("2026-11-22").post("income", SALARY)
    bonus = person.post("income", BONUS)

    assert person.on("2026-12-10").figure() == (22, "3100.00", "140.90")
    assert person.count_date("income", bonus, "2026-12-10") == (1, 12, "100.00")


def test_without_an_income_the_bills_are_missing(person):
    person.on("2026-11-22").post("expense", {**RENT, "amount": "300"})

    assert person.figure() == (9, "-300.00", "0.00")
    assert (person.today_says("status"), person.today_says("shortfall")) == ("shortfall", "300.00")


def test_rule_2_twice_a_month(person):
    semi_monthly = {"amount": "1500", "frequency": "semi-monthly", "days": [15, 31], "next_payment_date": "2026-11-15"}
    person.on("2026-11-01").post("income", semi_monthly)
    person.post("expense", WEEKLY_RENT)

    assert person.figures("2026-11-15", "2026-11-30", "2026-12-15") == [
        (15, "900.00", "60.00"),
        (15, "900.00", "60.00"),
        (16, "900.00", "56.25"),
    ]


def test_rules_4_and_6_twice_a_month_before_the_weekend(person):
    semi_monthly = {"amount": "1500", "frequency": "semi-monthly", "days": [15, 31], "next_payment_date": "2026-01-15"}
    person.on("2026-01-01").post("income", {**semi_monthly, "adjust": "before"})
    person.post("expense", {"name": "bill", "amount": "400", "frequency": "monthly", "due_date": "2026-02-14"})

    assert person.figures("2026-01-30", "2026-02-13", "2026-02-27", "2026-03-13") == [
        (14, "1300.00", "92.85"),
        (14, "1300.00", "92.85"),
        (14, "1300.00", "92.85"),
        (18, "1300.00", "72.22"),
    ]


def test_rules_4_and_6_the_last_working_day_of_a_bank_calendar(person):
    person.on("2026-10-15").patch("auth/users/me", {"holiday_calendar": "ECB"})
    person.post("income", {**SALARY, "next_payment_date": "2026-11-01", "adjust": "before"})
    person.post("expense", {**RENT, "due_date": "2026-10-31"})

    assert person.figures("2026-10-30", "2026-12-01", "2026-12-31") == [
        (32, "2000.00", "62.50"),
        (30, "2000.00", "66.66"),
        (32, "2000.00", "62.50"),
    ]


def test_rules_4_and_6_the_first_working_day_after_a_weekend(person):
    person.on("2026-10-15").post("income", {**SALARY, "next_payment_date": "2026-11-01", "adjust": "after"})
    person.post("expense", {**RENT, "due_date": "2026-11-01"})

    assert person.figures("2026-10-15", "2026-11-02", "2026-12-01") == [
        (18, "1000.00", "55.55"),
        (29, "3000.00", "103.44"),
        (31, "2000.00", "64.51"),
    ]


def test_rule_10_a_bill_is_paid_with_more_than_was_planned(planner):
    assert planner.on("2026-12-05").figure() == (27, "1700.00", "62.96")

    planner.spend("1012.40", kind="bill", expense=planner.rent, occurrence="2026-12-05")

    assert planner.figure() == (27, "1687.60", "62.50")


def test_rule_10_a_bill_is_skipped(planner):
    planner.on("2026-11-25").patch(f"expense/{planner.rent}/occurrences/2026-12-05", {"skipped": True})

    assert planner.on("2026-12-01").figure() == (31, "2700.00", "87.09")


def test_rule_12_what_may_be_spent_is_stated(planner):
    planner.post("reconciliation", {"amount": "240.00", "covers": "spending"})

    assert planner.figures("2026-11-22", "2026-12-01") == [(9, "240.00", "26.66"), (31, "1700.00", "54.83")]


def test_rule_12_a_balance_has_to_pay_the_phone_and_what_is_put_aside(planner):
    planner.post("expense", PHONE)
    planner.post("reconciliation", {"amount": "900.00", "covers": "balance"})
    assert planner.figure() == (9, "840.00", "93.33")

    planner.post("expense", INSURANCE)

    assert planner.figure() == (9, "440.00", "48.88")


def test_rule_5_a_larger_income_takes_over(person):
    person.on("2026-11-22").post("income", {**SALARY, "amount": "2000"})
    person.post("income", {**SALARY, "next_payment_date": "2027-01-15"})

    assert person.figures("2027-01-01", "2027-01-15", "2027-02-15") == [
        (14, "2000.00", "142.85"),
        (31, "5000.00", "161.29"),
        (28, "5000.00", "178.57"),
    ]


def test_rules_10_and_12_a_bill_is_paid_early_from_a_stated_balance(planner):
    planner.post("reconciliation", {"amount": "1200.00", "covers": "balance"})
    planner.on("2026-11-28").spend("1000.00", kind="bill", expense=planner.rent, occurrence="2026-12-05")

    assert planner.figures("2026-11-28", "2026-12-01") == [(3, "200.00", "66.66"), (31, "2700.00", "87.09")]


def test_rule_12_a_bill_is_paid_after_a_balance_was_stated(planner):
    phone = planner.post("expense", PHONE)
    planner.post("reconciliation", {"amount": "900.00", "covers": "balance"})
    planner.on("2026-11-28").spend("75.00", kind="bill", expense=phone, occurrence="2026-11-28")

    assert planner.figure() == (3, "825.00", "275.00")


def test_rule_12_of_a_bonus_that_is_there_most_is_for_later_periods(person):
    person.on("2026-11-22").post("income", SALARY)
    person.post("expense", RENT)
    person.post("income", BONUS)
    person.on("2026-12-15").post("reconciliation", {"amount": "4000.00", "covers": "balance"})

    assert person.figure() == (17, "2900.00", "170.58")


def test_rules_7_and_13_an_insurance_becomes_more_expensive_on_the_way(person):
    person.on("2026-01-10").post("income", {**SALARY, "next_payment_date": "2026-02-01"})
    insurance = person.post("expense", INSURANCE)
    assert person.on("2026-12-05").figure() == (27, "2900.00", "107.40")

    person.patch(f"expense/{insurance}", {"amount": "1260"})

    assert person.figure() == (27, "2870.00", "106.29")
    assert person.count_date("expense", insurance, "2027-01-15") == (11, 12, "130.00")


@pytest.mark.parametrize(
    ("edit", "december"),
    [
        (lambda person, rent: None, "2000.00 64.51"),
        (lambda person, rent: person.patch(f"expense/{rent}", {"amount": "1100"}), "1900.00 61.29"),
        (lambda person, rent: person.api.delete(f"/api/expense/{rent}/"), "3000.00 96.77"),
    ],
    ids=["as it is", "a higher rent", "no rent"],
)
def test_rule_13_no_change_of_plan_makes_a_debt_or_a_leftover(person, edit, december):
    person.on("2026-01-10").patch("auth/users/me", {"leftover": "carry", "overspend": "repay"})
    person.post("income", {**SALARY, "next_payment_date": "2026-02-01"})
    rent = person.post("expense", {**RENT, "due_date": "2026-02-05"})
    person.spend(person.today_says("left"))
    for month in range(2, 12):
        person.on(f"2026-{month:02}-05").spend("1000", kind="bill", expense=rent, occurrence=f"2026-{month:02}-05")
        # A whole period at once; each of its last ten days spends its amount, which is then 0.
        person.spend(person.today_says("left"))
    for day in range(21, 31):
        person.on(f"2026-11-{day}").spend(person.today_says("amount"))

    person.on("2026-12-01")
    edit(person, rent)

    assert "{1} {2}".format(*person.figure()) == december
    assert {name: person.explain()[name] for name in ("carried", "repaid", "due")} == {
        "carried": "0.00",
        "repaid": "0.00",
        "due": "0.00",
    }


@pytest.fixture
def saver(person):
    """600 a month, added in October; what is left is carried and what is overspent repaid, chosen in November."""
    person.on("2026-10-10").post("income", {"amount": "600", "frequency": "monthly", "next_payment_date": "2026-11-01"})
    person.on("2026-11-10").patch("auth/users/me", {"leftover": "carry", "overspend": "repay"})
    return person


@pytest.mark.parametrize(
    ("spent", "december", "due"),
    [
        ("540", (31, "660.00", "21.29"), "0.00"),
        ("640", (31, "560.00", "18.06"), "0.00"),
        ("1300", (31, "0.00", "0.00"), "100.00"),
    ],
)
def test_rule_13_what_november_left_or_owes_goes_into_december(saver, spent, december, due):
    saver.spend(spent)

    assert saver.on("2026-12-01").figure() == december
    assert saver.explain()["due"] == due


def test_rule_13_what_is_still_due_is_taken_from_january(saver):
    saver.spend("1300")
    saver.on("2026-12-01").figure()

    assert saver.on("2027-01-01").figure()[1] == "500.00"


def test_rule_13_a_forgotten_purchase_lowers_what_was_carried(saver):
    saver.spend("540")
    assert saver.on("2026-12-04").figure() == (28, "660.00", "23.57")

    saver.spend("25.00", date="2026-11-29")

    assert saver.figure() == (28, "635.00", "22.67")


@pytest.mark.parametrize(
    ("on_friday", "amounts"),
    [
        ("28.00", "28.00 84.00 56.00 28.00 28.00 28.00 28.00"),
        ("50.00", "28.00 76.66 51.11 25.55 25.56 25.56 25.56"),
    ],
    ids=["each day spends its amount", "Friday spends more"],
)
def test_rule_14_weights_of_the_weekdays(person, on_friday, amounts):
    person.on("2026-11-20").patch("auth/users/me", {"weekday_weights": [1, 1, 1, 1, 1, 3, 2]})
    person.post("income", {"amount": "280", "frequency": "weekly", "next_payment_date": "2026-11-20"})
    found = [person.today_says("amount")]
    person.spend(on_friday)
    for day in range(21, 27):
        found.append(person.on(f"2026-11-{day}").today_says("amount"))
        person.spend(found[-1])

    assert " ".join(found) == amounts
    assert person.today_says("left") == "0.00"


def test_rule_9_a_goal_with_a_target(weekly):
    goal = weekly.post("savings-goal", {"target_amount": "600", "target_date": "2027-01-15"})
    assert weekly.figure() == (5, "433.33", "86.66")
    assert weekly.count_date("savings-goal", goal, "2027-01-15") == (1, 9, "66.67")

    assert weekly.figures("2027-01-15", "2027-01-22") == [(7, "433.33", "61.90"), (7, "500.00", "71.42")]
