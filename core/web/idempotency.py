"""`Idempotency-Key`: a POST that is sent twice is carried out once.

The answer is stored in the very database transaction that created the rows. After a crash there are both
or neither, and a retry finds out which.
"""

import hashlib
import json
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from rest_framework import exceptions, status
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from core import clock
from core.db.transactions import atomic_write
from core.models import IdempotencyKey
from core.web.callers import get_caller
from core.web.exceptions import Conflict

HEADER = "Idempotency-Key"
KEPT_FOR = timedelta(hours=24)

_KEY = re.compile(r"[\x21-\x7e]{1,255}")


class InvalidKey(exceptions.APIException):
    """The header's value cannot be a key."""

    status_code = status.HTTP_400_BAD_REQUEST
    default_detail = "Idempotency-Key takes 1 to 255 visible ASCII characters."
    default_code = "idempotency_key_invalid"


class KeyMismatch(exceptions.APIException):
    """The key was used for another request."""

    status_code = status.HTTP_422_UNPROCESSABLE_ENTITY
    default_detail = "This Idempotency-Key was used for another request."
    default_code = "idempotency_mismatch"


class KeyInProgress(Conflict):
    """The first request with the key has not ended yet."""

    default_detail = "The first request with this Idempotency-Key is still at work."
    default_code = "idempotency_in_progress"


def _canonical(value: Any) -> Any:
    """Return a value that is equal for equal JSON: numbers by value, objects without order."""
    if isinstance(value, dict):
        return {key: _canonical(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_canonical(item) for item in value]
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        sign, digits, exponent = Decimal(value).as_tuple()
        text = "".join(map(str, digits)).lstrip("0")
        stripped = text.rstrip("0")
        return [
            "number",
            sign if stripped else 0,
            stripped,
            int(exponent) + len(text) - len(stripped) if stripped else 0,
        ]
    return value


def calculate_fingerprint(*, method: str, path: str, body: Any) -> str:
    """Return the SHA-256, in hex, of the path and body of a request."""
    document = json.dumps([method, path, _canonical(body)], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(document.encode()).hexdigest()


def _claim(*, user_id: int, key: str) -> None:
    """Raises KeyInProgress where another transaction works on the key.

    On PostgreSQL a lock that ends with the transaction is refused at once, behind a pooler too. SQLite has one
    writer at a time: there a second request waits for the first and then replays its answer.
    """
    if connection.vendor != "postgresql":
        return
    digest = hashlib.sha256(f"idempotency:{user_id}:{key}".encode()).digest()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [int.from_bytes(digest[:8], signed=True)])
        if not cursor.fetchone()[0]:
            raise KeyInProgress


def run_once(
    *, request: Request, run: Callable[[], Response], lock: Callable[[], AbstractContextManager[object]]
) -> Response:
    """Answer with `run`, or with what it answered to the same key before.

    With the header both are one transaction under `lock`, the caller's owner_transaction; without it, this is
    `run`. A `run` that raises stores nothing.
    """
    key = request.headers.get(HEADER)
    if key is None:
        return run()
    if not _KEY.fullmatch(key):
        raise InvalidKey
    user_id = get_caller(request).pk
    fingerprint = calculate_fingerprint(method=request.method or "", path=request.path, body=request.data)
    # The key is claimed before the owner is locked, so that the answer "in progress" does not wait for the lock.
    with atomic_write():
        _claim(user_id=user_id, key=key)
        with lock():
            return _replay_or_run(user_id=user_id, key=key, fingerprint=fingerprint, run=run)


def _replay_or_run(*, user_id: int, key: str, fingerprint: str, run: Callable[[], Response]) -> Response:
    stored = IdempotencyKey.objects.filter(user_id=user_id, key=key).first()
    if stored is not None and stored.created_at > clock.now() - KEPT_FOR:
        if stored.fingerprint != fingerprint:
            raise KeyMismatch
        return Response(json.loads(stored.body), status=stored.status, headers={"Idempotent-Replayed": "true"})
    if stored is not None:
        stored.delete()
    response = run()
    IdempotencyKey.objects.create(
        user_id=user_id,
        key=key,
        fingerprint=fingerprint,
        status=response.status_code,
        body=JSONRenderer().render(response.data).decode(),
        created_at=clock.now(),
    )
    return response
