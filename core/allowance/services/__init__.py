"""Keeping the projection: every day's row says what the other rows imply.

A refresh recomputes, it never adds or subtracts, so that it may run any number of times. All of it happens
under the owner's lock, in the transaction of the write that made it necessary.
"""

from core.allowance.services.bulk import (
    BulkResult,
    count_people_to_open,
    open_days_for_all,
    refresh_foreign_plans,
    refresh_many,
)
from core.allowance.services.currency_change import convert_everything
from core.allowance.services.drift import Drift, check_days, check_transactions, count_days_to_check
from core.allowance.services.preparation import prepare_plan_item, prepare_transaction
from core.allowance.services.projection import (
    open_day,
    open_missing_days,
    recalculate_day,
    refresh_allowance,
    refreshing_once,
)
from core.allowance.services.rates import RatesUpdate, update_rates

__all__ = [
    "BulkResult",
    "Drift",
    "RatesUpdate",
    "check_days",
    "check_transactions",
    "convert_everything",
    "count_days_to_check",
    "count_people_to_open",
    "open_day",
    "open_days_for_all",
    "open_missing_days",
    "prepare_plan_item",
    "prepare_transaction",
    "recalculate_day",
    "refresh_allowance",
    "refresh_foreign_plans",
    "refresh_many",
    "refreshing_once",
    "update_rates",
]
