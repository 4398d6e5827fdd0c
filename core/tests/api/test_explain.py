"""A figure taken apart: a pocket calculator gets from the answer's own numbers to the pool and the amount."""

import datetime
from decimal import ROUND_DOWN, Decimal

import pytest

from core.clock import today_for
from core.models import OccurrencePatch, User
from core.tests.support.calls import add, noon
from core.tests.support.factories import (
    ExchangeRateFactory,
    TransactionFactory,
)

EXPLAIN = "/api/allowance/explain/"
ME = "/api/auth/users/me/"
CENT = Decimal("0.01")


def day(text):
    return datetime.date.fromisoformat(text)


def explain(api, on=None):
    answer = api.get(EXPLAIN, {"date": on} if on else {})
    assert answer.status_code == 200, answer.content
    return answer.json()


def total(amounts):
    return sum(map(Decimal, amounts), Decimal(0))


def follow(explained):
    """Calculate the pool and the amount from the parts that are shown, as a person would.

    A part is rounded by half a cent at most, so the sums may be off by that for each part; the pool and the amount
    are exact.
    """
    items = explained["items"]
    dates = [date for item in items for date in item["dates"]]
    signs = {"income": 1, "bill": -1}

    def close(given, amounts):
        parts = list(amounts)
        assert abs(Decimal(given) - total(parts)) <= CENT / 2 * (len(parts) + 1)

    for item in items:
        if item["type"] != "savings-goal":
            close(item["counted"], [date["counted"] for date in item["dates"]])
    for name, kind in (("income", "income"), ("expenses", "expense"), ("savings", "savings-goal")):
        close(explained[name], [item["counted"] for item in items if item["type"] == kind])
    unplanned = [signs[one["kind"]] * Decimal(one["amount"]) for one in explained["unplanned"]]
    close(explained["differences"], [*[date["difference"] for date in dates], *unplanned])
    exact = total([explained["income"], explained["differences"]]) - total(
        [explained["expenses"], explained["savings"]]
    )
    assert abs(exact - Decimal(explained["own_pool"])) <= 3 * CENT
    if explained["previous"]:
        owed = Decimal(explained["previous"]["due"])
        assert Decimal(explained["repaid"]) + Decimal(explained["due"]) in (owed, 0)

    pool = total([explained["own_pool"], explained["carried"]]) - Decimal(explained["repaid"])
    if explained["reconciliation"]:
        pool = total(line["amount"] for line in explained["reconciliation"]["lines"])
    rest = max(Decimal(0), pool - Decimal(explained["spent_before"]))
    amount = (rest * explained["weight"] / explained["weights_left"]).quantize(CENT, ROUND_DOWN)
    return str(pool), str(amount)


def check(explained, pool, amount):
    assert (explained["pool"], explained["amount"]) == (pool, amount)
    assert follow(explained) == (pool, amount)


def item_of(explained, name):
    (item,) = [item for item in explained["items"] if item["name"] == name]
    return item


@pytest.fixture
def plan(api):
    """3000 a month on the first, a rent of 1000 on the fifth, a tenth saved."""
    return {
        "wage": add(api, "income", name="wage", amount="3000", frequency="monthly", next_payment_date="2026-12-01"),
        "rent": add(api, "expense", name="rent", amount="1000", frequency="monthly", due_date="2026-12-05"),
        "goal": add(api, "savings-goal", name="sea", percentage="10"),
    }


def pay(alice, item_id, amount, on, occurrence, **more):
    return TransactionFactory.create(
        user=alice,
        kind="bill",
        expense_id=item_id,
        amount=Decimal(amount),
        date=day(on),
        occurrence=occurrence and day(occurrence),
        **more,
    )


def say(alice, item_id, amount, occurrence):
    """Say beforehand that a date has another amount, or is skipped."""
    OccurrencePatch.objects.create(
        user=alice, expense_id=item_id, date=day(occurrence), amount=amount, said_on=today_for(alice)
    )


def test_the_whole_answer(api, plan):
    wage, rent, goal = plan["wage"]["id"], plan["rent"]["id"], plan["goal"]["id"]
    date = {"part": 1, "parts": 1, "status": "planned", "transaction": None, "difference": "0.00"}
    own = {"rate": None, "rate_date": None, "rate_is_old": False, "set_aside": None, "saved": None, "deleted": False}

    assert explain(api) == {
        "date": "2026-11-22",
        "currency": "EUR",
        "period": {"start": "2026-11-01", "end": "2026-12-01", "days": 30},
        "income": "3000.00",
        "expenses": "1000.00",
        "savings": "300.00",
        "savings_percentage": "10.00",
        "differences": "0.00",
        "own_pool": "1700.00",
        "carried": "0.00",
        "repaid": "0.00",
        "due": "0.00",
        "reconciliation": None,
        "pool": "1700.00",
        "spent_before": "0.00",
        "days_left": 9,
        "weight": 1,
        "weights_left": 9,
        "amount": "188.88",
        "previous": None,
        "shown_amount": "188.88",
        "items": [
            {
                **own,
                "type": "income",
                "id": wage,
                "name": "wage",
                "frequency": "monthly",
                "amount": "3000.00",
                "currency": "EUR",
                "percentage": None,
                "counted": "3000.00",
                "reason": "It falls once in this pay period.",
                "dates": [
                    {
                        **date,
                        "date": "2026-11-01",
                        "effective_date": "2026-11-01",
                        "amount": "3000.00",
                        "counted": "3000.00",
                    }
                ],
            },
            {
                **own,
                "type": "expense",
                "id": rent,
                "name": "rent",
                "frequency": "monthly",
                "amount": "1000.00",
                "currency": "EUR",
                "percentage": None,
                "counted": "1000.00",
                "reason": "It falls once in this pay period.",
                "dates": [
                    {
                        **date,
                        "date": "2026-11-05",
                        "effective_date": "2026-11-05",
                        "amount": "1000.00",
                        "counted": "1000.00",
                    }
                ],
            },
            {
                **own,
                "type": "savings-goal",
                "id": goal,
                "name": "sea",
                "frequency": None,
                "amount": "10.00",
                "currency": "EUR",
                "percentage": "10.00",
                "counted": "300.00",
                "reason": "This part of all income is saved.",
                "dates": [],
            },
        ],
        "unplanned": [],
    }
    check(explain(api), "1700.00", "188.88")


def test_a_bill_that_is_put_aside_for_shows_its_share(api, plan):
    add(api, "expense", name="insurance", amount="1200", frequency="annual", due_date="2027-01-15")
    explained = explain(api)
    insurance = item_of(explained, "insurance")

    check(explained, "1300.00", "144.44")
    assert (insurance["counted"], insurance["set_aside"]) == ("400.00", "400.00")
    assert insurance["reason"] == "The bill of 2027-01-15 is put aside for on 3 paydays; this is number 1."
    assert insurance["dates"] == [
        {
            "date": "2027-01-15",
            "effective_date": "2027-01-15",
            "amount": "1200.00",
            "counted": "400.00",
            "part": 1,
            "parts": 3,
            "status": "planned",
            "transaction": None,
            "difference": "0.00",
        }
    ]


def test_shares_of_closed_pay_periods_are_counted_among_the_parts(api, plan, clock):
    add(api, "expense", name="insurance", amount="1200", frequency="annual", due_date="2027-01-15")
    clock.move_to(noon("2026-12-22"))
    insurance = item_of(explain(api), "insurance")

    assert (insurance["counted"], insurance["set_aside"]) == ("400.00", "800.00")
    assert insurance["reason"] == "The bill of 2027-01-15 is put aside for on 3 paydays; this is number 2."
    assert [(date["part"], date["parts"]) for date in insurance["dates"]] == [(2, 3)]


def test_a_third_of_a_cent_is_lost_in_the_display_alone(api, clock):
    clock.move_to(noon("2026-11-01"))
    User.objects.update(date_joined=noon("2026-11-01"))
    add(api, "income", amount="800", frequency="weekly", next_payment_date="2026-11-06")
    add(api, "expense", name="rent", amount="1200", frequency="monthly", due_date="2026-12-01")
    clock.move_to(noon("2026-11-22"))
    add(api, "expense", name="insurance", amount="1200", frequency="annual", due_date="2027-01-15")
    explained = explain(api)

    check(explained, "366.66", "73.33")
    assert (explained["expenses"], item_of(explained, "insurance")["counted"]) == ("433.33", "133.33")


def test_a_target_shows_what_is_saved(api, plan, clock):
    add(api, "savings-goal", name="bike", target_amount="600", target_date="2027-01-15")
    clock.move_to(noon("2026-12-22"))
    explained = explain(api)
    bike = item_of(explained, "bike")

    check(explained, "1500.00", "150.00")
    assert (bike["amount"], bike["percentage"], bike["counted"], bike["saved"]) == ("600.00", None, "200.00", "400.00")
    assert bike["reason"] == "The target of 2027-01-15 is put aside for on 3 paydays; this is number 2."
    assert [(date["date"], date["part"], date["parts"]) for date in bike["dates"]] == [("2027-01-15", 2, 3)]


def test_a_bill_that_was_paid_otherwise_shows_the_difference(api, plan, alice, clock):
    clock.move_to(noon("2026-12-05"))
    paid = pay(alice, plan["rent"]["id"], "1012.40", "2026-12-05", "2026-12-05")
    explained = explain(api)
    rent = item_of(explained, "rent")

    check(explained, "1687.60", "62.50")
    assert (explained["expenses"], explained["differences"]) == ("1000.00", "-12.40")
    assert [(date["status"], date["transaction"], date["difference"]) for date in rent["dates"]] == [
        ("paid", paid.pk, "-12.40")
    ]
    assert rent["reason"] == "It falls once in this pay period. That of 2026-12-05 is paid."


def test_a_bill_that_is_skipped_gives_back(api, plan, alice, clock):
    clock.move_to(noon("2026-11-25"))
    say(alice, plan["rent"]["id"], None, "2026-12-05")
    clock.move_to(noon("2026-12-01"))
    explained = explain(api)
    rent = item_of(explained, "rent")

    check(explained, "2700.00", "87.09")
    assert [(date["status"], date["counted"], date["difference"]) for date in rent["dates"]] == [
        ("skipped", "0.00", "0.00")
    ]
    assert rent["reason"] == "It falls once in this pay period. That of 2026-12-05 is skipped."


def test_another_amount_that_was_said_is_a_difference(api, plan, alice, clock):
    say(alice, plan["rent"]["id"], Decimal(900), "2026-12-05")
    clock.move_to(noon("2026-12-01"))
    explained = explain(api)
    rent = item_of(explained, "rent")

    check(explained, "1800.00", "58.06")
    assert [(date["status"], date["amount"], date["counted"], date["difference"]) for date in rent["dates"]] == [
        ("planned", "900.00", "1000.00", "100.00")
    ]
    assert rent["reason"] == "It falls once in this pay period. Another amount was said for that of 2026-12-05."


def test_a_date_that_is_moved_to_a_working_day_says_so(api, clock):
    clock.move_to(noon("2026-10-15"))
    User.objects.update(date_joined=noon("2026-10-15"))
    add(api, "income", name="wage", amount="3000", frequency="monthly", next_payment_date="2026-11-01", adjust="before")
    clock.move_to(noon("2026-10-30"))
    explained = explain(api)
    wage = item_of(explained, "wage")

    check(explained, "3000.00", "93.75")
    assert [(date["date"], date["effective_date"]) for date in wage["dates"]] == [("2026-11-01", "2026-10-30")]
    assert wage["reason"] == (
        "It falls once in this pay period. That of 2026-11-01 takes effect on a working day, 2026-10-30."
    )


def test_many_dates_are_counted_in_the_sentence(api, alice):
    add(api, "income", name="wage", amount="3000", frequency="monthly", next_payment_date="2026-12-01")
    cleaner = add(api, "expense", name="cleaner", amount="20", frequency="weekly", due_date="2026-11-26")
    for on in ("2026-11-05", "2026-11-12", "2026-11-19"):
        pay(alice, cleaner["id"], "25", on, on)
    say(alice, cleaner["id"], None, "2026-11-26")
    explained = explain(api)

    check(explained, "2925.00", "325.00")
    assert item_of(explained, "cleaner")["reason"] == (
        "It falls 4 times in this pay period. 3 of its dates are paid. That of 2026-11-26 is skipped."
    )


def test_what_no_plan_knew_of_is_listed(api, plan, alice):
    first = pay(alice, plan["rent"]["id"], "1000", "2026-11-05", "2026-11-05")
    again = pay(alice, plan["rent"]["id"], "50", "2026-11-06", "2026-11-05")
    gift = TransactionFactory.create(user=alice, kind="income", amount=Decimal(90))
    explained = explain(api)

    # 3000 + 90 - 1000 - 50 - 10 % of 3090.
    check(explained, "1731.00", "192.33")
    assert [date["transaction"] for date in item_of(explained, "rent")["dates"]] == [first.pk]
    assert explained["unplanned"] == [
        {
            "transaction": again.pk,
            "kind": "bill",
            "date": "2026-11-06",
            "amount": "50.00",
            "expense": plan["rent"]["id"],
            "income": None,
            "name": "rent",
            "occurrence": "2026-11-05",
        },
        {
            "transaction": gift.pk,
            "kind": "income",
            "date": "2026-11-22",
            "amount": "90.00",
            "expense": None,
            "income": None,
            "name": "",
            "occurrence": None,
        },
    ]


def test_a_deleted_bill_that_was_paid_stands_among_the_items(api, plan, alice):
    pay(alice, plan["rent"]["id"], "1010", "2026-11-05", "2026-11-05")
    api.delete(f"/api/expense/{plan['rent']['id']}/")
    explained = explain(api)
    rent = item_of(explained, "rent")

    check(explained, "1690.00", "187.77")
    assert (rent["id"], rent["deleted"], rent["counted"]) == (plan["rent"]["id"], True, "1000.00")
    assert rent["reason"] == "It falls once in this pay period. That of 2026-11-05 is paid. It is deleted."


def test_a_foreign_bill_is_followed_by_its_rate(api, plan):
    ExchangeRateFactory(quote="CHF", rate=Decimal("0.8"), date=day("2026-11-20"))
    add(api, "expense", name="pass", amount="100", currency="CHF", frequency="monthly", due_date="2026-12-07")
    explained = explain(api)
    item = item_of(explained, "pass")

    check(explained, "1575.00", "175.00")
    assert (item["amount"], item["currency"], item["rate"], item["counted"]) == ("100.00", "CHF", "1.25", "125.00")
    assert [(date["amount"], date["counted"]) for date in item["dates"]] == [("125.00", "125.00")]


def state(api, amount, covers="balance", **more):
    return add(api, "reconciliation", amount=amount, covers=covers, **more)


def test_a_balance_shows_its_lines(api, plan):
    phone = add(api, "expense", name="phone", amount="60", frequency="monthly", due_date="2026-11-28")
    stated = state(api, "900")
    explained = explain(api)

    check(explained, "840.00", "93.33")
    assert explained["reconciliation"] == stated
    assert [(line["what"], line["name"], line["amount"]) for line in stated["lines"]] == [
        ("stated", "", "900.00"),
        ("bill", "phone", "-60.00"),
    ]
    assert (explained["income"], explained["expenses"], explained["own_pool"]) == ("0.00", "60.00", "-60.00")
    assert item_of(explained, "phone")["id"] == phone["id"]
    assert [(item["name"], item["counted"], item["dates"], item["reason"]) for item in explained["items"][:2]] == [
        ("wage", "0.00", [], "It was over when the amount was stated: that amount contains it already."),
        ("rent", "0.00", [], "It was over when the amount was stated: that amount contains it already."),
    ]


def test_a_bill_that_is_late_is_taken_off_the_balance(api, plan):
    late = {"expense": plan["rent"]["id"], "occurrence": "2026-11-05"}
    state(api, "1900", not_yet=[late])
    explained = explain(api)

    check(explained, "900.00", "100.00")
    assert explained["reconciliation"]["not_yet"] == [late]
    assert [date["date"] for date in item_of(explained, "rent")["dates"]] == ["2026-11-05"]


def test_what_is_put_aside_is_kept_out_of_the_balance(api, plan, clock):
    add(api, "expense", name="insurance", amount="1200", frequency="annual", due_date="2027-01-15")
    clock.move_to(noon("2026-12-15"))
    state(api, "2000")
    add(api, "transaction", amount="17")
    explained = explain(api)

    # 400 were put aside in November; the rent has left. 17 days are left.
    check(explained, "1200.00", "70.58")
    assert [(line["what"], line["amount"]) for line in explained["reconciliation"]["lines"]] == [
        ("stated", "2000.00"),
        ("bill", "-400.00"),
        ("put_aside", "-400.00"),
    ]


def test_spending_that_was_stated_settles_what_is_due(api, plan, clock):
    api.patch(ME, {"leftover": "carry", "overspend": "repay"})
    add(api, "transaction", amount="2000")
    clock.move_to(noon("2026-12-05"))
    before = explain(api)
    state(api, "270", "spending")
    after = explain(api)

    check(before, "1400.00", "51.85")
    check(after, "270.00", "10.00")
    assert [(line["what"], line["amount"]) for line in after["reconciliation"]["lines"]][:1] == [("stated", "270.00")]
    assert explain(api, "2026-12-04")["reconciliation"] is None


def test_weights_share_the_pool(api, plan):
    api.patch(ME, {"weekday_weights": [1, 1, 1, 1, 1, 3, 2]}, format="json")
    explained = explain(api)

    # Sunday 2, five days of 1, Saturday 3, Sunday 2, Monday 1: 13.
    assert (explained["weight"], explained["weights_left"]) == (2, 13)
    check(explained, "1700.00", "261.53")


def test_what_was_spent_before_is_taken_off_the_pool(api, plan, alice):
    TransactionFactory(user=alice, amount=Decimal(100), date=day("2026-11-21"))
    explained = explain(api)

    assert explained["spent_before"] == "100.00"
    check(explained, "1700.00", "177.77")


@pytest.mark.parametrize(
    ("spent", "carried", "repaid", "due", "pool", "amount", "left", "owed"),
    [
        ("540", "60.00", "0.00", "0.00", "660.00", "21.29", "60.00", "0.00"),
        ("640", "0.00", "40.00", "0.00", "560.00", "18.06", "-40.00", "40.00"),
        ("1300", "0.00", "600.00", "100.00", "0.00", "0.00", "-700.00", "700.00"),
    ],
)
def test_what_the_period_before_left_or_owes_is_shown(
    api, clock, spent, carried, repaid, due, pool, amount, left, owed
):
    clock.move_to(noon("2026-10-15"))
    User.objects.update(date_joined=noon("2026-10-15"))
    add(api, "income", name="wage", amount="600", frequency="monthly", next_payment_date="2026-11-01")
    clock.move_to(noon("2026-11-10"))
    api.patch(ME, {"leftover": "carry", "overspend": "repay"})
    add(api, "transaction", amount=spent)
    clock.move_to(noon("2026-12-01"))
    explained = explain(api)

    check(explained, pool, amount)
    assert (explained["carried"], explained["repaid"], explained["due"]) == (carried, repaid, due)
    assert explained["previous"] == {
        "start": "2026-11-01",
        "end": "2026-12-01",
        "pool": "600.00",
        "spent": f"{spent}.00",
        "left": left,
        "due": owed,
    }


def test_a_closed_period_keeps_the_percentages_of_then(api, plan, clock):
    clock.move_to(noon("2026-12-05"))
    explain(api)
    api.get("/api/allowance/today/")
    api.patch(f"/api/savings-goal/{plan['goal']['id']}/", {"percentage": "25"})
    then, now = explain(api, "2026-11-30"), explain(api)

    check(then, "1700.00", "1700.00")
    assert [(item["name"], item["id"], item["counted"], item["reason"]) for item in then["items"][2:]] == [
        ("sea", plan["goal"]["id"], "750.00", "This part of all income is saved."),
        ("", None, "-450.00", "The goals' percentages were others when this pay period closed."),
    ]
    assert (then["savings"], then["savings_percentage"]) == ("300.00", "10.00")
    assert (now["savings"], now["savings_percentage"], len(now["items"])) == ("750.00", "25.00", 3)


def test_a_past_day_shows_what_its_row_holds(api, plan, alice, clock):
    TransactionFactory(user=alice, amount=Decimal(10))
    clock.move_to(noon("2026-11-24"))
    api.patch(f"/api/income/{plan['wage']['id']}/", {"amount": "6000"})

    assert (explain(api, "2026-11-22")["shown_amount"], explain(api, "2026-11-22")["amount"]) == ("188.88", "488.88")
    assert explain(api, "2026-11-21")["shown_amount"] is None


@pytest.mark.parametrize("on", ["2026-11-23", "1999-12-31", "2026-02-30", "x"])
def test_a_day_to_come_or_no_day_is_refused(api, on):
    answer = api.get(EXPLAIN, {"date": on})

    assert (answer.status_code, list(answer.json())) == (400, ["date"])


def test_alices_items_are_not_bobs(strangers_api, api, plan):
    explained = explain(strangers_api)

    assert (explained["items"], explained["pool"]) == ([], "0.00")


@pytest.mark.parametrize(("currency", "pool"), [("JPY", "1700"), ("KWD", "1700.000")])
def test_amounts_have_the_decimals_of_the_currency(api, plan, currency, pool):
    ExchangeRateFactory(quote=currency, rate=Decimal(1))
    api.patch(ME, {"currency": currency})
    ExchangeRateFactory(quote=currency, rate=Decimal(1), date=day("2026-11-20"))

    explained = explain(api)
    assert (explained["pool"], explained["items"][2]["amount"]) == (pool, "10.00")
