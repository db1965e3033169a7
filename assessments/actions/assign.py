"""One form given to a client with a cadence, as a part of a plan; and an assignment's end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from assessments import queries
from assessments.actions import occasions, standing
from assessments.measurement import schedule
from assessments.models import (
    Assignment,
    Cadence,
    CancelledWhy,
    Occasion,
    Plan,
    Response,
    Wording,
)
from assessments.models.instrument import InstrumentVersion
from assessments.queries import wordings
from clinic import audit
from clinic.actions import Refused
from clinic.audit import Actor
from clinic.models import Client, Practice

LONGEST = timedelta(days=5 * 366)


@dataclass(frozen=True)
class Assigned:
    """A new assignment.

    ``first`` is its first occasion, where one could be written already (a form that follows
    sessions waits for the first of them). ``token`` opens it, where it is open.
    """

    assignment: Assignment
    first: Occasion | None
    token: str | None
    mailed: bool


def new_assignment(
    *,
    client: Client,
    version: InstrumentVersion,
    cadence: str,
    first_on: date,
    plan: Plan,
    by: Actor,
    now: datetime,
    ends_on: date | None = None,
    times: int | None = None,
) -> Assignment:
    """Write an assignment after every check, and its plan where that is new; no occasion yet.

    Part of a transaction that holds the client's row.
    """
    require_version_within_reach(client, version)
    today = now.astimezone(client.practice.zone).date()
    _require_sensible_days(first_on, ends_on, today)
    _require_open_record(client)
    wording = require_wording(client.practice, version)
    _require_not_running(client, version, schedule.Cadence(cadence), first_on, ends_on, now)
    if plan._state.adding:
        plan.episode = client.episodes.get(ended_at=None)
        plan.save(force_insert=True)
        audit.record("plan.create", by=by, now=now, client=client, about=plan)
    return write_assignment(
        plan=plan,
        version=version,
        wording=wording,
        cadence=cadence,
        first_on=first_on,
        ends_on=ends_on,
        times=times,
        by=by,
        now=now,
    )


def write_assignment(
    *,
    plan: Plan,
    version: InstrumentVersion,
    wording: Wording | None,
    cadence: str,
    first_on: date,
    by: Actor,
    now: datetime,
    ends_on: date | None = None,
    times: int | None = None,
) -> Assignment:
    """Write an assignment of a plan and that it was given; checks nothing, writes no occasion."""
    assignment = Assignment.objects.create(
        client=plan.client,
        episode_id=plan.episode_id,
        version=version,
        wording=wording,
        cadence=cadence,
        first_on=first_on,
        ends_on=ends_on,
        times=times,
        plan=plan,
        created_at=now,
        created_by=by.user,
    )
    audit.record(
        "assignment.create",
        by=by,
        now=now,
        client=plan.client,
        about=assignment,
        details={"version": str(version.pk), "cadence": str(cadence)},
    )
    return assignment


def start(
    *, assignment: Assignment, by: Actor, now: datetime, always_link: bool = True
) -> Assigned:
    """Write the first occasions of a new assignment, and open what is due already."""
    first = next(iter(occasions.extend_occasions(assignment=assignment, now=now)), None)
    token, mailed = None, False
    if first is not None and first.opens_at <= now and first.cancelled_at is None:
        token, mailed = occasions.open_occasion(
            occasion=first, by=by, now=now, always_link=always_link
        )
    return Assigned(assignment, first, token, mailed)


def locked_client(pk: UUID) -> Client:
    return Client.objects.select_for_update(of=("self",)).select_related("practice").get(pk=pk)


def require_version_within_reach(client: Client, version: InstrumentVersion) -> None:
    if version.practice_id not in (None, client.practice_id):
        raise Refused(_("There is no such form."), "instrument")


def _require_open_record(client: Client) -> None:
    if client.closed_at is not None:
        raise Refused(_("This client's record is closed. Reopen it before you assign a form."))


def require_wording(practice: Practice, version: InstrumentVersion) -> Wording | None:
    """What the assignment will ask with, for good: later wordings are for later assignments."""
    wording = wordings.wording_in_force(practice, version)
    hindrance = wordings.hindrance(version.definition, practice, wording)
    if hindrance is not None:
        raise Refused(wordings.says(hindrance, version.definition.name), "instrument")
    return wording


def _require_sensible_days(first_on: date, ends_on: date | None, today: date) -> None:
    if first_on < today:
        raise Refused(_("The first date has passed. Choose today or a later day."), "first_on")
    if first_on > today + LONGEST:
        raise Refused(_("The first date is more than five years away."), "first_on")
    if ends_on is not None and ends_on < first_on:
        raise Refused(_("The last date is before the first."), "ends_on")
    if ends_on is not None and ends_on > first_on + LONGEST:
        raise Refused(_("The last date is more than five years after the first."), "ends_on")


def _require_not_running(
    client: Client,
    version: InstrumentVersion,
    cadence: schedule.Cadence,
    first_on: date,
    ends_on: date | None,
    now: datetime,
) -> None:
    """Refuse a form that the client has already been given for the same time."""
    met = queries.running(client, now).in_the_way(version, cadence, first_on, ends_on)
    if met is None:
        return
    sentences = {
        Cadence.AT_END: _("This form is already given at the end of care."),
        Cadence.ONCE: _(
            "This client has this form already, to be filled in once. "
            "Wait for the answer, or end that assignment first."
        ),
    }
    running = _("This form is already assigned to this client. End that assignment first.")
    raise Refused(sentences.get(Cadence(met.cadence), running), "instrument")


@transaction.atomic
def end_assignment(*, assignment: Assignment, by: Actor, now: datetime) -> Assignment:
    """End an assignment: what is to come and not answered is taken back, what was stays."""
    assignment = (
        Assignment.objects.select_for_update(of=("self",))
        .select_related("client__practice", "plan")
        .get(pk=assignment.pk)
    )
    if assignment.ended_at is not None:
        return assignment
    assignment.ended_at, assignment.ended_by = now, by.user
    assignment.save(update_fields=["ended_at", "ended_by"])
    taken_back = _take_back(assignment, now)
    audit.record(
        "assignment.end",
        by=by,
        now=now,
        client=assignment.client,
        about=assignment,
        details={"occasions_taken_back": taken_back},
    )
    _end_plan_without_forms(assignment, by, now)
    standing.refresh(client=assignment.client, now=now)
    return assignment


def _end_plan_without_forms(assignment: Assignment, by: Actor, now: datetime) -> None:
    plan = assignment.plan
    if plan is None or plan.ended_at is not None:
        return
    if not plan.assignments.filter(ended_at=None).exists():
        Plan.objects.filter(pk=plan.pk, ended_at=None).update(ended_at=now, ended_by=by.user)


def _take_back(assignment: Assignment, now: datetime) -> int:
    """Cancel what is open or to come. Locks first: an answer sent meanwhile must stand."""
    ahead = assignment.occasions.select_for_update().filter(cancelled_at=None, closes_at__gt=now)
    locked = list(ahead.order_by("number").values_list("pk", flat=True))
    sent = set(
        Response.objects.filter(occasion__in=locked, submitted_at__isnull=False).values_list(
            "occasion_id", flat=True
        )
    )
    return occasions.cancel([pk for pk in locked if pk not in sent], CancelledWhy.ENDED, now)
