"""What clients poll is not sent again while it is the same."""

import pytest

from core.tests.documented import list_operations
from core.tests.factories import ExpenseFactory, IncomeFactory

TODAY_URL = "/api/allowance/today/"


def test_a_figure_that_still_holds_is_not_sent_again(api, alice):
    IncomeFactory(user=alice)
    first = api.get(TODAY_URL)

    again = api.get(TODAY_URL, HTTP_IF_NONE_MATCH=first["ETag"])

    assert (again.status_code, again.content) == (304, b"")
    assert again["ETag"] == first["ETag"]
    assert again["Cache-Control"] == first["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "write",
    [
        lambda api, income: api.post("/api/transaction/", {"amount": "1"}),
        lambda api, income: api.patch(f"/api/income/{income.pk}/", {"amount": "901"}),
        lambda api, income: api.delete(f"/api/income/{income.pk}/"),
    ],
    ids=["purchase", "plan", "deletion"],
)
def test_whatever_changes_the_figure_sends_it_again(api, alice, write):
    income = IncomeFactory.create(user=alice)
    first = api.get(TODAY_URL)

    written = write(api, income)
    again = api.get(TODAY_URL, HTTP_IF_NONE_MATCH=first["ETag"])

    assert written.status_code in (200, 201, 204)
    assert again.status_code == 200
    assert again.json() != first.json()
    assert again["ETag"] != first["ETag"]


def test_the_tag_of_another_person_or_page_is_none(api, strangers_api, alice):
    ExpenseFactory(user=alice)
    tag = api.get("/api/expense/")["ETag"]

    assert strangers_api.get("/api/expense/", HTTP_IF_NONE_MATCH=tag).status_code == 200
    assert api.get("/api/income/", HTTP_IF_NONE_MATCH=tag).status_code == 200
    assert api.get("/api/expense/", HTTP_IF_NONE_MATCH=tag).status_code == 304


def test_only_what_was_found_has_a_tag(api, anonymous):
    refused, missing = anonymous.get(TODAY_URL), api.get("/api/income/987654321/")

    assert [answer.has_header("ETag") for answer in (refused, missing)] == [False, False]


@pytest.mark.parametrize("operation", [one for one in list_operations() if one.method == "get"], ids=lambda one: one.id)
def test_the_document_promises_tags_where_there_are_any(operation):
    is_of_the_api = operation.path.startswith("/api/")

    assert (304 in operation.statuses) is is_of_the_api
