"""The contract's worked examples of schedules, weekends and paydays, over the API."""

import datetime

import pytest

from core.tests.support.calls import add
from core.tests.support.factories import UserFactory
from core.tests.support.logins import client_with, log_in

SEMI_MONTHLY = {"amount": "1500", "frequency": "semi-monthly", "days": [15, 31]}


@pytest.fixture
def on(db, clock):
    """A function that moves the clock to noon of a day and logs the person in, who registered on the first of them."""
    people = []

    def log_in_on(text):
        day = datetime.date.fromisoformat(text)
        clock.move_to(datetime.datetime.combine(day, datetime.time(12), tzinfo=datetime.UTC))
        people.append(people[0] if people else UserFactory.create())
        return client_with(log_in(people[0])["access"])

    return log_in_on


def figure(api):
    """The period, the days left, the pool and the amount of today."""
    today, explained = api.get("/api/allowance/today/").json(), api.get("/api/allowance/explain/").json()
    period = today["period"]
    return period["start"], period["end"], period["days_left"], explained["pool"], today["amount"]


def test_paydays_on_the_15th_and_the_last_of_the_month(on):
    api = on("2026-11-01")
    add(api, "income", next_payment_date="2026-11-15", **SEMI_MONTHLY)
    add(api, "expense", name="rent", amount="1200", frequency="monthly", due_date="2026-12-01")

    # The rent is put aside for by two paydays, 600 each.
    assert [figure(on(day)) for day in ("2026-11-15", "2026-11-30", "2026-12-15")] == [
        ("2026-11-15", "2026-11-30", 15, "900.00", "60.00"),
        ("2026-11-30", "2026-12-15", 15, "900.00", "60.00"),
        ("2026-12-15", "2026-12-31", 16, "900.00", "56.25"),
    ]


def test_paydays_that_weekends_move_to_the_friday_before(on):
    api = on("2026-01-01")
    add(api, "income", next_payment_date="2026-01-15", adjust="before", **SEMI_MONTHLY)
    add(api, "expense", name="club", amount="400", frequency="monthly", due_date="2026-02-14")

    assert [figure(on(day)) for day in ("2026-01-30", "2026-02-13", "2026-02-27", "2026-03-13")] == [
        ("2026-01-30", "2026-02-13", 14, "1300.00", "92.85"),
        ("2026-02-13", "2026-02-27", 14, "1300.00", "92.85"),
        ("2026-02-27", "2026-03-13", 14, "1300.00", "92.85"),
        ("2026-03-13", "2026-03-31", 18, "1300.00", "72.22"),
    ]


def test_paydays_before_weekends_and_holidays_of_a_calendar(on):
    api = on("2026-10-15")
    assert api.patch("/api/auth/users/me/", {"holiday_calendar": "ECB"}).status_code == 200
    add(api, "income", amount="3000", frequency="monthly", next_payment_date="2026-11-01", adjust="before")
    add(api, "expense", name="rent", amount="1000", frequency="monthly", due_date="2026-10-31")

    # 1 November is a Sunday, 1 January a holiday.
    assert [figure(on(day)) for day in ("2026-10-30", "2026-12-01", "2026-12-31")] == [
        ("2026-10-30", "2026-12-01", 32, "2000.00", "62.50"),
        ("2026-12-01", "2026-12-31", 30, "2000.00", "66.66"),
        ("2026-12-31", "2027-02-01", 32, "2000.00", "62.50"),
    ]


def test_paydays_after_a_weekend_leave_no_bill_waiting(on):
    api = on("2026-10-15")
    add(api, "income", amount="3000", frequency="monthly", next_payment_date="2026-11-01", adjust="after")
    add(api, "expense", name="rent", amount="1000", frequency="monthly", due_date="2026-11-01")

    # The rent of Sunday 1 November leaves before the wage of Monday is there.
    assert [figure(on(day)) for day in ("2026-10-15", "2026-11-02", "2026-12-01")] == [
        ("2026-10-01", "2026-11-02", 18, "1000.00", "55.55"),
        ("2026-11-02", "2026-12-01", 29, "3000.00", "103.44"),
        ("2026-12-01", "2027-01-01", 31, "2000.00", "64.51"),
    ]


def test_a_larger_income_becomes_the_main_one_when_it_begins(on):
    api = on("2026-11-22")
    add(api, "income", amount="2000", frequency="monthly", next_payment_date="2026-12-01")
    add(api, "income", amount="3000", frequency="monthly", next_payment_date="2027-01-15")

    assert [figure(on(day)) for day in ("2027-01-01", "2027-01-15", "2027-02-15")] == [
        ("2027-01-01", "2027-01-15", 14, "2000.00", "142.85"),
        ("2027-01-15", "2027-02-15", 31, "5000.00", "161.29"),
        ("2027-02-15", "2027-03-15", 28, "5000.00", "178.57"),
    ]


def test_a_job_that_ends_keeps_its_last_period_whole(on):
    api = on("2026-11-22")
    add(api, "income", amount="3000", frequency="monthly", next_payment_date="2026-12-01", end_date="2026-12-15")

    # The last wage is that of 1 December; the next would have been on 1 January.
    assert [figure(on(day)) for day in ("2026-12-20", "2027-01-01")] == [
        ("2026-12-01", "2027-01-01", 12, "3000.00", "250.00"),
        ("2027-01-01", "2027-02-01", 31, "0.00", "0.00"),
    ]


def test_a_rent_that_starts_later_costs_nothing_before(on):
    api = on("2026-11-22")
    add(api, "income", amount="3000", frequency="monthly", next_payment_date="2026-12-01")
    add(api, "expense", name="flat", amount="900", frequency="monthly", due_date="2027-02-05", start_date="2027-02-01")

    assert [figure(on(day))[3] for day in ("2026-12-01", "2027-01-31", "2027-02-01")] == [
        "3000.00",
        "3000.00",
        "2100.00",
    ]
