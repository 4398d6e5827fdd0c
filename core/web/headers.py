"""Headers of answers, set where every call sets the same.

Django encodes and searches name and value of each header at each answer, and finds out that one is missing by an
exception: a dozen of them take longer than the way to the view. Here that is done once a header. The mapping's own
store is written to, which carries no promise: the version is pinned, and a test reads the answers.
"""

from collections.abc import Mapping

from django.http import HttpResponse
from django.http.response import ResponseHeaders

Checked = Mapping[str, tuple[str, str]]
"""Headers that were checked, as an answer keeps them: by their names in lower case, each with name and value."""


def check_headers(headers: Mapping[str, str]) -> Checked:
    """Headers that any answer may get. Raises what Django raises for a name or a value that cannot be sent."""
    return dict(ResponseHeaders(headers)._store)


def add_missing(response: HttpResponse, headers: Checked) -> None:
    """Give the answer those of these headers that it has not got."""
    store = response.headers._store
    for key, header in headers.items():
        if key not in store:
            store[key] = header


def put_header(response: HttpResponse, name: str, value: str) -> None:
    """Set a header to a value of our own making, which can hold no line break: it is not looked at."""
    response.headers._store[name.lower()] = (name, value)


def vary_by(response: HttpResponse, name: str) -> None:
    """As `patch_vary_headers`, for one header that no view names."""
    store = response.headers._store
    others = store.get("vary")
    store["vary"] = ("Vary", name if others is None else f"{others[1]}, {name}")
