"""Reading what the figure is made of."""

from core.allowance.queries.days import (
    PeriodSoFar,
    calculate_spent_before,
    calculate_spent_on,
    find_day,
    list_days_around,
    list_days_to_refresh,
    load_period_so_far,
    load_spent_by_row,
    sum_transactions_between,
)
from core.allowance.queries.explanations import ExplainedItem, Explanation, load_explanation
from core.allowance.queries.plans import (
    ItemSource,
    LoadedPlan,
    PlanRows,
    convert_plan,
    get_period,
    load_plan,
    load_plan_rows,
    load_plan_with_sources,
    load_plans_of_days,
)

__all__ = [
    "ExplainedItem",
    "Explanation",
    "ItemSource",
    "LoadedPlan",
    "PeriodSoFar",
    "PlanRows",
    "calculate_spent_before",
    "calculate_spent_on",
    "convert_plan",
    "find_day",
    "get_period",
    "list_days_around",
    "list_days_to_refresh",
    "load_explanation",
    "load_period_so_far",
    "load_plan",
    "load_plan_rows",
    "load_plan_with_sources",
    "load_plans_of_days",
    "load_spent_by_row",
    "sum_transactions_between",
]
