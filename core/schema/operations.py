"""Describe a view's method in the document: summary, models, and every status that it can answer."""

import inspect
import re
from typing import Any

from django.conf import settings
from drf_yasg import openapi
from drf_yasg.inspectors import SwaggerAutoSchema
from rest_framework.permissions import IsAuthenticated

from core.schema.models import Direction, set_direction
from core.web.conditions import CONDITIONAL_METHODS
from core.web.idempotency import HEADER, KEPT_FOR
from core.web.pagination import NewestFirstPagination, PagePagination

_SUMMARIES = {
    "list": "List {names}",
    "create": "Add one {name}",
    "retrieve": "Read one {name}",
    "update": "Replace one {name}",
    "partial_update": "Change one {name} in part",
    "destroy": "Delete one {name}",
}
_SUCCESSES = {
    "list": "One page of the list.",
    "create": "Added. The row as it is stored.",
    "retrieve": "The row.",
    "update": "Replaced. The row as it is stored.",
    "partial_update": "Changed. The row as it is stored.",
    "destroy": "Deleted.",
}
_SENDING = ("POST", "PUT", "PATCH", "DELETE")

_RETRY_AFTER = {"Retry-After": {"type": "integer", "description": "Seconds to wait before the next try."}}
_IF_NONE_MATCH = openapi.Parameter(
    "If-None-Match",
    openapi.IN_HEADER,
    type=openapi.TYPE_STRING,
    description="The `ETag` of an answer that the client still has: where it would be the same again, it is not sent.",
)
_IF_MATCH = openapi.Parameter(
    "If-Match",
    openapi.IN_HEADER,
    type=openapi.TYPE_STRING,
    description=(
        "The row's `updated_at` as it was last read, in double quotes: where it is another by now, nothing is written."
    ),
)
_ETAG = {"ETag": {"type": "string", "description": "Names this very answer; see `If-None-Match`."}}
_REVISION = {
    "X-Revision": {
        "type": "string",
        "description": "The `revision` of `allowance/today/` after this write. Compare it, do not read it.",
    }
}
_ERRORS: dict[int, tuple[str, dict[str, Any] | None]] = {
    400: ("The input is not right: which field, and why; or `detail` and `code` where it is no field's fault.", None),
    401: (
        "There is no valid access token.",
        {"WWW-Authenticate": {"type": "string", "description": "`Bearer`, and the realm."}},
    ),
    404: ("There is no such row among your own.", None),
    406: ("The `Accept` header takes no JSON.", None),
    409: ("Another request got in the way. Nothing was changed: read again, or try again.", None),
    412: ("The row was changed since it was read. Nothing was written.", None),
    413: ("The body is too large.", None),
    415: ("The body is not JSON.", None),
    422: ("The `Idempotency-Key` was used for another request.", None),
    429: ("Too many requests.", _RETRY_AFTER),
    503: ("The service is away for a moment. Nothing was changed: try again.", _RETRY_AFTER),
}
_OUTCOME_UNKNOWN = (
    "With the code `outcome_unknown` the answer to a write was lost, and it may have been stored: send it again with "
    "the same `Idempotency-Key`, or look first."
)


class Operation(SwaggerAutoSchema):
    """Derives an operation from its view; `swagger_auto_schema` on a method has the last word.

    A viewset names in `idempotent_actions` those that take an `Idempotency-Key`, and in `revision_actions` those that
    write rows or settings, also as method and action (`PATCH me`).
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.action: str = getattr(self.view, "action", None) or ""

    # ---- texts ------------------------------------------------------------------------------------

    def get_summary_and_description(self) -> tuple[str, str | None]:
        """Return the first sentence without its full stop, and the rest."""
        summary, description = self.overrides.get("operation_summary"), self.overrides.get("operation_description")
        model = getattr(getattr(self.view, "queryset", None), "model", None)
        if self.action in _SUMMARIES and model is not None:
            names = {"name": model._meta.verbose_name, "names": model._meta.verbose_name_plural}
            return (
                summary or _SUMMARIES[self.action].format(**names),
                description or inspect.cleandoc(type(self.view).__doc__ or ""),
            )
        method = getattr(self.view, self.action or self.method.lower(), None)
        own = getattr(method, "__doc__", None) if self.action else type(self.view).__doc__
        # A status is listed with the responses; here it would only stand in the way.
        text = re.sub(r": \d{3}\b", "", " ".join((own or "").split()))
        first, _, rest = text.partition(". ")
        return summary or first.rstrip("."), description or rest or None

    # ---- security ----------------------------------------------------------------------------------

    def is_public(self) -> bool:
        """Return whether the operation is open without an access token."""
        return not any(isinstance(permission, IsAuthenticated) for permission in self.view.get_permissions())

    def get_security(self) -> list[Any] | None:
        """Return None for the security of the document, an empty list for open operations."""
        declared: list[Any] | None = super().get_security()
        return [] if declared is None and self.is_public() else declared

    # ---- what is sent -----------------------------------------------------------------------------

    def has_list_response(self) -> bool:
        """Return whether the response is a list."""
        if self.action:
            return self.action == "list"
        return self.method == "GET" and hasattr(self.view, "list")

    def get_query_parameters(self) -> list[Any]:
        """Return the parameters of filters and pages. An empty value means that a parameter is not given."""
        parameters: list[Any] = super().get_query_parameters()
        for parameter in parameters:
            if parameter.name != NewestFirstPagination.cursor_query_param and not parameter.required:
                parameter.allow_empty_value = True
        return parameters

    def takes_key(self) -> bool:
        """Return whether the operation takes an `Idempotency-Key`."""
        return self.action in getattr(self.view, "idempotent_actions", ())

    def takes_condition(self) -> bool:
        """Return whether it takes an `If-Match`."""
        return self.method in CONDITIONAL_METHODS and getattr(self.view, "takes_if_match", False)

    def raises_revision(self) -> bool:
        """Return whether it writes rows or settings of the caller."""
        return bool({self.action, f"{self.method} {self.action}"} & set(getattr(self.view, "revision_actions", ())))

    def get_view_serializer(self) -> Any:
        """Return the view's serializer. Raises where it cannot be made; drf-yasg would leave it out."""
        return self.view.get_serializer() if hasattr(self.view, "get_serializer") else None

    def get_request_body_schema(self, serializer: Any) -> Any:
        """Return the model of the body."""
        direction = Direction.SENT_IN_PART if self.method == "PATCH" else Direction.SENT
        return self.serializer_to_schema(set_direction(serializer, direction))

    def make_body_parameter(self, schema: Any) -> Any:
        """Return the parameter for the body. It is optional for a partial change, and where the view says so."""
        is_optional = self.method == "PATCH" or getattr(self.view, "body_is_optional", False)
        return openapi.Parameter(name="body", in_=openapi.IN_BODY, required=not is_optional, schema=schema)

    def add_manual_parameters(self, parameters: list[Any]) -> Any:
        """Return the parameters, with the headers for retries and conditional requests."""
        if self.method == "GET":
            parameters = [*parameters, _IF_NONE_MATCH]
        if self.takes_condition():
            parameters = [*parameters, _IF_MATCH]
        if self.takes_key():
            hours = int(KEPT_FOR.total_seconds()) // 3600
            key = openapi.Parameter(
                HEADER,
                openapi.IN_HEADER,
                type=openapi.TYPE_STRING,
                pattern=r"^[\x21-\x7e]{1,255}$",
                description=(
                    "Makes it safe to send this again: within "
                    f"{hours} hours the same key with the same body gets the first answer and adds nothing."
                ),
            )
            parameters = [*parameters, key]
        return super().add_manual_parameters(parameters)

    # ---- what is answered -------------------------------------------------------------------------

    def get_default_responses(self) -> dict[str, Any]:
        """Only a `create` answers 201; any other POST does something, and answers 200."""
        responses: dict[str, Any] = super().get_default_responses()
        if self.method == "POST" and self.action != "create":
            return {"200": responses["201"]}
        return responses

    def get_paginated_response(self, response_schema: Any) -> Any:
        """A page is a model of its own, named after its rows."""
        name = response_schema["items"]["$ref"].rpartition("/")[2] + "Page"
        definitions = self.components.with_scope(openapi.SCHEMA_DEFINITIONS)
        page = super().get_paginated_response(response_schema)
        definitions.setdefault(name, lambda: page)
        return openapi.SchemaRef(definitions, name)

    def get_response_schemas(self, response_serializers: dict[str, Any]) -> dict[str, Any]:
        """What the view declares and, beside it, the errors that follow from what the view is."""
        responses: dict[str, Any] = super().get_response_schemas(
            {code: answer for code, answer in response_serializers.items() if not isinstance(answer, str)}
        )
        for response in responses.values():
            response.description = response.description or _SUCCESSES.get(self.action, "Done.")
        texts = {int(code): answer for code, answer in response_serializers.items() if isinstance(answer, str)}
        errors = self._list_errors() - {int(code) for code in response_serializers}
        for code, text in sorted({**dict.fromkeys(errors, ""), **texts}.items()):
            responses[str(code)] = self._make_response(code, text)
        if self.method == "GET":
            responses["200"].headers = _ETAG
            responses["304"] = openapi.Response("The client has it already.")
        headers: dict[str, Any] = {}
        if self.takes_key():
            headers["Idempotent-Replayed"] = {
                "type": "string",
                "description": "`true` on an answer that was given before.",
            }
        if self.raises_revision():
            headers.update(_REVISION)
        if headers:
            for success in {"200", "201", "204"} & responses.keys():
                responses[success].headers = headers
        return responses

    def _make_response(self, code: int, text: str) -> Any:
        if code < 400:
            return openapi.Response(text or _SUCCESSES.get(self.action, "Done."))
        usual, headers = _ERRORS.get(code, ("", None))
        if code == 404 and "{" not in self.path:
            usual = "There is no such page."
        if code == 503 and self.method in _SENDING:
            usual = f"{usual} {_OUTCOME_UNKNOWN}"
        return openapi.Response(text or usual, schema=self._error_model(code), headers=headers)

    def _list_errors(self) -> set[int]:
        codes = {406, 429, 503}
        # A bad token is refused, also where none is required.
        if self.view.get_authenticators():
            codes.add(401)
        if "{" in self.path or (self.should_page() and isinstance(self.view.paginator, PagePagination)):
            codes.add(404)
        if self.get_query_parameters():
            codes.add(400)
        if self.get_request_serializer() is not None:
            codes |= {400, 413, 415}
        if self.method in _SENDING and not self.is_public():
            codes.add(409)
        if self.takes_key():
            codes |= {409, 422}
        if self.takes_condition():
            codes.add(412)
        return codes - set(getattr(self.view, "undocumented_statuses", ()))

    def _error_model(self, code: int) -> Any:
        """`{"detail", "code"}`, or for a refused input the fields that it can name."""
        definitions = self.components.with_scope(openapi.SCHEMA_DEFINITIONS)
        definitions.setdefault("Problem", _make_problem_model)
        name = "Problem"
        if code == 400:
            name = "QueryErrors"
            serializer = self.get_request_serializer()
            if serializer is None:
                definitions.setdefault(name, _make_query_errors_model)
            else:
                name = f"{self._name_of(serializer)}Errors"
                definitions.setdefault(name, lambda: _make_field_errors_model(serializer))
        return openapi.SchemaRef(definitions, name)

    def _name_of(self, serializer: Any) -> str:
        reference = self.get_request_body_schema(serializer)["$ref"].rpartition("/")[2]
        return str(reference.removesuffix(Direction.SENT.value).removesuffix(Direction.SENT_IN_PART.value))


def _make_problem_model() -> Any:
    return openapi.Schema(
        type=openapi.TYPE_OBJECT,
        description="What went wrong.",
        properties={
            "detail": openapi.Schema(type=openapi.TYPE_STRING, description="For a person."),
            "code": openapi.Schema(type=openapi.TYPE_STRING, description="For a program; it does not change."),
        },
        required=["detail", "code"],
    )


def _make_messages(description: str | None = None) -> Any:
    return openapi.Schema(
        type=openapi.TYPE_ARRAY, items=openapi.Items(type=openapi.TYPE_STRING), description=description
    )


def _make_query_errors_model() -> Any:
    return openapi.Schema(
        type=openapi.TYPE_OBJECT,
        description="What is wrong with which parameter.",
        additional_properties=_make_messages(),
    )


def _make_field_errors(field: Any) -> Any:
    # Swagger 2 has no word for a list of texts or of objects.
    description = getattr(field, "errors_description", None)
    return openapi.SwaggerDict(description=description) if description else _make_messages()


def _make_field_errors_model(serializer: Any) -> Any:
    fields = {name: _make_field_errors(field) for name, field in serializer.fields.items() if not field.read_only}
    general = _make_problem_model().properties
    for name, description in getattr(serializer, "refusal_lists", {}).items():
        general[name] = _make_messages(description)
    for name in fields.keys() & general.keys():
        # A field that is called like a part of the general error can be either; Swagger 2 has no word for that.
        general[name] = openapi.SwaggerDict(description="What is wrong with it, a list; or as in every error, text.")
    return openapi.Schema(
        type=openapi.TYPE_OBJECT,
        description="What is wrong with which field; `detail` and `code` where it is no field's fault.",
        properties={
            **fields,
            settings.REST_FRAMEWORK.get("NON_FIELD_ERRORS_KEY", "non_field_errors"): _make_messages(
                "What is wrong with the fields together."
            ),
            **general,
        },
    )
