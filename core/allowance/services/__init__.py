"""Keeping the projection: every day's row says what the other rows imply.

A refresh recomputes, it never adds or subtracts, so that it may run any number of times. All of it happens
under the owner's lock, in the transaction of the write that made it necessary.
"""

from core.allowance.services.drift import Drift, check_days, check_transactions
from core.allowance.services.projection import (
    open_day,
    open_days,
    open_missing_days,
    recalculate_day,
    refresh_allowance,
    refreshing_once,
)

__all__ = [
    "Drift",
    "check_days",
    "check_transactions",
    "open_day",
    "open_days",
    "open_missing_days",
    "recalculate_day",
    "refresh_allowance",
    "refreshing_once",
]
