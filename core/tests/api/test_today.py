"""Today's figure over HTTP: its fields, the worked examples of rules 13 and 14, and the days ahead by its own words."""

import datetime
from decimal import ROUND_DOWN, Decimal

import pytest

from core.models import User
from core.tests.support.calls import add, noon
from core.tests.support.factories import ExpenseFactory, IncomeFactory, TransactionFactory

TODAY_URL = "/api/allowance/today/"
ME = "/api/auth/users/me/"


def today(api):
    answer = api.get(TODAY_URL)
    assert answer.status_code == 200, answer.content
    return answer.json()


def spend_amount(api):
    amount = today(api)["amount"]
    add(api, "transaction", amount=amount)
    return amount


def test_todays_figure_has_these_fields(api):
    add(api, "income", amount="900", frequency="monthly", next_payment_date="2026-12-01")
    bought = add(api, "transaction", amount="40")

    assert today(api) == {
        "id": bought["allowance"],
        "date": "2026-11-22",
        "currency": "EUR",
        "amount": "100.00",
        "remaining_amount": "60.00",
        "spent": "40.00",
        "left": "860.00",
        "tomorrow": "107.50",
        "status": "ok",
        "shortfall": "0.00",
        "revision": "2",
        "day_ends_at": "2026-11-23T00:00:00.000000Z",
        "weights_ahead": [1, 1, 1, 1, 1, 1, 1, 1],
        "period": {"start": "2026-11-01", "end": "2026-12-01", "days": 30, "days_left": 9},
    }
    assert api.post("/api/allowance/recalculate/").json() == today(api)


@pytest.mark.parametrize(
    ("zone", "ends"), [("Asia/Tokyo", "2026-11-22T15:00"), ("America/New_York", "2026-11-23T05:00")]
)
def test_the_day_ends_by_the_owners_clock(api, zone, ends):
    api.patch(ME, {"timezone": zone})

    assert today(api)["day_ends_at"] == f"{ends}:00.000000Z"


def test_the_day_before_the_clocks_are_set_back_ends_an_hour_later(api, clock):
    api.patch(ME, {"timezone": "Europe/Berlin"})
    clock.move_to(noon("2027-10-31"))

    assert (today(api)["date"], today(api)["day_ends_at"]) == ("2027-10-31", "2027-10-31T23:00:00.000000Z")


def test_every_write_gets_another_tag_also_where_the_figure_is_the_same(api, alice):
    bill = ExpenseFactory.create(user=alice)
    first = api.get(TODAY_URL)

    api.patch(f"/api/expense/{bill.pk}/", {"name": "flat"})
    again = api.get(TODAY_URL, headers={"If-None-Match": first["ETag"]})
    unchanged = api.get(TODAY_URL, headers={"If-None-Match": again["ETag"]})

    assert (again.status_code, unchanged.status_code) == (200, 304)
    assert again.json() == first.json() | {"revision": again.json()["revision"]}
    assert again.json()["revision"] != first.json()["revision"]


def test_weights_make_another_tag(api):
    first = api.get(TODAY_URL)
    api.patch(ME, {"weekday_weights": [1, 1, 1, 1, 1, 3, 2]})

    again = api.get(TODAY_URL, headers={"If-None-Match": first["ETag"]})

    assert again.status_code == 200
    assert again.json()["weights_ahead"] == [1, 1, 1, 1, 1, 3, 2, 1]


# ---- Rule 14 ---------------------------------------------------------------------------------------

WEEK = ["2026-11-20", "2026-11-21", "2026-11-22", "2026-11-23", "2026-11-24", "2026-11-25", "2026-11-26"]


@pytest.fixture
def weekly(api, clock):
    """280 a week from Friday 20 November, more of it on Saturday and Sunday. It is that Friday."""
    clock.move_to(noon("2026-11-20"))
    api.patch(ME, {"weekday_weights": [1, 1, 1, 1, 1, 3, 2]})
    add(api, "income", amount="280", frequency="weekly", next_payment_date="2026-11-20")
    return api


def test_a_week_is_spent_by_its_weights(weekly, clock):
    spent = []
    for day in WEEK:
        clock.move_to(noon(day))
        spent.append(spend_amount(weekly))

    assert spent == ["28.00", "84.00", "56.00", "28.00", "28.00", "28.00", "28.00"]
    assert (today(weekly)["left"], today(weekly)["status"]) == ("0.00", "ok")


def test_what_is_overspent_on_friday_is_shared_by_the_days_after_it(weekly, clock):
    add(weekly, "transaction", amount="50")
    friday = today(weekly)
    spent = []
    for day in WEEK[1:]:
        clock.move_to(noon(day))
        spent.append(spend_amount(weekly))

    assert (friday["amount"], friday["remaining_amount"], friday["left"], friday["tomorrow"], friday["status"]) == (
        "28.00",
        "-22.00",
        "230.00",
        "76.66",
        "overspent",
    )
    assert spent == ["76.66", "51.11", "25.55", "25.56", "25.56", "25.56"]


def calculate_ahead(figure, more):
    """Return the amounts of the days ahead if each of them spends its amount, by the sentence on `weights_ahead`."""
    left, weights = Decimal(figure["left"]) - Decimal(more), figure["weights_ahead"]
    amounts = []
    for n, weight in enumerate(weights):
        rest = weights[n:]
        share = Decimal(weight) / sum(rest) if any(rest) else Decimal(1) / len(rest)
        amounts.append((max(Decimal(0), left) * share).quantize(Decimal("0.01"), ROUND_DOWN))
        left -= amounts[-1]
    return [str(amount) for amount in amounts]


@pytest.mark.parametrize("weights", [[1, 1, 1, 1, 1, 3, 2], [4, 0, 0, 0, 1, 3, 2], [0, 0, 0, 0, 5, 0, 0]])
@pytest.mark.parametrize("more", ["0", "50", "300"])
def test_a_client_calculates_the_days_ahead_from_left_and_the_weights(weekly, clock, weights, more):
    weekly.patch(ME, {"weekday_weights": weights})
    predicted = calculate_ahead(today(weekly), more)
    if more != "0":
        add(weekly, "transaction", amount=more)
    tomorrow = today(weekly)["tomorrow"]
    spent = []
    for day in WEEK[1:]:
        clock.move_to(noon(day))
        spent.append(today(weekly)["amount"])
        if spent[-1] != "0.00":
            add(weekly, "transaction", amount=spent[-1])

    assert spent == predicted
    assert tomorrow == predicted[0]


def test_on_the_last_day_no_weight_is_ahead_and_tomorrow_is_the_next_periods(weekly, clock):
    clock.move_to(noon("2026-11-26"))

    figure = today(weekly)

    assert (figure["amount"], figure["weights_ahead"], figure["tomorrow"]) == ("280.00", [], "28.00")


# ---- Status ----------------------------------------------------------------------------------------


def test_a_day_that_has_money_is_overspent_where_the_pay_period_is(api, alice, clock):
    """140 of 100 are spent in the days before, then a refund of 10 gives the day something back."""
    IncomeFactory(user=alice, amount=Decimal(100))
    TransactionFactory(user=alice, amount=Decimal(140))
    clock.shift(datetime.timedelta(days=1))
    TransactionFactory(user=alice, amount=Decimal(10), kind="refund")

    figure = today(api)

    assert (figure["amount"], figure["remaining_amount"], figure["left"]) == ("0.00", "10.00", "-30.00")
    assert (figure["status"], figure["shortfall"]) == ("overspent", "0.00")


def test_a_shortfall_comes_before_all_else(api, alice):
    ExpenseFactory(user=alice, amount=Decimal(300))
    TransactionFactory(user=alice, amount=Decimal(1))

    figure = today(api)

    assert (figure["status"], figure["shortfall"], figure["left"]) == ("shortfall", "300.00", "-301.00")


# ---- Rule 13 ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("spent", "pool", "amount", "january"),
    [
        ("540", "660.00", "21.29", "600.00"),
        ("640", "560.00", "18.06", "600.00"),
        ("1300", "0.00", "0.00", "500.00"),
    ],
)
def test_what_november_left_or_owes_is_taken_into_december(api, clock, spent, pool, amount, january):
    clock.move_to(noon("2026-10-15"))
    User.objects.update(date_joined=noon("2026-10-15"))
    add(api, "income", amount="600", frequency="monthly", next_payment_date="2026-11-01")
    clock.move_to(noon("2026-11-10"))
    api.patch(ME, {"leftover": "carry", "overspend": "repay"})
    add(api, "transaction", amount=spent)
    clock.move_to(noon("2026-12-01"))

    explained = api.get("/api/allowance/explain/").json()
    assert (explained["pool"], today(api)["amount"]) == (pool, amount)

    api.patch(ME, {"leftover": "forget"})
    clock.move_to(noon("2027-01-01"))
    assert api.get("/api/allowance/explain/").json()["pool"] == january


def test_a_forgotten_entry_of_november_takes_from_december(api, clock):
    clock.move_to(noon("2026-10-15"))
    User.objects.update(date_joined=noon("2026-10-15"))
    add(api, "income", amount="600", frequency="monthly", next_payment_date="2026-11-01")
    clock.move_to(noon("2026-11-10"))
    api.patch(ME, {"leftover": "carry"})
    add(api, "transaction", amount="540")
    clock.move_to(noon("2026-12-04"))
    before = (api.get("/api/allowance/explain/").json()["pool"], today(api)["amount"])

    add(api, "transaction", amount="25.00", date="2026-11-29")

    assert before == ("660.00", "23.57")
    assert (api.get("/api/allowance/explain/").json()["pool"], today(api)["amount"]) == ("635.00", "22.67")
