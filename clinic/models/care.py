"""Who cares for whom, which is what gives access to a record; and when they meet."""

from datetime import datetime
from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from clinic.models import reach
from clinic.models.client import Client
from clinic.models.ids import Row
from clinic.models.people import Membership, User
from clinic.roles import Permission


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


class AppointmentQuerySet(models.QuerySet["Appointment"]):
    def visible_to(self, user: Any) -> Self:
        """Whoever may know who the clients are may know when they come."""
        return self.filter(reach.clients_with(user, Permission.SEE_IDENTITY, "client__"))

    def coming(self, now: datetime) -> Self:
        """Those to come or under way, the next one first."""
        return self.filter(ends_at__gt=now, cancelled_at=None).order_by("starts_at", "pk")

    def past(self, now: datetime) -> Self:
        """Those that are over or were called off, the latest first."""
        gone = Q(ends_at__lte=now) | Q(cancelled_at__isnull=False)
        return self.filter(gone).order_by("-starts_at", "-pk")


class Appointment(Row):
    """A session, by its time alone: entered by hand or read from a calendar."""

    class Source(models.TextChoices):
        ENTERED = "entered", _("Entered")
        CALENDAR = "calendar", _("From a calendar")

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="appointments")
    clinician = models.ForeignKey(
        Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="appointments"
    )
    starts_at = models.DateTimeField(_("begins"))
    ends_at = models.DateTimeField(_("ends"))
    source = models.CharField(max_length=8, choices=Source.choices, default=Source.ENTERED)
    # A keyed hash of the calendar's own identifier, so that a second reading recognises it.
    uid_hash = models.BinaryField(max_length=32, null=True, unique=True, editable=False)
    # The same of the event alone, which all times of one that comes round share.
    series_hash = models.BinaryField(max_length=32, null=True, editable=False)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    cancelled_at = models.DateTimeField(null=True, blank=True)

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["client", "starts_at"], name="appointment_by_client"),
            models.Index(fields=["clinician", "starts_at"], name="appointment_by_clinician"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="appointment_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(source="calendar") | Q(uid_hash=None),
                name="appointment_hash_from_calendar",
            ),
        ]
