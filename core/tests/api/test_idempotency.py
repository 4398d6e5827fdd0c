"""`Idempotency-Key`: what is sent twice happens once. Parallel use, kills and restarts are in test_races."""

import datetime

import pytest

from core.models import IdempotencyKey, Transaction
from core.tests.conftest import NOON

BODIES = {
    "income": {"amount": "5", "frequency": "monthly", "next_payment_date": "2026-12-01"},
    "expense": {"name": "x", "amount": "5", "frequency": "monthly", "due_date": "2026-12-01"},
    "savings-goal": {"percentage": "5"},
    "transaction": {"amount": "5"},
}


def send(api, body, *, key="once", path="/api/transaction/"):
    """A POST under a key; `body` is JSON text or what becomes it."""
    if isinstance(body, str):
        return api.generic("POST", path, body, content_type="application/json", headers={"Idempotency-Key": key})
    return api.post(path, body, headers={"Idempotency-Key": key})


@pytest.mark.parametrize("name", list(BODIES))
def test_a_second_request_gets_the_first_answer_and_creates_nothing(name, api):
    path = f"/api/{name}/"

    first = send(api, BODIES[name], path=path)
    second = send(api, BODIES[name], path=path)

    rows = api.get(path).json()["results"]
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert "Idempotent-Replayed" not in first.headers
    assert second.headers["Idempotent-Replayed"] == "true"
    assert [row["id"] for row in rows] == [first.json()["id"]]


def test_the_first_answer_stands_whatever_happened_since(api):
    first = send(api, {"amount": "5"})
    api.post("/api/transaction/", {"amount": "1"})
    api.delete(f"/api/transaction/{first.json()['id']}/")

    second = send(api, {"amount": "5"})

    assert second.content == first.content
    assert Transaction.objects.count() == 1


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ('{"amount": 12.5, "category": "x"}', '{"category":"x","amount":12.50}'),
        ('{"amount": 12.5}', '{"amount": 1.25e1}'),
        ('{"amount": 100}', '{"amount": 1E2}'),
        ('{"amount": 100}', '{"amount": 100.00}'),
        ('{"amount": "5", "description": "\\u00e9"}', '{"amount": "5", "description": "é"}'),
        ('{"amount": "5", "unknown": {"a": [1, 0.10]}}', '{"unknown": {"a": [1.0, 1e-1]}, "amount": "5"}'),
    ],
)
def test_bodies_that_are_equal_as_json_are_the_same(first, second, api):
    answers = [send(api, first), send(api, second)]

    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[1].headers["Idempotent-Replayed"] == "true"


@pytest.mark.parametrize(
    "other",
    [
        '{"amount": "5.0"}',
        '{"amount": 5}',
        '{"amount": "6"}',
        '{"amount": "5", "x": null}',
        '{"amount": "5", "category": ""}',
    ],
)
def test_another_body_under_the_key_is_a_mismatch(other, api):
    send(api, '{"amount": "5"}')

    answer = send(api, other)

    assert answer.status_code == 422
    assert answer.json()["code"] == "idempotency_mismatch"
    assert Transaction.objects.count() == 1


def test_another_path_under_the_key_is_a_mismatch(api):
    send(api, BODIES["income"], path="/api/income/")

    answer = send(api, BODIES["income"], path="/api/expense/")

    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_mismatch")


@pytest.mark.parametrize(
    "wrong",
    [
        '{"amount": "-1"}',
        '{"amount": ',
        "[]",
        '{"amount": "1", "date": "2999-01-01"}',
        '{"amount": "1", "currency": "CHF"}',
    ],
)
def test_a_refused_request_does_not_burn_its_key(wrong, api):
    refused = send(api, wrong)

    corrected = send(api, {"amount": "5"})

    assert refused.status_code == 400
    assert corrected.status_code == 201
    assert "Idempotent-Replayed" not in corrected.headers


def test_a_key_is_kept_for_a_day_and_then_new(api, clock):
    send(api, {"amount": "5"})

    clock.move_to(NOON + datetime.timedelta(hours=24, seconds=-1))
    kept = send(api, {"amount": "5"})
    clock.move_to(NOON + datetime.timedelta(hours=24))
    other = send(api, {"amount": "6"})

    assert "Idempotent-Replayed" in kept.headers
    assert other.status_code == 201
    assert "Idempotent-Replayed" not in other.headers
    assert IdempotencyKey.objects.count() == 1


@pytest.mark.parametrize("key", ["x", "x" * 255, "!~", "a,b;c", '"quoted"'])
def test_any_visible_ascii_is_a_key(key, api):
    assert send(api, {"amount": "5"}, key=key).status_code == 201
    assert "Idempotent-Replayed" in send(api, {"amount": "5"}, key=key).headers


@pytest.mark.parametrize("key", ["", "x" * 256, "two words", "tab\tbed", "gr\xfc\xdfe", "\x7f"])
def test_anything_else_is_no_key(key, api):
    answer = send(api, {"amount": "5"}, key=key)

    assert answer.status_code == 400
    assert answer.json()["code"] == "idempotency_key_invalid"
    assert Transaction.objects.count() == 0


def test_keys_differ_by_case(api):
    send(api, {"amount": "5"}, key="a")

    assert "Idempotent-Replayed" not in send(api, {"amount": "5"}, key="A").headers


def test_a_change_takes_no_notice_of_a_key(api):
    row = api.post("/api/transaction/", {"amount": "5"}).json()
    path = f"/api/transaction/{row['id']}/"
    for amount in ("6", "7"):
        api.patch(path, {"amount": amount}, headers={"Idempotency-Key": "once"})

    assert api.get(path).json()["amount"] == "7.00"
    assert IdempotencyKey.objects.count() == 0


def test_a_write_that_fails_late_keeps_neither_row_nor_key(api):
    # Ten purchases of nearly 10^12 fit into a day; the refresh after the eleventh fails.
    body = {"amount": "999999999999"}
    answers = [send(api, body, key=f"key{number}") for number in range(11)]

    assert [answer.status_code for answer in answers] == [201] * 10 + [400]
    assert Transaction.objects.count() == 10
    assert not IdempotencyKey.objects.filter(key="key10").exists()
