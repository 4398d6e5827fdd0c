"""Fields that are nobody's to send: they are ignored, wherever they are sent."""

import pytest

from core.models import User
from core.tests.support.factories import ExpenseFactory, IncomeFactory, SavingsGoalFactory, TransactionFactory
from core.tests.support.logins import ME, client_with, log_in

FORBIDDEN = {
    "id": 4242,
    "pk": 4242,
    "user": 4242,
    "user_id": 4242,
    "owner": 4242,
    "username": "root",
    "is_staff": True,
    "is_superuser": True,
    "is_active": False,
    "password": "Evil-horse-66",
    "groups": [1],
    "user_permissions": [1],
    "session_epoch": 99,
    "last_login": "2000-01-01T00:00:00Z",
    "date_joined": "2000-01-01T00:00:00Z",
    "remaining_amount": "1000000.00",
    "base_amount": "0.01",
    "added_on": "2000-01-01",
    "scheduled_on": "2000-01-01",
    "next_occurrence": "2000-01-01",
    "created_at": "2000-01-01T00:00:00Z",
    "updated_at": "2000-01-01T00:00:00Z",
    "revision": 1000,
}
ROWS = {
    "income": (IncomeFactory, {"name": "x"}),
    "expense": (ExpenseFactory, {"name": "x"}),
    "savings-goal": (SavingsGoalFactory, {"name": "x"}),
    "transaction": (TransactionFactory, {"description": "x"}),
}


@pytest.mark.parametrize("method", ["put", "patch"])
def test_no_profile_takes_what_is_not_its_owners_to_say(method, alice):
    before = User.objects.values().get(pk=alice.pk)
    client = client_with(log_in(alice)["access"])

    answer = getattr(client, method)(ME, {**FORBIDDEN, "email": alice.email, "first_name": "Al"})

    after = User.objects.values().get(pk=alice.pk)
    assert answer.status_code == 200
    # The login is what set `last_login`, and each write raises the revision by one.
    assert {name for name in before if before[name] != after[name]} == {"first_name", "last_login", "revision"}
    assert after["revision"] == before["revision"] + 1


@pytest.mark.parametrize("name", list(ROWS))
def test_no_row_takes_what_is_computed_or_whose_it_is(name, api, alice, bob):
    factory, change = ROWS[name]
    row = factory.create(user=alice)
    model = type(row)
    before = model.objects.values().get(pk=row.pk)

    answer = api.patch(f"/api/{name}/{row.pk}/", {**FORBIDDEN, "user": bob.pk, "user_id": bob.pk, **change})

    after = model.objects.values().get(pk=row.pk)
    assert answer.status_code == 200
    changed = {field for field in before if before[field] != after[field]} - {"updated_at"}
    assert changed == set(change)
    assert after["updated_at"].year == 2026
