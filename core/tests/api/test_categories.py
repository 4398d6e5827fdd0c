"""`GET category/`: what the caller files transactions under."""

import datetime

import pytest

from core.models import AuditEvent, User
from core.tests.support.factories import TransactionFactory

CATEGORY = "/api/category/"


def buy(user, category, on="2026-11-22", **more):
    return TransactionFactory.create(user=user, category=category, date=datetime.date.fromisoformat(on), **more)


def test_categories_are_listed_with_their_count_and_last_use(api, alice):
    buy(alice, "food", "2026-11-20")
    buy(alice, "bus", "2026-11-21")
    buy(alice, "food", "2026-11-22")
    buy(alice, "")

    assert api.get(CATEGORY).json() == {
        "count": 2,
        "next": None,
        "previous": None,
        "results": [
            {"name": "food", "count": 2, "last_used": "2026-11-22"},
            {"name": "bus", "count": 1, "last_used": "2026-11-21"},
        ],
    }


def test_of_one_day_the_one_that_was_written_last_comes_first(api, alice):
    for category in ("a", "c", "b"):
        buy(alice, category)

    assert [one["name"] for one in api.get(CATEGORY).json()["results"]] == ["b", "c", "a"]


def test_names_stand_as_they_were_written(api, alice):
    for category in ("Food", "food", "café ☕"):
        buy(alice, category)

    assert {one["name"] for one in api.get(CATEGORY).json()["results"]} == {"Food", "food", "café ☕"}


def test_bills_and_refunds_count_too(api, alice):
    buy(alice, "home", kind="bill")
    buy(alice, "home", kind="refund")

    assert [one["count"] for one in api.get(CATEGORY).json()["results"]] == [2]


def test_they_come_in_pages(api, alice):
    for category in ("a", "b", "c"):
        buy(alice, category)

    first = api.get(CATEGORY, {"page_size": 2}).json()
    second = api.get(first["next"]).json()

    assert [[one["name"] for one in page["results"]] for page in (first, second)] == [["c", "b"], ["a"]]
    assert (first["count"], second["next"]) == (3, None)


def test_bob_does_not_see_alices(strangers_api, alice):
    buy(alice, "food")

    assert strangers_api.get(CATEGORY).json()["results"] == []


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_they_are_written_with_transactions_alone(api, method):
    assert getattr(api, method)(CATEGORY, {}).status_code == 405


def rename(api, **body):
    return api.post("/api/category/rename/", body, format="json")


def test_a_category_is_renamed_with_one_event(api, alice, bob, clock):
    buy(alice, "food", on="2026-11-20")
    purchase = buy(alice, "food")
    foreign = buy(bob, "food")
    clock.shift(datetime.timedelta(minutes=1))

    answer = rename(api, **{"from": "food", "to": "groceries"})

    assert (answer.status_code, answer.json()) == (200, {"name": "groceries", "count": 2, "last_used": "2026-11-22"})
    changed = api.get(f"/api/transaction/{purchase.pk}/").json()
    assert (changed["category"], changed["updated_at"] > changed["created_at"]) == ("groceries", True)
    foreign.refresh_from_db()
    assert foreign.category == "food"
    [event] = AuditEvent.objects.filter(user=alice, object_type="category")
    assert (event.action, event.changes) == ("updated", {"category": ["food", "groceries"]})


def test_the_longest_name_is_taken(api, alice):
    buy(alice, "food")

    assert rename(api, **{"from": "food", "to": "x" * 50}).json()["name"] == "x" * 50


def test_renaming_to_a_category_that_exists_merges_them(api, alice):
    buy(alice, "food")
    buy(alice, "groceries", on="2026-11-21")

    assert rename(api, **{"from": "food", "to": "groceries"}).json()["count"] == 2
    assert [one["name"] for one in api.get(CATEGORY).json()["results"]] == ["groceries"]


def test_renaming_to_the_same_name_changes_nothing(api, alice):
    buy(alice, "food")
    before = User.objects.get(pk=alice.pk).revision

    answer = rename(api, **{"from": "food", "to": "food"})

    assert (answer.status_code, answer.json()["count"]) == (200, 1)
    assert User.objects.get(pk=alice.pk).revision == before
    assert not AuditEvent.objects.filter(object_type="category").exists()


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"from": "strange", "to": "food"}, "from"),
        ({"from": "", "to": "food"}, "from"),
        ({"to": "food"}, "from"),
        ({"from": "food", "to": "  "}, "to"),
        ({"from": "food", "to": "x" * 51}, "to"),
        ({"from": "food"}, "to"),
    ],
)
def test_a_renaming_that_makes_no_sense_is_refused(api, alice, bob, body, field):
    buy(alice, "food")
    buy(bob, "strange")

    answer = rename(api, **body)

    assert (answer.status_code, list(answer.json())) == (400, [field])
