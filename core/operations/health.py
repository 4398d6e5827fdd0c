"""Health checks of the process and of its dependencies."""

import threading
from collections.abc import Callable

from django.conf import settings
from django.db import Error, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

REDIS_TIMEOUT_SECONDS = 0.5
DATABASE_TIMEOUT_SECONDS = 1.0

UP = "up"
DOWN = "down"


class _Question:
    """One statement, executed in a separate thread on a separate connection."""

    def __init__(self, ask: Callable[[], None]) -> None:
        self.is_over = threading.Event()
        self.is_answered = False
        threading.Thread(target=self._put, args=(ask,), name="health", daemon=True).start()

    def _put(self, ask: Callable[[], None]) -> None:
        try:
            ask()
            self.is_answered = True
        except Error:
            pass
        finally:
            connection.close()
            self.is_over.set()


_asking = threading.Lock()
_latest: _Question | None = None


def _ask_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.fetchone()


def check_database() -> bool:
    """Return whether the database answers a statement in time.

    A pooler lets a statement wait for many seconds when its database has died, and the network may say nothing at
    all. So no probe waits longer than `DATABASE_TIMEOUT_SECONDS`, and probes in the meantime share the answer.
    """
    global _latest
    with _asking:
        question = _latest
        if question is None or question.is_over.is_set():
            question = _latest = _Question(_ask_database)
    return question.is_over.wait(DATABASE_TIMEOUT_SECONDS) and question.is_answered


def check_redis() -> bool:
    """Return whether Redis answers."""
    # A large package, of no use to a process without a Redis.
    import redis
    from redis.backoff import NoBackoff
    from redis.retry import Retry

    client = redis.Redis.from_url(
        settings.REDIS_URL,
        socket_connect_timeout=REDIS_TIMEOUT_SECONDS,
        socket_timeout=REDIS_TIMEOUT_SECONDS,
        # No retry: the next probe tries again.
        retry=Retry(NoBackoff(), 0),
    )
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False
    finally:
        client.close()


def list_checks() -> dict[str, Callable[[], bool]]:
    """Return the dependencies of this process as configured."""
    checks: dict[str, Callable[[], bool]] = {"database": check_database}
    if settings.REDIS_URL:
        checks["redis"] = check_redis
    return checks


@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """Answer 200 while the process runs."""
    return JsonResponse({"status": UP})


@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """Answer 200 when every dependency answers, else 503, with each dependency's state."""
    states = {name: UP if check() else DOWN for name, check in list_checks().items()}
    all_up = all(state == UP for state in states.values())
    response = JsonResponse({"status": UP if all_up else DOWN, **states}, status=200 if all_up else 503)
    response["Cache-Control"] = "no-store"
    if not all_up:
        response["Retry-After"] = "2"
    return response
