"""The metrics that code increments. `core.operations.metrics` exposes them."""

from prometheus_client import Counter, Histogram

REQUESTS = Counter("http_requests_total", "Answered requests, probes left out.", ["view", "method", "status"])
REQUEST_SECONDS = Histogram(
    "http_request_seconds",
    "Time of one request, from its first middleware to its answer.",
    ["view", "method"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0),
)
REFRESHES = Counter("allowance_refreshes_total", "Refreshes of a person's stored days.", ["cause"])
# Looked up by their labels once.
PLAN_REFRESHES, SPENDING_REFRESHES = REFRESHES.labels("plan"), REFRESHES.labels("spending")
REFRESH_SECONDS = Histogram(
    "allowance_refresh_seconds",
    "Time of one refresh, the wait for the owner's lock included.",
    buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5),
)
