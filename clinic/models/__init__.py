from clinic.models.audit import AuditEvent
from clinic.models.care import Appointment, CareRelationship
from clinic.models.client import Client, Episode
from clinic.models.notice import MessageWording, Notice
from clinic.models.people import (
    ApiToken,
    Invitation,
    Membership,
    Practice,
    Supervision,
    User,
)

__all__ = [
    "ApiToken",
    "Appointment",
    "AuditEvent",
    "CareRelationship",
    "Client",
    "Episode",
    "Invitation",
    "Membership",
    "MessageWording",
    "Notice",
    "Practice",
    "Supervision",
    "User",
]
