"""The built app for browsers: its files, and how far its build is.

The folder is put in place as a whole, also while the server runs and more than once: it is read anew when it is
another one.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from functools import cache
from pathlib import Path
from wsgiref.headers import Headers

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from whitenoise.base import WhiteNoise
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.responders import Redirect, StaticFile

INDEX = "/index.html"

_STATUS_FILE = "app-build.json"
_LONGEST_BUILD = timedelta(minutes=30)
# The build puts 32 digits of a file's hash into its name.
_HASHED = re.compile(r"[.-][0-9a-f]{32}\.")
_MEDIA_TYPES = {".webmanifest": "application/manifest+json"}
_A_YEAR = "public, max-age=31536000, immutable"
# Which file it is, its time and its size.
_Version = tuple[int, int, int]


class BuildState(Enum):
    """How far the build of the app is."""

    MISSING = "missing"
    BUILDING = "building"
    FAILED = "failed"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class BuildStatus:
    """How far the build is, with a line on why it failed."""

    state: BuildState
    detail: str = ""


class BuiltApp:
    """The files of the app in one folder, by path."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._version: _Version | None = None
        self._files: Mapping[str, StaticFile | Redirect] = {}

    def find_file(self, path: str) -> StaticFile | Redirect | None:
        """Return the file at a path of the site; None where the build has none."""
        try:
            version = self._read_version()
            if version != self._version:
                self._files = self._read_files()
                self._version = version
        except OSError:
            # There is no build, or it is being replaced.
            return None
        return self._files.get(path)

    def _read_version(self) -> _Version:
        # Written last, with the hash of the sources.
        file = (self.folder / "build.json").stat()
        return file.st_ino, file.st_mtime_ns, file.st_size

    def _read_files(self) -> Mapping[str, StaticFile | Redirect]:
        reader = WhiteNoise(
            None, max_age=None, allow_all_origins=False, mimetypes=_MEDIA_TYPES, add_headers_function=_add_headers
        )
        reader.add_files(str(self.folder))
        files: Mapping[str, StaticFile | Redirect] = reader.files
        return files


def _add_headers(headers: Headers, path: str, url: str) -> None:
    """Let browsers keep what has its hash in its name, and ask for everything else each time."""
    if _HASHED.search(url):
        headers["Cache-Control"] = _A_YEAR
        return
    headers["Cache-Control"] = "no-cache"
    # Builds may have the same times and sizes, so that the default, which is made of these, would not tell them apart.
    headers["ETag"] = f'"{hashlib.sha256(Path(path).read_bytes()).hexdigest()[:32]}"'


@cache
def _get_app(folder: Path) -> BuiltApp:
    return BuiltApp(folder)


def serve_app_file(*, path: str, request: HttpRequest) -> HttpResponseBase | None:
    """Answer with a file of the app; None where the app is off or has no such file."""
    if not settings.APP_ENABLED:
        return None
    file = _get_app(settings.APP_DIR).find_file(path)
    if file is None:
        return None
    try:
        return WhiteNoiseMiddleware.serve(file, request)
    except FileNotFoundError:
        # The build was replaced a moment ago.
        return None


def read_build_status(*, now: datetime) -> BuildStatus:
    """Return how far the build of the app is, as it says itself in a file. For where there is no built app."""
    if not settings.APP_ENABLED:
        return BuildStatus(BuildState.OFF)
    try:
        said = json.loads((settings.DATA_DIR / _STATUS_FILE).read_text(encoding="utf-8"))
        state, detail, at = BuildState(said["state"]), str(said["detail"]), datetime.fromisoformat(said["at"])
        is_overdue = state is BuildState.BUILDING and now - at > _LONGEST_BUILD
    except (OSError, ValueError, TypeError, KeyError):
        # It was never begun, or is done and its folder is elsewhere.
        return BuildStatus(BuildState.MISSING)
    if state is BuildState.OFF:
        # It was off when the file was written.
        return BuildStatus(BuildState.MISSING)
    return BuildStatus(BuildState.FAILED, "It did not come to an end.") if is_overdue else BuildStatus(state, detail)
