"""Keep the projection: every day's row holds what the other rows imply.

A refresh recomputes, it never adds or subtracts, so that it may run any number of times. It happens under the
owner's lock, in the transaction of the write that made it necessary.
"""

from core.allowance.services.bulk import (
    BulkResult,
    count_people_to_open,
    open_days_for_all,
    refresh_foreign_plans,
    refresh_many,
)
from core.allowance.services.currency_change import convert_everything
from core.allowance.services.drift import Drift, check_days, check_periods, check_transactions, count_days_to_check
from core.allowance.services.handover import hand_over_item, mark_paydays_changed
from core.allowance.services.item_changes import change_item
from core.allowance.services.preparation import (
    PendingItemWrite,
    PendingWrite,
    Touch,
    prepare_goal,
    prepare_plan_item,
    prepare_transaction,
)
from core.allowance.services.projection import (
    OpenedRows,
    close_before_write,
    open_day,
    open_rows,
    recalculate_day,
    refresh_allowance,
    refreshing_once,
)
from core.allowance.services.rates import RatesUpdate, update_rates
from core.allowance.services.reconciliations import StatedAmount, preview_reconciliation, record_reconciliation
from core.allowance.services.what_if import compare_figures

__all__ = [
    "BulkResult",
    "Drift",
    "OpenedRows",
    "PendingWrite",
    "RatesUpdate",
    "StatedAmount",
    "Touch",
    "change_item",
    "check_days",
    "check_periods",
    "check_transactions",
    "compare_figures",
    "close_before_write",
    "convert_everything",
    "count_days_to_check",
    "count_people_to_open",
    "open_day",
    "open_days_for_all",
    "open_rows",
    "hand_over_item",
    "mark_paydays_changed",
    "PendingItemWrite",
    "prepare_goal",
    "prepare_plan_item",
    "prepare_transaction",
    "preview_reconciliation",
    "recalculate_day",
    "record_reconciliation",
    "refresh_allowance",
    "refresh_foreign_plans",
    "refresh_many",
    "refreshing_once",
    "update_rates",
]
