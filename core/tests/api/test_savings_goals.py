"""Savings goals over the API: a percentage, or a target with its date, and what is put aside for it."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.models import AuditEvent, Income, SavingsGoal
from core.tests.conftest import NOON
from core.tests.support.factories import ExchangeRateFactory, ExpenseFactory, IncomeFactory, SavingsGoalFactory
from core.tests.support.logins import client_with, log_in

GOALS = "/api/savings-goal/"
TARGET = {"name": "bicycle", "target_amount": "600", "target_date": "2027-01-15"}
NEITHER = {"percentage": None, "target_amount": None, "target_date": None}
ONE_OF_TWO = {"non_field_errors": ["Give either a percentage, or a target amount with its date."]}


@pytest.fixture
def log_in_on(alice, clock):
    """A function that moves the clock to noon of a day and logs Alice in."""

    def log_in_on_day(text):
        day = datetime.date.fromisoformat(text)
        clock.move_to(datetime.datetime.combine(day, datetime.time(12), tzinfo=datetime.UTC))
        return client_with(log_in(alice)["access"])

    return log_in_on_day


@pytest.fixture
def api(log_in_on):
    """Alice's client, logged in at noon of 2026-11-22."""
    return log_in_on("2026-11-22")


@pytest.fixture
def paid_weekly(alice, clock):
    """Alice has 800 a week, a rent of 1200 a month, and the account, all since 2026-11-01."""
    clock.move_to(NOON - datetime.timedelta(days=21))
    alice.date_joined = NOON - datetime.timedelta(days=21)
    alice.save()
    IncomeFactory.create(user=alice, amount=800, frequency="weekly", next_payment_date=datetime.date(2026, 11, 6))
    ExpenseFactory.create(user=alice, amount=1200, due_date=datetime.date(2026, 12, 1))
    clock.move_to(NOON)


def shape_of(goal):
    return {name: goal[name] for name in (*NEITHER, "saved")}


def pool_and_amount(api):
    answer = api.get("/api/allowance/explain/").json()
    return answer["pool"], answer["amount"]


def test_a_target_is_put_aside_for_by_the_paydays_up_to_its_date(paid_weekly, log_in_on):
    api = log_in_on("2026-11-22")

    made = api.post(GOALS, TARGET).json()
    first = pool_and_amount(api)
    saved = []
    for day in ("2026-11-27", "2027-01-14", "2027-01-15"):
        saved.append(log_in_on(day).get(GOALS).json()["results"][0]["saved"])
    last = pool_and_amount(log_in_on("2027-01-15"))
    api = log_in_on("2027-01-22")

    # 600 over the nine paydays from 11-20 to 01-15; the weekly pool with the rent is 500.
    assert made == {
        "id": SavingsGoal.objects.get().pk,
        "name": "bicycle",
        "percentage": None,
        "target_amount": "600.00",
        "target_date": "2027-01-15",
        "saved": "66.67",
        "created_at": "2026-11-22T12:00:00.000000Z",
        "updated_at": "2026-11-22T12:00:00.000000Z",
    }
    assert first == ("433.33", "86.66")
    assert saved == ["133.33", "533.33", "600.00"]
    assert last == ("433.33", "61.90")
    assert pool_and_amount(api) == ("500.00", "71.42")
    assert api.get(f"{GOALS}{made['id']}/").json()["saved"] == "600.00"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "non_field_errors"),
        (NEITHER, "non_field_errors"),
        ({"target_amount": "600"}, "non_field_errors"),
        ({"target_date": "2027-01-15"}, "non_field_errors"),
        (TARGET | {"percentage": "10"}, "non_field_errors"),
        ({"percentage": "10", "target_date": "2027-01-15"}, "non_field_errors"),
        (TARGET | {"target_date": "2026-11-22"}, "target_date"),
        (TARGET | {"target_date": "2046-11-23"}, "target_date"),
        (TARGET | {"target_date": "tomorrow"}, "target_date"),
        (TARGET | {"target_amount": "0"}, "target_amount"),
        (TARGET | {"target_amount": "600.005"}, "target_amount"),
        (TARGET | {"target_amount": "1000000000000"}, "target_amount"),
        (TARGET | {"target_amount": True}, "target_amount"),
        ({"percentage": "0"}, "percentage"),
        ({"percentage": "100.01"}, "percentage"),
    ],
)
def test_what_is_no_goal_is_refused_on_its_field_and_leaves_nothing_behind(body, field, api):
    answer = api.post(GOALS, body)

    assert (answer.status_code, list(answer.json())) == (400, [field])
    assert not SavingsGoal.objects.exists()
    assert not AuditEvent.objects.filter(object_type="savings-goal").exists()


def test_the_bounds_of_a_target_date_are_tomorrow_and_20_years_ahead(api):
    for day in ("2026-11-23", "2046-11-22"):
        assert api.post(GOALS, TARGET | {"target_date": day}).status_code == 201


def test_one_patch_makes_a_target_of_a_percentage_and_back(api):
    path = f"{GOALS}{api.post(GOALS, {'percentage': '10'}).json()['id']}/"
    target = {"target_amount": "600", "target_date": "2027-01-15"}

    assert api.patch(path, target).json() == ONE_OF_TWO
    assert api.patch(path, {"percentage": None}).json() == ONE_OF_TWO
    as_target = api.patch(path, target | {"percentage": None}).json()
    as_percentage = api.patch(path, {"percentage": "12.5", "target_amount": None, "target_date": None}).json()

    assert shape_of(as_target) == {
        "percentage": None,
        "target_amount": "600.00",
        "target_date": "2027-01-15",
        # No income: the calendar months from November to January.
        "saved": "200.00",
    }
    assert shape_of(as_percentage) == NEITHER | {"percentage": "12.50", "saved": None}


def test_a_put_gives_the_whole_goal_and_a_patch_a_part(api):
    path = f"{GOALS}{api.post(GOALS, TARGET).json()['id']}/"

    patched = api.patch(path, {"target_amount": "900"}).json()
    refused = api.put(path, {"name": "car"})
    replaced = api.put(path, {"percentage": "5"}).json()

    assert (patched["target_amount"], patched["target_date"], patched["saved"]) == ("900.00", "2027-01-15", "300.00")
    assert (refused.status_code, refused.json()) == (400, ONE_OF_TWO)
    assert (replaced["name"], shape_of(replaced)) == ("bicycle", NEITHER | {"percentage": "5.00", "saved": None})


def test_a_target_date_that_has_passed_stays_valid_as_long_as_it_is_left_alone(api, log_in_on):
    path = f"{GOALS}{api.post(GOALS, TARGET).json()['id']}/"
    api = log_in_on("2027-02-01")

    renamed = api.patch(path, {"name": "tricycle"})
    same = api.put(path, TARGET)
    moved = api.patch(path, {"target_date": "2027-01-31"})

    assert (renamed.status_code, same.status_code, moved.status_code) == (200, 200, 400)
    assert moved.json() == {"target_date": ["Must lie from 2027-02-02 to 2047-02-01."]}
    assert same.json()["saved"] == "600.00"


def test_what_is_put_aside_stays_put_aside_when_the_date_moves(paid_weekly, log_in_on):
    api = log_in_on("2026-11-22")
    path = f"{GOALS}{api.post(GOALS, TARGET | {'target_amount': '900'}).json()['id']}/"
    api = log_in_on("2026-12-04")
    api.get("/api/allowance/today/")

    before = api.get(path).json()["saved"]
    later = api.patch(path, {"target_date": "2027-01-29"}).json()["saved"]

    # 100 a week. Two weeks have closed; the other 700 go by nine instead of seven paydays from 12-04 on. The rent of
    # January takes five paydays, 240 each.
    assert (before, later) == ("300.00", "277.78")
    assert pool_and_amount(api) == ("482.22", "68.88")
    assert api.patch(path, {"target_date": "2027-01-15"}).json()["saved"] == "300.00"


def test_a_list_calculates_one_figure_for_all_targets_and_none_without(paid_weekly, alice, api):
    def count_statements():
        with CaptureQueriesContext(
            connection,
        ) as statements:
            answer = api.get(GOALS)
        assert answer.status_code == 200
        return len(statements)

    SavingsGoalFactory.create(user=alice, percentage=1)
    without = count_statements()
    for number in range(2):
        SavingsGoalFactory.create(
            user=alice,
            name=str(number),
            percentage=None,
            target_amount=900,
            target_date=datetime.date(2027, 1, 15),
        )
    with_two = count_statements()
    SavingsGoalFactory.create(user=alice, percentage=None, target_amount=90, target_date=datetime.date(2027, 1, 15))

    assert count_statements() == with_two > without
    assert [goal["saved"] for goal in api.get(GOALS).json()["results"]] == [None, "100.00", "100.00", "10.00"]


def test_a_target_is_in_the_minor_unit_of_the_users_currency(api):
    api.patch("/api/auth/users/me/", {"currency": "JPY"})

    made = api.post(GOALS, TARGET | {"target_amount": "60000"}).json()
    refused = api.post(GOALS, TARGET | {"target_amount": "60000.5"})

    assert (made["target_amount"], made["saved"]) == ("60000", "20000")
    assert (refused.status_code, refused.json()) == (400, {"target_amount": ["JPY has no decimals."]})


def test_targets_follow_the_users_currency_at_todays_rate(alice, api):
    ExchangeRateFactory.create()
    ExchangeRateFactory.create(date=datetime.date(2026, 11, 20), rate="1.5")
    path = f"{GOALS}{api.post(GOALS, TARGET).json()['id']}/"

    assert api.patch("/api/auth/users/me/", {"currency": "USD"}).status_code == 200

    assert shape_of(api.get(path).json()) == {
        "percentage": None,
        "target_amount": "900.00",
        "target_date": "2027-01-15",
        "saved": "300.00",
    }


@pytest.mark.parametrize(
    ("amount", "currency", "problem"),
    [
        ("0.01", "JPY", "In that currency the target of a goal is less than the smallest amount."),
        ("999999999999.99", "IDR", "In your currency this amount is larger than can be kept."),
    ],
)
def test_a_currency_that_has_no_room_for_a_target_is_refused_and_nothing_changes(amount, currency, problem, api):
    ExchangeRateFactory.create(quote="JPY", rate="0.1")
    ExchangeRateFactory.create(quote="IDR", rate="17500")
    goal = api.post(GOALS, TARGET | {"target_amount": amount}).json()

    answer = api.patch("/api/auth/users/me/", {"currency": currency})

    assert (answer.status_code, answer.json()) == (400, {"currency": [problem]})
    assert api.get(f"{GOALS}{goal['id']}/").json() == goal
    assert api.get("/api/auth/users/me/").json()["currency"] == "EUR"


def test_a_target_is_in_the_audit(api):
    path = f"{GOALS}{api.post(GOALS, TARGET).json()['id']}/"
    api.patch(path, {"target_amount": "700.5", "target_date": "2027-02-15"})
    api.delete(path)

    created, updated, deleted = AuditEvent.objects.filter(object_type="savings-goal").order_by("pk")

    assert created.changes == {
        "name": [None, "bicycle"],
        "target_amount": [None, "600.00"],
        "target_date": [None, "2027-01-15"],
    }
    assert updated.changes == {
        "target_amount": ["600.00", "700.50"],
        "target_date": ["2027-01-15", "2027-02-15"],
    }
    assert deleted.changes == {
        "name": ["bicycle", None],
        "target_amount": ["700.50", None],
        "target_date": ["2027-02-15", None],
    }


def test_a_goal_remembers_the_local_day_on_which_it_was_added(api, alice):
    # It is the 23rd there.
    api.patch("/api/auth/users/me/", {"timezone": "Pacific/Kiritimati"})

    api.post(GOALS, TARGET)

    assert SavingsGoal.objects.get().added_on == datetime.date(2026, 11, 23)


def test_a_strangers_goal_does_not_exist(api, bob):
    path = f"{GOALS}{api.post(GOALS, TARGET).json()['id']}/"
    stranger = client_with(log_in(bob)["access"])

    answers = [stranger.patch(path, {"target_amount": "1"}), stranger.put(path, TARGET), stranger.delete(path)]

    assert [answer.status_code for answer in answers] == [404] * 3
    assert stranger.get(GOALS).json()["results"] == []
    assert api.get(path).json()["target_amount"] == "600.00"


@pytest.mark.drifts
def test_a_goal_stays_readable_while_no_figure_can_be_calculated(api, alice):
    made = api.post(GOALS, {"target_amount": "600.00", "target_date": "2027-01-15"}).json()
    # Its rate was deleted, by other means than the product's.
    income = IncomeFactory.create(user=alice)
    Income.objects.filter(pk=income.pk).update(currency="USD")

    answer = api.get(GOALS)

    assert (answer.status_code, answer.json()["results"][0]["id"]) == (200, made["id"])
    assert answer.json()["results"][0]["saved"] is None
