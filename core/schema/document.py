"""Build the API's document, once a process."""

import copy
import json
from functools import cached_property
from typing import Any

from django.urls import get_script_prefix
from django.utils import translation

from core.schema.guide import Guide


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
        """Return the document as plain values, in English."""
        with translation.override("en"):
            # Imported here: it imports much that only requests for the document need.
            from core.schema.generator import generate

            data = generate(self.guide)
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
        """Return the document as indented and sorted JSON, for comparison."""
        return json.dumps(self.data, ensure_ascii=False, indent=2, sort_keys=True) + "\n"

    @cached_property
    def json(self) -> bytes:
        """Return the document as JSON."""
        return json.dumps(self.data, ensure_ascii=False).encode()

    @cached_property
    def yaml(self) -> bytes:
        """Return the document as YAML."""
        # Imported here: it imports validators that are not needed.
        from drf_yasg.codecs import yaml_dump

        text: bytes = yaml_dump(self.data, binary=True)
        return text

    @staticmethod
    def _list_operations(data: dict[str, Any]) -> list[dict[str, Any]]:
        return [
            operation for item in data["paths"].values() for verb, operation in item.items() if verb != "parameters"
        ]
