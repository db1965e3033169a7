from assessments.models.assignment import Assignment, Cadence, Occasion, PersonalLink
from assessments.models.care_notes import Alert, Event, Review
from assessments.models.instrument import Instrument, InstrumentVersion
from assessments.models.response import Response, Score
from assessments.models.standing import Signal, Standing

__all__ = [
    "Alert",
    "Assignment",
    "Cadence",
    "Event",
    "Instrument",
    "InstrumentVersion",
    "Occasion",
    "PersonalLink",
    "Response",
    "Review",
    "Score",
    "Signal",
    "Standing",
]
