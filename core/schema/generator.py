"""Collect the operations of all routes. Imported when a document is built."""

import json
from typing import Any

from django.contrib.auth import get_user_model
from django.http import HttpRequest
from drf_yasg import openapi
from drf_yasg.generators import OpenAPISchemaGenerator
from rest_framework.request import Request

from core.schema.guide import Guide

_VERBS = {
    "list": "list",
    "create": "create",
    "retrieve": "read",
    "update": "update",
    "partial_update": "partial_update",
    "destroy": "delete",
}
_METHOD_VERBS = {"get": "read", "post": "create", "put": "update", "patch": "partial_update", "delete": "delete"}


class Generator(OpenAPISchemaGenerator):
    """Collect the operations of all routes. Paths are whole; the chapters of a guide give the ids."""

    def __init__(self, guide: Guide) -> None:
        info = openapi.Info(title=guide.title, default_version=guide.version, description=guide.description)
        # No host: clients use the one that they read the document from.
        super().__init__(info, url="")
        self.guide = guide

    def determine_path_prefix(self, paths: list[str]) -> str:
        """Return no prefix: paths are whole."""
        return ""

    def get_path_parameters(self, path: str, view_cls: Any) -> list[Any]:
        """Return the parameters of a path. A view that looks rows up by another column describes it."""
        parameters: list[Any] = super().get_path_parameters(path, view_cls)
        for parameter in parameters:
            if parameter.name == getattr(view_cls, "lookup_url_kwarg", None):
                parameter.update(view_cls.lookup_schema)
                parameter.pop("pattern", None)
        return parameters

    def get_operation(
        self, view: Any, path: str, prefix: str, method: str, components: Any, request: Request | None
    ) -> Any:
        """Return an operation with the tag of its chapter."""
        operation = super().get_operation(view, path, prefix, method, components, request)
        if operation is not None:
            operation.tags = [self.guide.find_chapter(path).tag]
            operation.summary = self.guide.summaries.get(operation.operation_id, operation.summary)
        return operation

    def get_operation_keys(self, subpath: str, method: str, view: Any) -> list[str]:
        """Return the chapter, the rest of the path, and a verb where the path alone is ambiguous."""
        chapter = self.guide.find_chapter(subpath)
        rest = [
            part.replace("-", "_") for part in subpath[len(chapter.prefix) :].strip("/").split("/") if "{" not in part
        ]
        rest = [part for part in rest if part]
        action = getattr(view, "action", None)
        verb = _VERBS.get(action or "")
        if verb is None and (not rest or len(_list_methods(view)) > 1):
            verb = "list" if action is None and method == "GET" and hasattr(view, "list") else None
            verb = verb or _METHOD_VERBS[method.lower()]
        return [chapter.operation_prefix, *rest, *([verb] if verb else [])]


def _list_methods(view: Any) -> set[str]:
    methods = getattr(view, "action_map", None) or {name for name in _METHOD_VERBS if hasattr(view, name)}
    return set(methods) & set(_METHOD_VERBS)


def _make_request() -> Request:
    """Return a request without user and address, so that the document is the same for every caller."""
    http_request = HttpRequest()
    http_request.META = {"SERVER_NAME": "localhost", "SERVER_PORT": "80"}
    request = Request(http_request)
    request.user = get_user_model()()
    return request


def generate(guide: Guide) -> dict[str, Any]:
    """Return the document of the routes, as plain values."""
    swagger = Generator(guide).get_schema(_make_request(), public=True)
    data: dict[str, Any] = json.loads(json.dumps(swagger.as_dict()))
    return data
