from clinic.models.audit import AuditEvent
from clinic.models.care import CareRelationship
from clinic.models.client import Client, Episode
from clinic.models.notice import Notice
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
    "AuditEvent",
    "CareRelationship",
    "Client",
    "Episode",
    "Invitation",
    "Membership",
    "Notice",
    "Practice",
    "Supervision",
    "User",
]
