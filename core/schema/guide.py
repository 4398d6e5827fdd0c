"""What cannot be derived from code: the document's title, chapters and examples."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Chapter:
    """Routes that belong together: all that start with `prefix`, and with no longer prefix of another chapter."""

    prefix: str
    tag: str
    description: str
    name: str = ""
    """How the chapter's operation ids begin; the last part of `prefix` if not given."""
    one_route: bool = False
    """Whether the chapter holds the route `prefix` alone, and none below it."""

    def covers(self, path: str) -> bool:
        """Return whether a route belongs here, unless it belongs to a chapter of a longer prefix."""
        return path == self.prefix if self.one_route else path.startswith(self.prefix)

    @property
    def operation_prefix(self) -> str:
        """Return the prefix of the chapter's operation ids."""
        return self.name or self.prefix.strip("/").split("/")[-1].replace("-", "_")


@dataclass(frozen=True)
class Guide:
    """The texts of one document."""

    title: str
    version: str
    description: str
    chapters: tuple[Chapter, ...]
    summaries: Mapping[str, str]
    """By operation id: a summary better than what follows from the code."""
    descriptions: Mapping[str, str]
    """By property: what to say of those that say nothing of themselves."""
    values: Mapping[str, Any]
    """By property, or by model and property with a dot between: an example to show."""
    bodies: Mapping[str, Mapping[str, Any]]
    """By model of a request: a body that works when it is sent as it stands."""

    plain_paths: Mapping[str, Mapping[str, Any]]
    """Routes that are plain views, of which nothing can be derived: path items as Swagger has them."""
    plain_models: Mapping[str, Mapping[str, Any]]
    """The models that `plain_paths` names."""

    def find_chapter(self, path: str) -> Chapter:
        """Return the chapter of a route. Raises LookupError where there is none."""
        found = [chapter for chapter in self.chapters if chapter.covers(path)]
        if not found:
            raise LookupError(f"{path} belongs to no chapter of the API's guide")
        return max(found, key=lambda chapter: len(chapter.prefix))
