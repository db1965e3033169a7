"""Who cares for whom: the relationship that gives access to a client's record."""

from django.db import models
from django.db.models import F, Q

from clinic.models.client import Client
from clinic.models.ids import Row
from clinic.models.people import Membership, User


class CareRelationship(Row):
    """A clinician cares for a client over a period. While it is open it gives access.

    A database trigger refuses a relationship across two practices (migration 0002).
    """

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="care")
    clinician = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="care")
    started_at = models.DateTimeField()
    started_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        indexes = [
            models.Index(
                fields=["clinician", "client"], condition=Q(ended_at=None), name="care_open"
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["client", "clinician"], condition=Q(ended_at=None), name="care_open_once"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="care_ended_at_with_ended_by",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("started_at")),
                name="care_ends_after_start",
            ),
        ]
