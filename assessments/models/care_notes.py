"""What people add to the record: alerts handled, dated events, reviews."""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from assessments.models.response import Response
from clinic.encryption import EncryptedField
from clinic.models import Client, Membership, User, reach
from clinic.models.ids import Row


class ClinicalQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        return self.filter(reach.clinical_rows(user))


class Alert(Row):
    """Something a person must look at, with an owner and a clock."""

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="alerts")
    response = models.ForeignKey(Response, on_delete=models.CASCADE, related_name="alerts")
    rule = models.CharField(max_length=60)
    owner = models.ForeignKey(
        Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="alerts"
    )
    raised_at = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    acknowledged_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    # What was done about it.
    outcome = EncryptedField(_("what was done"), null=True)

    objects = ClinicalQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["client"], condition=Q(resolved_at=None), name="alert_open")
        ]
        constraints = [
            models.UniqueConstraint(fields=["response", "rule"], name="alert_once"),
            models.CheckConstraint(
                condition=Q(acknowledged_at=None, acknowledged_by=None)
                | Q(acknowledged_at__isnull=False, acknowledged_by__isnull=False),
                name="alert_acknowledged_at_with_by",
            ),
            models.CheckConstraint(
                condition=Q(resolved_at=None, resolved_by=None)
                | Q(resolved_at__isnull=False, resolved_by__isnull=False),
                name="alert_resolved_at_with_by",
            ),
            models.CheckConstraint(
                condition=Q(resolved_at=None) | Q(acknowledged_at__lte=F("resolved_at")),
                name="alert_resolved_after_acknowledged",
            ),
        ]

    def key_holder(self) -> Client:
        return self.client


class Event(Row):
    """A dated note on the charts: moved in together, session 1, a break."""

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="events")
    on = models.DateField(_("date"))
    text = EncryptedField(_("what happened"))
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = ClinicalQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["client", "on"], name="event_by_client")]
        constraints = [
            models.CheckConstraint(
                condition=Q(removed_at=None, removed_by=None)
                | Q(removed_at__isnull=False, removed_by__isnull=False),
                name="event_removed_at_with_removed_by",
            ),
        ]

    def key_holder(self) -> Client:
        return self.client


class Review(Row):
    """The therapist's tick after the session: looked at, discussed, decided."""

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="reviews")
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    discussed = models.BooleanField(_("discussed with the client"), default=False)
    decided = EncryptedField(_("what we decided"), null=True)

    objects = ClinicalQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["client", "at"], name="review_by_client")]

    def key_holder(self) -> Client:
        return self.client
