"""How many statements a request costs, the token's user included: the same with ten rows as with 100,000."""

import datetime
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from core.models import DailyAllowance, Expense, Income, SavingsGoal, Transaction, User
from core.tests.conftest import TODAY
from core.tests.support.crowds import MANY, record_many
from core.tests.support.factories import (
    PASSWORD,
    ExpenseFactory,
    IncomeFactory,
    SavingsGoalFactory,
    TransactionFactory,
)
from fintech_app.settings import THROTTLES

MONTHLY = {"amount": "1", "frequency": "monthly", "next_payment_date": "2026-12-01"}
YESTERDAY = {"amount": "1", "date": "2026-11-21"}
BOUNDS = {"buy": 7, "buy yesterday": 10, "today": 3, "page": 3, "next page": 3, "filtered": 3, "days": 3}
CONTROL = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT", "ROLLBACK")


def log_in() -> APIClient:
    """Return Alice's client with a real token."""
    client = APIClient()
    tokens = client.post("/api/auth/jwt/create/", {"username": "alice", "password": PASSWORD}).json()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {tokens['access']}")
    # The first use of a pair of tokens takes a statement of its own.
    client.get("/api/languages/")
    return client


@pytest.fixture
def token_api(alice: User) -> APIClient:
    """Alice's client with a real token."""
    return log_in()


@pytest.fixture
def plan(alice: User) -> None:
    """Ten rows of each kind."""
    for _ in range(10):
        IncomeFactory(user=alice)
        ExpenseFactory(user=alice, amount=Decimal(10))
        SavingsGoalFactory(user=alice, percentage=Decimal(1))


def count(call: Callable[[], object], expected_status: int = 200) -> int:
    """Statements of one request, transaction control left out."""
    with CaptureQueriesContext(connection) as statements:
        answer = call()
    assert answer.status_code == expected_status, answer.content
    return sum(not one["sql"].startswith(CONTROL) for one in statements.captured_queries)


def test_a_purchase_of_today_costs_seven_statements(token_api, plan):
    token_api.get("/api/allowance/today/")

    # The session, the lock, the day, the purchase, its event, the day's sum, the day.
    assert count(lambda: token_api.post("/api/transaction/", {"amount": "1"}), 201) == 7


def test_a_purchase_costs_at_most_ten_statements(token_api, plan):
    first_of_the_day_ready = count(lambda: token_api.post("/api/transaction/", {"amount": "1"}), 201)
    past = count(lambda: token_api.post("/api/transaction/", {"amount": "1", "date": "2026-11-10"}), 201)
    again = count(lambda: token_api.post("/api/transaction/", {"amount": "1", "date": "2026-11-10"}), 201)

    assert max(first_of_the_day_ready, past, again) <= 10, (first_of_the_day_ready, past, again)


def test_the_first_write_of_a_day_costs_at_most_ten_too(token_api, plan, clock):
    token_api.get("/api/allowance/today/")
    clock.shift(datetime.timedelta(days=1))

    # The tokens of yesterday have expired.
    api = log_in()
    assert count(lambda: api.post("/api/transaction/", {"amount": "1"}), 201) <= 10


def test_the_first_write_of_a_pay_period_reads_the_plan(token_api, plan):
    DailyAllowance.objects.all().delete()

    # Beside what any purchase costs: incomes, bills, goals, closed periods, payments, patches, reconciliations, days.
    assert count(lambda: token_api.post("/api/transaction/", {"amount": "1"}), 201) <= 18


def test_a_purchase_under_a_key_costs_at_most_three_more(token_api, plan):
    key = {"Idempotency-Key": "once"}
    without = count(lambda: token_api.post("/api/transaction/", {"amount": "1"}), 201)

    first = count(lambda: token_api.post("/api/transaction/", {"amount": "1"}, headers=key), 201)
    replayed = count(lambda: token_api.post("/api/transaction/", {"amount": "1"}, headers=key), 201)

    assert first <= without + 3
    assert replayed <= 5


def test_a_client_id_costs_two_more(token_api, plan):
    token_api.get("/api/allowance/today/")
    body = {"amount": "1", "client_id": "4f9c2b1e-6a0d-4e7b-9c35-1d2e8f7a6b50"}

    # Whether it is known, and its row.
    assert count(lambda: token_api.post("/api/transaction/", body), 201) == 9
    # The session, the lock, the id with its transaction and day, the revision as it was.
    assert count(lambda: token_api.post("/api/transaction/", body)) == 4


def test_a_bill_costs_the_same_however_many_items_there_are(token_api, alice):
    def pay(occurrence: str) -> int:
        body = {"kind": "bill", "expense": rent.pk, "amount": "1", "occurrence": occurrence}
        return count(lambda: token_api.post("/api/transaction/", body), 201)

    rent = ExpenseFactory(user=alice, amount=Decimal(10))
    with_one = pay("2026-12-05")
    for _ in range(20):
        IncomeFactory(user=alice)
        ExpenseFactory(user=alice, amount=Decimal(10))

    # Beside what a purchase costs: the item, and what the figure depends on, once to check the date and once after.
    assert pay("2027-01-05") == with_one <= 26


def test_todays_figure_costs_two_statements_and_seven_when_its_row_is_made(token_api, plan, clock):
    token_api.get("/api/allowance/today/")
    clock.shift(datetime.timedelta(days=1))
    api = log_in()

    making = count(lambda: api.get("/api/allowance/today/"))
    reading = count(lambda: api.get("/api/allowance/today/"))

    # The session, the row; and then the lock, the rows again, the period's days, foreign items, the row.
    assert making == 7
    assert reading == 2


def test_the_first_read_of_a_pay_period_reads_the_plan(token_api, plan):
    DailyAllowance.objects.all().delete()

    assert count(lambda: token_api.get("/api/allowance/today/")) <= 15


def test_counting_calls_costs_one_statement_more_where_there_is_no_redis(token_api, plan, settings):
    settings.REDIS_URL = ""
    bare = count(lambda: token_api.get("/api/income/"))
    settings.THROTTLES = THROTTLES

    # The session, the count of calls, the count of rows, the page.
    assert count(lambda: token_api.get("/api/income/")) == bare + 1 <= 4


@pytest.mark.parametrize("name", ["income", "expense", "savings-goal", "transaction", "allowance"])
def test_a_page_of_any_list_costs_at_most_three_statements(token_api, plan, alice, name):
    TransactionFactory(user=alice)

    assert count(lambda: token_api.get(f"/api/{name}/")) <= 3


def test_a_page_of_reconciliations_costs_the_same_however_many_there_are(token_api, plan):
    stated = {"amount": "900", "covers": "balance"}
    token_api.post("/api/reconciliation/", stated)
    with_one = count(lambda: token_api.get("/api/reconciliation/"))

    for _ in range(5):
        token_api.post("/api/reconciliation/", stated)

    # Beside the page what a figure depends on, whose lines are shown.
    assert count(lambda: token_api.get("/api/reconciliation/")) == with_one <= 16
    assert count(lambda: token_api.post("/api/reconciliation/preview/", stated)) <= 16


def test_nothing_costs_more_with_a_hundred_thousand_rows(token_api, alice, plan):
    def calls() -> dict[str, int]:
        first = token_api.get("/api/transaction/?page_size=200").json()
        return {
            "buy": count(lambda: token_api.post("/api/transaction/", {"amount": "1"}), 201),
            "buy yesterday": count(lambda: token_api.post("/api/transaction/", YESTERDAY), 201),
            "today": count(lambda: token_api.get("/api/allowance/today/")),
            "explain": count(lambda: token_api.get("/api/allowance/explain/")),
            "recalculate": count(lambda: token_api.post("/api/allowance/recalculate/")),
            "page": count(lambda: token_api.get("/api/transaction/?page_size=200")),
            "next page": count(lambda: token_api.get(first["next"] or "/api/transaction/")),
            "filtered": count(lambda: token_api.get("/api/transaction/?date_after=2026-01-01&min_amount=1")),
            "days": count(lambda: token_api.get("/api/allowance/?page_size=200")),
            "change": count(lambda: token_api.patch(f"/api/transaction/{bought.pk}/", {"amount": next(amounts)})),
        }

    amounts = iter(("2", "3"))
    bought = TransactionFactory(user=alice)
    TransactionFactory(user=alice, date=datetime.date(2026, 11, 21))
    with_few = calls()
    Transaction.objects.filter(date__lt=TODAY).delete()
    DailyAllowance.objects.filter(date__lt=TODAY).delete()

    record_many(alice)
    with_many = calls()

    assert Transaction.objects.count() > MANY
    # A page that begins within a day reads the rest of that day and the days beyond.
    assert with_many == {**with_few, "next page": with_few["page"] + 1}
    assert {name: cost for name, cost in with_many.items() if cost > BOUNDS.get(name, cost)} == {}


def test_a_plan_costs_the_same_however_many_items_it_has(token_api, alice):
    def calls() -> list[int]:
        return [
            count(
                lambda: token_api.post("/api/income/", MONTHLY),
                201,
            ),
            count(lambda: token_api.get("/api/allowance/explain/")),
            count(lambda: token_api.post("/api/allowance/recalculate/")),
        ]

    # The first income of a day notes that paydays changed.
    token_api.post("/api/income/", MONTHLY)
    with_none = calls()
    day = {"currency": "EUR", "added_on": TODAY, "scheduled_on": TODAY}
    Income.objects.bulk_create(IncomeFactory.build(user=alice, **day) for _ in range(50))
    Expense.objects.bulk_create(ExpenseFactory.build(user=alice, **day) for _ in range(200))
    SavingsGoal.objects.bulk_create(SavingsGoalFactory.build(user=alice, percentage=Decimal("0.5")) for _ in range(50))

    assert calls() == with_none
