"""`change/`: from a date on an income or a bill has other values, and what is past stays as it was."""

import datetime
from decimal import Decimal

import pytest

from core.models import AuditEvent, Expense, Income, OccurrencePatch, PayPeriod, Transaction, User
from core.tests.support.calls import noon
from core.tests.support.factories import (
    ExchangeRateFactory,
    ExpenseFactory,
    IncomeFactory,
    OccurrencePatchFactory,
    TransactionFactory,
)
from core.tests.support.logins import client_with, log_in


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


@pytest.fixture
def salary(alice) -> Income:
    return IncomeFactory(user=alice, name="salary")


@pytest.fixture
def rent(alice, salary) -> Expense:
    return ExpenseFactory(user=alice)


def change(api, item, effective_from: str, **changes) -> dict:
    kind = "income" if isinstance(item, Income) else "expense"
    answer = api.post(f"/api/{kind}/{item.pk}/change/", {"effective_from": effective_from, **changes})
    assert answer.status_code == 201, answer.content
    return answer.json()


def refused(api, item, effective_from: object = "2026-12-01", **changes) -> dict:
    kind = "income" if isinstance(item, Income) else "expense"
    before = everything()
    answer = api.post(f"/api/{kind}/{item.pk}/change/", {"effective_from": effective_from, **changes})
    assert answer.status_code == 400, answer.content
    assert everything() == before
    return answer.json()


def everything() -> list:
    items = (Income.including_deleted, Expense.including_deleted)
    others = (OccurrencePatch.objects, Transaction.objects, PayPeriod.objects, AuditEvent.objects)
    return [list(rows.order_by("pk").values()) for rows in (*items, *others)]


def explain(api, **query) -> dict:
    return api.get("/api/allowance/explain/", query).json()


def pool_of(api) -> str:
    return explain(api)["pool"]


# ---- Two items in place of one -----------------------------------------------------------------------


def test_the_old_one_ends_the_day_before_and_a_new_one_starts(rent, alice, arrive):
    api = arrive("2026-11-25")

    made = change(api, rent, "2027-01-01", amount="1100.00")

    rent.refresh_from_db()
    new = Expense.objects.get(pk=made["id"])
    assert made == {
        "id": new.pk,
        "name": "rent",
        "amount": "1100.00",
        "currency": "EUR",
        "frequency": "monthly",
        "due_date": "2027-01-05",
        "days": None,
        "start_date": "2027-01-01",
        "end_date": None,
        "adjust": "none",
        "next_occurrence": "2027-01-05",
        "created_at": "2026-11-25T12:00:00.000000Z",
        "updated_at": "2026-11-25T12:00:00.000000Z",
    }
    assert (rent.amount, rent.start_date, rent.end_date, rent.due_date) == (
        1000,
        None,
        day("2026-12-31"),
        day("2026-12-05"),
    )
    # The day of adding and the place in ties go along; the amount was set today.
    assert (new.added_on, new.place, new.valued_on, new.scheduled_on) == (
        day("2026-11-22"),
        rent.pk,
        day("2026-11-25"),
        day("2026-11-25"),
    )
    listed = api.get("/api/expense/").json()["results"]
    assert [(row["id"], row["next_occurrence"]) for row in listed] == [
        (rent.pk, "2026-12-05"),
        (new.pk, "2027-01-05"),
    ]


def test_today_stays_and_the_change_counts_from_its_period_on(rent, arrive):
    api = arrive("2026-11-25")
    before = api.get("/api/allowance/today/").json()

    change(api, rent, "2027-01-01", amount="1100.00")

    after = api.get("/api/allowance/today/").json()
    assert {**after, "revision": ""} == {**before, "revision": ""}
    assert [pool_of(arrive(text)) for text in ("2026-12-10", "2027-01-10", "2027-02-10")] == [
        "2000.00",
        "1900.00",
        "1900.00",
    ]


def test_a_change_within_the_running_period_counts_in_it(rent, arrive):
    api = arrive("2026-12-02")
    assert pool_of(api) == "2000.00"

    change(api, rent, "2026-12-04", amount="1100.00")

    assert pool_of(api) == "1900.00"
    # What is past stays as it was.
    closed = PayPeriod.objects.get(start=day("2026-11-01"))
    assert (closed.pool, explain(api, date="2026-11-30")["pool"]) == (2000, "2000.00")


@pytest.mark.parametrize(
    ("effective_from", "old_pools", "due_date"),
    [
        ("2026-12-05", ("1900.00", "1900.00"), "2026-12-05"),
        ("2026-12-06", ("2000.00", "1900.00"), "2027-01-05"),
        ("2027-01-05", ("2000.00", "1900.00"), "2027-01-05"),
    ],
)
def test_a_date_of_the_day_itself_is_the_new_ones(effective_from, old_pools, due_date, rent, arrive):
    made = change(arrive("2026-11-25"), rent, effective_from, amount="1100.00")

    assert made["due_date"] == due_date
    assert (pool_of(arrive("2026-12-10")), pool_of(arrive("2027-01-10"))) == old_pools


def test_everything_may_change_but_where_it_starts(rent, arrive):
    made = change(
        arrive("2026-11-25"),
        rent,
        "2026-12-01",
        name="flat",
        amount="600",
        frequency="semi-monthly",
        due_date="2026-12-20",
        days=[20, 6],
        adjust="after",
        end_date="2027-06-30",
        start_date="2030-01-01",
    )

    assert {name: made[name] for name in ("name", "amount", "frequency", "due_date", "days")} == {
        "name": "flat",
        "amount": "600.00",
        "frequency": "semi-monthly",
        "due_date": "2026-12-06",
        "days": [6, 20],
    }
    assert (made["adjust"], made["start_date"], made["end_date"]) == ("after", "2026-12-01", "2027-06-30")
    # Twice 600 in December.
    assert pool_of(arrive("2026-12-10")) == "1800.00"


def test_what_is_left_out_stays_as_it_was(alice, salary, arrive):
    bill = ExpenseFactory(
        user=alice,
        name="phone",
        amount=Decimal("9.50"),
        frequency="semi-monthly",
        due_date=day("2026-11-09"),
        days=[9, 24],
        adjust="before",
        end_date=day("2027-12-31"),
    )

    made = change(arrive("2026-11-25"), bill, "2027-01-01", name="telephone")

    assert {name: made[name] for name in ("name", "amount", "frequency", "due_date", "days", "adjust", "end_date")} == {
        "name": "telephone",
        "amount": "9.50",
        "frequency": "semi-monthly",
        "due_date": "2027-01-09",
        "days": [9, 24],
        "adjust": "before",
        "end_date": "2027-12-31",
    }
    assert Expense.objects.get(pk=made["id"]).valued_on == bill.valued_on


def test_a_schedule_of_the_31st_keeps_its_day_where_it_starts_in_february(alice, salary, arrive):
    bill = ExpenseFactory(user=alice, due_date=day("2026-10-31"))

    made = change(arrive("2026-11-25"), bill, "2027-02-10", amount="1100")

    assert (made["due_date"], made["next_occurrence"]) == ("2027-02-28", "2027-02-28")
    assert made["start_date"] == "2027-02-10"
    listed = arrive("2027-03-01").get(f"/api/expense/{made['id']}/").json()
    assert (listed["due_date"], listed["next_occurrence"]) == ("2027-02-28", "2027-03-31")


def test_another_frequency_goes_on_from_the_stored_date(rent, arrive):
    made = change(arrive("2026-11-25"), rent, "2026-12-01", frequency="weekly", amount="250")

    # Weekly from 5 December: the first is its first.
    assert made["due_date"] == "2026-12-05"
    assert pool_of(arrive("2026-12-10")) == "2000.00"


def test_a_changed_item_is_changed_again_and_again(rent, arrive):
    first = change(arrive("2026-11-25"), rent, "2026-12-01", amount="1100")
    second = change(arrive("2026-12-10"), Expense.objects.get(pk=first["id"]), "2027-01-01", amount="1200")

    assert [pool_of(arrive(text)) for text in ("2026-12-10", "2027-01-10")] == ["1900.00", "1800.00"]
    rows = Expense.objects.order_by("id").values_list("pk", "start_date", "end_date", "place")
    assert list(rows) == [
        (rent.pk, None, day("2026-11-30"), None),
        (first["id"], day("2026-12-01"), day("2026-12-31"), rent.pk),
        (second["id"], day("2027-01-01"), None, rent.pk),
    ]


# ---- Incomes -----------------------------------------------------------------------------------------


def test_a_larger_wage_counts_from_its_payday_on(rent, salary, arrive):
    change(arrive("2026-11-25"), salary, "2027-01-01", amount="3200")

    periods = [explain(arrive(text)) for text in ("2026-11-25", "2026-12-10", "2027-01-10")]

    assert [(answer["period"]["start"], answer["pool"]) for answer in periods] == [
        ("2026-11-01", "2000.00"),
        ("2026-12-01", "2000.00"),
        ("2027-01-01", "2200.00"),
    ]


def test_a_wage_that_comes_on_another_day_lays_the_paydays_from_then_on(rent, salary, alice, arrive):
    change(arrive("2026-12-03"), salary, "2026-12-10", amount="3200", next_payment_date="2026-12-15")

    # The old wage of December, and the rent; then the new wage: its first payday begins a period.
    periods = [explain(arrive(text)) for text in ("2026-12-03", "2026-12-20", "2027-01-20")]
    assert [(answer["period"]["start"], answer["period"]["end"], answer["pool"]) for answer in periods] == [
        ("2026-12-01", "2026-12-15", "2000.00"),
        ("2026-12-15", "2027-01-15", "2200.00"),
        ("2027-01-15", "2027-02-15", "2200.00"),
    ]
    assert User.objects.get(pk=alice.pk).paydays_changed_on == day("2026-12-03")


def test_of_two_equal_wages_the_first_one_stays_the_main_income(salary, alice, arrive):
    """By its place, though the row that goes on is the newest."""
    IncomeFactory(user=alice, name="other job", next_payment_date=day("2026-12-15"))
    api = arrive("2026-11-25")
    change(api, salary, "2026-12-01", name="salary, new contract")

    assert explain(arrive("2026-12-20"))["period"]["start"] == "2026-12-01"


# ---- What goes along ---------------------------------------------------------------------------------


def test_an_amount_said_beforehand_goes_along(rent, alice, arrive):
    api = arrive("2026-11-25")
    OccurrencePatchFactory(user=alice, expense=rent, date=day("2026-12-05"), amount=Decimal(900))
    OccurrencePatchFactory(user=alice, expense=rent, date=day("2027-01-05"), amount=None)

    made = change(api, rent, "2026-12-01", due_date="2026-12-10")

    patches = OccurrencePatch.objects.order_by("date").values_list("expense", "date", "amount")
    assert list(patches) == [(made["id"], day("2026-12-10"), 900), (made["id"], day("2027-01-10"), None)]
    assert pool_of(arrive("2026-12-12")) == "2100.00"


def test_an_amount_said_of_a_date_before_stays_with_the_old_one(rent, alice, arrive):
    api = arrive("2026-11-25")
    OccurrencePatchFactory(user=alice, expense=rent, date=day("2026-12-05"), amount=Decimal(900))

    change(api, rent, "2027-01-01", due_date="2027-01-10")

    assert OccurrencePatch.objects.get().expense_id == rent.pk
    assert pool_of(arrive("2026-12-12")) == "2100.00"


def test_an_amount_said_that_the_new_currency_has_no_decimals_for_is_refused(rent, alice, arrive):
    ExchangeRateFactory(quote="JPY", rate=Decimal(160))
    api = arrive("2026-11-25")
    OccurrencePatchFactory(user=alice, expense=rent, date=day("2026-12-05"), amount=Decimal("900.50"))

    assert refused(api, rent, "2026-12-01", currency="JPY", amount="160000") == {
        "currency": ["An amount that was said of a date does not fit the decimals of JPY."]
    }
    # In January nothing was said.
    assert change(api, rent, "2027-01-01", currency="JPY", amount="160000")["currency"] == "JPY"
    assert pool_of(arrive("2027-01-10")) == "2000.00"


def test_a_bill_that_was_paid_early_stays_paid(rent, alice, arrive):
    api = arrive("2026-11-28")
    paid = TransactionFactory(user=alice, kind="bill", amount=Decimal(990), expense=rent, occurrence=day("2026-12-05"))
    assert pool_of(api) == "1010.00"

    made = change(api, rent, "2026-12-01", amount="1100", due_date="2026-12-08")

    paid.refresh_from_db()
    assert (paid.expense_id, paid.occurrence) == (made["id"], day("2026-12-08"))
    assert pool_of(api) == "1010.00"
    # Of December nothing is left to pay.
    assert pool_of(arrive("2026-12-12")) == "3000.00"


def test_a_payment_whose_date_has_none_near_it_counts_whole(rent, alice, arrive):
    api = arrive("2026-11-28")
    paid = TransactionFactory(user=alice, kind="bill", amount=Decimal(990), expense=rent, occurrence=day("2026-12-05"))

    # Weekly from the 9th: four days are more than half a step.
    change(api, rent, "2026-12-05", frequency="weekly", due_date="2026-12-09")

    paid.refresh_from_db()
    assert (paid.expense_id, paid.occurrence) == (rent.pk, None)
    assert pool_of(api) == "1010.00"


def test_what_was_put_aside_goes_along(alice, clock, arrive):
    """The worked example of an insurance that becomes dearer, told as a change from its next date on."""
    clock.move_to(noon("2026-01-20"))
    User.objects.filter(pk=alice.pk).update(date_joined=noon("2026-01-20"))
    IncomeFactory(user=alice, next_payment_date=day("2026-02-01"))
    bill = ExpenseFactory(
        user=alice, name="insurance", amount=Decimal(1200), frequency="annual", due_date=day("2027-01-15")
    )
    api = arrive("2026-12-05")
    assert pool_of(api) == "2900.00"

    made = change(api, bill, "2027-01-01", amount="1260")

    # 1000 are put aside; 260 over two paydays.
    assert pool_of(api) == "2870.00"
    assert pool_of(arrive("2027-01-20")) == "2870.00"
    # The next one is put aside for by twelve.
    assert pool_of(arrive("2027-02-10")) == "2895.00"
    lines = PayPeriod.objects.get(start=day("2026-11-01")).lines
    assert [line["key"] for line in lines if line["type"] == "expense"] == [["expense", made["id"], "2027-01-15"]]


def test_a_bill_that_is_late_stays_named(alice, salary, arrive):
    bill = ExpenseFactory(user=alice, name="gym", amount=Decimal(20), frequency="weekly", due_date=day("2026-11-16"))
    api = arrive("2026-11-25")
    named = [{"expense": bill.pk, "occurrence": text} for text in ("2026-11-16", "2026-11-23")]
    stated = api.post("/api/reconciliation/", {"amount": "900", "covers": "balance", "not_yet": named}).json()

    made = change(api, bill, "2026-11-20", due_date="2026-11-24")

    shown = api.get(f"/api/reconciliation/{stated['id']}/").json()
    assert shown["not_yet"] == [
        {"expense": bill.pk, "occurrence": "2026-11-16"},
        {"expense": made["id"], "occurrence": "2026-11-24"},
    ]
    # Two late ones.
    assert sum(Decimal(line["amount"]) for line in shown["lines"]) == 860


def test_pay_periods_that_are_over_close_by_the_old_plan(rent, arrive):
    """Nobody asked since November."""
    change(arrive("2027-01-10"), rent, "2027-01-03", amount="1100")

    pools = PayPeriod.objects.order_by("start").values_list("start", "pool")
    assert list(pools) == [(day("2026-11-01"), 2000), (day("2026-12-01"), 2000)]


# ---- What is refused ---------------------------------------------------------------------------------


def test_a_day_before_the_running_period_is_refused(rent, arrive):
    api = arrive("2026-12-03")

    assert refused(api, rent, "2026-11-30", amount="1100") == {
        "effective_from": ["Must not lie before 2026-12-01, on which the pay period began."]
    }
    assert change(api, rent, "2026-12-01", amount="1100")["due_date"] == "2026-12-05"


def test_an_old_one_that_would_be_left_without_a_date_is_refused(alice, salary, arrive):
    api = arrive("2026-11-25")
    first = ExpenseFactory(user=alice, frequency="annual", due_date=day("2027-01-15"))
    started = ExpenseFactory(user=alice, start_date=day("2026-12-01"), due_date=day("2026-12-20"))
    running = ExpenseFactory(user=alice, due_date=day("2026-12-05"))
    message = {"effective_from": ["It has no date before that day: change it as a whole."]}

    # Added on the 25th: the first date that counts lies ahead.
    assert refused(api, first, "2027-01-10", amount="1") == message
    assert refused(api, first, "2027-01-15", amount="1") == message
    assert change(api, first, "2027-01-16", amount="1")["due_date"] == "2028-01-15"
    assert refused(api, started, "2026-12-01", amount="1") == message
    # The date of October lies before its first period.
    assert refused(api, running, "2026-11-04", amount="1") == message
    assert change(api, running, "2026-11-06", amount="1")["due_date"] == "2026-12-05"


def test_one_that_has_ended_by_then_is_refused(alice, salary, arrive):
    bill = ExpenseFactory(user=alice, end_date=day("2027-03-31"))
    api = arrive("2026-11-25")

    assert refused(api, bill, "2027-04-01", amount="1") == {"effective_from": ["It has ended before that day."]}
    # No date is left after the 5th.
    assert refused(api, bill, "2027-03-31", amount="1") == {"end_date": ["No date is left that counts."]}
    made = change(api, bill, "2027-03-31", amount="1", end_date=None)
    assert (made["due_date"], made["end_date"]) == ("2027-04-05", None)


def test_what_comes_once_does_not_change_from_a_date_on(alice, salary, rent, arrive):
    once = ExpenseFactory(user=alice, frequency="once", due_date=day("2026-12-20"))
    api = arrive("2026-11-25")

    assert refused(api, once, "2026-12-21", amount="1") == {
        "effective_from": ["What comes once cannot change from a date on."]
    }
    assert refused(api, rent, "2027-01-01", frequency="once") == {
        "frequency": ["What recurs cannot come once from a date on."]
    }


@pytest.mark.parametrize(
    ("effective_from", "message"),
    [
        ("2046-11-26", "Must lie from 2000-01-01 to 2046-11-25."),
        ("1999-12-31", "Must lie from 2000-01-01 to 2046-11-25."),
        ("9999-12-31", "Must lie from 2000-01-01 to 2046-11-25."),
        ("soon", "Date has wrong format. Use one of these formats instead: YYYY-MM-DD."),
        (None, "This field may not be null."),
    ],
)
def test_a_day_that_is_none_is_refused(effective_from, message, rent, arrive):
    assert refused(arrive("2026-11-25"), rent, effective_from) == {"effective_from": [message]}


def test_the_day_is_needed(rent, arrive):
    answer = arrive("2026-11-25").post(f"/api/expense/{rent.pk}/change/", {"amount": "1100"})

    assert (answer.status_code, answer.json()) == (400, {"effective_from": ["This field is required."]})


def test_a_day_twenty_years_ahead_is_taken(rent, arrive):
    assert change(arrive("2026-11-25"), rent, "2046-11-25", amount="1")["due_date"] == "2046-12-05"


@pytest.mark.parametrize(
    ("changes", "answer"),
    [
        ({"amount": "0"}, {"amount": ["Must be greater than 0."]}),
        ({"amount": "1.005"}, {"amount": ["EUR has 2 decimals."]}),
        ({"currency": "JPY", "amount": "1.5"}, {"amount": ["JPY has no decimals."]}),
        (
            {"currency": "USD"},
            {"currency": ["No exchange rate from USD to EUR is known for 2026-11-25 or a day before it."]},
        ),
        ({"currency": "XYZ"}, {"currency": ["Not an ISO 4217 currency code."]}),
        ({"name": ""}, {"name": ["This field may not be blank."]}),
        ({"frequency": "hourly"}, {"frequency": ['"hourly" is not a valid choice.']}),
        (
            {"frequency": "daily", "adjust": "before"},
            {"adjust": ["A daily item is not moved from weekends and holidays."]},
        ),
        ({"days": [1, 15]}, {"days": ["Only a semi-monthly item has two days of the month."]}),
        ({"end_date": "2026-11-30"}, {"end_date": ["The end date is before the start date."]}),
        ({"end_date": "2026-12-04"}, {"end_date": ["No date is left that counts."]}),
        ({"due_date": "2050-01-01"}, {"due_date": ["Must lie from 2000-01-01 to 2046-11-25."]}),
    ],
)
def test_values_are_checked_as_those_of_any_change(changes, answer, rent, arrive):
    assert refused(arrive("2026-11-25"), rent, "2026-12-01", **changes) == answer


def test_a_deleted_item_and_a_strangers_are_none(rent, bob, alice, arrive):
    api = arrive("2026-11-25")
    stranger = client_with(log_in(bob)["access"])
    gone = ExpenseFactory(user=alice)
    TransactionFactory(user=alice, kind="bill", expense=gone, occurrence=day("2026-12-05"))
    gone.delete()
    before = everything()

    for client, pk in ((stranger, rent.pk), (api, gone.pk), (api, 987654321)):
        for body in ({"effective_from": "2026-12-01"}, {}):
            answer = client.post(f"/api/expense/{pk}/change/", body)
            assert (answer.status_code, answer.json()) == (404, {"detail": "Not found.", "code": "not_found"})
    assert everything() == before


def test_one_that_is_sent_twice_under_a_key_happens_once(rent, arrive):
    api = arrive("2026-11-25")
    key = {"Idempotency-Key": "once"}
    body = {"effective_from": "2026-12-01", "amount": "1100"}

    first = api.post(f"/api/expense/{rent.pk}/change/", body, headers=key)
    again = api.post(f"/api/expense/{rent.pk}/change/", body, headers=key)

    assert (first.status_code, again.status_code, again.json()) == (201, 201, first.json())
    assert again.headers["Idempotent-Replayed"] == "true"
    assert Expense.objects.count() == 2


def test_both_items_are_audited(rent, arrive):
    api = arrive("2026-11-25")
    made = change(api, rent, "2026-12-01", amount="1100")

    ended, created = api.get("/api/audit/").json()["results"][:2]

    assert (ended["action"], ended["object_id"], ended["changes"]) == (
        "updated",
        str(rent.pk),
        {"end_date": [None, "2026-11-30"], "due_date": ["2026-12-05", "2026-11-05"]},
    )
    assert (created["action"], created["object_id"]) == ("created", str(made["id"]))
    assert (created["changes"]["start_date"], created["changes"]["amount"]) == ([None, "2026-12-01"], [None, "1100.00"])
