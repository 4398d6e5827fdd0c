"""Answers to `OPTIONS`."""

from typing import Any

from rest_framework.metadata import BaseMetadata
from rest_framework.request import Request


class PathMetadata(BaseMetadata):
    """The methods that a path takes, beside the header `Allow`; all else is in the API's document.

    DRF's own plays a PUT through to list its fields, up to reading a row, and crashes where a path has none.
    """

    def determine_metadata(self, request: Request, view: Any) -> dict[str, Any]:
        """Return a JSON object."""
        return {"methods": view.allowed_methods}
