"""The serializers of figures. They are read only."""

from core.allowance.serializers.figures import (
    AllowanceSerializer,
    ExplainedItemSerializer,
    ExplainedPeriodSerializer,
    ExplanationSerializer,
    PeriodSerializer,
    TodaySerializer,
)

__all__ = [
    "AllowanceSerializer",
    "ExplainedItemSerializer",
    "ExplainedPeriodSerializer",
    "ExplanationSerializer",
    "PeriodSerializer",
    "TodaySerializer",
]
