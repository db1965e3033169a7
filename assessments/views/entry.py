"""Entering answers by staff: from paper, or with the client in the room."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from assessments.actions import links, respond
from assessments.forms.asking import EntryForm
from assessments.models import Occasion, Response
from assessments.views.assign import crumbs
from assessments.views.links import find_occasion
from clinic import audit
from clinic.actions import Refused
from clinic.audit import Actor
from clinic.roles import Permission


@require_http_methods(["GET", "HEAD", "POST"])
def occasion_enter(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The whole form on one page. What the client began by link is filled in already."""
    occasion = find_occasion(request, pk, Permission.ENTER_ANSWERS)
    draft = respond.draft_of(occasion)
    if draft is not None and draft.submitted_at is not None and request.method != "POST":
        return redirect("response", draft.pk)
    try:
        links.require_fillable(occasion, timezone.now(), sent=False)
    except Refused as refusal:
        messages.warning(request, refusal.sentence)
        return redirect("client-forms", occasion.client_id)
    form = EntryForm(
        request.POST if request.method == "POST" else None,
        instrument=occasion.assignment.instrument,
        answers=draft.answers if draft else {},
        comment=draft.comment if draft else None,
    )
    if form.is_bound and form.is_valid():
        sent = form.run(
            respond.submit,
            occasion=occasion,
            answers=form.answers(),
            comment=form.cleaned_data["comment"],
            by=Actor.of_request(request),
            now=timezone.now(),
            source=Response.Source.STAFF,
            entered_by=request.user,
        )
        if sent is not None:
            messages.success(request, _("The answers were entered and scored."))
            return redirect("response", sent.response.pk)
    return _page(request, occasion, draft, form)


def _page(
    request: HttpRequest, occasion: Occasion, draft: Response | None, form: EntryForm
) -> HttpResponse:
    if draft is not None and request.method != "POST":
        audit.record(
            "response.read",
            by=Actor.of_request(request),
            now=timezone.now(),
            client=occasion.client,
            about=draft,
        )
    context: dict[str, Any] = {
        "client": occasion.client,
        "occasion": occasion,
        "instrument": form.instrument,
        "begun": draft is not None and bool(draft.answers),
        "form": form,
        "crumbs": crumbs(occasion.client, _("Enter answers")),
    }
    status = 400 if form.errors else 200
    return render(request, "assessments/enter.html", context, status=status)
