"""`If-Match`: a change that is refused where the row was changed since the client read it."""

import re
from datetime import datetime

from rest_framework import exceptions, status
from rest_framework.request import Request

from core.web.fields import format_instant

HEADER = "If-Match"
CONDITIONAL_METHODS = ("PUT", "PATCH", "DELETE")

# `*`, weak tags and lists of tags are not looked at.
_ONE_QUOTED_VALUE = re.compile(r'\s*"([^"]*)"\s*')


class ChangedMeanwhile(exceptions.APIException):
    """The row is no longer as the client read it."""

    status_code = status.HTTP_412_PRECONDITION_FAILED
    default_detail = "This was changed since it was read. Read it again."
    default_code = "changed_meanwhile"


def check_unchanged(*, request: Request, updated_at: datetime) -> None:
    """Raise ChangedMeanwhile where `If-Match` names another `updated_at` than the row's.

    Call it under the owner's lock, so that what was compared is still so when the row is written.
    """
    given = _ONE_QUOTED_VALUE.fullmatch(request.headers.get(HEADER, ""))
    if given is not None and given[1] != format_instant(updated_at):
        raise ChangedMeanwhile
