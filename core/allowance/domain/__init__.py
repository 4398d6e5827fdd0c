"""The figure: how much may be spent today, as a pure function of a person's rows and a day.

The budget runs from payday to payday. What arrives in the pay period, less the bills that fall in it,
less what must be put aside for larger bills ahead, less savings, is the pool. Each day may spend what
is left of the pool divided by the days that are left.

Everything is exact (`Fraction`) until the pool is rounded toward minus infinity to the minor unit; the
day's amount is then a floor of whole minor units. Amounts are in the person's own currency.
"""

from core.allowance.domain.counting import (
    CountedItem,
    Reason,
    calculate_counted,
)
from core.allowance.domain.figures import (
    Figure,
    Pool,
    Status,
    calculate_amount,
    calculate_figure,
    calculate_pool,
    calculate_remaining,
    calculate_shortfall,
    calculate_status,
    calculate_tomorrow,
)
from core.allowance.domain.plans import (
    ItemType,
    Plan,
    PlanItem,
    calculate_pay_calendar,
    find_main_income,
    find_next_occurrence,
    is_running,
    sum_percentages,
)
from core.allowance.domain.snapshots import (
    CalculatedDay,
    DatedPlan,
    DayInput,
    DayValues,
    ItemSource,
    Snapshot,
    SnapshotScope,
    SpendingByDay,
    calculate_changed_days,
    calculate_day,
)

__all__ = [
    "DatedPlan",
    "DayInput",
    "DayValues",
    "ItemSource",
    "Snapshot",
    "SnapshotScope",
    "SpendingByDay",
    "CalculatedDay",
    "calculate_changed_days",
    "calculate_day",
    "CountedItem",
    "Figure",
    "ItemType",
    "Plan",
    "PlanItem",
    "Pool",
    "Reason",
    "Status",
    "calculate_amount",
    "calculate_counted",
    "calculate_figure",
    "calculate_pay_calendar",
    "calculate_pool",
    "calculate_remaining",
    "calculate_shortfall",
    "calculate_status",
    "calculate_tomorrow",
    "find_main_income",
    "find_next_occurrence",
    "is_running",
    "sum_percentages",
]
