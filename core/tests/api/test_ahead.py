"""`GET allowance/path/` and `afford/`: the days ahead, by the same figure."""

import datetime
from decimal import Decimal

import pytest

from core.models import AuditEvent, DailyAllowance, Transaction, User
from core.tests.support.calls import add, noon
from core.tests.support.factories import ExchangeRateFactory

PATH = "/api/allowance/path/"
AFFORD = "/api/allowance/afford/"


def read(api, address, **parameters):
    answer = api.get(address, parameters)
    assert answer.status_code == 200, answer.content
    return answer.json()


def refusal(api, address, **parameters):
    answer = api.get(address, parameters)
    assert answer.status_code == 400, answer.content
    return answer.json()


@pytest.fixture
def monthly(api):
    """A pool of 1700.00 a month: 3000 on the first, a rent of 1000 on the fifth, a tenth saved."""
    add(api, "income", name="wage", amount="3000", frequency="monthly", next_payment_date="2026-12-01")
    add(api, "expense", name="rent", amount="1000", frequency="monthly", due_date="2026-12-05")
    add(api, "savings-goal", percentage="10")


@pytest.fixture
def weekly(api, alice, clock):
    """500.00 left over five days: 800 a week, a rent of 1200 a month."""
    clock.move_to(noon("2026-11-01"))
    User.objects.filter(pk=alice.pk).update(date_joined=noon("2026-11-01"))
    add(api, "income", name="wage", amount="800", frequency="weekly", next_payment_date="2026-11-06")
    add(api, "expense", name="rent", amount="1200", frequency="monthly", due_date="2026-12-01")
    clock.move_to(noon("2026-11-22"))


def test_at_the_pace_of_late_the_money_runs_out_on_a_day(api, clock, monthly):
    clock.move_to(noon("2026-12-01"))
    add(api, "transaction", amount="300.00")
    clock.move_to(noon("2026-12-08"))
    add(api, "transaction", amount="420.00")
    add(api, "transaction", amount="20.00", kind="refund")
    clock.move_to(noon("2026-12-09"))

    path = read(api, PATH, pace="recent")

    assert (path["run_out_date"], len(path["days"]), {day["spend"] for day in path["days"]}) == (
        "2026-12-20",
        23,
        {"87.50"},
    )
    assert [day["left"] for day in path["days"]][10:12] == ["37.50", "-50.00"]


def test_the_mean_is_of_the_last_28_days_at_most(api, clock, monthly):
    clock.move_to(noon("2026-11-30"))
    add(api, "transaction", amount="999.00")
    clock.move_to(noon("2026-12-10"))
    add(api, "transaction", amount="28.00")
    clock.move_to(noon("2026-12-29"))

    assert read(api, PATH, pace="recent")["days"][0]["spend"] == "1.00"


def test_who_got_more_back_than_was_spent_spends_nothing_at_that_pace(api, clock, monthly):
    add(api, "transaction", amount="5.00", kind="refund")
    clock.move_to(noon("2026-11-24"))

    assert read(api, PATH, pace="recent")["days"][0]["spend"] == "0.00"


def test_without_any_purchase_before_today_the_recent_pace_is_nothing(api, monthly):
    add(api, "transaction", amount="30.00")

    assert [day["spend"] for day in read(api, PATH, pace="recent")["days"]][:2] == ["30.00", "0.00"]


def test_at_the_pace_of_the_plan_each_pay_period_ends_at_nothing(api, monthly):
    path = read(api, PATH, until="2027-01-31")

    ends = {day["date"]: day["left"] for day in path["days"] if day["date"] in ("2026-11-30", "2026-12-31")}
    assert (ends, path["run_out_date"], len(path["days"])) == (
        {"2026-11-30": "0.00", "2026-12-31": "0.00"},
        None,
        71,
    )


def test_a_path_names_what_takes_effect_on_each_day(api, monthly):
    add(api, "savings-goal", name="bike", target_amount="600", target_date="2026-12-02")

    path = read(api, PATH, until="2026-12-05", pace="zero")

    events = {day["date"]: day["events"] for day in path["days"] if day["events"]}
    assert {day: [(one["type"], one["name"], one["amount"]) for one in found] for day, found in events.items()} == {
        "2026-12-01": [("payday", "", "1400.00"), ("income", "wage", "3000.00")],
        "2026-12-02": [("savings-goal", "bike", "600.00")],
        "2026-12-05": [("expense", "rent", "1000.00")],
    }
    assert events["2026-12-01"][0]["id"] is None


def test_today_spends_at_least_what_it_has_spent(api, monthly):
    add(api, "transaction", amount="1000.00")

    assert [(day["amount"], day["spend"], day["left"]) for day in read(api, PATH, pace="10.5")["days"]][:2] == [
        ("188.88", "1000.00", "700.00"),
        ("87.50", "10.50", "689.50"),
    ]


def test_what_is_left_is_carried_along_the_path(api, monthly):
    api.patch("/api/auth/users/me/", {"leftover": "carry"})

    path = read(api, PATH, until="2026-12-01", pace="zero")

    # The setting holds from the pay period after the one in which it was chosen.
    assert (path["days"][-2]["left"], path["days"][-1]["left"]) == ("1700.00", "3400.00")


def test_a_path_stores_nothing(api, monthly):
    read(api, "/api/allowance/today/")
    before = (DailyAllowance.objects.count(), Transaction.objects.count(), AuditEvent.objects.count())

    read(api, PATH, until="2027-03-01")
    read(api, AFFORD, amount="20")

    assert (DailyAllowance.objects.count(), Transaction.objects.count(), AuditEvent.objects.count()) == before


@pytest.mark.parametrize(
    ("parameters", "field"),
    [
        ({"until": "2026-11-21"}, "until"),
        ({"until": "2027-11-24"}, "until"),
        ({"until": "soon"}, "until"),
        ({"pace": "fast"}, "pace"),
        ({"pace": "-1"}, "pace"),
        ({"pace": "1.005"}, "pace"),
        ({"pace": "NaN"}, "pace"),
    ],
)
def test_a_path_that_cannot_be_followed_is_refused(api, monthly, parameters, field):
    assert list(refusal(api, PATH, **parameters)) == [field]


def test_the_last_day_of_a_path_is_366_days_ahead(api, monthly):
    assert len(read(api, PATH, until="2027-11-23")["days"]) == 367


def test_a_purchase_within_the_day_can_be_afforded(api, weekly):
    assert read(api, AFFORD, amount="100") == {
        "date": "2026-11-22",
        "currency": "EUR",
        "amount": "100.00",
        "verdict": "yes",
        "remaining_amount": "100.00",
        "left": "500.00",
        "tomorrow_before": "100.00",
        "tomorrow_after": "100.00",
        "short_by": "0.00",
        "free_on": "2026-11-22",
    }


def test_a_purchase_beyond_the_day_stretches_until_payday(api, weekly):
    judged = read(api, AFFORD, amount="180")

    assert (judged["verdict"], judged["tomorrow_before"], judged["tomorrow_after"], judged["free_on"]) == (
        "stretch",
        "100.00",
        "80.00",
        "2026-11-25",
    )


def test_a_purchase_beyond_what_is_left_waits_for_a_larger_pool(api, weekly):
    judged = read(api, AFFORD, amount="520")

    assert (judged["verdict"], judged["short_by"]) == ("wait", "20.00")


def test_a_purchase_beyond_every_pool_cannot_be_afforded(api, weekly):
    judged = read(api, AFFORD, amount="900")

    assert (judged["verdict"], judged["short_by"], judged["free_on"]) == ("no", "400.00", None)


def test_a_later_day_is_as_on_the_path_of_the_plan(api, weekly):
    judged = read(api, AFFORD, amount="180", date="2026-11-24")

    assert (judged["verdict"], judged["remaining_amount"], judged["left"], judged["tomorrow_after"]) == (
        "stretch",
        "100.00",
        "300.00",
        "60.00",
    )
    assert judged["free_on"] == "2026-11-26"


def test_a_day_of_a_later_pay_period_is_on_the_path_too(api, weekly):
    judged = read(api, AFFORD, amount="80", date="2026-11-28")

    assert (judged["verdict"], judged["left"]) == ("stretch", "428.58")


def test_another_currency_is_converted_at_the_rate_of_the_day(api, weekly):
    ExchangeRateFactory(quote="USD", date=datetime.date(2026, 11, 20), rate=Decimal("1.25"))

    judged = read(api, AFFORD, amount="100", currency="USD")

    assert (judged["amount"], judged["currency"]) == ("80.00", "EUR")


@pytest.mark.parametrize(
    ("parameters", "field"),
    [
        ({}, "amount"),
        ({"amount": "0"}, "amount"),
        ({"amount": "1.001"}, "amount"),
        ({"amount": "1", "currency": "XXX"}, "currency"),
        ({"amount": "1", "currency": "GBP"}, "currency"),
        ({"amount": "1", "date": "2026-11-21"}, "date"),
        ({"amount": "1", "date": "2027-11-24"}, "date"),
    ],
)
def test_a_purchase_that_makes_no_sense_is_refused(api, weekly, parameters, field):
    assert list(refusal(api, AFFORD, **parameters)) == [field]
