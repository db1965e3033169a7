"""Responses and scores: what was answered, and what it gives."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response as Answer

from assessments.actions import respond
from assessments.api import examples
from assessments.api.filters import ResponseFilter, ScoreFilter
from assessments.api.serializers import ResponseSerializer, ScoreSerializer
from assessments.models import Response, Score
from clinic import access
from clinic.api.base import ApiView, ListView
from clinic.roles import Permission

# A draft is the client's own until it is sent.
SUBMITTED = Response.objects.filter(submitted_at__isnull=False).select_related(
    "client__practice", "version__instrument", "reference"
)
COUNTED = SUBMITTED.filter(voided_at=None)
SCORES = Score.objects.select_related("client", "response__version__instrument").defer(
    "response__answers", "response__comment"
)


class Responses(ListView):
    """Submitted forms with their answers."""

    policy = {"GET": Permission.SEE_CLINICAL}
    queryset = COUNTED
    noun = "response"
    orderings = ("submitted_at", "-submitted_at")
    filterset_class = ResponseFilter
    serializer_class = ResponseSerializer

    @extend_schema(
        operation_id="responses_list",
        summary="List responses",
        description=(
            "Submitted forms with their answers. What is being filled in is not shown, nor what "
            "a correction has taken out."
        ),
        tags=["Responses and scores"],
        examples=[examples.response],
    )
    def get(self, request: Request) -> Answer:
        return self.answer_list()


class OneResponse(ApiView):
    """One submitted form with its answers."""

    policy = {"GET": Permission.SEE_CLINICAL}
    queryset = SUBMITTED.select_related("correction")
    serializer_class = ResponseSerializer

    @extend_schema(
        operation_id="responses_read",
        summary="Read a response",
        description=(
            "Reading it here does not count as having looked at it. A response that a correction "
            "has taken out is still there to be read, and in no list: `voided_at` says since "
            "when, `replaced_by` which response stands in its place, where there is one that you "
            "may see. Leave it out of whatever you work out."
        ),
        tags=["Responses and scores"],
        examples=[examples.response],
    )
    def get(self, request: Request, pk: UUID) -> Answer:
        row = access.find(request.user, self.get_queryset(), pk, needs=self.needs)
        # A program that fetches answers is not a therapist who has seen them.
        respond.read_response(response=row, by=self.by, now=timezone.now(), counts_as_seen=False)
        context = {"replaced_by": self._replaced_by(row)}
        return Answer(ResponseSerializer(row, context=context).data)

    def _replaced_by(self, row: Response) -> str | None:
        correction = getattr(row, "correction", None)
        if correction is None:
            return None
        seen = Response.objects.visible_to(self.request.user)
        replacement = seen.filter(pk=correction.replacement_id).first()
        return str(replacement.pk) if replacement else None


class Scores(ListView):
    """The scores of submitted forms."""

    policy = {"GET": Permission.SEE_CLINICAL}
    queryset = SCORES
    noun = "score"
    orderings = ("at", "-at")
    filterset_class = ScoreFilter
    serializer_class = ScoreSerializer

    @extend_schema(
        operation_id="scores_list",
        summary="List scores",
        description=(
            "One row for each scale of each response: its value with its error, or the reason "
            "why there is none."
        ),
        tags=["Responses and scores"],
        examples=[examples.score],
    )
    def get(self, request: Request) -> Answer:
        return self.answer_list()
