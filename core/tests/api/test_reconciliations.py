"""What is really there, over HTTP: rule 12 of the figure, its worked examples, and what a client may send."""

import datetime
from decimal import Decimal

import pytest

from core.allowance.queries import load_shown_reconciliations
from core.models import AuditEvent, Expense, Income, PayPeriod, Reconciliation
from core.tests.conftest import TODAY
from core.tests.support.calls import noon
from core.tests.support.factories import (
    ExchangeRateFactory,
    ExpenseFactory,
    IncomeFactory,
    OccurrencePatchFactory,
    SavingsGoalFactory,
    TransactionFactory,
    UserFactory,
)
from core.tests.support.logins import client_with, log_in

PATH = "/api/reconciliation/"
PREVIEW = "/api/reconciliation/preview/"


@pytest.fixture
def salary(alice) -> Income:
    return IncomeFactory(user=alice, name="salary")


@pytest.fixture
def rent(alice, salary) -> Expense:
    return ExpenseFactory(user=alice)


@pytest.fixture
def first_plan(rent, alice) -> Expense:
    """The first plan of the worked examples: 3000 a month, a rent of 1000, a tenth is saved."""
    SavingsGoalFactory(user=alice, name="old age")
    return rent


@pytest.fixture
def phone(alice) -> Expense:
    return ExpenseFactory(user=alice, name="phone", amount=Decimal(60), due_date=datetime.date(2026, 11, 28))


@pytest.fixture
def insurance(alice) -> Expense:
    return ExpenseFactory(
        user=alice,
        name="insurance",
        amount=Decimal(1200),
        frequency="annual",
        due_date=datetime.date(2027, 1, 15),
    )


def state(api, amount: str, covers: str = "balance", **more) -> dict:
    answer = api.post(PATH, {"amount": amount, "covers": covers, **more})
    assert answer.status_code == 201, answer.content
    return answer.json()


def pool_and_amount(api) -> tuple[str, str]:
    answer = api.get("/api/allowance/explain/").json()
    return answer["pool"], answer["amount"]


def add_up(lines: list[dict]) -> str:
    return str(sum((Decimal(line["amount"]) for line in lines), Decimal("0.00")))


def refused(api, **body) -> dict:
    before = list(Reconciliation.objects.values()), AuditEvent.objects.count()
    answer = api.post(PATH, {"amount": "900.00", "covers": "balance", **body})
    previewed = api.post(PREVIEW, {"amount": "900.00", "covers": "balance", **body})
    assert (answer.status_code, previewed.status_code) == (400, 400), answer.content
    assert answer.json() == previewed.json()
    assert (list(Reconciliation.objects.values()), AuditEvent.objects.count()) == before
    return answer.json()


# ---- The worked examples ---------------------------------------------------------------------------


def test_what_may_be_spent_until_payday_is_stated(first_plan, arrive):
    state(arrive("2026-11-22"), "240.00", "spending")

    assert pool_and_amount(arrive("2026-11-22")) == ("240.00", "26.66")
    assert pool_and_amount(arrive("2026-12-01")) == ("1700.00", "54.83")


def test_of_a_balance_what_is_still_to_leave_is_subtracted(first_plan, phone, arrive):
    state(arrive("2026-11-22"), "900.00")

    assert pool_and_amount(arrive("2026-11-22")) == ("840.00", "93.33")


def test_of_a_balance_what_must_be_put_aside_is_subtracted(first_plan, phone, insurance, arrive):
    state(arrive("2026-11-22"), "900.00")

    assert pool_and_amount(arrive("2026-11-22")) == ("440.00", "48.88")


def test_a_bill_of_the_next_period_is_paid_after_a_balance(first_plan, alice, arrive):
    state(arrive("2026-11-22"), "1200.00")
    api = arrive("2026-11-28")
    TransactionFactory(
        user=alice, kind="bill", amount=Decimal(1000), expense=first_plan, occurrence=datetime.date(2026, 12, 5)
    )

    assert pool_and_amount(api) == ("200.00", "66.66")
    assert pool_and_amount(arrive("2026-12-01")) == ("2700.00", "87.09")


def test_a_bill_is_paid_with_another_amount_after_a_balance(first_plan, phone, alice, arrive):
    state(arrive("2026-11-22"), "900.00")
    api = arrive("2026-11-28")
    TransactionFactory(
        user=alice, kind="bill", amount=Decimal(75), expense=phone, occurrence=datetime.date(2026, 11, 28)
    )

    assert pool_and_amount(api) == ("825.00", "275.00")


def test_of_a_balance_what_later_periods_count_of_a_bonus_is_kept_for_them(rent, alice, arrive):
    IncomeFactory(
        user=alice,
        name="bonus",
        amount=Decimal(1200),
        frequency="annual",
        next_payment_date=datetime.date(2026, 12, 10),
    )
    made = state(arrive("2026-12-15"), "4000.00")

    assert pool_and_amount(arrive("2026-12-15")) == ("2900.00", "170.58")
    assert [(line["what"], line["name"], line["amount"]) for line in made["lines"]] == [
        ("stated", "", "4000.00"),
        ("for_later", "bonus", "-1100.00"),
    ]


# ---- What is answered --------------------------------------------------------------------------------


def test_a_reconciliation_shows_line_by_line_what_it_makes_of_the_period(first_plan, phone, salary, arrive):
    made = state(arrive("2026-11-22"), "900.00", note="counted twice")

    # 840.00 are left in place of 1640.00: 3000 less 1000, 60 and 300.
    assert made == {
        "id": Reconciliation.objects.get().pk,
        "date": "2026-11-22",
        "amount": "900.00",
        "covers": "balance",
        "not_yet": [],
        "note": "counted twice",
        "difference": "-800.00",
        "lines": [
            {"what": "stated", "type": None, "id": None, "name": "", "occurrence": None, "amount": "900.00"},
            {
                "what": "bill",
                "type": "expense",
                "id": phone.pk,
                "name": "phone",
                "occurrence": "2026-11-28",
                "amount": "-60.00",
            },
        ],
        "over": [
            {
                "type": "income",
                "id": salary.pk,
                "name": "salary",
                "occurrence": "2026-11-01",
                "effective_date": "2026-11-01",
                "amount": "3000.00",
                "status": "planned",
            },
            {
                "type": "expense",
                "id": first_plan.pk,
                "name": "rent",
                "occurrence": "2026-11-05",
                "effective_date": "2026-11-05",
                "amount": "1000.00",
                "status": "planned",
            },
        ],
        "void": False,
        "created_at": "2026-11-22T12:00:00.000000Z",
    }


def test_a_preview_answers_the_same_with_the_figure_and_stores_nothing(first_plan, phone, arrive):
    api = arrive("2026-11-22")
    TransactionFactory(user=first_plan.user, amount=Decimal(30))
    body = {
        "amount": 850,
        "covers": "balance",
        "note": "what the bank says",
        "not_yet": [{"expense": first_plan.pk, "occurrence": "2026-11-05"}],
    }

    previewed = api.post(PREVIEW, body)

    assert (previewed.status_code, Reconciliation.objects.count()) == (200, 0)
    assert pool_and_amount(api)[0] == "1640.00"
    shown = previewed.json()
    # 850 and the 30 of today, less phone and rent: -180 are left of -150 + 30.
    assert (shown["pool"], shown["left"], add_up(shown["lines"])) == ("-180.00", "-210.00", "-180.00")
    made = api.post(PATH, body).json()
    assert shown == {**made, "id": None, "created_at": None, "pool": "-180.00", "left": "-210.00"}


def test_reconciliations_are_listed_newest_first_and_read_one_by_one(rent, arrive):
    first = state(arrive("2026-11-22"), "900.00")
    second = state(arrive("2026-11-24"), "500.00", "spending")
    third = state(arrive("2026-12-03"), "2000.00")
    api = arrive("2026-12-03")

    listed = api.get(PATH).json()

    assert {**listed, "results": [row["id"] for row in listed["results"]]} == {
        "count": 3,
        "next": None,
        "previous": None,
        "results": [third["id"], second["id"], first["id"]],
    }
    assert [api.get(f"{PATH}{row['id']}/").json() for row in listed["results"]] == listed["results"]
    assert [row["difference"] for row in listed["results"]] == ["-1000.00", "-400.00", "-1100.00"]
    # Each as if none had been written after it.
    assert [add_up(row["lines"]) for row in listed["results"]] == ["1000.00", "500.00", "900.00"]
    second_page = api.get(PATH, {"page": 2, "page_size": 2}).json()
    assert (second_page["count"], [row["id"] for row in second_page["results"]]) == (3, [first["id"]])


def test_lines_follow_the_plan_and_add_up_to_the_pool(first_plan, phone, insurance, alice, arrive):
    made = state(arrive("2026-11-22"), "900.00")
    api = arrive("2026-11-25")
    phone.amount = Decimal(65)
    phone.save()
    TransactionFactory(user=alice, kind="bill", amount=Decimal("20.50"), description="unplanned")
    TransactionFactory(user=alice, kind="income", amount=Decimal(100))

    shown = api.get(f"{PATH}{made['id']}/").json()

    assert [(line["what"], line["type"], line["name"], line["amount"]) for line in shown["lines"]] == [
        ("stated", None, "", "900.00"),
        ("bill", "expense", "phone", "-65.00"),
        ("bill", "expense", "insurance", "-400.00"),
        ("difference", "expense", "", "-20.50"),
        ("difference", "income", "", "100.00"),
        ("saving", "savings-goal", "old age", "-10.00"),
    ]
    assert add_up(shown["lines"]) == pool_and_amount(api)[0] == "504.50"
    # What it changed when it was written stays.
    assert shown["difference"] == made["difference"]


def test_a_payment_on_a_date_that_was_over_stands_in_a_line_with_its_items_name(rent, alice, arrive):
    made = state(arrive("2026-11-22"), "900.00")
    api = arrive("2026-11-25")
    TransactionFactory(user=alice, kind="bill", amount=Decimal(50), expense=rent, occurrence=datetime.date(2026, 11, 5))

    [_stated, line] = api.get(f"{PATH}{made['id']}/").json()["lines"]

    assert line == {
        "what": "difference",
        "type": "expense",
        "id": rent.pk,
        "name": "rent",
        "occurrence": "2026-11-05",
        "amount": "-50.00",
    }


def test_lines_of_a_closed_period_add_up_to_its_pool(first_plan, phone, insurance, alice, arrive):
    made = state(arrive("2026-11-22"), "900.00")
    api = arrive("2027-01-10")

    shown = api.get(f"{PATH}{made['id']}/").json()

    assert add_up(shown["lines"]) == "440.00"
    assert PayPeriod.objects.get(user=alice, start=datetime.date(2026, 11, 1)).pool == 440


# ---- Moments -----------------------------------------------------------------------------------------


def test_what_was_spent_that_day_before_the_moment_is_added_and_what_follows_counts_against_it(rent, alice, arrive):
    api = arrive("2026-11-22")
    TransactionFactory(user=alice, amount=Decimal(400), date=datetime.date(2026, 11, 20))
    before = TransactionFactory(user=alice, amount=Decimal(30))
    made = state(api, "240.00", "spending")
    TransactionFactory(user=alice, amount=Decimal(10))

    assert [(line["what"], line["amount"]) for line in made["lines"]] == [
        ("stated", "240.00"),
        ("spent_that_day", "30.00"),
    ]
    # 270 for nine days; 40 were spent today.
    today = api.get("/api/allowance/today/").json()
    assert (pool_and_amount(api)[0], today["amount"], today["remaining_amount"]) == ("270.00", "30.00", "-10.00")
    # At its present amount: what was there then does not change by it.
    before.amount = Decimal(35)
    before.save()
    today = api.get("/api/allowance/today/").json()
    assert (pool_and_amount(api)[0], today["amount"], today["remaining_amount"]) == ("275.00", "30.55", "-14.45")


@pytest.mark.parametrize(
    ("day", "stored", "pool"),
    [
        ("2026-11-21", "before", "900.00"),
        ("2026-11-21", "after", "900.00"),
        ("2026-11-22", "before", "900.00"),
        ("2026-11-22", "after", "825.00"),
    ],
)
def test_a_payment_is_over_if_it_was_made_before_the_moment(day, stored, pool, salary, phone, alice, arrive):
    def pay() -> None:
        TransactionFactory(
            user=alice,
            kind="bill",
            amount=Decimal(75),
            date=datetime.date.fromisoformat(day),
            expense=phone,
            occurrence=datetime.date(2026, 11, 28),
        )

    api = arrive("2026-11-22")
    if stored == "before":
        pay()
    made = state(api, "900.00")
    if stored == "after":
        pay()

    over = api.get(f"{PATH}{made['id']}/").json()["over"]
    assert pool_and_amount(api)[0] == pool
    assert [one["status"] for one in over if one["name"] == "phone"] == (["paid"] if pool == "900.00" else [])


def test_of_two_in_one_period_the_last_counts_until_it_is_deleted(rent, alice, arrive):
    first = state(arrive("2026-11-22"), "900.00")
    second = state(arrive("2026-11-24"), "500.00", "spending")
    api = arrive("2026-11-25")
    assert pool_and_amount(api) == ("500.00", "83.33")

    assert api.delete(f"{PATH}{second['id']}/").status_code == 204
    assert pool_and_amount(api) == ("900.00", "150.00")
    assert api.get("/api/allowance/today/").json()["amount"] == "150.00"

    assert api.delete(f"{PATH}{first['id']}/").status_code == 204
    assert pool_and_amount(api) == ("2000.00", "333.33")
    assert api.get(PATH).json()["results"] == []
    assert api.delete(f"{PATH}{first['id']}/").status_code == 404


def test_deleting_one_of_a_closed_period_changes_what_is_carried(alice, rent, clock, arrive):
    clock.move_to(noon("2026-10-20"))
    alice.leftover = "carry"
    alice.save()
    made = state(arrive("2026-11-22"), "100.00", "spending")
    api = arrive("2026-12-03")
    assert pool_and_amount(api)[0] == "2100.00"

    assert api.delete(f"{PATH}{made['id']}/").status_code == 204

    assert pool_and_amount(api)[0] == "4000.00"
    closed = PayPeriod.objects.get(user=alice, start=datetime.date(2026, 11, 1))
    assert (closed.pool, closed.left, closed.reconciliation) == (2000, 2000, None)


def test_what_may_be_spent_is_void_once_the_paydays_are_laid_elsewhere(salary, arrive):
    balance = state(arrive("2026-11-22"), "900.00")
    made = state(arrive("2026-11-22"), "500.00", "spending")
    api = arrive("2026-11-23")
    assert pool_and_amount(api)[0] == "500.00"

    assert api.patch(f"/api/income/{salary.pk}/", {"next_payment_date": "2026-12-10"}).status_code == 200

    shown = api.get(f"{PATH}{made['id']}/").json()
    assert (shown["void"], shown["lines"], shown["over"]) == (True, [], [])
    assert api.get(f"{PATH}{balance['id']}/").json()["void"] is False
    assert pool_and_amount(api)[0] == "900.00"


def test_before_its_own_day_one_counts_as_if_stated_today(salary, phone, alice, clock):
    clock.move_to(datetime.datetime(2026, 11, 22, 23, tzinfo=datetime.UTC))
    alice.timezone = "Pacific/Auckland"
    alice.save()
    made = state(client_with(log_in(alice)["access"]), "900.00")
    alice.timezone = "Pacific/Honolulu"
    alice.save()
    api = client_with(log_in(alice)["access"])

    assert (made["date"], api.get("/api/allowance/today/").json()["date"]) == ("2026-11-23", "2026-11-22")
    assert pool_and_amount(api)[0] == "840.00"
    assert add_up(api.get(f"{PATH}{made['id']}/").json()["lines"]) == "840.00"


def test_a_new_person_whose_period_is_long_over_states_what_is_there(alice, arrive):
    """Nobody asked for two months: what is over closes before anything is stated."""
    IncomeFactory(user=alice)
    api = arrive("2027-01-10")

    made = state(api, "700.00")

    assert (made["difference"], pool_and_amount(api)[0]) == ("-2300.00", "700.00")
    starts = PayPeriod.objects.filter(user=alice).order_by("start").values_list("start", flat=True)
    assert list(starts) == [datetime.date(2026, 11, 1), datetime.date(2026, 12, 1)]


# ---- What is not yet there ---------------------------------------------------------------------------


def test_a_late_bill_and_a_late_wage_are_named_and_shown_as_they_were_sent(first_plan, salary, arrive):
    late = [
        {"expense": first_plan.pk, "occurrence": "2026-11-05"},
        {"income": salary.pk, "occurrence": "2026-11-01"},
    ]

    made = state(arrive("2026-11-22"), "900.00", not_yet=late)

    # The wage is still to come, a tenth of it saved; the rent is still to leave.
    assert [(line["what"], line["amount"]) for line in made["lines"]] == [
        ("stated", "900.00"),
        ("income", "3000.00"),
        ("bill", "-1000.00"),
        ("saving", "-300.00"),
    ]
    assert (made["not_yet"], made["over"], pool_and_amount(arrive("2026-11-22"))[0]) == (late, [], "2600.00")


def test_what_was_over_can_be_sent_back_as_not_yet(rent, arrive):
    api = arrive("2026-11-22")
    over = api.post(PREVIEW, {"amount": "900.00", "covers": "balance"}).json()["over"]
    late = [{one["type"]: one["id"], "occurrence": one["occurrence"]} for one in over]

    shown = api.post(PREVIEW, {"amount": "900.00", "covers": "balance", "not_yet": late}).json()

    assert (shown["not_yet"], shown["over"], shown["pool"]) == (late, [], "2900.00")


def test_a_bill_that_was_paid_on_the_books_alone_is_named(salary, phone, alice, arrive):
    api = arrive("2026-11-22")
    TransactionFactory(
        user=alice, kind="bill", amount=Decimal(75), expense=phone, occurrence=datetime.date(2026, 11, 28)
    )

    named = {"expense": phone.pk, "occurrence": "2026-11-28"}
    # 75 are still to leave.
    assert add_up(state(api, "900.00", not_yet=[named])["lines"]) == "825.00"


@pytest.mark.parametrize("covers", ["balance", "spending"])
def test_a_bill_that_is_late_for_three_months_is_named(covers, rent, arrive):
    """Its pay period closed long before the last one."""
    named = {"expense": rent.pk, "occurrence": "2026-11-05"}
    api = arrive("2027-02-10")
    made = state(api, "5000.00", covers, not_yet=[named])

    pool = {"balance": "4000.00", "spending": "5000.00"}[covers]
    assert (add_up(made["lines"]), made["not_yet"]) == (pool, [named])
    # Of the rows alone, as any later write and read see it.
    assert pool_and_amount(api)[0] == pool
    assert api.post("/api/allowance/recalculate/").status_code == 200
    assert api.get(f"{PATH}{made['id']}/").json() == made


def test_a_skipped_date_is_over(rent, alice, arrive):
    api = arrive("2026-11-25")
    OccurrencePatchFactory(user=alice, expense=rent, amount=None, said_on=datetime.date(2026, 11, 25))

    named = {"expense": rent.pk, "occurrence": "2026-12-05"}
    assert add_up(state(api, "900.00")["lines"]) == "900.00"
    assert state(api, "900.00", not_yet=[named])["not_yet"] == [named]


@pytest.mark.parametrize(
    "occurrence",
    [
        pytest.param("2026-11-28", id="still to come"),
        pytest.param("2026-11-06", id="no date of its schedule"),
        pytest.param("2026-10-28", id="before its first period"),
        pytest.param("2000-01-01", id="long ago"),
        pytest.param("2199-12-31", id="far ahead"),
    ],
)
def test_a_date_that_would_not_be_over_cannot_be_named(occurrence, salary, phone, arrive):
    answer = refused(arrive("2026-11-22"), not_yet=[{"expense": phone.pk, "occurrence": occurrence}])

    assert answer == {"not_yet": [f"{occurrence} of expense {phone.pk} would not be over without being named."]}


def test_a_bill_of_today_is_not_over_and_a_wage_of_today_is(salary, alice, arrive):
    bill = ExpenseFactory(user=alice, due_date=datetime.date(2026, 12, 1))
    api = arrive("2026-12-01")

    assert "not_yet" in refused(api, not_yet=[{"expense": bill.pk, "occurrence": "2026-12-01"}])
    assert state(api, "900.00", not_yet=[{"income": salary.pk, "occurrence": "2026-12-01"}])["over"] == []


def test_a_date_cannot_be_named_twice(rent, arrive):
    named = {"expense": rent.pk, "occurrence": "2026-11-05"}

    answer = refused(arrive("2026-11-22"), not_yet=[named, {**named, "expense": str(rent.pk)}])

    assert answer == {"not_yet": [f"2026-11-05 of expense {rent.pk} is named twice."]}


def test_an_item_of_somebody_else_of_nobody_or_deleted_cannot_be_named(rent, bob, arrive):
    of_bob = ExpenseFactory(user=bob)
    api = arrive("2026-11-22")
    income = Income.objects.get(user=rent.user)
    TransactionFactory(
        user=rent.user, kind="bill", amount=Decimal(1), expense=rent, occurrence=datetime.date(2026, 11, 5)
    )
    rent.delete()

    unknown = {"not_yet": ["There is no such row."]}
    for named in (
        {"expense": of_bob.pk},
        {"expense": 987654321},
        {"expense": 10**30},
        {"expense": -1},
        {"expense": rent.pk},
        # An income's id is none of a bill, unless there happens to be one of that number.
        {"income": 987654321},
    ):
        assert refused(api, not_yet=[{**named, "occurrence": "2026-11-05"}]) == unknown
    assert income.pk


@pytest.mark.parametrize(
    ("named", "message"),
    [
        ({"occurrence": "2026-11-05"}, "Name one item, by `expense` or by `income`."),
        ({"expense": 1, "income": 1, "occurrence": "2026-11-05"}, "Name one item, by `expense` or by `income`."),
        ({"expense": 1}, "occurrence: This field is required."),
        ({"expense": None, "occurrence": "2026-11-05"}, "expense: This field may not be null."),
        ({"expense": True, "occurrence": "2026-11-05"}, "expense: An id is required: a whole number."),
        ({"expense": 1.5, "occurrence": "2026-11-05"}, "expense: An id is required: a whole number."),
        ({"expense": [1], "occurrence": "2026-11-05"}, "expense: An id is required: a whole number."),
        ({"expense": 1, "occurrence": "1999-12-31"}, "occurrence: Must lie from 2000-01-01 to 2199-12-31."),
        (
            {"expense": 1, "occurrence": "2026-11"},
            "occurrence: Date has wrong format. Use one of these formats instead: YYYY-MM-DD.",
        ),  # noqa: E501
        ("2026-11-05", "Invalid data. Expected a dictionary, but got str."),
        (None, "This field may not be null."),
    ],
)
def test_what_cannot_name_a_date_is_refused_in_words(named, message, rent, arrive):
    assert refused(arrive("2026-11-22"), not_yet=[named]) == {"not_yet": [message]}


@pytest.mark.parametrize(
    ("not_yet", "message"),
    [
        ([{}] * 51, "Ensure this field has no more than 50 elements."),
        ({"expense": 1}, 'Expected a list of items but got type "dict".'),
        ("x", 'Expected a list of items but got type "str".'),
        (None, "This field may not be null."),
    ],
)
def test_not_yet_is_a_list_of_at_most_fifty(not_yet, message, rent, arrive):
    assert refused(arrive("2026-11-22"), not_yet=not_yet) == {"not_yet": [message]}


def test_fifty_late_dates_can_be_named(alice, arrive):
    IncomeFactory(user=alice)
    bills = [ExpenseFactory(user=alice, amount=Decimal(1)) for _ in range(50)]

    made = state(arrive("2026-11-22"), "900.00", not_yet=[{"expense": b.pk, "occurrence": "2026-11-05"} for b in bills])

    assert (len(made["not_yet"]), add_up(made["lines"])) == (50, "850.00")


# ---- What may be stated ------------------------------------------------------------------------------


@pytest.mark.parametrize("amount", ["-250.00", "0", "0.00", "-0.00", "999999999999.99", "-999999999999.99", -1, 12.5])
def test_an_amount_may_be_negative_or_nothing(amount, salary, arrive):
    api = arrive("2026-11-22")

    made = state(api, amount)

    shown = f"{Decimal(str(amount)) + 0:.2f}"
    assert (made["amount"], add_up(made["lines"]), pool_and_amount(api)[0]) == (shown, shown, shown)


def test_a_negative_balance_is_a_shortfall(rent, phone, arrive):
    api = arrive("2026-11-22")
    state(api, "-250.00")

    today = api.get("/api/allowance/today/").json()
    assert (today["status"], today["shortfall"], today["amount"]) == ("shortfall", "310.00", "0.00")


@pytest.mark.parametrize(
    ("amount", "message"),
    [
        ("12.505", "EUR has 2 decimals."),
        ("12.5050", "Must have no more than 3 decimals."),
        ("1000000000000", "Must be less than 1000000000000."),
        ("-1000000000000", "Must be greater than -1000000000000."),
        ("-1e40", "Must be greater than -1000000000000."),
        ("NaN", "A valid number is required."),
        ("-Infinity", "A valid number is required."),
        (True, "A valid number is required."),
        ("", "A valid number is required."),
        (None, "This field may not be null."),
    ],
)
def test_an_amount_that_is_none_is_refused(amount, message, salary, arrive):
    assert refused(arrive("2026-11-22"), amount=amount) == {"amount": [message]}


@pytest.mark.parametrize(
    ("body", "answer"),
    [
        ({"covers": "all"}, {"covers": ['"all" is not a valid choice.']}),
        ({"covers": None}, {"covers": ["This field may not be null."]}),
        ({"note": "x" * 201}, {"note": ["Ensure this field has no more than 200 characters."]}),
        ({"note": None}, {"note": ["This field may not be null."]}),
    ],
)
def test_other_fields_that_are_wrong_are_refused(body, answer, salary, arrive):
    assert refused(arrive("2026-11-22"), **body) == answer


def test_amount_and_covers_are_needed_and_the_rest_is_not(salary, arrive):
    api = arrive("2026-11-22")

    answer = api.post(PATH, {})

    assert (answer.status_code, answer.json()) == (
        400,
        {"amount": ["This field is required."], "covers": ["This field is required."]},
    )
    assert state(api, "900.00")["note"] == ""


def test_fields_that_cannot_be_written_are_ignored(salary, bob, arrive):
    made = state(
        arrive("2026-11-22"),
        "900.00",
        id=7,
        date="2020-01-01",
        user=bob.pk,
        difference="1.00",
        void=True,
        lines=[],
        last_transaction_id=99,
    )

    row = Reconciliation.objects.get()
    assert (made["date"], made["difference"], made["void"]) == ("2026-11-22", "-2100.00", False)
    assert (row.user_id, row.last_transaction_id) == (salary.user_id, 0)


@pytest.mark.parametrize(("currency", "amount", "wrong"), [("JPY", "150000", "150000.5"), ("KWD", "150.125", "0.1255")])
def test_amounts_have_the_decimals_of_the_owners_currency(currency, amount, wrong, db, clock):
    person = UserFactory(currency=currency)
    IncomeFactory(user=person, amount=Decimal(300_000), name="salary")
    api = client_with(log_in(person)["access"])

    made = state(api, amount)

    assert (made["amount"], made["lines"][0]["amount"], made["over"][0]["amount"]) == (
        amount,
        amount,
        {"JPY": "300000", "KWD": "300000.000"}[currency],
    )
    assert pool_and_amount(api)[0] == amount
    assert list(refused(api, amount=wrong)) == ["amount"]


def test_reconciliations_are_expressed_anew_in_another_currency(salary, phone, alice, arrive):
    ExchangeRateFactory(date=datetime.date(2026, 11, 1), rate=Decimal("1.25"))
    ExchangeRateFactory(date=datetime.date(2026, 11, 25), rate=Decimal("1.50"))
    first = state(arrive("2026-11-22"), "900.00")
    second = state(arrive("2026-11-26"), "240.00", "spending")
    api = arrive("2026-11-26")

    assert api.patch("/api/auth/users/me/", {"currency": "USD"}).status_code == 200

    # Each at the rate of its own day; the phone bill of 60 is 90 dollars by then.
    rows = {row["id"]: row for row in api.get(PATH).json()["results"]}
    assert (rows[first["id"]]["amount"], rows[first["id"]]["difference"]) == ("1125.00", "-2625.00")
    assert (rows[second["id"]]["amount"], add_up(rows[second["id"]]["lines"])) == ("360.00", "360.00")
    assert pool_and_amount(api)[0] == "360.00"


def test_one_that_is_deleted_while_a_list_is_made_is_left_out(salary, alice, arrive):
    made = state(arrive("2026-11-22"), "900.00")
    state(arrive("2026-11-22"), "800.00")
    rows = list(Reconciliation.objects.order_by("id"))
    Reconciliation.objects.exclude(pk=made["id"]).delete()

    shown = load_shown_reconciliations(owner=alice, rows=rows, today=TODAY)

    assert [one.id for one in shown] == [made["id"]]


# ---- Whose, how often, and what is left behind --------------------------------------------------------


def test_a_strangers_reconciliation_is_one_that_does_not_exist(rent, bob, arrive):
    made = state(arrive("2026-11-22"), "900.00")
    stranger = client_with(log_in(bob)["access"])

    for path in (f"{PATH}{made['id']}/", f"{PATH}987654321/"):
        for method in ("get", "delete"):
            answer = getattr(stranger, method)(path)
            assert (answer.status_code, answer.json()) == (404, {"detail": "Not found.", "code": "not_found"})
    assert stranger.get(PATH).json()["results"] == []
    assert Reconciliation.objects.count() == 1


@pytest.mark.parametrize("method", ["put", "patch"])
def test_a_reconciliation_is_never_changed(method, salary, arrive):
    api = arrive("2026-11-22")
    made = state(api, "900.00")

    answer = getattr(api, method)(f"{PATH}{made['id']}/", {"amount": "1.00", "covers": "balance"})

    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")
    assert api.get(f"{PATH}{made['id']}/").json() == made


def test_one_that_is_sent_twice_under_a_key_is_stored_once(salary, arrive):
    api = arrive("2026-11-22")
    key = {"Idempotency-Key": "once"}
    body = {"amount": "900.00", "covers": "balance"}

    first = api.post(PATH, body, headers=key)
    again = api.post(PATH, body, headers=key)
    other = api.post(PATH, {**body, "amount": "1.00"}, headers=key)

    assert (first.status_code, again.status_code, other.status_code) == (201, 201, 422)
    assert (again.json(), again.headers["Idempotent-Replayed"]) == (first.json(), "true")
    assert Reconciliation.objects.count() == 1


def test_no_if_match_is_looked_at(salary, arrive):
    api = arrive("2026-11-22")
    made = state(api, "900.00")

    answer = api.delete(f"{PATH}{made['id']}/", headers={"If-Match": '"2020-01-01T00:00:00.000000Z"'})

    assert answer.status_code == 204


def test_what_is_stated_and_deleted_is_audited(rent, arrive):
    api = arrive("2026-11-22")
    named = {"expense": rent.pk, "occurrence": "2026-11-05"}
    made = state(api, "-12.50", note="cash", not_yet=[named])
    api.delete(f"{PATH}{made['id']}/")

    events = api.get("/api/audit/").json()["results"][:2]

    values = {
        "date": "2026-11-22",
        "amount": "-12.50",
        "covers": "balance",
        "not_yet": f'[{{"date": "2026-11-05", "id": {rent.pk}, "type": "expense"}}]',
        "note": "cash",
    }
    assert [(event["action"], event["object_type"], event["object_id"]) for event in events] == [
        ("deleted", "reconciliation", str(made["id"])),
        ("created", "reconciliation", str(made["id"])),
    ]
    assert events[1]["changes"] == {name: [None, value] for name, value in values.items()}
    assert events[0]["changes"] == {name: [value, None] for name, value in values.items()}


def test_with_the_account_its_reconciliations_are_gone(rent, alice, arrive):
    state(arrive("2026-11-22"), "900.00")
    api = arrive("2026-12-03")
    state(api, "2000.00")
    assert PayPeriod.objects.filter(reconciliation__isnull=False).count() == 1

    assert api.delete("/api/auth/users/me/", {"current_password": "Correct-horse-9"}).status_code == 204

    assert Reconciliation.objects.count() == 0
