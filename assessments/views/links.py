"""A client's forms: what was asked, what came, what is to come; and the links that open them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from assessments import wording
from assessments.actions import links
from assessments.models import Assignment, Cadence, Occasion, PersonalLink, Response
from assessments.views.assign import crumbs, show_link_once
from assessments.views.outgoing import undelivered_note
from clinic import access, audit
from clinic.actions import Refused
from clinic.audit import Actor
from clinic.models import Client
from clinic.roles import Permission

RECENT = 8


@dataclass
class Entry:
    """One occasion as the page shows it."""

    occasion: Occasion
    state: str  # answered, corrected, open, begun, missed, taken_back, coming
    response: Response | None
    link: PersonalLink | None = None
    # The newest link ever made, so that a page sent twice makes one link.
    newest_link: UUID | None = None

    @property
    def marks(self) -> str:
        """What is notable about how it was answered, in a few words."""
        return wording.mark_note(self.response.marks) if self.response else ""


@dataclass
class Course:
    """One assignment with its occasions."""

    assignment: Assignment
    open: list[Entry] = field(default_factory=list)
    past: list[Entry] = field(default_factory=list)
    coming: list[Entry] = field(default_factory=list)

    @property
    def recent(self) -> list[Entry]:
        return self.past[:RECENT]

    @property
    def older(self) -> list[Entry]:
        return self.past[RECENT:]

    @property
    def runs(self) -> bool:
        has_occasion = bool(self.open or self.coming)
        return self.assignment.ended_at is None and (has_occasion or self.waits_for_session)

    @property
    def waits_for_session(self) -> bool:
        """Whether it is given about sessions, none of which is entered."""
        by_session = self.assignment.cadence in (Cadence.BEFORE_SESSION, Cadence.AFTER_SESSION)
        return by_session and self.assignment.ended_at is None and not self.coming


@require_safe
def client_forms(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Assignments and occasions of one client: six queries, however many there are."""
    client = access.find_client(request.user, pk, needs=Permission.SEE_CLINICAL)
    now = timezone.now()
    audit.record(
        "client.read",
        by=Actor.of_request(request),
        now=now,
        client=client,
        about=client,
        details={"part": "forms"},
    )
    courses = courses_of(client, now)
    is_open = client.closed_at is None
    context = {
        "client": client,
        "running": [course for course in courses if course.runs],
        "finished": [course for course in courses if not course.runs],
        # Of a closed record nothing can be asked: no button that would only refuse.
        "may_assign": is_open and access.may(request.user, Permission.ASSIGN, client),
        "may_enter": is_open and access.may(request.user, Permission.ENTER_ANSWERS, client),
        "has_email": bool(client.email),
        "next_appointment": client.appointments.coming(now).first(),
        "undelivered": undelivered_note(request.user, client, now),
        "crumbs": crumbs(client, _("Forms"), below_forms=False),
    }
    return render(request, "assessments/forms.html", context)


def courses_of(client: Client, now: datetime) -> list[Course]:
    """The client's assignments, the newest first, each with its occasions, the newest first."""
    assignments = Assignment.objects.filter(client=client).select_related(
        "version__instrument", "plan"
    )
    courses = {row.pk: Course(row) for row in assignments.order_by("-created_at", "-pk")}
    newest, working = _links_of(client, now)
    occasions = Occasion.objects.filter(client=client).select_related("response")
    occasions = occasions.defer("response__answers", "response__comment", "response__seconds")
    for occasion in occasions.order_by("-opens_at", "-number"):
        response = links.response_of(occasion)
        entry = Entry(
            occasion,
            _state(occasion, response, now),
            response,
            working.get(occasion.pk),
            newest.get(occasion.pk),
        )
        _sort_in(courses[occasion.assignment_id], entry)
    return list(courses.values())


def _links_of(client: Client, now: datetime) -> tuple[dict[UUID, UUID], dict[UUID, PersonalLink]]:
    """The newest link of each occasion that is open now, and those that work.

    The one that works is the newest, as ``actions.links.newest_link`` has it.
    """
    newest, working = {}, {}
    rows = PersonalLink.objects.filter(occasion__client=client, occasion__closes_at__gt=now)
    for link in rows.order_by("created_at", "pk"):
        newest[link.occasion_id] = link.pk
        if link.revoked_at is None:
            working[link.occasion_id] = link
    return {**newest, **{pk: link.pk for pk, link in working.items()}}, working


def _state(occasion: Occasion, response: Response | None, now: datetime) -> str:
    if response is not None and response.submitted_at is not None:
        return "answered" if response.voided_at is None else "corrected"
    if occasion.cancelled_at is not None:
        return "taken_back"
    if occasion.closes_at <= now:
        return "missed"
    if occasion.opens_at > now:
        return "coming"
    return "open" if response is None else "begun"


def _sort_in(course: Course, entry: Entry) -> None:
    if entry.state in ("open", "begun"):
        course.open.append(entry)
    elif entry.state == "coming":
        course.coming.insert(0, entry)  # the next one first
    elif entry.state != "taken_back" or entry.occasion.opened_at is not None:
        # What was taken back before it ever opened is of no interest to anybody.
        course.past.append(entry)


# --- Links ----------------------------------------------------------------------------------------


def find_occasion(request: HttpRequest, pk: UUID, needs: Permission) -> Occasion:
    """The occasion, with what its pages need, through the gate."""
    rows = Occasion.objects.select_related(
        "client__practice", "assignment__version__instrument", "assignment__wording"
    )
    return access.find(request.user, rows, pk, needs=needs)


@require_POST
def occasion_link(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Make a new link for an open form, show it once, and mail it where that is wished."""
    occasion = find_occasion(request, pk, Permission.ASSIGN)
    by_mail = request.POST.get("go") == "mail"
    try:
        _link, token, notice = links.replace_link(
            occasion=occasion,
            known=_uuid(request.POST.get("known", "")),
            by_mail=by_mail,
            by=Actor.of_request(request),
            now=timezone.now(),
        )
    except Refused as refusal:
        messages.warning(request, refusal.sentence)
        return redirect("client-forms", occasion.client_id)
    if by_mail and notice is None:
        messages.warning(request, _("There is no mail address on record, so nothing was sent."))
    return show_link_once(request, occasion.client, occasion, token, mailed=notice is not None)


@require_POST
def occasion_link_revoke(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Stop the link of an open form, and a mail with it that still waits."""
    occasion = find_occasion(request, pk, Permission.ASSIGN)
    stopped = links.revoke_links(
        occasion=occasion, by=Actor.of_request(request), now=timezone.now()
    )
    if stopped:
        messages.success(request, _("The link no longer works. What was answered is kept."))
    else:
        messages.info(request, _("There was no link that works."))
    return redirect("client-forms", occasion.client_id)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
