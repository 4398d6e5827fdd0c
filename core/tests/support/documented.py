"""The API's document as tests read it: its operations, and its models as JSON Schema."""

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from jsonschema import Draft4Validator, FormatChecker
from rest_framework.response import Response

from core.urls import document

_FORMATS = FormatChecker(formats=("date", "email"))
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


@_FORMATS.checks("date-time")
def _is_instant(value: object) -> bool:
    return isinstance(value, str) and _INSTANT.fullmatch(value) is not None


@_FORMATS.checks("decimal", raises=InvalidOperation)
def _is_decimal(value: object) -> bool:
    return isinstance(value, str) and Decimal(value).is_finite()


@_FORMATS.checks("uri")
def _is_address(value: object) -> bool:
    return isinstance(value, str) and value.startswith("http://")


@dataclass(frozen=True)
class Documented:
    """One operation of the document."""

    method: str
    path: str
    operation: dict[str, Any]

    @property
    def id(self) -> str:
        """Its operation id."""
        name: str = self.operation["operationId"]
        return name

    @property
    def chapter(self) -> str:
        """Its tag."""
        (tag,) = self.operation["tags"]
        return str(tag)

    @property
    def statuses(self) -> set[int]:
        """Every status that it says it can answer."""
        return {int(code) for code in self.operation["responses"]}

    @property
    def success(self) -> int:
        """The one that says that it went well: 201 where it may add a row."""
        return max(code for code in self.statuses if code < 300)

    @property
    def is_public(self) -> bool:
        """Whether it asks for no token."""
        return self.operation.get("security") == []

    @property
    def body_model_name(self) -> str | None:
        """The name of the model of what is sent."""
        for parameter in self.operation["parameters"]:
            if parameter["in"] == "body":
                return str(parameter["schema"]["$ref"]).rpartition("/")[2]
        return None

    @property
    def body_model(self) -> dict[str, Any] | None:
        """The model of what is sent."""
        model: dict[str, Any] | None = document.data["definitions"].get(self.body_model_name)
        return model

    def list_parameters(self, where: str) -> list[dict[str, Any]]:
        """The parameters in `query`, `header` or `path`."""
        shared = document.data["paths"][self.path]["parameters"]
        return [parameter for parameter in [*shared, *self.operation["parameters"]] if parameter["in"] == where]

    def check(self, response: Response) -> None:
        """Fails unless the document knows this status, with this body and these headers."""
        code = str(response.status_code)
        assert code in self.operation["responses"], f"{self.id} answered {code}: {response.content!r}"
        documented = self.operation["responses"][code]
        for header in documented.get("headers", {}):
            assert header == "Idempotent-Replayed" or header in response.headers, f"{self.id} {code}: no {header}"
        if "schema" not in documented:
            assert response.content == b"", f"{self.id} answered {code} with {response.content!r}"
            return
        assert response.headers["Content-Type"].startswith("application/json")
        schema = to_json_schema(documented["schema"])
        errors = list(Draft4Validator(schema, format_checker=_FORMATS).iter_errors(response.json()))
        assert errors == [], f"{self.id} answered {code}: {response.json()}"


def list_operations() -> list[Documented]:
    """Every operation, in the document's order."""
    return [
        Documented(method, path, operation)
        for path, item in document.data["paths"].items()
        for method, operation in item.items()
        if method != "parameters"
    ]


def resolve(schema: dict[str, Any]) -> dict[str, Any]:
    """The model that a reference stands for."""
    if "$ref" in schema:
        model: dict[str, Any] = document.data["definitions"][schema["$ref"].rpartition("/")[2]]
        return model
    return schema


def to_json_schema(schema: dict[str, Any]) -> dict[str, Any]:
    """A Swagger schema as JSON Schema: references put in place, null where it is allowed, no unknown properties."""
    schema = dict(resolve(schema))
    schema.pop("example", None)
    if "items" in schema:
        schema["items"] = to_json_schema(schema["items"])
    if schema.get("type") == "object":
        schema["properties"] = {name: to_json_schema(item) for name, item in schema.get("properties", {}).items()}
        extra = schema.get("additionalProperties", False)
        schema["additionalProperties"] = to_json_schema(extra) if isinstance(extra, dict) else extra
    if schema.pop("x-nullable", False):
        return {"anyOf": [schema, {"type": "null"}]}
    return schema
