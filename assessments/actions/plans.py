"""Plans: what a client is given, how it goes out, and every change of it.

A change touches the future alone. What an assignment has opened stays as it was; an assignment
whose schedule changes is ended and another takes over, so that both can be seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from assessments.actions import assign, occasions, standing
from assessments.actions.assign import Assigned
from assessments.measurement import schedule
from assessments.models import (
    Assignment,
    Battery,
    Cadence,
    CancelledWhy,
    InstrumentVersion,
    Occasion,
    PersonalLink,
    Plan,
    Response,
    SendBy,
)
from assessments.models.plan import LONGEST_WINDOW_DAYS, MOST_REMINDERS
from clinic import audit
from clinic.actions import Refused, notices
from clinic.audit import Actor
from clinic.models import Client

LONGEST_PAUSE = timedelta(days=366)
NOTE_LENGTH = 500
# What a client may choose when pausing from a form, in weeks.
CLIENT_PAUSES = (1, 2, 4)


@dataclass(frozen=True)
class Settings:
    """How the forms of a plan go out."""

    send_by: str = SendBy.MAIL
    opens_at: time = time(6)
    weekday: int | None = None
    window_days: int | None = None
    reminder_days: Sequence[int] = ()
    adapts: bool = False

    @classmethod
    def of(cls, row: Battery | Plan) -> Settings:
        return cls(
            send_by=row.send_by,
            opens_at=row.opens_at,
            weekday=row.weekday,
            window_days=row.window_days,
            reminder_days=tuple(row.reminder_days),
            adapts=row.adapts,
        )

    def values(self) -> dict[str, Any]:
        return {**asdict(self), "reminder_days": sorted(set(self.reminder_days))}


@dataclass(frozen=True)
class Part:
    """One form of a plan: which, how often, from when, and how many times at most."""

    version: InstrumentVersion
    cadence: str
    first_on: date
    ends_on: date | None = None
    times: int | None = None


@dataclass(frozen=True)
class Made:
    """A new plan and what became of each of its parts."""

    plan: Plan
    assigned: list[Assigned] = field(default_factory=list)


def require_sensible(settings: Settings) -> None:
    """Refuse settings that cannot be meant, each at its field."""
    days = list(settings.reminder_days)
    if len(set(days)) > MOST_REMINDERS:
        raise Refused(_("Three reminders are the most."), "reminder_days")
    longest = settings.window_days or schedule.LONGEST_OPEN_DAYS
    if any(day < 1 or day >= longest for day in days):
        raise Refused(
            _("A reminder comes at least a day after the form opens, and before it closes."),
            "reminder_days",
        )
    if settings.window_days is not None and not 1 <= settings.window_days <= LONGEST_WINDOW_DAYS:
        raise Refused(_("A form stays open between 1 and 30 days."), "window_days")
    if settings.weekday is not None and not 0 <= settings.weekday <= 6:
        raise Refused(_("Choose a day of the week."), "weekday")
    if settings.send_by not in SendBy.values:
        raise Refused(_("Choose how the client hears of a form."), "send_by")


@transaction.atomic
def make_plan(
    *,
    client: Client,
    parts: Sequence[Part],
    settings: Settings,
    by: Actor,
    now: datetime,
    battery: Battery | None = None,
) -> Made:
    """Give a client several forms together. What is due today opens at once, in one message."""
    if not parts:
        raise Refused(_("Choose at least one form."), "parts")
    require_sensible(settings)
    client = assign.locked_client(client.pk)
    plan = Plan(
        client=client,
        battery=battery,
        created_at=now,
        created_by=by.user,
        **settings.values(),
    )
    rows = [
        assign.new_assignment(
            client=client,
            version=part.version,
            cadence=part.cadence,
            first_on=_first_on(part, settings),
            ends_on=part.ends_on,
            times=part.times,
            plan=plan,
            by=by,
            now=now,
        )
        for part in parts
    ]
    # All are written before any opens: the weekly form gives way to the long one.
    firsts = [next(iter(occasions.extend_occasions(assignment=row, now=now)), None) for row in rows]
    opened = _open_together([first for first in firsts if first is not None], by, now)
    standing.refresh(client=client, now=now)
    return Made(
        plan,
        [
            Assigned(row, first, *opened.get(first.pk if first else None, (None, False)))
            for row, first in zip(rows, firsts, strict=True)
        ],
    )


def _open_together(
    firsts: list[Occasion], by: Actor, now: datetime
) -> dict[Any, tuple[str | None, bool]]:
    """Open what is due already; the first one's message announces the others."""
    due = list(
        Occasion.objects.filter(
            pk__in=[first.pk for first in firsts], cancelled_at=None, opens_at__lte=now
        )
        .select_related("client__practice", "assignment__plan")
        .order_by("opens_at", "-assignment__version", "pk")
    )
    if not due:
        return {}
    lead, *others = due
    opened: dict[Any, tuple[str | None, bool]] = {
        lead.pk: occasions.open_occasion(occasion=lead, by=by, now=now, always_link=True)
    }
    for other in others:
        Occasion.objects.filter(pk=other.pk, opened_at=None).update(opened_at=now, told_with=lead)
        opened[other.pk] = (None, opened[lead.pk][1])
    return opened


def _first_on(part: Part, settings: Settings) -> date:
    """The first date, moved on to the plan's day of the week for what comes round by interval."""
    if schedule.Cadence(part.cadence).days is None:
        return part.first_on
    return schedule.on_weekday(part.first_on, settings.weekday)


# --- Changing -------------------------------------------------------------------------------------


@transaction.atomic
def change_plan(
    *,
    plan: Plan,
    settings: Settings,
    by: Actor,
    now: datetime,
    cadences: dict[Any, str] | None = None,
) -> Plan:
    """Change how a plan's forms go out, and how often each comes round ({assignment id: cadence}).

    Forms that have opened stay as they are; those to come follow the new plan.
    """
    require_sensible(settings)
    plan = locked(plan)
    if plan.ended_at is not None:
        raise Refused(_("This plan has ended. Make a new one."))
    before = Settings.of(plan)
    changed = [name for name, value in settings.values().items() if value != before.values()[name]]
    for name, value in settings.values().items():
        setattr(plan, name, value)
    plan.save(update_fields=list(settings.values()))
    moved = bool({"opens_at", "weekday", "window_days"} & set(changed))
    for row in _running(plan):
        cadence = (cadences or {}).get(row.pk, row.cadence)
        if moved or cadence != row.cadence:
            take_over(assignment=row, cadence=cadence, by=by, now=now)
            changed += ["cadence"] if cadence != row.cadence else []
    if changed:
        audit.record(
            "plan.change", by=by, now=now, client=plan.client, about=plan, fields=set(changed)
        )
        standing.refresh(client=plan.client, now=now)
    return plan


def take_over(
    *,
    assignment: Assignment,
    cadence: str,
    by: Actor,
    now: datetime,
    chosen_cadence: str = "",
) -> Assignment:
    """End an assignment in favour of another that goes on where it stands.

    Part of a transaction that holds the client's row and the plan. What has opened stays open.
    """
    plan = assignment.plan
    client = assignment.client
    today = now.astimezone(client.practice.zone).date()
    step = schedule.Cadence(cadence)
    first_on = occasions.first_date_after(assignment, step, today)
    if step.days is not None:
        first_on = schedule.on_weekday(first_on, plan.weekday if plan else None)
    to_come = assignment.occasions.filter(opened_at=None, cancelled_at=None)
    occasions.cancel(to_come.values_list("pk", flat=True), CancelledWhy.CHANGED, now)
    Assignment.objects.filter(pk=assignment.pk).update(ended_at=now, ended_by=by.user)
    times = assignment.times
    if times is not None:
        times -= assignment.occasions.filter(cancelled_at=None).count()
    if (times is not None and times < 1) or (
        assignment.ends_on is not None and first_on > assignment.ends_on
    ):
        return assignment
    taken_over = Assignment.objects.create(
        client=client,
        episode_id=assignment.episode_id,
        version_id=assignment.version_id,
        wording_id=assignment.wording_id,
        cadence=cadence,
        first_on=first_on,
        ends_on=assignment.ends_on,
        times=times,
        plan=plan,
        replaces=assignment,
        chosen_cadence=chosen_cadence,
        created_at=now,
        created_by=by.user,
    )
    taken_over.client = client
    taken_over.plan = plan
    occasions.extend_occasions(assignment=taken_over, now=now)
    return taken_over


def _running(plan: Plan) -> list[Assignment]:
    rows = list(
        plan.assignments.filter(ended_at=None)
        .select_related("version")
        .order_by("created_at", "pk")
    )
    for row in rows:
        row.client, row.plan = plan.client, plan
    return rows


def locked(plan: Plan) -> Plan:
    """The plan as it stands, with its client's row and its own locked."""
    client = assign.locked_client(plan.client_id)
    plan = Plan.objects.select_for_update(of=("self",)).get(pk=plan.pk)
    plan.client = client
    return plan


# --- Pausing and ending ---------------------------------------------------------------------------


@transaction.atomic
def pause_plan(*, plan: Plan, by: Actor, now: datetime, until: date | None = None) -> Plan:
    """Open nothing and send nothing until a day, or until somebody resumes it.

    A form that is open can still be filled in; nobody is reminded of it.
    """
    plan = locked(plan)
    if plan.ended_at is not None:
        raise Refused(_("This plan has ended."))
    today = now.astimezone(plan.client.practice.zone).date()
    if until is not None and until <= today:
        raise Refused(_("Choose a day after today, or leave it empty."), "until")
    if until is not None and until > today + LONGEST_PAUSE:
        raise Refused(_("A pause lasts a year at most. End the plan instead."), "until")
    plan.paused_at = plan.paused_at or now
    plan.paused_until, plan.paused_by = until, by.user
    plan.save(update_fields=["paused_at", "paused_until", "paused_by"])
    _silence(plan, now)
    audit.record(
        "plan.pause",
        by=by,
        now=now,
        client=plan.client,
        about=plan,
        details={"until": until.isoformat() if until else None},
    )
    standing.refresh(client=plan.client, now=now)
    return plan


def _silence(plan: Plan, now: datetime) -> None:
    """Send nothing more about what is open."""
    open_now = Occasion.objects.filter(
        assignment__plan=plan, cancelled_at=None, opened_at__isnull=False, closed_at=None
    )
    pks = list(open_now.values_list("pk", flat=True))
    Occasion.objects.filter(pk__in=pks).update(remind_at=None)
    notices.cancel_notices_about_any(about=pks, now=now)


@transaction.atomic
def resume_plan(*, plan: Plan, by: Actor, now: datetime) -> Plan:
    """Go on with a paused plan. What fell due meanwhile stays left out."""
    plan = locked(plan)
    if plan.ended_at is not None:
        raise Refused(_("This plan has ended."))
    if plan.paused_at is None:
        return plan
    due = Occasion.objects.filter(
        assignment__plan=plan,
        opened_at=None,
        cancelled_at=None,
        opens_at__lt=min(now, _end_of_pause(plan) or now),
    )
    occasions.cancel(due.values_list("pk", flat=True), CancelledWhy.PAUSED, now)
    plan.paused_at = plan.paused_until = plan.paused_by = None
    plan.save(update_fields=["paused_at", "paused_until", "paused_by"])
    for row in _running(plan):
        occasions.extend_occasions(assignment=row, now=now)
    audit.record("plan.resume", by=by, now=now, client=plan.client, about=plan)
    standing.refresh(client=plan.client, now=now)
    return plan


def _end_of_pause(plan: Plan) -> datetime | None:
    """The midnight on which the day of its end begins."""
    if plan.paused_until is None:
        return None
    zone = plan.client.practice.zone
    return datetime.combine(plan.paused_until, time(0), tzinfo=zone).astimezone(UTC)


def resume_due_plans(*, now: datetime) -> int:
    """Resume every plan whose pause has run out in its practice's zone; returns how many."""
    # The day begins up to 14 hours earlier than in UTC.
    latest = (now + timedelta(hours=14)).date()
    due = Plan.objects.filter(
        paused_at__isnull=False, ended_at=None, paused_until__lte=latest
    ).select_related("client__practice")
    resumed = 0
    for plan in due:
        end = _end_of_pause(plan)
        if end is not None and end <= now:
            by = Actor.system(practice=plan.client.practice)
            resume_plan(plan=plan, by=by, now=now)
            resumed += 1
    return resumed


@transaction.atomic
def end_plan(*, plan: Plan, by: Actor, now: datetime, closing_on: date | None = None) -> Plan:
    """End a plan: what is to come or open and not answered is taken back, what was stays.

    With ``closing_on`` the forms that are given at the end of care open that day, and the plan
    ends with them.
    """
    plan = locked(plan)
    if plan.ended_at is not None:
        return plan
    today = now.astimezone(plan.client.practice.zone).date()
    if closing_on is not None and not today <= closing_on <= today + timedelta(days=366):
        raise Refused(_("Choose today or a day within a year."), "closing_on")
    closing = []
    for row in _running(plan):
        if closing_on is not None and row.cadence == Cadence.AT_END:
            closing.append(row)
        else:
            assign.end_assignment(assignment=row, by=by, now=now)
    for row in closing:
        _give_at_end(row, closing_on or today, by, now)
    if not closing:
        plan.ended_at, plan.ended_by = now, by.user
        plan.save(update_fields=["ended_at", "ended_by"])
    audit.record(
        "plan.end",
        by=by,
        now=now,
        client=plan.client,
        about=plan,
        details={"closing_forms": len(closing)},
    )
    standing.refresh(client=plan.client, now=now)
    return plan


def _give_at_end(assignment: Assignment, on: date, by: Actor, now: datetime) -> None:
    """Write the one occasion of a form that is given at the end, as a form given once."""
    Assignment.objects.filter(pk=assignment.pk).update(
        cadence=Cadence.ONCE, first_on=on, chosen_cadence=Cadence.AT_END
    )
    assignment.cadence, assignment.first_on = Cadence.ONCE, on
    assign.start(assignment=assignment, by=by, now=now, always_link=False)


# --- The client's own say -------------------------------------------------------------------------


@transaction.atomic
def client_says(
    *,
    link: PersonalLink,
    said: str,
    by: Actor,
    now: datetime,
    weeks: int = 2,
    note: str = "",
) -> list[Plan]:
    """Pause or stop every running plan of the person who holds this link, in their own word.

    Their therapist sees it on the caseload until they take note of it.
    """
    if said == Plan.ClientSaid.PAUSE and weeks not in CLIENT_PAUSES:
        raise Refused(_("Choose for how long."), "weeks")
    client = assign.locked_client(link.occasion.client_id)
    plans = [locked(plan) for plan in client.plans.running().order_by("created_at", "pk")]
    until = now.astimezone(client.practice.zone).date() + timedelta(weeks=weeks)
    for plan in plans:
        plan.client_said, plan.client_said_at = said, now
        plan.client_note = note.strip()[:NOTE_LENGTH] or None
        plan.noted_at = plan.noted_by = None
        plan.save(
            update_fields=["client_said", "client_said_at", "client_note", "noted_at", "noted_by"]
        )
        if said == Plan.ClientSaid.PAUSE:
            pause_plan(plan=plan, until=until, by=by, now=now)
            audit.record("plan.client_pause", by=by, now=now, client=client, about=plan)
        else:
            _stop(plan, by, now)
            audit.record("plan.client_stop", by=by, now=now, client=client, about=plan)
    standing.refresh(client=client, now=now)
    return plans


def _stop(plan: Plan, by: Actor, now: datetime) -> None:
    """End the plan, but leave open what the client has begun to answer."""
    drafts = Response.objects.filter(
        occasion__assignment__plan=plan, submitted_at=None, occasion__closes_at__gt=now
    )
    begun = list(drafts.values_list("occasion", flat=True))
    for row in _running(plan):
        Assignment.objects.filter(pk=row.pk).update(ended_at=now)
        left = row.occasions.filter(cancelled_at=None, closed_at=None, closes_at__gt=now)
        left = left.exclude(pk__in=begun).exclude(response__submitted_at__isnull=False)
        occasions.cancel(left.values_list("pk", flat=True), CancelledWhy.ENDED, now)
    _silence(plan, now)
    plan.ended_at = now
    plan.save(update_fields=["ended_at"])


@transaction.atomic
def note_what_client_said(*, plan: Plan, by: Actor, now: datetime) -> Plan:
    """Take note of a client's pause or stop, so that it no longer asks for attention."""
    plan = locked(plan)
    if plan.client_said and plan.noted_at is None:
        plan.noted_at, plan.noted_by = now, by.user
        plan.save(update_fields=["noted_at", "noted_by"])
        audit.record("plan.note", by=by, now=now, client=plan.client, about=plan)
        standing.refresh(client=plan.client, now=now)
    return plan
