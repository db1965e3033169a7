"""The header of the client page, and its lists: forms asked for, alerts, reviews."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments import queries, wording
from assessments.models import Assignment, Cadence, Occasion, Response
from assessments.queries import Record

RESPONSES_SHOWN = 6


@dataclass(frozen=True)
class AssignmentSummary:
    name: str
    cadence: str
    since: str
    answered: str
    next: str
    ended: str


def header(record: Record, membership: Any) -> str:
    """One line on care, forms and answers: "In care since 26 May, with you. …"."""
    parts = [_care(record, membership)]
    if record.client.closed_at:
        parts.append(_("Record closed on %(day)s.") % {"day": wording.day(record.client.closed_at)})
    running = [a for a in record.assignments if _runs(a, record)]
    if running:
        named = wording.joined([_asked(record, assignment) for assignment in running])
        parts += [f"{named}.", _next(record)]
    elif not record.client.closed_at:
        parts.append(_("No form is assigned."))
    due = [occasion for occasion in record.occasions if _counts(record, occasion)]
    if due:
        answered = len([o for o in due if o.answered_at is not None])
        parts.append(
            _("%(answered)d of %(due)d answered.") % {"answered": answered, "due": len(due)}
        )
    return " ".join(parts)


def _runs(assignment: Assignment, record: Record) -> bool:
    """Whether a form is still asked for; one that was given once has run out with its window."""
    if assignment.ended_at is not None or record.client.closed_at:
        return False
    return assignment.cadence != Cadence.ONCE or any(
        occasion.assignment_id == assignment.pk and occasion.closes_at > record.now
        for occasion in record.occasions
    )


def _care(record: Record, membership: Any) -> str:
    start = record.episode.started_at if record.episode else record.client.created_at
    names = [
        _("you") if membership and care.clinician_id == membership.pk else care.clinician.user.name
        for care in record.carers
    ]
    if not names:
        return _("In care since %(day)s; nobody is named as carer.") % {"day": wording.day(start)}
    return _("In care since %(day)s, with %(names)s.") % {
        "day": wording.day(start),
        "names": wording.joined(names),
    }


def _next(record: Record) -> str:
    """When the next form is due, or since when one waits."""
    standing = record.standing
    if standing.next_due_at is None:
        return _("No further form is planned.")
    day = wording.day(standing.next_due_at)
    if standing.next_due_at > record.now:
        return _("The next one on %(day)s.") % {"day": day}
    return _("One has been open since %(day)s.") % {"day": day}


def _asked(record: Record, assignment: Assignment) -> str:
    return _("%(form)s %(cadence)s") % {
        "form": record.versions[assignment.version_id].instrument.name,
        "cadence": assignment.get_cadence_display().lower(),
    }


def _counts(record: Record, occasion: Occasion) -> bool:
    """Whether a window is past, or was answered: what may be counted as asked for."""
    return occasion.answered_at is not None or occasion.closes_at <= record.until


def assignments(record: Record) -> list[AssignmentSummary]:
    """What the client is or was asked to fill in, running ones first."""
    windows: dict[Any, list[Occasion]] = {}
    for occasion in record.occasions:
        windows.setdefault(occasion.assignment_id, []).append(occasion)
    ordered = sorted(record.assignments, key=lambda a: (a.ended_at is not None, a.created_at))
    return [_assignment(record, a, windows.get(a.pk, [])) for a in ordered]


def _assignment(
    record: Record, assignment: Assignment, windows: list[Occasion]
) -> AssignmentSummary:
    due = [occasion for occasion in windows if _counts(record, occasion)]
    answered = len([o for o in due if o.answered_at is not None])
    return AssignmentSummary(
        name=record.versions[assignment.version_id].instrument.name,
        cadence=assignment.get_cadence_display(),
        since=wording.day(assignment.first_on),
        answered=(
            _("%(answered)d of %(due)d answered") % {"answered": answered, "due": len(due)}
            if due
            else ""
        ),
        next=_when(record, assignment, windows),
        ended="" if assignment.ended_at is None else wording.day(assignment.ended_at),
    )


def _when(record: Record, assignment: Assignment, windows: list[Occasion]) -> str:
    """When a form comes next: open until a day, on a day that may be far off, not while paused."""
    if assignment.ended_at is not None or record.client.closed_at is not None:
        return _("none")
    ahead = [o for o in windows if o.closes_at > record.now and o.answered_at is None]
    if ahead and ahead[0].opens_at <= record.now:
        return _("open until %(day)s") % {"day": wording.day(ahead[0].closes_at)}
    zone = record.client.practice.zone
    plan = assignment.plan
    for occasion in ahead:
        if not queries.is_passed_over(plan, occasion.opens_at, zone):
            return wording.day(occasion.opens_at)
    assignment.client = record.client
    last = max((o.number for o in windows), default=-1)
    window = queries.next_window(assignment, last, record.now)
    if window is not None and not queries.is_passed_over(plan, window.opens, zone):
        return wording.day(window.opens)
    return _("none while paused") if plan is not None and plan.paused_at else _("none")


def reference(record: Record) -> dict[str, Any]:
    """Whom the answers are about, where a form of the client asks about a relationship."""
    asking = [version.definition for version in record.versions.values()]
    found = record.reference
    return {
        "relational": any(queries.asks_about_a_relationship(form) for form in asking),
        "whom": wording.reference_words(found) if found else "",
        "whom_since": wording.day(found.started_at) if found else "",
    }


def latest_responses(record: Record) -> list[dict[str, Any]]:
    """The latest submitted forms, each with how much of it was answered."""
    unscored: dict[Any, int] = {}
    for row in record.scores:
        if row.why_missing:
            unscored[row.response_id] = unscored.get(row.response_id, 0) + 1
    return [
        {
            "response": response,
            "name": record.versions[response.version_id].instrument.name,
            "source": _source(response),
            "new": response.seen_at is None,
            "unscored": _unscored(unscored.get(response.pk, 0)),
            "marks": wording.mark_note(response.marks),
            "circumstances": ", ".join(
                wording.circumstances(response, record.versions[response.version_id].definition)
            ),
        }
        for response in record.responses[:RESPONSES_SHOWN]
    ]


def _source(response: Response) -> str:
    """Who typed the answers, where it was not the client."""
    api = Response.Source.API
    return str(response.get_source_display()) if response.source == api else ""


def _unscored(count: int) -> str:
    if not count:
        return ""
    return ngettext(
        "%(count)s scale not scored: too few answers",
        "%(count)s scales not scored: too few answers",
        count,
    ) % {"count": wording.number(count).capitalize()}
