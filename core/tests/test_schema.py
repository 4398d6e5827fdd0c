"""The API's document is whole, the same for everybody, and kept under review."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from django.conf import settings
from django.contrib.admindocs.views import simplify_regex
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from swagger_spec_validator.validator20 import validate_spec

from core.schema.document import Document
from core.tests.support.documented import Documented, list_operations
from core.urls import document
from core.web.pages import app_page
from core.web.unknown_paths import UnknownPathView

SNAPSHOT = Path(settings.BASE_DIR) / "docs" / "swagger.json"
# What is no part of the API: pages, and the doors of those who run it (docs/operating.md).
NOT_IN_THE_DOCUMENT = (
    "/admin/",
    "/favicon.ico",
    "/swagger",
    "/redoc/",
    "/metrics",
    "/email/",
    "/password/",
    "/username/",
)
OPERATIONS = list_operations()


def walk(patterns: list[URLPattern | URLResolver], prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every route below, with its whole pattern."""
    for pattern in patterns:
        whole = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from walk(pattern.url_patterns, whole)
        else:
            yield whole, pattern


def list_routes() -> set[tuple[str, str]]:
    """Each method of each route that is for programs, as the resolver has it."""
    routes = set()
    for whole, pattern in walk(get_resolver().url_patterns):
        path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", simplify_regex(whole)).replace("{pk}", "{id}")
        if (
            path == "/"
            or path.startswith(NOT_IN_THE_DOCUMENT)
            or pattern.callback is app_page
            or getattr(pattern.callback, "cls", None) is UnknownPathView
        ):
            continue
        if path.startswith("/health/"):
            routes.add(("get", path))
            continue
        view = getattr(pattern.callback, "cls", None) or getattr(pattern.callback, "view_class", None)
        assert view is not None, f"{path} is no class-based view: say here which methods it takes"
        taken = getattr(pattern.callback, "actions", None) or {
            name for name in view.http_method_names if hasattr(view, name)
        }
        allowed = set(view.http_method_names) & set(taken) - {"head", "options"}
        routes |= {(method, path) for method in allowed}
    return routes


def test_every_route_is_in_the_document_and_nothing_else():
    documented = {(operation.method, operation.path) for operation in OPERATIONS}

    assert documented == list_routes()


def test_the_document_is_the_one_that_was_reviewed():
    assert document.text == SNAPSHOT.read_text(encoding="utf-8"), (
        "the API has changed: read the difference, then run `make schema`"
    )


def test_the_document_is_valid_swagger_2():
    validate_spec(json.loads(document.json))


def test_building_it_again_gives_the_same_bytes():
    assert Document(document.guide).json == document.json


@pytest.mark.django_db
def test_the_document_is_the_same_for_everybody(api):
    for_alice = api.get("/swagger.json", HTTP_ACCEPT_LANGUAGE="de", HTTP_ACCEPT="text/html")
    for_nobody = Client(SERVER_NAME="localhost").get("/swagger.json")

    assert for_alice.content == for_nobody.content == document.json
    assert for_nobody.headers["Content-Type"] == "application/json; charset=utf-8"
    assert {"host", "schemes"} & for_nobody.json().keys() == set()


def test_yaml_says_what_json_says():
    answer = Client().get("/swagger.yaml")

    assert answer.headers["Content-Type"] == "application/yaml; charset=utf-8"
    assert yaml.safe_load(answer.content) == document.data


def test_a_client_that_has_the_document_is_told_so():
    first = Client().get("/swagger.json")

    again = Client().get("/swagger.json", headers={"If-None-Match": first.headers["ETag"]})

    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("path", ["/swagger.jsonx", "/swagger.xml", "/xswagger.json", "/swagger", "/redoc"])
def test_addresses_beside_the_document_are_none(path):
    assert Client().get(path).status_code in (301, 404)
    assert Client().get(path, follow=True).status_code in (200, 404)


def test_operation_ids_are_unique_names():
    ids = [operation.id for operation in OPERATIONS]

    assert len(ids) == len(set(ids))
    assert [name for name in ids if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", name)] == []


def test_every_operation_has_a_summary_and_one_chapter():
    chapters = {chapter["name"] for chapter in document.data["tags"]}

    assert [
        item.id for item in OPERATIONS if not item.operation.get("summary") and item.operation["tags"] != ["Accounts"]
    ] == []
    assert [operation.id for operation in OPERATIONS if len(operation.operation["tags"]) != 1] == []
    assert {operation.operation["tags"][0] for operation in OPERATIONS} == chapters


def test_every_property_and_parameter_is_described():
    properties = [
        f"{name}.{key}"
        for name, model in document.data["definitions"].items()
        if not name.endswith("Errors")
        for key, schema in model.get("properties", {}).items()
        if "$ref" not in schema and not schema.get("description")
    ]
    parameters = [
        f"{operation.id}?{parameter['name']}"
        for operation in OPERATIONS
        for where in ("query", "header", "path")
        for parameter in operation.list_parameters(where)
        if parameter.get("description") in (None, "", "None")
    ]

    assert properties == []
    assert parameters == []


def test_no_amount_is_a_json_number():
    numbers = [
        f"{name}.{key}"
        for name, model in document.data["definitions"].items()
        for key, schema in model.get("properties", {}).items()
        if schema.get("type") == "number"
    ]
    income = document.data["definitions"]["Income"]["properties"]

    assert numbers == []
    assert (income["amount"]["type"], income["amount"]["format"]) == ("string", "decimal")
    assert (income["next_payment_date"]["type"], income["next_payment_date"]["format"]) == ("string", "date")
    assert (income["created_at"]["type"], income["created_at"]["format"]) == ("string", "date-time")


def test_closed_lists_of_values_are_enumerations():
    definitions = document.data["definitions"]
    frequencies = [
        "once", "daily", "weekly", "bi-weekly", "semi-monthly",
        "four-weekly", "monthly", "quarterly", "semi-annual", "annual",
    ]  # fmt: skip

    assert definitions["IncomeRequest"]["properties"]["frequency"]["enum"] == frequencies
    assert definitions["TransactionRequest"]["properties"]["kind"]["enum"] == ["spend", "refund", "bill", "income"]
    assert definitions["Today"]["properties"]["status"]["enum"] == ["shortfall", "overspent", "no_income", "ok"]


def test_what_is_sent_and_what_is_answered_are_models_of_their_own():
    definitions = document.data["definitions"]

    assert sorted(definitions["IncomeRequest"]["properties"]) == [
        "adjust", "amount", "currency", "days", "end_date", "frequency", "name", "next_payment_date", "start_date",
    ]  # fmt: skip
    assert definitions["IncomeRequest"]["required"] == ["amount", "frequency", "next_payment_date"]
    assert "required" not in definitions["IncomePatch"]
    assert sorted(definitions["Income"]["required"]) == sorted(definitions["Income"]["properties"])


# Its answer holds a secret, which must not be kept to be given again; a second call replaces what the first one made.
NEVER_REPLAYED = {"second_factor_setup"}


@pytest.mark.parametrize(
    "operation",
    [item for item in OPERATIONS if item.success == 201 and not item.is_public and item.id not in NEVER_REPLAYED],
    ids=lambda item: item.id,
)
def test_whatever_creates_a_row_takes_a_key(operation: Documented):
    headers = [parameter["name"] for parameter in operation.list_parameters("header")]

    assert headers == ["Idempotency-Key"]
    assert {409, 422} <= operation.statuses
