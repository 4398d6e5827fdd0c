"""HTTP errors of our own, each with a stable code. Kept apart from the handlers, which need DRF's views."""

from typing import Any

from rest_framework import exceptions, status

RETRY_AFTER_SECONDS = 2
"""What a client is told to wait when the database is away."""


class PayloadTooLarge(exceptions.APIException):
    """The body is larger than this route takes."""

    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_detail = "The body is too large."
    default_code = "payload_too_large"


class RefusedInput(exceptions.APIException):
    """Input that no single field is to blame for. `members` stand in the answer beside `detail` and `code`."""

    status_code = status.HTTP_400_BAD_REQUEST

    def __init__(self, **members: Any) -> None:
        super().__init__()
        self.members = members


class ForwardedProtoMissing(exceptions.APIException):
    """The proxy did not say whether the request came over https."""

    status_code = status.HTTP_400_BAD_REQUEST
    default_detail = "The proxy in front of this server must send X-Forwarded-Proto."
    default_code = "forwarded_proto_missing"


class HttpsRequired(exceptions.APIException):
    """The request came over http, and a redirect would lose its body."""

    status_code = status.HTTP_400_BAD_REQUEST
    default_detail = "Send this over https."
    default_code = "https_required"


class Conflict(exceptions.APIException):
    """Another request got in the way."""

    status_code = status.HTTP_409_CONFLICT
    default_detail = "Another request changed the same thing. Read it again."
    default_code = "conflict"


class ServiceUnavailable(exceptions.APIException):
    """Something that this service needs is away for a moment."""

    status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    default_detail = "The service is away for a moment. Nothing was changed; try again."
    default_code = "unavailable"
    wait = RETRY_AFTER_SECONDS


class OutcomeUnknown(ServiceUnavailable):
    """The answer to a write was lost: it may have been stored."""

    default_detail = (
        "The service is away for a moment, and this may have been stored. With an Idempotency-Key it is safe to send "
        "it again; without one, look first."
    )
    default_code = "outcome_unknown"
