"""What clients poll is not sent again while it is the same."""

import pytest

from core.tests.support.documented import list_operations
from core.tests.support.factories import ExpenseFactory, IncomeFactory

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


@pytest.mark.parametrize(
    "condition",
    [{"HTTP_IF_MATCH": '"x"'}, {"HTTP_IF_UNMODIFIED_SINCE": "Wed, 21 Oct 2015 07:28:00 GMT"}],
    ids=["if-match", "if-unmodified-since"],
)
def test_conditions_that_are_for_writes_change_no_answer(api, alice, condition):
    first = api.get(TODAY_URL)

    other = api.get(TODAY_URL, HTTP_IF_NONE_MATCH='"0"', **condition)
    same = api.get(TODAY_URL, HTTP_IF_NONE_MATCH=first["ETag"], **condition)

    assert (other.status_code, other.content) == (200, first.content)
    assert same.status_code == 304


@pytest.mark.parametrize("given", ['"0", {tag}', "W/{tag}", 'W/"0",W/{tag} ', "*"])
def test_a_tag_is_found_among_others_and_where_a_proxy_made_it_weak(api, alice, given):
    tag = api.get(TODAY_URL)["ETag"]

    answer = api.get(TODAY_URL, HTTP_IF_NONE_MATCH=given.format(tag=tag))

    assert (answer.status_code, answer.content, answer["ETag"]) == (304, b"", tag)


@pytest.mark.parametrize("given", ["", "0", '"0"', "W/", "{bare}", '"{bare}', "{bare}, *", 'w/"{bare}"'])
def test_what_is_no_tag_of_the_answer_gets_all_of_it(api, alice, given):
    bare = api.get(TODAY_URL)["ETag"].strip('"')

    assert api.get(TODAY_URL, HTTP_IF_NONE_MATCH=given.format(bare=bare)).status_code == 200


def test_a_look_at_the_head_alone_says_the_same(api, alice):
    answer = api.get(TODAY_URL)

    head = api.head(TODAY_URL)
    again = api.head(TODAY_URL, HTTP_IF_NONE_MATCH=head["ETag"])

    assert (head["ETag"], head["Content-Length"]) == (answer["ETag"], str(len(answer.content)))
    assert again.status_code == 304


def test_a_304_varies_as_the_answer_does(api, alice):
    first = api.get("/api/currencies/")

    again = api.get("/api/currencies/", HTTP_IF_NONE_MATCH=first["ETag"])

    assert again.status_code == 304
    assert again["Vary"] == first["Vary"]
    assert sorted(first["Vary"].lower().split(", ")) == ["accept-language", "authorization", "origin"]


def test_a_page_of_another_origin_may_ask_with_a_tag_and_read_it(api, alice, settings):
    settings.CORS_ALLOWED_ORIGINS = ["https://app.example.org"]

    asked = api.options(
        TODAY_URL,
        HTTP_ORIGIN="https://app.example.org",
        HTTP_ACCESS_CONTROL_REQUEST_METHOD="GET",
        HTTP_ACCESS_CONTROL_REQUEST_HEADERS="authorization,if-none-match",
    )
    answer = api.get(TODAY_URL, HTTP_ORIGIN="https://app.example.org")

    assert "if-none-match" in asked["Access-Control-Allow-Headers"].split(", ")
    assert "etag" in answer["Access-Control-Expose-Headers"].split(", ")


def test_only_what_was_found_has_a_tag(api, anonymous):
    refused, missing = anonymous.get(TODAY_URL), api.get("/api/income/987654321/")

    assert [answer.has_header("ETag") for answer in (refused, missing)] == [False, False]


@pytest.mark.parametrize("operation", [one for one in list_operations() if one.method == "get"], ids=lambda one: one.id)
def test_the_document_promises_tags_where_there_are_any(operation):
    is_of_the_api = operation.path.startswith("/api/")

    assert (304 in operation.statuses) is is_of_the_api
