"""What a practice gives again and again, and what one client is given of it, how and when."""

from __future__ import annotations

from datetime import time
from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from assessments.models.instrument import Instrument, OfPracticeQuerySet
from clinic.encryption import EncryptedField
from clinic.models import Client, Episode, Practice, User, reach
from clinic.models.ids import Row

LONGEST_WINDOW_DAYS = 30
MOST_REMINDERS = 3
MOST_TIMES = 500


class Cadence(models.TextChoices):
    """How often; the codes are those of ``assessments.measurement.schedule.Cadence``."""

    ONCE = "once", _("Once")
    WEEKLY = "weekly", _("Every week")
    TWO_WEEKS = "two_weeks", _("Every two weeks")
    FOUR_WEEKS = "four_weeks", _("Every four weeks")
    SIX_WEEKS = "six_weeks", _("Every six weeks")
    EIGHT_WEEKS = "eight_weeks", _("Every eight weeks")
    TWELVE_WEEKS = "twelve_weeks", _("Every twelve weeks")
    BEFORE_SESSION = "before_session", _("Before each session")
    AFTER_SESSION = "after_session", _("After each session")
    AT_END = "at_end", _("At the end of care")


class SendBy(models.TextChoices):
    """How the client hears that a form is waiting."""

    HAND = "hand", _("I hand the link over myself")
    MAIL = "mail", _("By mail")
    SMS = "sms", _("By text message")


class Delivery(models.Model):
    """How forms go out: the settings that a battery proposes and a plan has."""

    send_by = models.CharField(
        _("how the client hears of a form"),
        max_length=4,
        choices=SendBy.choices,
        default=SendBy.MAIL,
    )
    # On the practice's clocks.
    opens_at = models.TimeField(_("opens at"), default=time(6))
    # Monday is 0; empty for whatever day the first date falls on.
    weekday = models.PositiveSmallIntegerField(_("day of the week"), null=True, blank=True)
    # Empty: until the next one opens, after 14 days at the latest.
    window_days = models.PositiveSmallIntegerField(_("days it stays open"), null=True, blank=True)
    # Days after the opening, rising: at most three.
    reminder_days = models.JSONField(_("reminders"), default=list)
    # Less often while nothing changes, as often as chosen after an alert.
    adapts = models.BooleanField(_("adapts how often it asks"), default=False)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(condition=Q(send_by__in=SendBy.values), name="%(class)s_sent"),
            models.CheckConstraint(
                condition=Q(weekday=None) | Q(weekday__lte=6), name="%(class)s_weekday"
            ),
            models.CheckConstraint(
                condition=Q(window_days=None)
                | Q(window_days__gte=1, window_days__lte=LONGEST_WINDOW_DAYS),
                name="%(class)s_window",
            ),
        ]


class Battery(Delivery, Row):
    """Instruments given together with a cadence, reusable. A plan copies what it says."""

    practice = models.ForeignKey(Practice, on_delete=models.CASCADE, related_name="batteries")
    name = models.CharField(_("name"), max_length=80)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    # No longer offered; plans made from it go on.
    retired_at = models.DateTimeField(null=True, blank=True)

    objects = OfPracticeQuerySet.as_manager()

    class Meta(Delivery.Meta):
        abstract = False
        constraints = [
            *Delivery.Meta.constraints,
            models.UniqueConstraint(
                fields=["practice", "name"],
                condition=Q(retired_at=None),
                name="battery_name_once",
                violation_error_message=_("There is a battery of this name already."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class BatteryPart(Row):
    """One instrument of a battery, and how often it is given."""

    battery = models.ForeignKey(Battery, on_delete=models.CASCADE, related_name="parts")
    instrument = models.ForeignKey(Instrument, on_delete=models.PROTECT, related_name="+")
    cadence = models.CharField(_("how often"), max_length=16, choices=Cadence.choices)
    times = models.PositiveSmallIntegerField(_("how many times"), null=True, blank=True)
    # Days after the first date of the plan.
    starts_after_days = models.PositiveSmallIntegerField(_("starts after"), default=0)
    position = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["battery", "position"], name="battery_part_position"),
            models.CheckConstraint(
                condition=Q(cadence__in=Cadence.values), name="battery_part_cadence_known"
            ),
            models.CheckConstraint(
                condition=Q(times=None) | Q(times__gte=1), name="battery_part_times_positive"
            ),
        ]


class PlanQuerySet(models.QuerySet["Plan"]):
    def visible_to(self, user: Any) -> Self:
        return self.filter(reach.clinical_rows(user))

    def running(self) -> Self:
        return self.filter(ended_at=None)


class Plan(Delivery, Row):
    """What one client is given, and how it goes out: one instrument, or a battery.

    Its assignments hold which form and how often. A change of the plan ends those it touches and
    puts others in their place, so that what has been stays as it was.
    """

    class ClientSaid(models.TextChoices):
        PAUSE = "pause", _("Pause the forms")
        STOP = "stop", _("Stop the forms")

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="plans")
    episode = models.ForeignKey(Episode, on_delete=models.CASCADE, related_name="plans")
    battery = models.ForeignKey(
        Battery, null=True, blank=True, on_delete=models.PROTECT, related_name="plans"
    )
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    # While it is paused nothing opens and nothing is sent. Without an end: until resumed.
    paused_at = models.DateTimeField(null=True, blank=True)
    paused_until = models.DateField(_("paused until"), null=True, blank=True)
    paused_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    # The client's own word, and whether somebody of the practice has taken note of it.
    client_said = models.CharField(max_length=5, choices=ClientSaid.choices, blank=True)
    client_said_at = models.DateTimeField(null=True, blank=True)
    client_note = EncryptedField(_("why"), null=True)
    noted_at = models.DateTimeField(null=True, blank=True)
    noted_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = PlanQuerySet.as_manager()

    class Meta(Delivery.Meta):
        abstract = False
        indexes = [
            models.Index(fields=["client", "ended_at"], name="plan_by_client"),
            models.Index(
                fields=["paused_until"],
                condition=Q(paused_at__isnull=False, ended_at=None),
                name="plan_to_resume",
            ),
        ]
        constraints = [
            *Delivery.Meta.constraints,
            models.CheckConstraint(
                condition=Q(paused_at__isnull=False) | Q(paused_until=None, paused_by=None),
                name="plan_pause_begins",
            ),
            models.CheckConstraint(
                condition=Q(ended_by=None) | Q(ended_at__isnull=False), name="plan_ended_by_at"
            ),
            models.CheckConstraint(
                condition=Q(client_said="", client_said_at=None)
                | (~Q(client_said="") & Q(client_said_at__isnull=False)),
                name="plan_client_said_at",
            ),
            models.CheckConstraint(
                condition=Q(noted_at=None) | Q(noted_at__gte=F("client_said_at")),
                name="plan_noted_after_said",
            ),
        ]

    def __str__(self) -> str:
        return f"plan {self.pk}"

    def key_holder(self) -> Client:
        return self.client
