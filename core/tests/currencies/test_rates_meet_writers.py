"""A year of rates arrives at a real server while people write."""

import datetime
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path

import httpx
import pytest

from core.kernel.currencies import DECIMALS_BY_CODE
from core.tests.support.feeds import make_feed
from core.tests.support.servers import Server

pytestmark = pytest.mark.server

CODES = ["USD", *[code for code in sorted(DECIMALS_BY_CODE) if code not in ("EUR", "USD")][:29]]
WRITERS, FEWEST_PURCHASES, MOST_PURCHASES = 16, 3, 40


def feed_of(days: list[datetime.date], rate: str) -> bytes:
    return make_feed({str(day): dict.fromkeys(CODES, rate) for day in days})


def test_a_year_of_rates_loads_while_sixteen_clients_write(live_api: Server, tmp_path: Path):
    first, year = tmp_path / "first.xml", tmp_path / "year.xml"
    # The server lives on the real clock; half of those who write live where it is another day.
    people = [
        live_api.sign_up(f"person{number}", currency="EUR", timezone=zone)
        for number, zone in enumerate(["UTC", "Pacific/Kiritimati", "UTC", "Pacific/Pago_Pago"])
    ]
    # Which day it is, is for the server to say.
    today = datetime.date.fromisoformat(people[0].get("/api/allowance/today/").json()["date"])
    days = [today - datetime.timedelta(days=back) for back in range(-1, 364)]
    first.write_bytes(feed_of([today - datetime.timedelta(days=400)], "2"))
    year.write_bytes(feed_of(days, "4"))
    live_api.manage("update_exchange_rates", "--file", str(first))
    for client in people:
        income = {"amount": "9000", "currency": "USD", "frequency": "monthly", "next_payment_date": str(today)}
        assert client.post("/api/income/", json=income).status_code == 201

    def load() -> None:
        live_api.manage("update_exchange_rates", "--file", str(year))

    def write(number: int) -> list[httpx.Response]:
        answers: list[httpx.Response] = []
        while len(answers) < FEWEST_PURCHASES or (not loading.done() and len(answers) < MOST_PURCHASES):
            purchase = {"amount": "8.00", "currency": "USD"}
            answers.append(people[number % len(people)].post("/api/transaction/", json=purchase))
        return answers

    with ThreadPoolExecutor(max_workers=WRITERS + 1) as threads:
        loading = threads.submit(load)
        answers_by_writer = list(threads.map(write, range(WRITERS)))
        loading.result()

    written = [answer for answers in answers_by_writer for answer in answers]
    assert {answer.status_code for answer in written} == {201}
    # At the rate before or after, and nothing between.
    assert {answer.json()["base_amount"] for answer in written} <= {"4.00", "2.00"}
    for number, client in enumerate(people):
        rows = client.get("/api/transaction/", params={"page_size": "200"}).json()["results"]
        figure = client.get("/api/allowance/today/").json()
        assert len(rows) == sum(len(answers) for answers in answers_by_writer[number :: len(people)])
        assert Decimal(figure["spent"]) == sum(Decimal(row["base_amount"]) for row in rows)
        # 9000 dollars at four for a euro.
        assert client.get("/api/allowance/explain/").json()["pool"] == "2250.00"
        assert client.post("/api/allowance/recalculate/").json() == figure
    assert "0 differences" in live_api.manage("check_allowances")
