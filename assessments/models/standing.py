"""Where each client stands now: one row, kept current, so that a caseload is only read."""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clinic.models import Client, Practice, reach
from clinic.models.ids import Row


class Signal(models.IntegerChoices):
    """Why a client is where they are on the caseload; the number is the order."""

    RISK = 10, _("Safety answer")
    RISK_SEEN = 15, _("Safety answer, acknowledged")
    WORSE = 20, _("Worse, beyond error")
    CLAIMS = 30, _("Possible mistaken autonomy")
    STUCK = 40, _("No reliable movement yet")
    OVERDUE = 50, _("Forms missed")
    UNREVIEWED = 60, _("Waiting for a review")
    IMPROVED = 70, _("Moved toward independence")
    EXPECTED = 80, _("Nothing stands out")
    NEW = 90, _("Just begun")


class StandingQuerySet(models.QuerySet["Standing"]):
    def visible_to(self, user: Any) -> Self:
        return self.filter(reach.clinical_rows(user))


class Standing(Row):
    """One per client, made with the client and updated in the transaction of every change."""

    client = models.OneToOneField(Client, on_delete=models.CASCADE, related_name="standing")
    practice = models.ForeignKey(Practice, on_delete=models.CASCADE, related_name="standings")

    signal = models.PositiveSmallIntegerField(choices=Signal.choices, default=Signal.NEW)
    signal_since = models.DateTimeField()
    # Why, as data: {"code": "...", numbers and dates}; the page turns it into a sentence.
    reasons = models.JSONField(default=list)

    # Empty until the evidence allows a stage to be named; "between" holds the two candidates.
    stage = models.CharField(max_length=24, blank=True)
    between = models.JSONField(default=list)
    stage_probability = models.FloatField(null=True)
    stage_provisional = models.BooleanField(default=False)
    verdict = models.CharField(max_length=32, blank=True)
    mistaken_autonomy = models.BooleanField(default=False)

    # {"DEP": {"pomp": .., "sd": ..}, ...}: filtered, now.
    latest = models.JSONField(default=dict)
    # The last balances for the sparkline: [[days ago of the newest, balance, standard error], ...].
    trace = models.JSONField(default=list)

    responses = models.PositiveIntegerField(default=0)
    missed_in_a_row = models.PositiveSmallIntegerField(default=0)
    open_alerts = models.PositiveSmallIntegerField(default=0)
    last_response_at = models.DateTimeField(null=True)
    unseen_responses = models.PositiveSmallIntegerField(default=0)
    next_due_at = models.DateTimeField(null=True)
    next_closes_at = models.DateTimeField(null=True)
    last_review_at = models.DateTimeField(null=True)
    updated_at = models.DateTimeField()
    # When time alone will have changed it: a window closes unanswered, a review has waited long.
    stale_at = models.DateTimeField(null=True)

    objects = StandingQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["practice", "signal", "signal_since", "id"], name="standing_by_signal"
            ),
            models.Index(
                fields=["stale_at"], condition=Q(stale_at__isnull=False), name="standing_stale"
            ),
        ]
