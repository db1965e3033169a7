from assessments.models.assignment import Assignment, Cadence, Occasion, PersonalLink
from assessments.models.care_notes import Alert, Event, Review
from assessments.models.instrument import (
    Instrument,
    InstrumentVersion,
    Psychometrics,
    Wording,
)
from assessments.models.reference import ReferenceRelationship
from assessments.models.response import Import, Response, Score
from assessments.models.standing import Signal, Standing

__all__ = [
    "Alert",
    "Assignment",
    "Cadence",
    "Event",
    "Import",
    "Instrument",
    "InstrumentVersion",
    "Occasion",
    "PersonalLink",
    "Psychometrics",
    "ReferenceRelationship",
    "Response",
    "Review",
    "Score",
    "Signal",
    "Standing",
    "Wording",
]
