"""A real mail server, for mail that really leaves."""

import email
import email.policy
import re
import socket
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller


class Mailbox:
    """Takes mail on a port of 127.0.0.1. `broken` makes it refuse every mail."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.broken = False
        self.port = find_free_port()
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)

    def start(self) -> None:
        """Listen."""
        self._controller.start()

    def stop(self) -> None:
        """Listen no more."""
        self._controller.stop()

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        """Called by aiosmtpd for each mail."""
        if self.broken:
            return "451 Not now"
        self.messages.append(email.message_from_bytes(envelope.content, policy=email.policy.default))  # type: ignore[arg-type]
        return "250 OK"


def find_free_port() -> int:
    """A port of 127.0.0.1 on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def find_link(text: str) -> tuple[str, str, str]:
    """The address that a mail's text holds, and its uid and token."""
    match = re.search(r"(https?://\S+?)/([\w-]+)/([\w-]+)$", text, re.MULTILINE)
    assert match is not None, text
    return match[0], match[2], match[3]
