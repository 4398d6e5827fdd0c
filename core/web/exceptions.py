"""HTTP errors of our own, each with a stable code. Kept apart from the handlers, which need DRF's views."""

from rest_framework import exceptions, status

RETRY_AFTER_SECONDS = 2
"""What a client is told to wait when the database is away."""


class PayloadTooLarge(exceptions.APIException):
    """The body is larger than this route takes."""

    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_detail = "The body is too large."
    default_code = "payload_too_large"


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
