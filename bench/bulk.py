"""Work on everybody at once, in a process of its own: `python -m bench.bulk`. Prints one line of JSON.

Opens the day for all people of the database, recomputes all days, and records ten thousand purchases of the
person `single0`. Memory is the most that the process held at any time.
"""

import json
import resource
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

PURCHASES = 10_000
DAYS = 100


def _measure(work: Callable[[], object]) -> dict[str, float]:
    started = time.perf_counter()
    work()
    return {
        "seconds": round(time.perf_counter() - started, 1),
        "most_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


def main() -> None:
    """Measure each."""
    import django

    django.setup()
    from core.allowance.services import check_days, open_days_for_all
    from core.clock import today_for
    from core.ledger.services import TransactionEntry, record_transactions
    from core.models import User

    today = datetime.now(UTC).date()
    person = User.objects.get(username="single0")
    entries = [
        TransactionEntry(date=today - timedelta(days=number % DAYS), amount=Decimal("12.50"))
        for number in range(PURCHASES)
    ]
    # In this order, because the process does not return memory.
    measured = {
        "purchases": _measure(lambda: record_transactions(owner=person, entries=entries, today=today)),
        "open": _measure(lambda: open_days_for_all(today_for=today_for)),
        "check": _measure(lambda: sum(1 for _drift in check_days(today_for=today_for))),
    }
    print(json.dumps(measured))


if __name__ == "__main__":
    main()
