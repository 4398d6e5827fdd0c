"""What a browser would send from a page of the admin, if nothing is touched."""

from html.parser import HTMLParser
from typing import Any

NOT_SENT = {"submit", "button", "reset", "file", "image"}


class _FormParser(HTMLParser):
    """Collects the fields of the form with the given id."""

    def __init__(self, form_id: str) -> None:
        super().__init__()
        self.form_id = form_id
        self.fields: dict[str, list[str]] = {}
        self.is_inside = False
        self.select: tuple[str, bool] | None = None
        self.options: list[tuple[str, bool]] = []
        self.textarea: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "form":
            self.is_inside = values.get("id") == self.form_id
        if not self.is_inside:
            return
        name = values.get("name") or ""
        if tag == "input" and name and values.get("type") not in NOT_SENT:
            if values.get("type") not in ("checkbox", "radio") or "checked" in values:
                self._add(name, values.get("value") or ("on" if values.get("type") == "checkbox" else ""))
        elif tag == "select" and name:
            self.select, self.options = (name, "multiple" in values), []
        elif tag == "option":
            self.options.append((values.get("value") or "", "selected" in values))
        elif tag == "textarea":
            self.textarea = name
            self._add(name, "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.is_inside = False
        elif tag == "textarea":
            self.textarea = None
        elif tag == "select" and self.select is not None:
            name, is_multiple = self.select
            chosen = [value for value, is_chosen in self.options if is_chosen]
            if not is_multiple:
                chosen = chosen or [value for value, _is_chosen in self.options[:1]]
            for value in chosen:
                self._add(name, value)
            self.select = None

    def handle_data(self, data: str) -> None:
        if self.textarea is not None:
            # The first line break of a text area is markup.
            text = self.fields[self.textarea][-1] + data
            self.fields[self.textarea][-1] = text.removeprefix("\n")

    def _add(self, name: str, value: str) -> None:
        self.fields.setdefault(name, []).append(value)


def fields_of(response: Any) -> dict[str, Any]:
    """Return what a browser would send back from the form of a row, hidden fields included."""
    parser = _FormParser(f"{response.context_data['opts'].model_name}_form")
    parser.feed(response.content.decode())
    return {name: values if len(values) > 1 else values[0] for name, values in parser.fields.items()}
