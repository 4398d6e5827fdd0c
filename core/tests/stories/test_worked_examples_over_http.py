"""The contract's worked examples, told to a real server whose clock stands on those days."""

import datetime

import pytest

pytestmark = pytest.mark.server


def noon(text: str) -> datetime.datetime:
    return datetime.datetime.combine(datetime.date.fromisoformat(text), datetime.time(12), tzinfo=datetime.UTC)


def add(client, kind: str, **values: str) -> None:
    answer = client.post(f"/api/{kind}/", json=values)
    assert answer.status_code == 201, answer.text


def today(client) -> dict:
    answer = client.get("/api/allowance/today/")
    assert answer.status_code == 200, answer.text
    return answer.json()


def pool(client) -> str:
    return client.get("/api/allowance/explain/").json()["pool"]


def test_the_worked_examples_over_http(start_api):
    server = start_api(now=noon("2026-11-01"))
    weekly = server.sign_up("weekly", currency="EUR")
    add(weekly, "income", amount="800", frequency="weekly", next_payment_date="2026-11-06")
    add(weekly, "expense", name="rent", amount="1200", frequency="monthly", due_date="2026-12-01")

    server.move_clock(noon("2026-11-22"))
    weekly = server.log_in("weekly")
    figure = today(weekly)
    assert (figure["period"], pool(weekly), figure["amount"]) == (
        {"start": "2026-11-20", "end": "2026-11-27", "days": 7, "days_left": 5},
        "500.00",
        "100.00",
    )
    add(weekly, "expense", name="insurance", amount="1200", frequency="annual", due_date="2027-01-15")
    assert (pool(weekly), today(weekly)["amount"]) == ("366.66", "73.33")

    monthly = server.sign_up("monthly", currency="EUR")
    add(monthly, "income", amount="3000", frequency="monthly", next_payment_date="2026-12-01")
    add(monthly, "expense", name="rent", amount="1000", frequency="monthly", due_date="2026-12-05")
    add(monthly, "savings-goal", percentage="10")
    figure = today(monthly)
    assert (figure["period"], pool(monthly), figure["amount"]) == (
        {"start": "2026-11-01", "end": "2026-12-01", "days": 30, "days_left": 9},
        "1700.00",
        "188.88",
    )
    add(monthly, "transaction", amount="100.00")

    bonus = server.sign_up("bonus", currency="EUR")
    add(bonus, "income", amount="3000", frequency="monthly", next_payment_date="2026-12-01")
    add(bonus, "income", amount="1200", frequency="annual", next_payment_date="2026-12-10")

    nothing = server.sign_up("nothing", currency="EUR")
    add(nothing, "expense", name="phone", amount="300", frequency="monthly", due_date="2026-12-05")
    figure = today(nothing)
    assert (pool(nothing), figure["shortfall"], figure["amount"], figure["status"]) == (
        "-300.00",
        "300.00",
        "0.00",
        "shortfall",
    )

    server.move_clock(noon("2026-11-23"))
    figure = today(server.log_in("monthly"))
    assert (figure["period"]["days_left"], figure["amount"]) == (8, "200.00")

    server.move_clock(noon("2026-12-10"))
    bonus = server.log_in("bonus")
    figure = today(bonus)
    assert (figure["period"]["days_left"], pool(bonus), figure["amount"]) == (22, "3100.00", "140.90")
