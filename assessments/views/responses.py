"""The answers of one sent form, in words, with its scores."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.views.decorators.http import require_safe

from assessments import wording
from assessments.actions import respond
from assessments.forms.asking import lines_of
from assessments.measurement import scoring
from assessments.measurement.definition import Scale
from assessments.models import Response, Score
from assessments.queries import corrections
from assessments.views.assign import crumbs
from clinic import access
from clinic.audit import Actor
from clinic.roles import Permission


@dataclass(frozen=True)
class ScaleLine:
    """One scale of one form: its definition and what was scored."""

    scale: Scale
    score: Score

    @property
    def margin(self) -> float | None:
        """What the error of measurement leaves open on either side, at 95 %."""
        return None if self.score.sem is None else 1.96 * self.score.sem


@require_safe
def response(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One response. Opening it marks it as seen, for whoever cares for the client."""
    row = access.find(
        request.user,
        Response.objects.select_related(
            "client__practice",
            "version__instrument",
            "occasion__assignment__wording",
            "entered_by",
            "reference",
        ),
        pk,
        needs=Permission.SEE_CLINICAL,
    )
    if row.submitted_at is None:
        raise Http404  # a draft is the client's own until it is sent
    respond.read_response(
        response=row,
        by=Actor.of_request(request),
        now=timezone.now(),
        counts_as_seen=access.may(request.user, Permission.REVIEW, row.client),
    )
    definition = row.instrument
    if row.reference is not None:
        row.reference.client = row.client  # whose data key is unwrapped once
    out, here = corrections.traces(request.user, row)
    enters = access.may(request.user, Permission.ENTER_ANSWERS, row.client)
    scores = {score.scale: score for score in row.scores.all()}
    context = {
        "client": row.client,
        "response": row,
        "definition": definition,
        "scales": [
            ScaleLine(scale, scores[scale.code])
            for scale in definition.scales
            if scale.code in scores
        ],
        # From paper, some time after it was filled in.
        "late": row.source == Response.Source.STAFF and row.received_at != row.submitted_at,
        "whom": wording.reference_words(row.reference) if row.reference else "",
        "out": out,
        "here": here,
        "may_correct": enters and out is None,
        "marks": wording.mark_sentences(row.marks, definition),
        "lines": lines_of(definition, row.answers, row.item_comments),
        "risks": [] if row.voided_at else scoring.risks(definition, row.answers),
        "risk_items": {rule.item for rule in scoring.risks(definition, row.answers)},
        "crumbs": crumbs(row.client, date_format(timezone.localtime(row.submitted_at), "j F Y")),
    }
    return render(request, "assessments/response.html", context)
