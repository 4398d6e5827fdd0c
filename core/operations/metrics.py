"""Metrics for Prometheus at `/metrics`."""

import hmac
import os
from collections.abc import Iterator

from django.conf import settings
from django.db import Error
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    generate_latest,
    multiprocess,
)
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from core.operations.health import REDIS_TIMEOUT_SECONDS
from core.operations.queries import list_job_runs

_LOOPBACK = ("127.0.0.1", "::1")


class StateCollector(Collector):
    """Metrics that are read at each request: the length of the queue and the last runs of the jobs.

    A store that is away leaves its numbers out; the alert on their absence is the operator's.
    """

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield the metric families."""
        yield from self._collect_queue()
        yield from self._collect_jobs()

    def _collect_queue(self) -> Iterator[GaugeMetricFamily]:
        if not settings.REDIS_URL:
            return
        # A large package, of no use to a process without a Redis.
        import redis

        client = redis.Redis.from_url(
            settings.REDIS_URL, socket_connect_timeout=REDIS_TIMEOUT_SECONDS, socket_timeout=REDIS_TIMEOUT_SECONDS
        )
        try:
            length = client.llen(settings.CELERY_TASK_DEFAULT_QUEUE)
        except redis.RedisError:
            return
        finally:
            client.close()
        yield GaugeMetricFamily("allowance_queue_length", "Tasks that wait for a worker.", value=int(str(length)))

    def _collect_jobs(self) -> Iterator[GaugeMetricFamily]:
        succeeded = GaugeMetricFamily(
            "allowance_job_success_timestamp_seconds", "When a job last ended well, as Unix time.", labels=["job"]
        )
        failed = GaugeMetricFamily(
            "allowance_job_failure_timestamp_seconds", "When a job last failed, as Unix time.", labels=["job"]
        )
        results = GaugeMetricFamily(
            "allowance_job_result", "What the last good run of a job reported.", labels=["job", "what"]
        )
        try:
            runs = list_job_runs()
        except Error:
            return
        for run in runs:
            if run.succeeded_at is not None:
                succeeded.add_metric([run.name], int(run.succeeded_at.timestamp()))
            if run.failed_at is not None:
                failed.add_metric([run.name], int(run.failed_at.timestamp()))
            for what, number in run.result.items():
                results.add_metric([run.name, what], number)
        yield from (succeeded, failed, results)


def _may_read(request: HttpRequest) -> bool:
    """Return whether the request has the token or, where none is set, comes from this machine without a proxy."""
    if settings.METRICS_TOKEN:
        claimed = request.headers.get("Authorization", "")
        return hmac.compare_digest(claimed.encode(), f"Bearer {settings.METRICS_TOKEN}".encode())
    return not settings.TRUSTED_PROXIES and request.META.get("REMOTE_ADDR") in _LOOPBACK


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Return all metrics in Prometheus' text format. 404 for requests that may not read them."""
    if not _may_read(request):
        return JsonResponse({"detail": "Not found.", "code": "not_found"}, status=404)
    registry = REGISTRY
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        # Each worker counts into files; the metrics are the sums over all of them.
        registry = CollectorRegistry()
        multiprocess.MultiProcessCollector(registry)
    state = CollectorRegistry()
    state.register(StateCollector())
    body = generate_latest(registry) + generate_latest(state)
    return HttpResponse(body, content_type=CONTENT_TYPE_LATEST)
