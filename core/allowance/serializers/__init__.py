"""The serializers of figures, and of what is stated of them."""

from core.allowance.serializers.figures import (
    AllowanceSerializer,
    ExplainedItemSerializer,
    ExplainedPeriodSerializer,
    ExplanationSerializer,
    PeriodSerializer,
    TodaySerializer,
)
from core.allowance.serializers.reconciliations import (
    OverDateSerializer,
    ReconciliationLineSerializer,
    ReconciliationPreviewSerializer,
    ReconciliationSerializer,
)

__all__ = [
    "AllowanceSerializer",
    "ExplainedItemSerializer",
    "ExplainedPeriodSerializer",
    "ExplanationSerializer",
    "OverDateSerializer",
    "PeriodSerializer",
    "ReconciliationLineSerializer",
    "ReconciliationPreviewSerializer",
    "ReconciliationSerializer",
    "TodaySerializer",
]
