"""Pages by number, and what the thousandth page by key costs the database."""

import base64
import datetime
import re
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.allowance.services import refresh_allowance
from core.models import DailyAllowance, Transaction
from core.tests.conftest import TODAY
from core.tests.support.factories import IncomeFactory, TransactionFactory

PAGE_SIZE = 5
PAGES = 1_000


def test_pages_by_number_have_a_count_and_neighbours(api, alice):
    ids = [IncomeFactory(user=alice).pk for _ in range(5)]

    pages = [api.get(f"/api/income/?page_size=2&page={number}").json() for number in (1, 2, 3)]

    assert [[row["id"] for row in page["results"]] for page in pages] == [ids[:2], ids[2:4], ids[4:]]
    assert {page["count"] for page in pages} == {5}
    assert [page["previous"] is None for page in pages] == [True, False, False]
    assert [page["next"] is None for page in pages] == [False, False, True]
    assert api.get(pages[0]["next"]).json() == pages[1]
    assert api.get(pages[2]["previous"]).json() == pages[1]


def test_an_empty_list_is_a_page(api):
    assert api.get("/api/income/").json() == {"count": 0, "next": None, "previous": None, "results": []}


@pytest.mark.parametrize("page", ["0", "-1", "4", "x", "1.5", "9" * 30, "9" * 5000])
def test_a_page_that_does_not_exist_is_not_found(page, api, alice):
    IncomeFactory(user=alice)

    answer = api.get(f"/api/income/?page={page}")

    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.json()["code"] == "not_found"


@pytest.mark.parametrize(("size", "rows"), [("1", 1), ("3", 3), ("0", 3), ("x", 3), ("999", 3)])
def test_page_sizes_that_make_no_sense_are_the_usual_one(size, rows, api, alice):
    for _ in range(3):
        IncomeFactory(user=alice)

    assert len(api.get(f"/api/income/?page_size={size}").json()["results"]) == rows


def test_no_page_has_more_than_two_hundred_rows(api, alice):
    DailyAllowance.objects.bulk_create(
        DailyAllowance(
            user=alice, date=day, currency="EUR", amount=0, remaining_amount=0, pool=0, spent_before=0, tomorrow=0,
            period_start=day, period_end=TODAY, income_counts=False,
        )
        for day in (TODAY - datetime.timedelta(days=back) for back in range(1, 203))
    )  # fmt: skip

    sizes = {size: len(api.get(f"/api/allowance/?page_size={size}").json()["results"]) for size in (200, 201, 10**6)}

    assert sizes == {200: 200, 201: 200, 10**6: 200}


@pytest.fixture(params=[10, PAGES * PAGE_SIZE], ids=["ten a day", "all on one day"])
def long_list(request, alice):
    """A thousand pages of purchases."""
    days = DailyAllowance.objects.bulk_create(
        DailyAllowance(
            user=alice, date=day, currency="EUR", amount=100, remaining_amount=100 - request.param * Decimal("0.01"),
            pool=0, spent_before=0, tomorrow=0, period_start=day, period_end=TODAY, income_counts=False,
        )
        for day in (TODAY - datetime.timedelta(days=back) for back in range(1, PAGES * PAGE_SIZE // request.param + 1))
    )  # fmt: skip
    cent = {"amount": "0.01", "base_amount": "0.01", "currency": "EUR"}
    Transaction.objects.bulk_create(
        Transaction(user=alice, allowance=day, date=day.date, **cent) for day in days for _ in range(request.param)
    )
    with connection.cursor() as cursor:
        for table in ("core_transaction", "core_dailyallowance"):
            cursor.execute(f"ANALYZE {table}")


def explain(sql: str) -> str:
    """What the database does for a statement; on PostgreSQL with the pages of memory that it reads."""
    prefix = "EXPLAIN QUERY PLAN " if connection.vendor == "sqlite" else "EXPLAIN (ANALYZE, BUFFERS) "
    with connection.cursor() as cursor:
        cursor.execute(prefix + sql)
        return "\n".join(str(row[-1]) for row in cursor.fetchall())


def address_after(row_number: int) -> str:
    """The page that begins after so many rows."""
    row = Transaction.objects.order_by("-date", "-id")[row_number - 1]
    cursor = base64.urlsafe_b64encode(f"n|{row.date}|{row.pk}".encode()).decode()
    return f"/api/transaction/?page_size={PAGE_SIZE}&cursor={cursor}"


def test_the_thousandth_page_costs_what_the_first_costs(api, long_list):
    addresses = [f"/api/transaction/?page_size={PAGE_SIZE}", *map(address_after, (5, 2_500, 4_990))]
    costs = []

    for address in addresses:
        with CaptureQueriesContext(connection) as captured:
            answer = api.get(address)
        assert len(answer.json()["results"]) == PAGE_SIZE
        statements = [query["sql"] for query in captured if "core_transaction" in query["sql"]]
        for statement in statements:
            # The key bounds the search in the index: no row before it is read and left out.
            plan = explain(statement)
            # Where the whole table is one day of one person, the primary key bounds the search as well.
            assert re.search(r"transaction_newest_first|core_transaction_pkey|PRIMARY KEY \(rowid<\?\)", plan)
            assert "OFFSET" not in statement
            assert "SCAN core_transaction" not in plan
            assert "Rows Removed" not in plan
        costs.append(len(statements))

    # A page that begins within a day reads the rest of that day and, where that is not enough, the days beyond.
    assert costs[0] == 1
    assert max(costs) <= 2


def test_every_row_is_on_one_page_walking_forth_and_back(api, alice, django_user_model):
    bob = django_user_model.objects.create_user("bob", "bob@example.org", "x")
    for owner in (alice, bob):
        for back in range(4):
            TransactionFactory(user=owner, date=TODAY - datetime.timedelta(days=back))
    Transaction.objects.bulk_create(
        Transaction(user_id=row.user_id, allowance_id=row.allowance_id, date=row.date, amount=1, base_amount=1,
                    currency=row.currency)
        for row in Transaction.objects.filter(date__lt=TODAY) for _ in range(60)
    )  # fmt: skip

    def walk(path):
        pages, link = [], path
        while link:
            pages.append(api.get(link).json())
            link = pages[-1]["next"]
        link = pages[-1]["previous"]
        while link:
            pages.append(api.get(link).json())
            link = pages[-1]["previous"]
        return [page["results"] for page in pages]

    pages = walk("/api/transaction/")

    assert pages == walk("/api/transaction/?date_after=2000-01-01") == walk("/api/transaction/?page_size=50")
    assert [len(page) for page in pages] == [50, 50, 50, 34, 50, 50, 50]
    assert {row["id"] for page in pages for row in page} == set(
        Transaction.objects.filter(user=alice).values_list("pk", flat=True)
    )
    refresh_allowance(user_id=alice.pk, today=TODAY, days={TODAY - datetime.timedelta(days=back) for back in range(4)})
    refresh_allowance(user_id=bob.pk, today=TODAY, days={TODAY - datetime.timedelta(days=back) for back in range(4)})
