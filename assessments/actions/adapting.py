"""The one rule by which a plan changes its own cadence: less often while nothing changes.

Nothing happens unless a therapist has switched it on for the plan (``Plan.adapts``). Six answered
forms in a row without a change beyond error make a form one step rarer, down to every four weeks;
whatever asks for attention brings back the cadence that the therapist chose.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from assessments import queries
from assessments.actions import plans, standing
from assessments.measurement import change
from assessments.models import (
    AdaptedWhy,
    Alert,
    Assignment,
    Cadence,
    Occasion,
    Score,
    Signal,
    Standing,
)
from clinic import audit
from clinic.audit import Actor

RUNGS = [Cadence.WEEKLY, Cadence.TWO_WEEKS, Cadence.FOUR_WEEKS]
STEADY_FORMS = 6

# A cadence, and why.
Step = tuple[Cadence, AdaptedWhy]


def adapt_plans(*, now: datetime) -> int:
    """Follow the rule wherever it is switched on; returns how many forms come round otherwise."""
    return sum(_adapt(row, now) for row in _under_the_rule())


def _under_the_rule() -> QuerySet[Assignment]:
    return Assignment.objects.filter(
        cadence__in=RUNGS,
        ended_at=None,
        client__closed_at=None,
        plan__adapts=True,
        plan__paused_at=None,
        plan__ended_at=None,
    ).select_related("plan", "version", "client__practice")


def _adapt(assignment: Assignment, now: datetime) -> bool:
    step = next_step(assignment, now)
    return step is not None and _take(assignment.pk, step, now)


@transaction.atomic
def _take(pk: UUID, step: Step, now: datetime) -> bool:
    """Change the cadence, if the rule still has its say now that the plan's row is locked."""
    found = Assignment.objects.select_related("plan").get(pk=pk)
    if found.plan is None:
        return False
    plan = plans.locked(found.plan)
    assignment = _under_the_rule().filter(pk=pk).first()
    if assignment is None:
        return False
    assignment.client, assignment.plan = plan.client, plan
    cadence, why = step
    today = now.astimezone(plan.client.practice.zone).date()
    first_on = plans.goes_on_from(assignment, cadence, plan.weekday, today)
    if assignment.ends_on is not None and first_on > assignment.ends_on:
        return False
    by = Actor.system(practice=plan.client.practice)
    plans.take_over(
        assignment=assignment,
        cadence=cadence,
        chosen_cadence="" if cadence == assignment.chosen else assignment.chosen,
        adapted_why=why,
        by=by,
        now=now,
    )
    audit.record(
        "plan.adapt",
        by=by,
        now=now,
        client=plan.client,
        about=plan,
        details={"from": assignment.cadence, "to": str(cadence), "why": str(why)},
    )
    standing.refresh(client=plan.client, now=now)
    return True


def next_step(assignment: Assignment, now: datetime) -> Step | None:
    """What the rule makes of an assignment now; None where it stays as it is."""
    why = _asks_for_attention(assignment, now)
    if why is not None:
        chosen = Cadence(assignment.chosen)
        return None if assignment.cadence == chosen else (chosen, why)
    rarer = RUNGS[RUNGS.index(Cadence(assignment.cadence)) + 1 :][:1]
    if not rarer or not _is_steady(assignment, now):
        return None
    return rarer[0], AdaptedWhy.STABLE


def _asks_for_attention(assignment: Assignment, now: datetime) -> AdaptedWhy | None:
    client = assignment.client_id
    if Alert.objects.filter(client=client, resolved_at=None).exists():
        return AdaptedWhy.ALERT
    if Standing.objects.filter(client=client, signal=Signal.WORSE).exists():
        return AdaptedWhy.WORSE
    # Also one that had opened before another assignment took over.
    same_form = Q(
        assignment__plan=assignment.plan_id,
        assignment__version__instrument=assignment.version.instrument_id,
    )
    last = (
        Occasion.objects.filter(same_form, cancelled_at=None, closes_at__lte=now)
        .with_answered_at()
        .order_by("-closes_at", "-opens_at")
        .first()
    )
    return AdaptedWhy.MISSED if last is not None and last.answered_at is None else None


def _is_steady(assignment: Assignment, now: datetime) -> bool:
    """Whether the last forms of this assignment were answered in a row, with no score moving."""
    answered = _answered_in_a_row(assignment, now)
    if len(answered) < STEADY_FORMS:
        return False
    rows = list(
        Score.objects.filter(response__in=answered)
        .order_by("response__submitted_at")
        .values_list("scale", "pomp", "sem", queries.series_of("response__started_at"))
    )
    if len({series for *_, series in rows}) != 1:
        return False
    scales: dict[str, list[tuple[float, float]]] = {}
    for scale, pomp, sem, _series in rows:
        if pomp is None or sem is None:
            return False  # what cannot be compared cannot be called unchanged
        scales.setdefault(scale, []).append((pomp, sem))
    return all(change.is_steady(scores) for scores in scales.values())


def _answered_in_a_row(assignment: Assignment, now: datetime) -> Sequence[UUID]:
    """The responses to the last six occasions; fewer where one of them was not answered in full.

    One that is open still and not answered is passed over.
    """
    opened = assignment.occasions.filter(opened_at__isnull=False, cancelled_at=None)
    rows = opened.order_by("-opens_at").values_list(
        "closes_at",
        "response",
        "response__submitted_at",
        "response__voided_at",
        "response__partial",
    )
    found: list[UUID] = []
    for closes_at, response, submitted_at, voided_at, partial in rows[: STEADY_FORMS + 1]:
        if submitted_at is not None and voided_at is None and not partial:
            found.append(response)
        elif submitted_at is not None or closes_at <= now or found:
            break
    return found[:STEADY_FORMS]
