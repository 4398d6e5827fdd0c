"""Whether the process lives, and whether what it depends on answers."""

from collections.abc import Callable

import redis
from django.conf import settings
from django.db import Error, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

REDIS_TIMEOUT_SECONDS = 0.5

UP = "up"
DOWN = "down"


def check_database() -> bool:
    """Whether the database answers a statement."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.fetchone()
    except Error:
        # The next check must try a new connection, not the corpse of this one.
        connection.close()
        return False
    return True


def check_redis() -> bool:
    """Whether Redis answers."""
    client = redis.Redis.from_url(
        settings.REDIS_URL, socket_connect_timeout=REDIS_TIMEOUT_SECONDS, socket_timeout=REDIS_TIMEOUT_SECONDS
    )
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False
    finally:
        client.close()


def list_checks() -> dict[str, Callable[[], bool]]:
    """What this process depends on, as it is configured."""
    checks: dict[str, Callable[[], bool]] = {"database": check_database}
    if settings.REDIS_URL:
        checks["redis"] = check_redis
    return checks


@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """200 while the process can answer at all."""
    return JsonResponse({"status": UP})


@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """200 when every dependency answers, else 503; each dependency's state either way."""
    states = {name: UP if check() else DOWN for name, check in list_checks().items()}
    all_up = all(state == UP for state in states.values())
    response = JsonResponse({"status": UP if all_up else DOWN, **states}, status=200 if all_up else 503)
    response["Cache-Control"] = "no-store"
    if not all_up:
        response["Retry-After"] = "2"
    return response
