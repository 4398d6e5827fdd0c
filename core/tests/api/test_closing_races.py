"""The first writes of a pay period, many at once, against a real server: those that are over close once."""

import datetime
import json
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier

import httpx
import pytest

from core.tests.support.servers import Server

pytestmark = pytest.mark.server

WAIT_SECONDS = 60
WRITERS = 20
# As if the account and its rows were made in an earlier month, and nothing was read or written since.
MAKE_OLDER = """
from django.db import connection
from core.models import Expense, Income, User
User.objects.update(date_joined="{month}-15T12:00:00Z")
Income.objects.update(added_on="{month}-15", scheduled_on="{month}-15")
Expense.objects.update(added_on="{month}-15", scheduled_on="{month}-15")
connection.cursor().execute("DELETE FROM core_dailyallowance")
"""


def add(person: httpx.Client, kind: str, **values: object) -> int:
    answer = person.post(f"/api/{kind}/", json=values)
    assert answer.status_code == 201, answer.text
    row_id: int = answer.json()["id"]
    return row_id


def list_closed(server: Server) -> list[tuple[str, str, Decimal, Decimal]]:
    rows = [row["fields"] for row in json.loads(server.manage("dumpdata", "core.payperiod"))]
    return sorted((row["start"], row["end"], Decimal(row["own_pool"]), Decimal(row["spent"])) for row in rows)


def test_pay_periods_close_once_under_twenty_first_writers_of_every_kind(start_api):
    server = start_api(env={"WEB_THREADS": "8"})
    person = server.sign_up("carrier", currency="EUR", leftover="carry", overspend="repay")
    # The server lives on the real clock: these months are over, whatever day it is.
    today = datetime.datetime.now(datetime.UTC).date()
    this, last = today.replace(day=1), (today.replace(day=1) - datetime.timedelta(days=1)).replace(day=1)
    before = (last - datetime.timedelta(days=1)).replace(day=1)
    add(person, "income", amount="3000", frequency="monthly", next_payment_date=f"{before}")
    rent = add(person, "expense", name="rent", amount="1000", frequency="monthly", due_date=f"{before}")
    server.manage("shell", "-c", MAKE_OLDER.format(month=f"{before:%Y-%m}"))
    assert list_closed(server) == []
    writes = [
        lambda: person.post("/api/transaction/", json={"amount": "1"}),
        lambda: person.post(
            "/api/transaction/", json={"amount": "1000", "kind": "bill", "expense": rent, "occurrence": f"{this}"}
        ),
        lambda: person.post("/api/reconciliation/", json={"amount": "900", "covers": "balance"}),
        lambda: person.patch("/api/auth/users/me/", json={"weekday_weights": [1, 1, 1, 1, 1, 3, 2]}),
        lambda: person.post("/api/transaction/", json={"amount": "2", "date": f"{last}"}),
    ]
    gate = Barrier(WRITERS)

    def write(number: int) -> int:
        gate.wait(WAIT_SECONDS)
        return writes[number % len(writes)]().status_code

    with ThreadPoolExecutor(WRITERS) as pool:
        statuses = list(pool.map(write, range(WRITERS), timeout=WAIT_SECONDS))

    assert statuses == [201, 201, 201, 200, 201] * 4
    # 3000 less the rent in each; four times 2 were entered late.
    assert list_closed(server) == [(f"{before}", f"{last}", 2000, 0), (f"{last}", f"{this}", 2000, 8)]
    assert person.get("/api/allowance/today/").json()["spent"] == "4.00"
    assert person.get("/api/reconciliation/").json()["count"] == 4
    assert " 0 differences" in server.manage("check_allowances")
    assert "locked" not in server.log
    assert "Traceback" not in server.log
