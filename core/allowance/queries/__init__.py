"""Read what the figure is made of."""

from core.allowance.queries.days import (
    PROJECTED,
    StoredDay,
    find_day,
    list_opened,
    load_stored_days,
    sum_net_spending,
)
from core.allowance.queries.explanations import ExplainedItem, Explanation, load_explanation
from core.allowance.queries.snapshots import load_snapshot, load_snapshots

__all__ = [
    "PROJECTED",
    "ExplainedItem",
    "Explanation",
    "StoredDay",
    "find_day",
    "list_opened",
    "load_explanation",
    "load_snapshot",
    "load_snapshots",
    "load_stored_days",
    "sum_net_spending",
]
