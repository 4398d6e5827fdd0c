"""`?search=` finds words whatever their case, and refuses more than a query can take."""

import pytest
from django.contrib.auth import get_user_model
from django.db import OperationalError, connection, transaction
from django.test import Client

from core.tests.support.factories import ExpenseFactory, IncomeFactory, SavingsGoalFactory, TransactionFactory
from core.web.errors import is_database_away

WORDS = "abcdefghijklmnopqrstuvwxyz"


def search(api, text, path="/api/transaction/", field="description"):
    """Return what the search finds, sorted."""
    answer = api.get(path, {"search": text})
    assert answer.status_code == 200, answer.content
    return sorted(row[field] for row in answer.json()["results"])


@pytest.mark.parametrize("text", ["ärzte", "ÄRZTE", "Ärzte", "rzt", "ärzte konzert", '"ärzte konzert"'])
def test_a_purchase_is_found_whatever_the_case_of_its_letters(api, alice, text):
    TransactionFactory(user=alice, description="Ärzte Konzert")
    TransactionFactory(user=alice, description="Bread")

    assert search(api, text) == ["Ärzte Konzert"]


@pytest.mark.parametrize(
    ("path", "factory"),
    [("income", IncomeFactory), ("expense", ExpenseFactory), ("savings-goal", SavingsGoalFactory)],
)
def test_every_list_with_a_search_finds_letters_of_any_alphabet(api, alice, path, factory):
    for name in ("Éclair", "Московский", "ŒUVRE"):
        factory(user=alice, name=name, **({"percentage": 1} if path == "savings-goal" else {}))

    found = [search(api, text, f"/api/{path}/", "name") for text in ("éCLAIR", "МОСКОВСКИЙ", "œuvre", "eclair")]

    assert found == [["Éclair"], ["Московский"], ["ŒUVRE"], []]


@pytest.mark.parametrize("text", [".", ".*", "(", "[a", "a|b", "\\", "^", "$", "100%", "_", "?", "{1}", "+", "\\d"])
def test_characters_of_patterns_stand_for_themselves(api, alice, text):
    TransactionFactory(user=alice, description="plain words 1")
    TransactionFactory(user=alice, description=f"with {text} in it")

    assert search(api, text) == [f"with {text} in it"]


def test_twenty_words_are_searched_for_and_more_are_refused(api, alice):
    TransactionFactory(user=alice, description=WORDS)

    assert search(api, " ".join(WORDS[:20])) == [WORDS]
    for count in (21, 996):
        answer = api.get("/api/transaction/", {"search": " ".join(["a"] * count)})

        assert answer.status_code == 400
        assert answer.json() == {"search": ["At most 20 words can be searched for."]}


def test_an_error_of_the_query_is_no_outage(db):
    with pytest.raises(OperationalError) as caught, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT " + "+".join(["1"] * 20_000))

    assert not is_database_away(caught.value)


@pytest.mark.parametrize("text", ["ärzte", "ÄRZTE konzert"])
def test_the_admin_finds_them_too(alice, text):
    TransactionFactory(user=alice, description="Ärzte Konzert")
    TransactionFactory(user=alice, description="Bread")
    staff = Client()
    staff.force_login(get_user_model().objects.create_superuser("root", "root@example.org", "x"))

    page = staff.get("/admin/core/transaction/", {"q": text}).content.decode()

    assert "1 transaction" in page
    assert "Konzert" in page
