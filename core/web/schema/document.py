"""Builds the document, once a process."""

import copy
import json
from functools import cached_property
from typing import Any

from django.contrib.auth import get_user_model
from django.http import HttpRequest
from django.urls import get_script_prefix
from django.utils import translation
from drf_yasg import openapi
from drf_yasg.codecs import OpenAPICodecJson, yaml_dump
from drf_yasg.generators import OpenAPISchemaGenerator
from rest_framework.request import Request

from core.web.schema.guide import Guide

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
    """Walks the routes. Paths are whole, and the operations' ids come from the chapters of a guide."""

    def __init__(self, guide: Guide) -> None:
        info = openapi.Info(title=guide.title, default_version=guide.version, description=guide.description)
        # No address of our own: a document is about wherever it was read from.
        super().__init__(info, url="")
        self.guide = guide

    def determine_path_prefix(self, paths: list[str]) -> str:
        """None: every path begins at the root."""
        return ""

    def get_operation(
        self, view: Any, path: str, prefix: str, method: str, components: Any, request: Request | None
    ) -> Any:
        """An operation, put into its chapter."""
        operation = super().get_operation(view, path, prefix, method, components, request)
        if operation is not None:
            operation.tags = [self.guide.find_chapter(path).tag]
            operation.summary = self.guide.summaries.get(operation.operation_id, operation.summary)
        return operation

    def get_operation_keys(self, subpath: str, method: str, view: Any) -> list[str]:
        """The chapter, what the path adds to it, and a verb where the path alone does not tell."""
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
    """The request of somebody new, from nowhere: what stands in the document must not depend on who asks."""
    http_request = HttpRequest()
    http_request.META = {"SERVER_NAME": "localhost", "SERVER_PORT": "80"}
    request = Request(http_request)
    request.user = get_user_model()()
    return request


def _complete_models(definitions: dict[str, Any], guide: Guide) -> None:
    """Add to the models what their serializers do not say: examples, missing words, what is null and yet there."""
    for name, definition in definitions.items():
        if name in guide.bodies:
            definition["example"] = guide.bodies[name]
        if name.endswith("Errors"):
            continue
        for key, schema in definition.get("properties", {}).items():
            if "$ref" in schema:
                continue
            if schema.get("x-nullable") and key in definition.get("required", ()):
                # Null, but there: without this, generators of clients take it for something that may be left out.
                schema["x-omitempty"] = False
            example = guide.values.get(f"{name}.{key}", guide.values.get(key))
            if example is not None:
                schema.setdefault("example", example)
            if key in guide.descriptions:
                schema.setdefault("description", guide.descriptions[key])


class Document:
    """The document of one guide. Built at the first use and kept: routes do not change while a process runs."""

    def __init__(self, guide: Guide) -> None:
        self.guide = guide

    @cached_property
    def data(self) -> dict[str, Any]:
        """As plain values, in English whoever asks."""
        with translation.override("en"):
            swagger = Generator(self.guide).get_schema(_make_request(), public=True)
            data: dict[str, Any] = json.loads(OpenAPICodecJson([]).encode(swagger))
        data["paths"] |= copy.deepcopy(dict(self.guide.plain_paths))
        data["definitions"] |= copy.deepcopy(dict(self.guide.plain_models))
        # A base of "/" would make clients that join it with a path ask for `//api/…`, which is another host.
        del data["basePath"]
        if get_script_prefix() != "/":
            data["basePath"] = get_script_prefix().rstrip("/")
        data["tags"] = [
            {"name": chapter.tag, "description": chapter.description}
            for chapter in self.guide.chapters
            if any(chapter.tag in operation["tags"] for operation in self._list_operations(data))
        ]
        _complete_models(data["definitions"], self.guide)
        return data

    @property
    def text(self) -> str:
        """As JSON that people compare: indented, and sorted."""
        return json.dumps(self.data, ensure_ascii=False, indent=2, sort_keys=True) + "\n"

    @cached_property
    def json(self) -> bytes:
        """As JSON."""
        return json.dumps(self.data, ensure_ascii=False).encode()

    @cached_property
    def yaml(self) -> bytes:
        """As YAML."""
        text: bytes = yaml_dump(self.data, binary=True)
        return text

    @staticmethod
    def _list_operations(data: dict[str, Any]) -> list[dict[str, Any]]:
        return [
            operation for item in data["paths"].values() for verb, operation in item.items() if verb != "parameters"
        ]
