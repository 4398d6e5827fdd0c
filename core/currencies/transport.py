"""Getting the feed: over HTTP from its address, or from a file.

The address is the operator's, what answers there is not: time and size are bounded, and redirects lead
nowhere but to HTTP.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPException, HTTPMessage, HTTPResponse
from io import BufferedReader, RawIOBase
from pathlib import Path
from typing import IO
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import (
    HTTPDefaultErrorHandler,
    HTTPErrorProcessor,
    HTTPHandler,
    HTTPRedirectHandler,
    HTTPSHandler,
    OpenerDirector,
    ProxyHandler,
    Request,
)

from core.currencies.feed import FeedError

LARGEST_FEED_BYTES = 32 * 1024 * 1024
"""The full history is a quarter of this."""

SILENCE_SECONDS = 15
"""How long the source may say nothing."""

WHOLE_SECONDS = 120
"""How long all of it may take."""


class _BoundedStream(RawIOBase):
    """Reads a source up to a size and a moment."""

    def __init__(self, source: HTTPResponse | BufferedReader, *, deadline: int | None) -> None:
        self._source = source
        self._deadline = deadline
        self._left = LARGEST_FEED_BYTES

    def read(self, size: int = -1) -> bytes:
        """Up to `size` bytes; none at the end. Raises FeedError past either bound, or where the source fails."""
        if self._deadline is not None and time.monotonic_ns() > self._deadline:
            raise FeedError(f"The feed did not arrive within {WHOLE_SECONDS} seconds.")
        wanted = self._left + 1 if size < 0 else min(size, self._left + 1)
        try:
            # One read of the network at most: a source that drips is asked again, and so meets the deadline.
            data = self._source.read1(wanted)
        except (OSError, HTTPException) as error:
            raise FeedError(f"The feed broke off while it was read: {_describe(error)}.") from error
        self._left -= len(data)
        if self._left < 0:
            raise FeedError(f"The feed is larger than {LARGEST_FEED_BYTES // 1024**2} MiB.")
        return data


class _HttpRedirects(HTTPRedirectHandler):
    """Follows redirects to HTTP and HTTPS, and from HTTPS to nothing less."""

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> Request | None:
        """The request to make instead. Raises FeedError."""
        before, after = urlsplit(req.full_url).scheme, urlsplit(newurl).scheme
        if after not in ("http", "https") or (before == "https" and after == "http"):
            raise FeedError(f"The feed's address redirects from {before} to {after}, which is not followed.")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _describe(error: Exception) -> str:
    """What went wrong, without the address: it may hold a password."""
    reason = error.reason if isinstance(error, URLError) else error
    if isinstance(reason, TimeoutError):
        return f"silence for {SILENCE_SECONDS} seconds"
    if isinstance(reason, OSError) and reason.strerror:
        return reason.strerror
    return type(reason).__name__


@contextmanager
def open_url(*, url: str) -> Iterator[RawIOBase]:
    """The feed at an http(s) address, as a stream. Raises FeedError, also while it is read."""
    opener = OpenerDirector()
    # Not urllib's own choice of handlers, which opens files and FTP too.
    for handler in (ProxyHandler, HTTPHandler, HTTPSHandler, HTTPDefaultErrorHandler, HTTPErrorProcessor):
        opener.add_handler(handler())
    opener.add_handler(_HttpRedirects())
    if urlsplit(url).scheme not in ("http", "https"):
        raise FeedError("The feed's address is not one of http or https.")
    request = Request(url, headers={"Accept": "application/xml, text/xml", "Accept-Encoding": "identity"})  # noqa: S310 — checked above
    deadline = time.monotonic_ns() + WHOLE_SECONDS * 10**9
    try:
        response: HTTPResponse = opener.open(request, timeout=SILENCE_SECONDS)
    except HTTPError as error:
        error.close()
        raise FeedError(f"The feed's address answered {error.code}.") from error
    except (OSError, HTTPException, ValueError) as error:
        raise FeedError(f"The feed's address cannot be read: {_describe(error)}.") from error
    with response:
        yield _BoundedStream(response, deadline=deadline)


@contextmanager
def open_file(*, path: Path) -> Iterator[RawIOBase]:
    """The feed in a file, as a stream. Raises FeedError, also while it is read."""
    try:
        source = path.open("rb")
    except OSError as error:
        raise FeedError(f"{path} cannot be read: {_describe(error)}.") from error
    with source:
        yield _BoundedStream(source, deadline=None)
