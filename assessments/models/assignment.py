"""What a client is asked to fill in, when, and the links that open it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Self
from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from assessments.measurement import definition
from assessments.models.instrument import InstrumentVersion, Wording
from assessments.models.reference import in_force_of
from clinic.models import Client, Episode, User, reach
from clinic.models.ids import Row


class Cadence(models.TextChoices):
    """How often; the codes are those of ``assessments.measurement.schedule.Cadence``."""

    ONCE = "once", _("Once")
    WEEKLY = "weekly", _("Every week")
    TWO_WEEKS = "two_weeks", _("Every two weeks")
    FOUR_WEEKS = "four_weeks", _("Every four weeks")
    TWELVE_WEEKS = "twelve_weeks", _("Every twelve weeks")


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    def visible_to(self, user: Any) -> Self:
        return self.filter(reach.clinical_rows(user))


class Assignment(Row):
    """One version of an instrument given to one client with a cadence."""

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="assignments")
    episode = models.ForeignKey(Episode, on_delete=models.CASCADE, related_name="assignments")
    version = models.ForeignKey(
        InstrumentVersion, on_delete=models.PROTECT, related_name="assignments"
    )
    # The texts it asks with, where they do not stand in the version itself.
    wording = models.ForeignKey(
        Wording, null=True, blank=True, on_delete=models.PROTECT, related_name="assignments"
    )
    cadence = models.CharField(_("how often"), max_length=16, choices=Cadence.choices)
    first_on = models.DateField(_("first date"))
    ends_on = models.DateField(_("last date"), null=True, blank=True)
    # Send the link by mail when an occasion opens; else the therapist hands it over.
    send_by_mail = models.BooleanField(_("send the link by mail"), default=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["client", "ended_at"], name="assignment_by_client")]
        constraints = [
            models.CheckConstraint(
                condition=Q(cadence__in=Cadence.values), name="assignment_cadence_known"
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("first_on")),
                name="assignment_ends_after_first",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="assignment_ended_at_with_ended_by",
            ),
        ]

    @property
    def instrument(self) -> definition.Instrument:
        """What is asked: the version's definition, with the texts it is asked with."""
        return self.version.worded(self.wording)


class OccasionQuerySet(models.QuerySet["Occasion"]):
    def visible_to(self, user: Any) -> Self:
        return self.filter(reach.clinical_rows(user))

    def with_answered_at(self) -> Self:
        return self.annotate(answered_at=models.Max("response__submitted_at"))

    def with_reference_in_force(self) -> Self:
        return self.annotate(reference_in_force=in_force_of("client"))


class Occasion(Row):
    """One due window ``[opens_at, closes_at)`` of an assignment."""

    assignment = models.ForeignKey(Assignment, on_delete=models.CASCADE, related_name="occasions")
    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="occasions")
    number = models.PositiveIntegerField()  # 0 is the first
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    # Set by the sweep when the window has opened and its link, if any, was written to the outbox.
    opened_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)

    # When its response was submitted; only on rows read by ``with_answered_at``.
    answered_at: datetime | None
    # Whom answers begun now are about; only on rows read by ``with_reference_in_force``.
    reference_in_force: UUID | None

    objects = OccasionQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["client", "opens_at"], name="occasion_by_client"),
            models.Index(
                fields=["opens_at"],
                condition=Q(opened_at=None, cancelled_at=None),
                name="occasion_to_open",
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["assignment", "number"], name="occasion_once"),
            models.CheckConstraint(
                condition=Q(closes_at__gt=F("opens_at")), name="occasion_closes_after_opening"
            ),
        ]


class PersonalLinkQuerySet(models.QuerySet["PersonalLink"]):
    def visible_to(self, user: Any) -> Self:
        return self.filter(reach.clinical_rows(user, "occasion__client__"))

    def with_reference_in_force(self) -> Self:
        return self.annotate(reference_in_force=in_force_of("occasion__client"))


class PersonalLink(Row):
    """A capability to fill in one form. Only the hash of its token is kept."""

    occasion = models.ForeignKey(Occasion, on_delete=models.CASCADE, related_name="links")
    token_hash = models.BinaryField(max_length=32, unique=True, editable=False)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    expires_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    # As for occasions.
    reference_in_force: UUID | None

    objects = PersonalLinkQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["occasion"], condition=Q(revoked_at=None), name="link_one_open_per_occasion"
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at")), name="link_expires_later"
            ),
        ]
