"""What is known about the call being answered, for whoever must write it down.

Set once a request by the outermost middleware; outside of a request there is nothing, and what happens then
was caused by a command or a task.
"""

import logging
import re
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass


def _nobody() -> int | None:
    return None


@dataclass(frozen=True, slots=True)
class CallContext:
    """Where a call came from, what it is called in the logs, which way it takes, and who made it."""

    address: str = ""
    request_id: str = ""
    via: str = "command"
    find_actor: Callable[[], int | None] = _nobody


_NO_CALL = CallContext()
_current: ContextVar[CallContext] = ContextVar("call_context", default=_NO_CALL)


def get_context() -> CallContext:
    """The call being answered; an empty one outside of any."""
    return _current.get()


def find_actor_id() -> int | None:
    """The id of the person who makes the call, as far as authentication has found out; None for nobody."""
    return _current.get().find_actor()


class answering:  # noqa: N801
    """A block in which what happens belongs to this call. A class, for every request has one."""

    def __init__(self, context: CallContext) -> None:
        self._context = context

    def __enter__(self) -> None:
        self._token = _current.set(self._context)

    def __exit__(self, *error: object) -> None:
        _current.reset(self._token)


class RequestIdFilter(logging.Filter):
    """Gives each log record the id of the call that caused it; `-` for none."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Keeps every record."""
        # Django tells of refused requests when they are over, and hangs them on the record.
        asked = getattr(getattr(record, "request", None), "call_id", "")
        record.request_id = _current.get().request_id or asked or "-"
        return True


# A mailed link is as good as a password while it is valid, and its token is part of its path.
_LINK = re.compile(r"(/(?:password|username)/reset/confirm/)[^\s\"',)]+")
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
