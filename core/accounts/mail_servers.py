"""What stands in for a mail server that nobody has named."""

from collections.abc import Sequence
from typing import Any, NoReturn

from django.core.mail.backends.base import BaseEmailBackend


class NoMailServerNamed(Exception):
    """`EMAIL_URL` is not set."""


class NoMailServer(BaseEmailBackend):
    """Sends nothing, and prints nothing: a mail may hold a link that opens an account, and logs have readers."""

    def send_messages(self, email_messages: Sequence[Any]) -> NoReturn:
        """Raises NoMailServerNamed: the sender logs that, and tries again later."""
        raise NoMailServerNamed
