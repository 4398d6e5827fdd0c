"""WSGI middleware that gives a body sent in chunks a length: Django and DRF read no body without one."""

import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment


class _BrokenBody(io.RawIOBase):
    """A body that cannot be read: Django raises UnreadablePostError for it."""

    def readinto(self, buffer: object) -> int:
        raise OSError("malformed or incomplete chunks")


class ChunkedBodyMiddleware:
    """Read a chunked body before Django sees the request.

    At most one byte more than `limit` is read; `BodyMiddleware` refuses such a request.
    """

    def __init__(self, application: "WSGIApplication", *, limit: int) -> None:
        self.application = application
        self.limit = limit

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> "Iterable[bytes]":
        """Replace the input stream and set `CONTENT_LENGTH`."""
        is_chunked = "chunked" in environ.get("HTTP_TRANSFER_ENCODING", "").lower()
        # A server sets this flag where its input stream ends with the body. Others must not be read without a length.
        if is_chunked and environ.get("wsgi.input_terminated"):
            try:
                body = environ["wsgi.input"].read(self.limit + 1)
            except Exception:  # noqa: BLE001
                # Each server has its own exceptions for malformed and incomplete chunks.
                environ["wsgi.input"], environ["CONTENT_LENGTH"] = _BrokenBody(), "1"
            else:
                environ["wsgi.input"], environ["CONTENT_LENGTH"] = io.BytesIO(body), str(len(body))
        return self.application(environ, start_response)
