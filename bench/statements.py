"""Counts the SQL statements of the measured calls: `python -m bench.statements TOKEN DEEP_PATH`, one line of JSON."""

import json
import sys

import django
from django.db import connection
from django.test.utils import CaptureQueriesContext

_CONTROL = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK")


def main() -> None:
    """Send each request once, in this process."""
    django.setup()
    from rest_framework.test import APIClient

    token, deep = sys.argv[1:]
    client = APIClient(headers={"Authorization": f"Bearer {token}", "Host": "127.0.0.1"})
    purchase = {"amount": "12.50", "category": "food"}
    calls = {
        "floor: purchase": lambda: client.post("/floor/transaction/", purchase, format="json"),
        "naive: purchase": lambda: client.post("/naive/transaction/", purchase, format="json"),
        "POST transaction/": lambda: client.post("/api/transaction/", purchase, format="json"),
        "floor: today": lambda: client.get("/floor/today/"),
        "GET allowance/today/": lambda: client.get("/api/allowance/today/"),
        "GET transaction/": lambda: client.get("/api/transaction/"),
        "GET transaction/, deep": lambda: client.get(deep),
    }
    counts = {}
    for name, ask in calls.items():
        with CaptureQueriesContext(connection) as captured:
            answer = ask()
        if answer.status_code >= 300:
            raise SystemExit(f"{name}: {answer.status_code} {answer.content[:300]!r}")
        counts[name] = sum(not query["sql"].startswith(_CONTROL) for query in captured.captured_queries)
    sys.stdout.write(json.dumps(counts) + "\n")


if __name__ == "__main__":
    main()
