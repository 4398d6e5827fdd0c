"""Two pay periods with Alice, who is paid in euros, rents in francs, insures in pounds and shops in yen and dinars."""

import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from rest_framework.test import APIClient

from core.tests.conftest import client_of
from core.tests.support.factories import ExchangeRateFactory, UserFactory
from core.tests.support.feeds import make_feed


@pytest.fixture
def story(db: None, clock: time_machine.Traveller, tmp_path: Path) -> "Story":
    return Story(clock, tmp_path)


class Story:
    """Alice, the calendar and the feed."""

    def __init__(self, clock: time_machine.Traveller, folder: Path) -> None:
        self.clock = clock
        self.feed = folder / "daily.xml"
        self.go_to("2026-11-01")
        # The dinar is not in the feed: staff enter its rate.
        ExchangeRateFactory.create(quote="KWD", rate=Decimal("0.32"), date=datetime.date(2026, 11, 1), source="staff")
        self.api: APIClient = client_of(UserFactory.create(username="alice", currency="EUR"))

    def go_to(self, day: str) -> None:
        self.day = day
        self.clock.move_to(datetime.datetime.fromisoformat(f"{day}T09:00:00+00:00"))

    def rates(self, **rates: str) -> None:
        """The day's feed arrives."""
        self.feed.write_bytes(make_feed({self.day: rates}))
        call_command("update_exchange_rates", file=self.feed, verbosity=0)

    def buy(self, amount: str, currency: str) -> tuple[str, str]:
        """Returns what it came to in euros, and what is left of the day."""
        answer = self.api.post("/api/transaction/", {"amount": amount, "currency": currency})
        assert answer.status_code == 201, answer.content
        return answer.json()["base_amount"], answer.json()["remaining_amount"]

    def today(self) -> tuple[str, str, str]:
        answer = self.api.get("/api/allowance/today/").json()
        return answer["amount"], answer["remaining_amount"], answer["tomorrow"]

    def explain(self) -> dict[str, Any]:
        answer: dict[str, Any] = self.api.get("/api/allowance/explain/").json()
        return answer

    def counted(self) -> dict[str, tuple[str, str | None, str | None]]:
        return {item["name"]: (item["counted"], item["rate"], item["rate_date"]) for item in self.explain()["items"]}


def test_five_currencies_over_two_pay_periods(story):
    story.rates(CHF="0.96", GBP="0.80", JPY="160")
    story.api.post(
        "/api/income/",
        {"name": "salary", "amount": "3000", "frequency": "monthly", "next_payment_date": "2026-11-01"},
    )
    rent = {"name": "rent", "amount": "960", "currency": "CHF", "frequency": "monthly", "due_date": "2026-11-05"}
    story.api.post("/api/expense/", rent)
    insurance = {"name": "insurance", "amount": "1200", "currency": "GBP", "frequency": "annual"}
    story.api.post("/api/expense/", {**insurance, "due_date": "2027-01-15"})

    # 960 CHF are 1000 EUR. 1200 GBP are 1500 EUR, a third of them on each payday: 1 November, December, January.
    # 3000 - 1000 - 500 = 1500 for 30 days; 1500 / 29 for each of the others.
    assert story.counted() == {
        "salary": ("3000.00", None, None),
        "rent": ("1000.00", "1.04166666667", "2026-11-01"),
        "insurance": ("500.00", "1.25", "2026-11-01"),
    }
    assert story.today() == ("50.00", "50.00", "51.72")

    # 4000 / 160 = 25. (1500 - 25) / 29 = 50.862…
    assert story.buy("4000", "JPY") == ("25.00", "25.00")
    assert story.today() == ("50.00", "25.00", "50.86")

    # 1475 / 28 = 52.678…; 8 / 0.32 = 25, so (1475 - 25) / 28 = 51.785…
    story.go_to("2026-11-02")
    assert story.today() == ("50.86", "50.86", "52.67")
    assert story.buy("8.000", "KWD") == ("25.00", "25.86")
    assert story.today() == ("50.86", "25.86", "51.78")

    # The franc rises: 960 / 0.80 = 1200, so 1300 - 50 = 1250 for 15 days: 83.33; the past keeps what it showed.
    # 1000 / 125 = 8. (1250 - 8) / 14 = 88.714…
    story.go_to("2026-11-16")
    story.rates(CHF="0.80", GBP="0.80", JPY="125")
    assert story.buy("1000", "JPY") == ("8.00", "75.33")
    assert story.today() == ("83.33", "75.33", "88.71")
    first, *_ = story.api.get("/api/allowance/", {"date_before": "2026-11-01"}).json()["results"]
    assert (first["amount"], first["remaining_amount"]) == ("50.00", "25.00")

    # The next period. 1200 GBP are 1600 EUR at 0.75; 500 were put aside in November and stay: the other 1100 are
    # shared by two paydays. 3000 - 1000 - 550 = 1450; by 31 days 46.77. 3 / 0.30 = 10.
    story.go_to("2026-12-01")
    story.rates(CHF="0.96", GBP="0.75", JPY="160")
    ExchangeRateFactory.create(quote="KWD", rate=Decimal("0.30"), date=datetime.date(2026, 12, 1), source="staff")
    assert story.today() == ("46.77", "46.77", "48.33")
    assert story.buy("3.000", "KWD") == ("10.00", "36.77")
    assert story.counted()["insurance"] == ("550.00", "1.33333333333", "2026-12-01")

    # The bank corrects the pound the same day: 500 again. 1500 / 31 = 48.387…; (1500 - 10) / 30 = 49.666…
    story.rates(CHF="0.96", GBP="0.80", JPY="160")
    assert story.today() == ("48.38", "38.38", "49.66")

    # Nine days without news: the rates are used, and said to be old. 1500 - 10 = 1490 for 22 days.
    story.go_to("2026-12-10")
    explained = story.explain()
    assert (explained["amount"], [item["rate_is_old"] for item in explained["items"]]) == ("67.72", [False, True, True])
    assert explained["items"][1]["reason"].endswith("The exchange rate is an old one, of 2026-12-01.")
