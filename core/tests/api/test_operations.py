"""Health and metrics, as operators and probes see them."""

import threading

import pytest
from django.test import Client

from core.operations import health


def test_a_live_process_says_so_whatever_host_is_asked(db):
    answer = Client(headers={"Host": "10.1.2.3"}).get("/health/live/")

    assert answer.status_code == 200
    assert answer.json() == {"status": "up"}


def test_ready_names_every_dependency(db, settings):
    settings.REDIS_URL = ""

    answer = Client().get("/health/ready/")

    assert answer.status_code == 200
    assert answer.json() == {"status": "up", "database": "up"}


def test_a_redis_that_does_not_answer_makes_it_unready(db, settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"

    answer = Client().get("/health/ready/")

    assert answer.status_code == 503
    assert answer.json() == {"status": "down", "database": "up", "redis": "down"}
    assert answer["Retry-After"] == "2"


def test_a_database_that_refuses_makes_it_unready(db, settings, monkeypatch):
    settings.REDIS_URL = ""

    def refuse():
        raise health.Error("away")

    monkeypatch.setattr(health, "_ask_database", refuse)
    answer = Client().get("/health/ready/")

    assert answer.status_code == 503
    assert answer.json() == {"status": "down", "database": "down"}


def test_a_database_that_says_nothing_holds_up_no_probe_and_is_asked_once(db, settings, monkeypatch):
    settings.REDIS_URL = ""
    let_go, asked = threading.Event(), []

    def say_nothing():
        asked.append(1)
        let_go.wait(10)

    monkeypatch.setattr(health, "DATABASE_TIMEOUT_SECONDS", 0.05)
    monkeypatch.setattr(health, "_ask_database", say_nothing)
    silent = [Client().get("/health/ready/").status_code for _probe in range(3)]
    let_go.set()
    health._latest.is_over.wait(10)

    assert silent == [503, 503, 503]
    assert len(asked) == 1
    monkeypatch.undo()
    assert Client().get("/health/ready/").status_code == 200


def test_health_takes_no_other_method(db):
    assert Client().post("/health/live/").status_code == 405


def test_this_machine_reads_the_numbers(db, api):
    api.post("/api/income/", {"amount": "900", "frequency": "monthly", "next_payment_date": "2026-12-01"})

    answer = Client().get("/metrics")

    assert answer.status_code == 200
    assert b'allowance_refreshes_total{cause="plan"}' in answer.content
    assert b"http_requests_total" in answer.content


@pytest.mark.parametrize(
    ("token", "proxies", "address", "header"),
    [
        ("", 0, "192.0.2.1", ""),
        ("", 1, "127.0.0.1", ""),
        ("right", 0, "127.0.0.1", ""),
        ("right", 0, "127.0.0.1", "Bearer wrong"),
        ("right", 0, "127.0.0.1", "right"),
    ],
)
def test_the_numbers_are_not_open_to_the_world(db, settings, token, proxies, address, header):
    settings.METRICS_TOKEN, settings.TRUSTED_PROXIES = token, proxies

    answer = Client(headers={"Authorization": header}).get("/metrics", REMOTE_ADDR=address)

    assert answer.status_code == 404


def test_the_token_opens_the_numbers(db, settings):
    settings.METRICS_TOKEN = "right"

    answer = Client(headers={"Authorization": "Bearer right"}).get("/metrics", REMOTE_ADDR="192.0.2.1")

    assert answer.status_code == 200
