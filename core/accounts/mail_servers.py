"""The email backend for services without a mail server."""

from collections.abc import Sequence
from typing import Any, NoReturn

from django.core.mail.backends.base import BaseEmailBackend


class NoMailServerNamed(Exception):
    """`EMAIL_URL` is not set."""


class NoMailServer(BaseEmailBackend):
    """Send and print nothing: a mail may hold a link that opens an account, and logs are read by others."""

    def send_messages(self, email_messages: Sequence[Any]) -> NoReturn:
        """Raise NoMailServerNamed: the sender logs that, and tries again later."""
        raise NoMailServerNamed
