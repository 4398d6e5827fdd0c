"""`client_id`: a transaction that a client sends again, after however long, is stored once."""

from collections import Counter

import pytest

from core.models import ClientId, IdempotencyKey, Transaction
from core.tests.support.factories import TransactionFactory, UserFactory
from core.tests.support.logins import client_with, log_in
from core.tests.support.parallel import run_at_once

PATH = "/api/transaction/"
ID = "4f9c2b1e-6a0d-4e7b-9c35-1d2e8f7a6b50"
OTHER_ID = "00000000-0000-4000-8000-000000000000"
GONE = {"detail": "The transaction with this client_id was deleted.", "code": "client_id_gone"}


@pytest.fixture
def owner(alice):
    """Alice's client, logged in."""
    return client_with(log_in(alice)["access"])


def send(client, *, key=None, client_id=ID, **body):
    headers = {} if key is None else {"Idempotency-Key": key}
    return client.post(PATH, {"client_id": client_id, **body}, headers=headers)


def test_a_transaction_has_the_id_that_its_client_gave_it(owner):
    answer = send(owner, amount="5", client_id=ID.upper())

    assert (answer.status_code, answer.json()["client_id"]) == (201, ID)
    assert owner.get(f"{PATH}{answer.json()['id']}/").json() == answer.json()


@pytest.mark.parametrize(
    "body",
    [
        {"amount": "5"},
        {"amount": "7", "category": "other"},
        {},
        {"amount": "-1", "date": "yesterday", "kind": "gift", "currency": "€"},
        {"amount": "5", "date": "2030-01-01"},
        {"amount": "5", "kind": "bill", "expense": 987654321},
    ],
)
def test_a_second_one_adds_nothing_whatever_its_body(body, owner):
    first = send(owner, amount="5").json()

    again = send(owner, **body)

    assert (again.status_code, again.json()) == (200, first)
    assert Transaction.objects.count() == ClientId.objects.count() == 1


def test_the_answer_is_the_row_as_it_is_now(owner):
    first = send(owner, amount="5").json()
    changed = owner.patch(f"{PATH}{first['id']}/", {"amount": "6", "category": "food"}).json()
    owner.post(PATH, {"amount": "1"})

    again = send(owner, amount="5")

    assert (changed["remaining_amount"], again.json()) == ("-6.00", {**changed, "remaining_amount": "-7.00"})


@pytest.mark.parametrize("how", ["one", "many", "its day"])
def test_a_deleted_one_stays_gone(how, owner):
    row = Transaction.objects.select_related("allowance").get(pk=send(owner, amount="5").json()["id"])
    {
        "one": lambda: owner.delete(f"{PATH}{row.pk}/"),
        "many": Transaction.objects.all().delete,
        "its day": row.allowance.delete,
    }[how]()

    for body in ({"amount": "5"}, {}, {"amount": []}):
        again = send(owner, **body)
        assert (again.status_code, again.json()) == (410, GONE)

    assert not Transaction.objects.exists()
    assert ClientId.objects.get().transaction is None


def test_a_refused_one_is_still_to_come(owner):
    refused = send(owner, amount="0")

    assert refused.status_code == 400
    assert not ClientId.objects.exists()
    assert send(owner, amount="5").status_code == 201


def test_everybody_has_ids_of_their_own(owner, bob):
    stranger = client_with(log_in(bob)["access"])

    hers, his = send(owner, amount="5"), send(stranger, amount="6")

    assert (hers.status_code, his.status_code) == (201, 201)
    assert his.json()["amount"] == "6.00"
    owner.delete(f"{PATH}{hers.json()['id']}/")
    assert (send(owner, amount="5").status_code, send(stranger, amount="6").json()) == (410, his.json())


@pytest.mark.parametrize("method", ["put", "patch"])
@pytest.mark.parametrize("client_id", [OTHER_ID, None])
def test_it_is_fixed_once_it_is_stored(method, client_id, owner):
    row = send(owner, amount="5").json()
    other = send(owner, amount="6", client_id=None).json()

    kept = getattr(owner, method)(f"{PATH}{row['id']}/", {"amount": "7", "client_id": client_id})
    none = getattr(owner, method)(f"{PATH}{other['id']}/", {"amount": "8", "client_id": OTHER_ID})

    assert [(answer.status_code, answer.json()["client_id"]) for answer in (kept, none)] == [(200, ID), (200, None)]
    assert [row.client_id for row in ClientId.objects.all()] == [Transaction.objects.get(pk=row["id"]).client_id]
    assert send(owner, amount="9", client_id=OTHER_ID).status_code == 201


def test_an_idempotency_key_is_looked_at_first(owner):
    first = send(owner, amount="5", key="one")
    owner.patch(f"{PATH}{first.json()['id']}/", {"amount": "6"})

    replayed = send(owner, amount="5", key="one")
    other_body = send(owner, amount="6", key="one")
    other_key = send(owner, amount="5", key="two")
    other_key_again = send(owner, amount="5", key="two")

    assert (replayed.status_code, replayed.json()) == (201, first.json())
    assert (other_body.status_code, other_body.json()["code"]) == (422, "idempotency_mismatch")
    assert (other_key.status_code, other_key.json()["amount"]) == (200, "6.00")
    assert (other_key_again.status_code, other_key_again.content) == (200, other_key.content)
    assert other_key_again.headers["Idempotent-Replayed"] == "true"
    owner.delete(f"{PATH}{first.json()['id']}/")
    assert (send(owner, amount="5", key="one").status_code, send(owner, key="three").status_code) == (201, 410)
    # A refusal leaves its key to be used.
    assert set(IdempotencyKey.objects.values_list("key", flat=True)) == {"one", "two"}


def test_with_the_account_its_ids_are_gone(alice):
    TransactionFactory(user=alice)
    send(client_with(log_in(alice)["access"]), amount="5")

    alice.delete()

    assert not ClientId.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_twenty_at_once_one_is_stored():
    alice = UserFactory.create(username="alice")
    access = log_in(alice)["access"]

    answers = run_at_once([lambda n=n: send(client_with(access), amount=f"{n + 1}") for n in range(20)])

    assert Counter(answer.status_code for answer in answers) == {201: 1, 200: 19}
    assert len({answer.json()["amount"] for answer in answers}) == 1
    row = Transaction.objects.get()
    assert ClientId.objects.get().transaction == row
    assert client_with(access).get("/api/allowance/today/").json()["spent"] == answers[0].json()["amount"]
