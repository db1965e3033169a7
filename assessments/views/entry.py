"""Entering answers by staff: from paper, or with the client in the room."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from assessments import queries, wording
from assessments.actions import paper, respond
from assessments.forms.asking import EntryForm
from assessments.models import Occasion, ReferenceRelationship, Response
from assessments.views.assign import crumbs
from assessments.views.links import find_occasion
from clinic import audit
from clinic.actions import Refused
from clinic.audit import Actor
from clinic.roles import Permission


@require_http_methods(["GET", "HEAD", "POST"])
def occasion_enter(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The whole form on one page. What the client began by link is filled in already."""
    now = timezone.now()
    occasion = find_occasion(request, pk, Permission.ENTER_ANSWERS)
    draft = respond.draft_of(occasion)
    if draft is not None and draft.submitted_at is not None and request.method != "POST":
        return _sent(request, draft)
    try:
        if draft is None or draft.submitted_at is None:
            paper.require_enterable(occasion, now, begun=draft is not None and bool(draft.answers))
    except Refused as refusal:
        messages.warning(request, refusal.sentence)
        return redirect("client-forms", occasion.client_id)
    form = EntryForm(
        request.POST if request.method == "POST" else None,
        instrument=occasion.assignment.instrument,
        answers=draft.answers if draft else {},
        comment=draft.comment if draft else None,
        day=timezone.localdate(now) if now < occasion.closes_at else None,
    )
    if form.is_bound and form.is_valid():
        sent = form.run(
            paper.enter,
            occasion=occasion,
            by=Actor.of_request(request),
            now=now,
            entered_by=request.user,
            **form.given(),
        )
        if sent is not None:
            messages.success(request, _("The answers were entered and scored."))
            return redirect("response", sent.response.pk)
    return _page(request, occasion, draft, form, now)


def _sent(request: HttpRequest, response: Response) -> HttpResponse:
    if response.partial and response.voided_at is None:
        messages.info(request, respond.stands(response))
    return redirect("response", response.pk)


def _page(
    request: HttpRequest,
    occasion: Occasion,
    draft: Response | None,
    form: EntryForm,
    now: datetime,
) -> HttpResponse:
    if draft is not None and request.method != "POST":
        audit.record(
            "response.read",
            by=Actor.of_request(request),
            now=now,
            client=occasion.client,
            about=draft,
        )
    context: dict[str, Any] = {
        "client": occasion.client,
        "occasion": occasion,
        "instrument": form.instrument,
        "begun": draft is not None and bool(draft.answers),
        "over": now >= occasion.closes_at,
        "about": _about(occasion, draft, now),
        "form": form,
        "crumbs": crumbs(occasion.client, _("Enter answers")),
    }
    status = 400 if form.errors else 200
    return render(request, "assessments/enter.html", context, status=status)


# --- Whom the answers are about -------------------------------------------------------------------


@dataclass(frozen=True)
class About:
    """Whom answers given from then on are about; nobody where ``reference`` is None."""

    since: datetime
    reference: ReferenceRelationship | None

    @property
    def think_of(self) -> str:
        return wording.think_of(self.reference)

    @property
    def whom(self) -> str:
        return wording.reference_words(self.reference) if self.reference else ""


def _about(occasion: Occasion, draft: Response | None, now: datetime) -> list[About]:
    """Whom the answers would be about, by the time at which they were given.

    Empty for a form about no relationship. What was begun stays with whom it was begun about.
    """
    if not queries.asks_about_a_relationship(occasion.assignment.instrument):
        return []
    rows = queries.references(occasion.client)
    if draft is not None:
        begun = next((row for row in rows if row.pk == draft.reference_id), None)
        return [About(draft.started_at, begun)]
    opens, last = occasion.opens_at, min(now, paper.last_moment(occasion))
    changes = {row.started_at for row in rows if opens < row.started_at <= last}
    return [
        About(since, next((row for row in reversed(rows) if row.started_at <= since), None))
        for since in [opens, *sorted(changes)]
    ]
