"""Every route of the API, collected from the URLs: a new one is tested the day it is born."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True)
class Route:
    """One path and the methods that it answers. `{id}` stands for a row's id, `{date}` for a date of an item."""

    path: str
    methods: tuple[str, ...]

    def __str__(self) -> str:
        return self.path

    def fill(self, row_id: object) -> str:
        """The path of one row."""
        return self.path.replace("{id}", str(row_id)).replace("{date}", find_date(self.path))


def find_date(path: str) -> str:
    """The date in a path below an item: one that an item has as the factories make it."""
    return "2026-12-01" if path.startswith("/api/income/") else "2026-12-05"


def list_routes(prefix: str = "/api/") -> list[Route]:
    """The routes below a prefix, by path."""
    found: dict[str, set[str]] = {}
    for path, callback in _walk(get_resolver().url_patterns, ""):
        if path.startswith(prefix):
            found.setdefault(path, set()).update(_methods_of(callback))
    return [
        Route(path, tuple(method for method in METHODS if method in methods)) for path, methods in sorted(found.items())
    ]


def _name_group(group: re.Match[str]) -> str:
    return "{date}" if group[1] == "date" else "{id}"


def _walk(patterns: list[Any], before: str) -> Iterator[tuple[str, Any]]:
    for pattern in patterns:
        path = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, path)
        elif isinstance(pattern, URLPattern):
            yield "/" + re.sub(r"\(\?P<(\w+)>[^)]*\)", _name_group, path).replace("^", "").rstrip("$"), pattern.callback


def _methods_of(callback: Any) -> set[str]:
    actions = getattr(callback, "actions", None)
    view = getattr(callback, "cls", None) or getattr(callback, "view_class", None)
    return set(actions) if actions else {method for method in METHODS if hasattr(view, method)}
