"""The context of the current request, for the audit and the logs.

Set by the outermost middleware. Commands and tasks have an empty one.
"""

import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


def _nobody() -> int | None:
    return None


@dataclass(frozen=True, slots=True)
class CallContext:
    """A request's client address, its id in the logs, its interface (`via`) and its user."""

    address: str = ""
    request_id: str = ""
    via: str = "command"
    find_actor: Callable[[], int | None] = _nobody


_NO_CALL = CallContext()
_current: ContextVar[CallContext] = ContextVar("call_context", default=_NO_CALL)


def get_context() -> CallContext:
    """Return the context of the current request; an empty one outside of a request."""
    return _current.get()


def find_actor_id() -> int | None:
    """Return the id of the authenticated user; None where there is none, or none yet."""
    return _current.get().find_actor()


@contextmanager
def in_context(context: CallContext) -> Iterator[None]:
    """Set the context of a block."""
    token = _current.set(context)
    try:
        yield
    finally:
        _current.reset(token)


class RequestIdFilter(logging.Filter):
    """Set `request_id` of each log record; `-` outside of a request."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Return True: every record is kept."""
        # Django logs refused requests after they are over, with the request as an attribute of the record.
        asked = getattr(getattr(record, "request", None), "call_id", "")
        record.request_id = _current.get().request_id or asked or "-"
        return True


# A mailed link is as good as a password while it is valid, and its token is part of its path.
_LINK = re.compile(r"(/(?:password/reset/confirm|username/reset/confirm|email/verify)/)[^\s\"',)]+")
# A token anywhere else: in a link that was copied wrongly. Too long to be part of a UUID.
_TOKEN = re.compile(r"[0-9a-z]{5,13}-[0-9a-f]{16,}", re.IGNORECASE)


def _mask(text: str) -> str:
    return _TOKEN.sub("…", _LINK.sub(r"\1…", text))


class LinkFilter(logging.Filter):
    """Masks the tokens of mailed links in messages and paths, also where the link is mangled."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Return True: every record is kept."""
        message = record.getMessage()
        masked = _mask(message)
        if masked != message:
            record.msg, record.args = masked, ()
        path = getattr(record, "path", None)
        if isinstance(path, str):
            record.path = _mask(path)
        return True
