"""Read what the figure is made of."""

from core.allowance.queries.ahead import load_affordability, load_path
from core.allowance.queries.days import (
    PROJECTED,
    StoredDay,
    find_day,
    list_foreign_planners,
    list_opened,
    list_unclosed,
    load_stored_days,
    sum_net_spending,
)
from core.allowance.queries.explanations import ExplainedItem, ExplainedPayment, Explanation, load_explanation
from core.allowance.queries.figures import load_running_snapshot
from core.allowance.queries.occurrences import (
    find_date_to_settle,
    find_item_occurrence,
    list_item_occurrences,
)
from core.allowance.queries.plan_rows import find_next_date, get_item_type
from core.allowance.queries.reconciliations import (
    ShownReconciliation,
    load_shown_reconciliations,
    show_reconciliation,
)
from core.allowance.queries.savings import load_saved
from core.allowance.queries.settings import SETTING_COLUMNS, make_scope, read_settings
from core.allowance.queries.snapshots import load_snapshot, load_snapshots
from core.allowance.queries.upcoming import load_upcoming

__all__ = [
    "PROJECTED",
    "SETTING_COLUMNS",
    "ExplainedItem",
    "ExplainedPayment",
    "Explanation",
    "ShownReconciliation",
    "StoredDay",
    "find_date_to_settle",
    "find_day",
    "find_item_occurrence",
    "find_next_date",
    "get_item_type",
    "list_foreign_planners",
    "list_item_occurrences",
    "list_opened",
    "list_unclosed",
    "load_affordability",
    "load_explanation",
    "load_path",
    "load_running_snapshot",
    "load_saved",
    "load_shown_reconciliations",
    "load_snapshot",
    "load_snapshots",
    "load_stored_days",
    "load_upcoming",
    "make_scope",
    "read_settings",
    "show_reconciliation",
    "sum_net_spending",
]
