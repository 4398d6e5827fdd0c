"""Whatever is sent, wherever: no crash, a clear refusal, and nothing stored."""

import json
from decimal import Decimal

import pytest
from rest_framework.test import APIClient

from core.models import DailyAllowance, Expense, IdempotencyKey, Income, SavingsGoal, Transaction, User
from core.tests.support.factories import ExpenseFactory, IncomeFactory, SavingsGoalFactory, TransactionFactory
from core.tests.support.logins import client_with, log_in
from core.tests.support.routes import list_routes
from core.web.parsers import BODY_LIMIT_BYTES

STORED = (Income, Expense, SavingsGoal, Transaction, DailyAllowance, IdempotencyKey)
ROUTES = list_routes()
WRITING = [(route, method) for route in ROUTES for method in route.methods if method in ("post", "put", "patch")]
# These take no body at all.
BODILESS = {
    "/api/allowance/recalculate/",
    "/api/auth/sessions/revoke-others/",
    "/api/auth/users/resend_verification/",
}
LARGEST = "999999999999.99"

MALFORMED = {
    "nothing": b"",
    "half an object": b'{"amount": ',
    "no JSON": b"amount=1",
    "not a number": b'{"amount": NaN}',
    "infinity": b'{"amount": -Infinity}',
    "invalid UTF-8": b'{"name": "\xff\xfe"}',
    "UTF-16": '{"name": "x"}'.encode("utf-16"),
    "nested deep": b"[" * 100_000,
    "nested deep in a field": b'{"name": ' + b"[" * 5_000 + b"]" * 5_000 + b"}",
    "objects nested deep": b'{"a":' * 50_000,
    "a number of 5,000 digits": b'{"amount": ' + b"9" * 5_000 + b"}",
    "an exponent past all bounds": b'{"amount": 1e99999999999999999999}',
    "NUL": b'{"name": "a\\u0000b", "username": "a\\u0000b", "description": "\\u0000"}',
    "NUL as a key": b'{"a\\u0000": 1}',
    "a lone surrogate": b'{"name": "\\ud800", "username": "\\udfff", "refresh": "\\ud800"}',
    "a lone surrogate as a key": b'{"\\ud800": 1}',
    "a key twice": b'{"amount": "1", "amount": "2"}',
    "a key twice, the same value": b'{"amount": "1", "amount": "1"}',
    "a key twice, once escaped": b'{"amount": "1", "\\u0061mount": "2"}',
    "a key twice in an inner object": b'{"amount": "1", "description": {"a": 1, "a": 1}}',
    "a list": b"[]",
    "a list of objects": b'[{"amount": "1"}]',
    "null": b"null",
    "a string": b'"amount"',
    "a number": b"5",
    "true": b"true",
}


@pytest.fixture
def token_api(alice: User) -> APIClient:
    """Alice's client with a real token; a crash is answered, not raised."""
    client = client_with(log_in(alice)["access"])
    client.raise_request_exception = False
    return client


# A row of each kind, by the second part of its path.
FACTORIES = {
    "income": IncomeFactory,
    "expense": ExpenseFactory,
    "savings-goal": SavingsGoalFactory,
    "transaction": TransactionFactory,
}


def make_row(name, owner) -> int:
    """The id of a new row of this kind. Below /api/auth/ the row is the person."""
    return FACTORIES[name](user=owner).pk if name in FACTORIES else owner.pk


def stored():
    people = User.objects.order_by("pk").values_list("username", "email", "password", "currency", "timezone")
    return [list(model.objects.order_by("pk").values()) for model in STORED] + [list(people)]


def path_of(route, owner) -> str:
    """The route's path, with the id of a row where it takes one."""
    return route.fill(make_row(route.path.split("/")[2], owner) if "{id}" in route.path else 1)


@pytest.mark.parametrize(("route", "method"), WRITING, ids=lambda value: str(value))
def test_a_body_that_cannot_be_read_is_refused(route, method, token_api, alice):
    path = path_of(route, alice)
    before = stored()
    answered = {}

    for name, body in MALFORMED.items():
        answer = token_api.generic(method.upper(), path, body, content_type="application/json")
        answered[name] = answer.status_code
        if answer.status_code >= 400:
            assert answer.headers["Content-Type"] == "application/json", name
            assert answer.json(), name

    assert {name: status for name, status in answered.items() if status >= 500} == {}
    if route.path not in BODILESS:
        # An empty body is an empty object: a PATCH of nothing changes nothing.
        accepted = {name for name, status in answered.items() if status < 400}
        assert accepted <= ({"nothing"} if method == "patch" else set())
        if not route.path.startswith("/api/auth/"):
            assert set(answered.values()) - {200} == {400}, answered
        assert stored() == before


@pytest.mark.parametrize(("route", "method"), WRITING, ids=lambda value: str(value))
def test_a_body_too_large_or_of_another_type_is_refused(route, method, token_api, alice):
    path = path_of(route, alice)
    before = stored()
    large = b'{"name": "' + b"x" * BODY_LIMIT_BYTES + b'"}'

    too_large = token_api.generic(method.upper(), path, large, content_type="application/json")
    form = token_api.generic(method.upper(), path, b"amount=1", content_type="application/x-www-form-urlencoded")
    text = token_api.generic(method.upper(), path, b"amount", content_type="text/plain")

    if route.path not in BODILESS:
        assert (too_large.status_code, form.status_code, text.status_code) == (413, 415, 415)
        assert too_large.json()["code"] == "payload_too_large"
        assert form.json()["code"] == "unsupported_media_type"
        assert stored() == before


ITEM = {
    "name": "x",
    "amount": "5",
    "currency": "EUR",
    "frequency": "monthly",
    "days": None,
    "start_date": "2026-11-01",
    "end_date": "2030-01-01",
    "adjust": "before",
}
BODIES = {
    "income": ITEM | {"next_payment_date": "2026-12-01"},
    "expense": ITEM | {"due_date": "2026-12-01"},
    "savings-goal": {"name": "x", "percentage": "5", "target_amount": None, "target_date": None},
    "transaction": {
        "amount": "5",
        "currency": "EUR",
        "kind": "spend",
        "category": "x",
        "description": "x",
        "date": "2026-11-22",
        "allowance": 1,
    },
}
NO_TEXT = ["true", "[]", "{}", "[1]", '{"a": 1}', '[["x"]]']
NO_NUMBER = [
    *NO_TEXT, "null", '""', '" "', '"NaN"', '"sNaN"', '"Infinity"', '"-Infinity"', '"1_000"', '"\\u0661\\u0662"',
    '"\\uff11"', '"1e400"', "1e400", "-1e400", "1e-400", "1e999999999", "1E+999999999999999", "-1", "0", "-0.0",
    '"-0.00"', '"0"', "0.0001", '"1.2345"', "1000000000000", '"1000000000000"', '"0x10"', '"1,5"', '"1 0"', '"+"',
    "1" + "0" * 4000,
]  # fmt: skip
NO_DAY = [
    *NO_TEXT, "null", '""', "20261122", '"20261122"', '"2026-W47-7"', '"2026-1-5"', '"22.11.2026"', '"11/22/2026"',
    '"2026-02-30"', '"0001-01-01"', '"1999-12-31"', '"9999-12-31"', '"2046-11-23"', '"2026-11-22T00:00:00Z"',
    '"\\u0662026-11-22"', "1e999999999",
]  # fmt: skip
NO_DAYS = [
    *NO_TEXT, "15", '"15"', "[15, 15.5]", '[15, "31"]', "[true, 20]", "[0, 15]", "[15, 32]", "[1, 15, 31]",
    "[15, null]", "[15, 1e999999999]", "[[1, 15], [2, 16]]",
]  # fmt: skip
NO_CODE = [
    *NO_TEXT, "null", "5", "1e999999999", '"eur"', '"XXX"', '"XAU"', '"EURO"', '"Monthly"', '"Spend"', '"EUR\\u200b"',
]  # fmt: skip
NO_ID = [
    *NO_TEXT, "null", "1.5", "1e1", "1e999999999", "-1", "9223372036854775808", '"1_0"', '"\\u0661"', '""', '"x"',
]  # fmt: skip


def _without_null(values):
    return [value for value in values if value != "null"]


HOSTILE = {
    "amount": NO_NUMBER,
    # Null is none of the three.
    "percentage": [*_without_null(NO_NUMBER), "100.01", '"1.234"'],
    "target_amount": _without_null(NO_NUMBER),
    "target_date": [*_without_null(NO_DAY), '"2026-11-22"'],
    "days": NO_DAYS,
    # Null takes a bound away.
    "start_date": _without_null(NO_DAY),
    "end_date": _without_null(NO_DAY),
    "adjust": NO_CODE,
    "currency": NO_CODE,
    "frequency": NO_CODE,
    "kind": NO_CODE,
    "next_payment_date": NO_DAY,
    "due_date": NO_DAY,
    "date": [*NO_DAY, '"2026-11-23"'],
    "allowance": NO_ID,
    "name": [*NO_TEXT, "null", "1e999999999", '"' + "x" * 101 + '"'],
    "category": [*NO_TEXT, "null", '"' + "x" * 51 + '"'],
    "description": [*NO_TEXT, "null", '"' + "x" * 1_001 + '"'],
}


@pytest.mark.parametrize("name", list(BODIES))
@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_no_wrong_value_of_any_field_is_taken_or_half_stored(method, name, token_api, alice):
    path = f"/api/{name}/" if method == "POST" else f"/api/{name}/{make_row(name, alice)}/"
    known = {field: json.dumps(value) for field, value in BODIES[name].items() if field != "allowance"}
    before = stored()
    answered = {}

    for field in BODIES[name]:
        for value in HOSTILE[field]:
            fields = {field: value} if method == "PATCH" else known | {field: value}
            body = "{" + ", ".join(f'"{key}": {text}' for key, text in fields.items()) + "}"
            answer = token_api.generic(method, path, body, content_type="application/json")
            answered[field, value[:40]] = (answer.status_code, list(answer.json()) == [field])

    assert {sent: answer for sent, answer in answered.items() if answer != (400, True)} == {}
    assert stored() == before


@pytest.mark.parametrize("text", ["😀", "\u202eevil", "<script>", "'; DROP TABLE core_user; --", "x" * 50, "ß" * 50])
def test_any_other_text_is_kept_as_it_is(text, token_api):
    made = token_api.post("/api/transaction/", {"amount": "1", "category": text, "description": text}).json()

    assert token_api.get(f"/api/transaction/{made['id']}/").json()["description"] == text
    for query in ({"category": text}, {"search": text}):
        assert [row["id"] for row in token_api.get("/api/transaction/", query).json()["results"]] == [made["id"]]


@pytest.mark.parametrize(
    ("written", "amount"),
    [("12.5", "12.50"), ('"12.50"', "12.50"), ("12.50", "12.50"), ("1e1", "10.00"), ('"1E+1"', "10.00"), ("7", "7.00"),
     ("0.01", "0.01"), (f'"{LARGEST}"', LARGEST), (LARGEST, LARGEST), ("12.30e-0", "12.30")],
)  # fmt: skip
def test_a_number_is_taken_as_it_is_written(written, amount, token_api):
    body = f'{{"amount": {written}}}'

    answer = token_api.generic("POST", "/api/transaction/", body, content_type="application/json")

    assert (answer.status_code, answer.json()["amount"]) == (201, amount)


PARAMETERS = [
    "page", "page_size", "search", "date_after", "cursor", "date", "date_before", "category", "kind", "min_amount",
]  # fmt: skip
QUERY_VALUES = [
    "", "0", "-1", "1.5", "NaN", "1e400", "1e999999999", "1_000", "%D9%A1", "9" * 30, "9" * 5_000, "%00", "a%00b",
    "%ED%A0%80", "%FF", "2026-02-30", "0001-01-01", "11/22/2026", "last", "cD0x", "cD18fA==", "bnwyMDI2LTExLTIyfDE=",
    "bnwyMDI2LTExLTIyfDk5OTk5OTk5OTk5OTk5OTk5OTk5", "%27%22%3B--",
]  # fmt: skip


@pytest.mark.parametrize(
    ("number", "route"),
    list(enumerate(route for route in ROUTES if "get" in route.methods and "{id}" not in route.path)),
    ids=str,
)
def test_no_query_is_a_crash(number, route, token_api, alice):
    crashed = {}
    is_list = "results" in token_api.get(route.path).json()
    TransactionFactory(user=alice)
    # A list refuses the first parameter that is wrong, so there each is sent alone. The lists that count
    # their pages share what reads these: each takes every third value, and between them they take all.
    if "transaction" in route.path:
        sent = [([name], value) for name in PARAMETERS for value in QUERY_VALUES]
    elif is_list:
        sent = [
            ([name], value)
            for shift, name in enumerate(PARAMETERS[:4])
            for value in QUERY_VALUES[(number + shift) % 3 :: 3]
        ]
    else:
        sent = [(PARAMETERS, value) for value in QUERY_VALUES]

    for names, value in sent:
        answer = token_api.get(f"{route.path}?{'&'.join(f'{name}={value}' for name in names)}")
        if answer.status_code >= 500 or answer.headers["Content-Type"] != "application/json":
            crashed[names[0], value[:30]] = answer.status_code

    assert crashed == {}


@pytest.mark.parametrize(
    "row_id",
    ["0", "-1", "1.5", "x", "9" * 30, "9" * 5_000, "%D9%A1", "1%00", "%00", "%FF", "%ED%A0%80", "1%0A", "1;", "None"],
)
def test_no_id_in_a_path_is_a_crash(row_id, token_api):
    for route in ROUTES:
        if "{id}" in route.path:
            for method in route.methods:
                answer = getattr(token_api, method)(route.path.replace("{id}", row_id), {})

                assert answer.status_code == 404, (route.path, method)
                assert answer.json() == {"detail": "Not found.", "code": "not_found"}


@pytest.mark.parametrize(
    "header",
    [
        "", "Bearer", "Bearer ", "Bearer a b", "Basic YTpi", "Token x", "Bearer x.y.z", "Bearer " + "x" * 4_000,
        "Bearer \xff\xfe", "Bearer eyJhbGciOiJub25lIn0.eyJ1c2VyX2lkIjoiMSJ9.", "\x00",
    ],
)  # fmt: skip
def test_no_authorization_header_is_a_crash(header, alice):
    client = APIClient(raise_request_exception=False)

    answer = client.get("/api/income/", headers={"Authorization": header})

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert answer.json()["code"]


def test_a_sum_past_its_range_is_refused_and_nothing_is_stored(token_api, alice):
    token_api.post("/api/income/", {"amount": LARGEST, "frequency": "monthly", "next_payment_date": "2026-12-01"})
    bill = {"name": "x", "amount": LARGEST, "frequency": "daily", "due_date": "2026-11-01"}

    answers = [token_api.post("/api/expense/", bill) for _ in range(36)]

    # A bill a day over the 30 days of the period: the 34th makes 1.02 * 10^15, less the income's 10^12.
    assert [answer.status_code for answer in answers] == [201] * 33 + [400] * 3
    assert answers[-1].json() == {
        "non_field_errors": ["The amounts of this plan add up to more than can be kept exactly."]
    }
    assert Expense.objects.count() == 33
    assert token_api.get("/api/allowance/today/").json()["shortfall"] == str(
        33 * 30 * Decimal(LARGEST) - Decimal(LARGEST)
    )


def test_a_day_past_its_range_is_refused_and_nothing_is_stored(token_api, alice):
    for kind, spent in (("spend", "9999999999999.90"), ("refund", "-9999999999999.90")):
        body = {"amount": LARGEST, "kind": kind}

        answers = [token_api.post("/api/transaction/", body) for _ in range(12)]

        assert [answer.status_code for answer in answers] == [201] * 10 + [400] * 2
        assert token_api.get("/api/allowance/today/").json()["spent"] == spent
        assert Transaction.objects.count() == 10
        Transaction.objects.all().delete()


def test_a_change_past_its_range_is_refused_and_nothing_is_stored(token_api, alice):
    bought = [TransactionFactory(user=alice, amount=Decimal(LARGEST)) for _ in range(10)]
    small = TransactionFactory(user=alice, amount=Decimal("0.05"))
    before = stored()

    answer = token_api.patch(f"/api/transaction/{small.pk}/", {"amount": LARGEST})

    assert answer.status_code == 400
    assert stored() == before
    assert len(bought) == 10
