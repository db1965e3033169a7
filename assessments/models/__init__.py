from assessments.models.assignment import (
    AdaptedWhy,
    Assignment,
    CancelledWhy,
    Occasion,
    PersonalLink,
)
from assessments.models.care_notes import Alert, Event, Review
from assessments.models.instrument import (
    Instrument,
    InstrumentVersion,
    Psychometrics,
    Wording,
)
from assessments.models.plan import Battery, BatteryPart, Cadence, Plan, SendBy
from assessments.models.reference import ReferenceRelationship
from assessments.models.response import Correction, Import, Response, Score
from assessments.models.standing import Signal, Standing

__all__ = [
    "AdaptedWhy",
    "Alert",
    "Assignment",
    "Battery",
    "BatteryPart",
    "Cadence",
    "CancelledWhy",
    "Correction",
    "Event",
    "Import",
    "Instrument",
    "InstrumentVersion",
    "Occasion",
    "PersonalLink",
    "Plan",
    "Psychometrics",
    "ReferenceRelationship",
    "Response",
    "Review",
    "Score",
    "SendBy",
    "Signal",
    "Standing",
    "Wording",
]
