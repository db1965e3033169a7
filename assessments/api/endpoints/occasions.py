"""Occasions: when a form is due, the link that opens it, and the answers sent to it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response as Answer

from assessments.actions import links, respond
from assessments.api import examples
from assessments.api.filters import OccasionFilter
from assessments.api.serializers import (
    LinkRequestSerializer,
    LinkSerializer,
    OccasionSerializer,
    ResponseSerializer,
    SubmissionSerializer,
)
from assessments.measurement.scoring import AnswerError
from assessments.models import Occasion, Response
from clinic import access, audit
from clinic.api.authentication import may_read
from clinic.api.base import ApiView, ListView
from clinic.roles import Permission

ROWS = Occasion.objects.select_related("client__practice", "assignment__version__instrument")
TAGS = ["Occasions"]


def with_response(rows: QuerySet[Occasion]) -> QuerySet[Occasion]:
    """Occasions with ``sent``: the identifier of the response that counts, or None."""
    sent = Response.objects.submitted().filter(occasion=OuterRef("pk"))
    return rows.annotate(sent=Subquery(sent.values("pk")[:1]))


class Occasions(ListView):
    """The windows in which forms are due."""

    policy = {"GET": Permission.SEE_CLINICAL}
    queryset = ROWS
    noun = "occasion"
    orderings = ("opens_at", "-opens_at", "closes_at", "-closes_at")
    filterset_class = OccasionFilter
    serializer_class = OccasionSerializer

    def visible(self) -> Any:
        return with_response(super().visible())

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "now": timezone.now()}

    @extend_schema(
        operation_id="occasions_list",
        summary="List occasions",
        description="The windows in which forms are due: `[opens_at, closes_at)`.",
        tags=TAGS,
        examples=[examples.occasion],
    )
    def get(self, request: Request) -> Answer:
        return self.answer_list()


class OneOccasion(ApiView):
    """One window in which a form is due; `response` is there once it was answered."""

    policy = {"GET": Permission.SEE_CLINICAL}
    queryset = ROWS
    serializer_class = OccasionSerializer

    @extend_schema(
        operation_id="occasions_read",
        summary="Read an occasion",
        tags=TAGS,
        examples=[examples.occasion],
    )
    def get(self, request: Request, pk: UUID) -> Answer:
        row = access.find(request.user, with_response(self.get_queryset()), pk, needs=self.needs)
        now = timezone.now()
        audit.record_reading("occasion", client=row.client, about=row, by=self.by, now=now)
        return Answer(OccasionSerializer(row, context={"now": now}).data)


class OccasionLink(ApiView):
    """A new link to a form."""

    policy = {"POST": Permission.ASSIGN}
    queryset = ROWS
    serializer_class = LinkRequestSerializer

    @extend_schema(
        operation_id="occasions_link",
        summary="Make a new link",
        description=(
            "Makes a personal link to a form that is open now. It is shown this once; an earlier "
            "link to the same form stops working. With `send_by_mail` it goes to the client as "
            "well, where an address is on record: `mailed` says whether it does."
        ),
        tags=TAGS,
        request=LinkRequestSerializer,
        responses={201: LinkSerializer},
        examples=[examples.link_request, examples.link],
    )
    def post(self, request: Request, pk: UUID) -> Answer:
        occasion = access.find(request.user, self.get_queryset(), pk, needs=self.needs)
        by_mail = self.sent().get("send_by_mail", False)
        notice, now = None, timezone.now()
        if by_mail:
            link, token, notice = links.send_link(occasion=occasion, by=self.by, now=now)
        else:
            link, token = links.issue_link(occasion=occasion, by=self.by, now=now)
        made = {
            "link": links.address_of(token),
            "expires_at": link.expires_at,
            "mailed": notice is not None,
        }
        return Answer(LinkSerializer(made).data, status=201)


class Submit(ApiView):
    """Answers to a form."""

    policy = {"POST": Permission.ENTER_ANSWERS}
    queryset = ROWS
    serializer_class = SubmissionSerializer

    @extend_schema(
        operation_id="occasions_submit",
        summary="Submit answers",
        description=(
            "Sends the form: scores it, keeps the standing current and raises alerts, all or "
            "nothing. Sending the same answers again is safe: it answers 200 with the same body "
            "and writes nothing. Other answers to a form that was sent are refused with 409; the "
            "first answers stand. An item that is left out is not answered; null says that the "
            "question does not apply, where the item allows it. What the client has saved by "
            "link beforehand stays, under what is sent here. " + examples.WRITE_ONLY
        ),
        tags=TAGS,
        request=SubmissionSerializer,
        responses={
            201: ResponseSerializer,
            200: ResponseSerializer,
            204: OpenApiResponse(description="Sent; the token has no scope `read`."),
        },
        examples=[examples.submission, examples.response],
    )
    def post(self, request: Request, pk: UUID) -> Answer:
        occasion = access.find(request.user, self.get_queryset(), pk, needs=self.needs)
        sent = self.sent()
        try:
            done = respond.submit(
                occasion=occasion,
                answers=sent["answers"],
                comment=sent.get("comment"),
                by=self.by,
                now=timezone.now(),
                source=Response.Source.API,
                entered_by=request.user,  # type: ignore[arg-type]
            )
        except AnswerError as error:
            raise beside_its_item(error, sent["answers"]) from None
        if not may_read(request):
            return Answer(status=204)  # what the client had saved beforehand is not for it
        response = done.response
        response.version = occasion.assignment.version  # the same, with its instrument
        return Answer(ResponseSerializer(response).data, status=201 if done.created else 200)


def beside_its_item(error: AnswerError, answers: dict[str, Any]) -> ValidationError:
    """The refusal of an answer, named by the code as it was sent."""
    sentence = str(error).removeprefix(f"item {error.item}: ").capitalize()
    # A code that is no item's may be anything, so the error holds it quoted and shortened.
    sent = (code for code in answers if error.item in (code, ascii(code)[:42]))
    return ValidationError({f"answers.{next(sent, error.item)}": [sentence]})
