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
from assessments.models.plan import Cadence, Plan, SendBy
from assessments.models.reference import in_force_of
from clinic.models import Appointment, Client, Episode, User, reach
from clinic.models.ids import Row


class AdaptedWhy(models.TextChoices):
    """What made a plan's own rule change how often a form comes round."""

    STABLE = "stable", _("Nothing changed beyond error")
    ALERT = "alert", _("An alert was raised")
    WORSE = "worse", _("Worse, beyond error")
    MISSED = "missed", _("A form was missed")


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
    # Empty only where nothing was ever to be sent: answers taken in from a file.
    plan = models.ForeignKey(
        Plan, null=True, blank=True, on_delete=models.CASCADE, related_name="assignments"
    )
    # At most so many occasions.
    times = models.PositiveSmallIntegerField(_("how many times"), null=True, blank=True)
    # The one whose future this one took over: a changed plan never rewrites what has been.
    replaces = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="replaced_by"
    )
    # The cadence the therapist chose, where the plan's rule has changed it since.
    chosen_cadence = models.CharField(max_length=16, choices=Cadence.choices, blank=True)
    # Why the plan's rule gave it this cadence, where it did.
    adapted_why = models.CharField(max_length=6, choices=AdaptedWhy.choices, null=True, blank=True)
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
            # A client, or the plan's own rule, ends one without a member of the practice.
            models.CheckConstraint(
                condition=Q(ended_by=None) | Q(ended_at__isnull=False),
                name="assignment_ended_at_with_ended_by",
            ),
            models.CheckConstraint(
                condition=Q(times=None) | Q(times__gte=1), name="assignment_times_positive"
            ),
        ]

    @property
    def chosen(self) -> str:
        """The cadence that the therapist chose."""
        given_at_end = self.cadence == Cadence.ONCE
        return self.cadence if given_at_end else self.chosen_cadence or self.cadence

    @property
    def send_by_mail(self) -> bool:
        return self.plan is not None and self.plan.send_by == SendBy.MAIL

    @property
    def instrument(self) -> definition.Instrument:
        """What is asked: the version's definition, with the texts it is asked with."""
        return self.version.worded(self.wording)


class CancelledWhy(models.TextChoices):
    """Why an occasion was taken back."""

    ENDED = "ended", _("The assignment was ended")
    SKIPPED = "skipped", _("Skipped")
    PAUSED = "paused", _("Paused")
    CHANGED = "changed", _("The plan was changed")
    COVERED = "covered", _("A longer form due that day asks the same")
    MOVED = "moved", _("The appointment was moved or called off")
    CORRECTED = "corrected", _("What was sent to it was corrected")


class OccasionQuerySet(models.QuerySet["Occasion"]):
    def visible_to(self, user: Any) -> Self:
        return self.filter(reach.clinical_rows(user))

    def with_answered_at(self) -> Self:
        counts = models.When(response__voided_at=None, then=F("response__submitted_at"))
        return self.annotate(answered_at=models.Case(counts))

    def with_reference_in_force(self) -> Self:
        return self.annotate(reference_in_force=in_force_of("client"))


class Occasion(Row):
    """One due window ``[opens_at, closes_at)`` of an assignment."""

    assignment = models.ForeignKey(Assignment, on_delete=models.CASCADE, related_name="occasions")
    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="occasions")
    number = models.PositiveIntegerField()  # 0 is the first
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    # The session it is given for, where the cadence follows appointments.
    appointment = models.ForeignKey(
        Appointment, null=True, blank=True, on_delete=models.PROTECT, related_name="occasions"
    )
    # Set by the sweep when the window has opened and its link, if any, was written to the outbox.
    opened_at = models.DateTimeField(null=True, blank=True)
    # Set by the sweep when the window has passed and what was answered is locked.
    closed_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancelled_why = models.CharField(max_length=12, choices=CancelledWhy.choices, blank=True)
    # The occasion whose message announces this one too: forms due together arrive together.
    told_with = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="tells_of"
    )
    reminders_sent = models.PositiveSmallIntegerField(default=0)
    remind_at = models.DateTimeField(null=True, blank=True)

    # When the answers that count were submitted; only on rows read by ``with_answered_at``.
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
            models.Index(
                fields=["closes_at"],
                condition=Q(closed_at=None, cancelled_at=None),
                name="occasion_to_close",
            ),
            models.Index(
                fields=["remind_at"],
                condition=Q(remind_at__isnull=False),
                name="occasion_to_remind",
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["assignment", "number"], name="occasion_once"),
            models.UniqueConstraint(
                fields=["assignment", "appointment"],
                condition=Q(appointment__isnull=False, cancelled_at=None),
                name="occasion_once_for_appointment",
            ),
            models.CheckConstraint(
                condition=Q(cancelled_at=None, cancelled_why="")
                | (Q(cancelled_at__isnull=False) & ~Q(cancelled_why="")),
                name="occasion_cancelled_says_why",
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None) | Q(closed_at__gte=F("closes_at")),
                name="occasion_closed_after_its_window",
            ),
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
    # Opened on a device of the practice and handed to the client; it has no address.
    handed_over = models.BooleanField(default=False)

    # As for occasions.
    reference_in_force: UUID | None

    objects = PersonalLinkQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at")), name="link_expires_later"
            ),
        ]
