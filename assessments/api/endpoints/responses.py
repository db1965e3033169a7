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
SCORES = Score.objects.select_related("client", "response__version__instrument").defer(
    "response__answers", "response__comment"
)


class Responses(ListView):
    """Submitted forms with their answers."""

    policy = {"GET": Permission.SEE_CLINICAL}
    queryset = SUBMITTED
    noun = "response"
    orderings = ("submitted_at", "-submitted_at")
    filterset_class = ResponseFilter
    serializer_class = ResponseSerializer

    @extend_schema(
        operation_id="responses_list",
        summary="List responses",
        description="Submitted forms with their answers. What is being filled in is not shown.",
        tags=["Responses and scores"],
        examples=[examples.response],
    )
    def get(self, request: Request) -> Answer:
        return self.answer_list()


class OneResponse(ApiView):
    """One submitted form with its answers."""

    policy = {"GET": Permission.SEE_CLINICAL}
    queryset = SUBMITTED
    serializer_class = ResponseSerializer

    @extend_schema(
        operation_id="responses_read",
        summary="Read a response",
        description="Reading it here does not count as having looked at it.",
        tags=["Responses and scores"],
        examples=[examples.response],
    )
    def get(self, request: Request, pk: UUID) -> Answer:
        row = access.find(request.user, self.get_queryset(), pk, needs=self.needs)
        # A program that fetches answers is not a therapist who has seen them.
        respond.read_response(response=row, by=self.by, now=timezone.now(), counts_as_seen=False)
        return Answer(self.get_serializer(row).data)


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
