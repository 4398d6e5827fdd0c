"""The serializers of figures, and of what is stated of them."""

from core.allowance.serializers.ahead import (
    AffordabilitySerializer,
    AffordQuerySerializer,
    PathDaySerializer,
    PathEventSerializer,
    PathQuerySerializer,
    PathSerializer,
)
from core.allowance.serializers.explanations import (
    CountedDateSerializer,
    ExplainedItemSerializer,
    ExplainedPeriodSerializer,
    ExplanationSerializer,
    PreviousPeriodSerializer,
    UnplannedSerializer,
)
from core.allowance.serializers.figures import AllowanceSerializer, PeriodSerializer, TodaySerializer
from core.allowance.serializers.reconciliations import (
    OverDateSerializer,
    ReconciliationLineSerializer,
    ReconciliationPreviewSerializer,
    ReconciliationSerializer,
)
from core.allowance.serializers.upcoming import UpcomingDateSerializer

__all__ = [
    "AffordQuerySerializer",
    "AffordabilitySerializer",
    "PathDaySerializer",
    "PathEventSerializer",
    "PathQuerySerializer",
    "PathSerializer",
    "AllowanceSerializer",
    "CountedDateSerializer",
    "ExplainedItemSerializer",
    "ExplainedPeriodSerializer",
    "ExplanationSerializer",
    "OverDateSerializer",
    "PeriodSerializer",
    "PreviousPeriodSerializer",
    "ReconciliationLineSerializer",
    "ReconciliationPreviewSerializer",
    "ReconciliationSerializer",
    "TodaySerializer",
    "UnplannedSerializer",
    "UpcomingDateSerializer",
]
