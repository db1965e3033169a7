"""Assignments: giving a form to a client, and ending that."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from assessments import queries
from assessments.actions import assign, links, plans
from assessments.api import examples
from assessments.api.filters import AssignmentFilter
from assessments.api.serializers import (
    AssignedSerializer,
    AssignmentSerializer,
    NewAssignmentSerializer,
)
from assessments.models import Assignment, InstrumentVersion, SendBy
from clinic import access, audit
from clinic.api.authentication import may_read
from clinic.api.base import ApiView, ListView
from clinic.api.fields import NothingSerializer
from clinic.models import Client
from clinic.roles import Permission

ROWS = Assignment.objects.select_related("client__practice", "version__instrument", "plan")
TAGS = ["Assignments"]


class Assignments(ListView):
    """Forms that clients are given, with how often and from when."""

    policy = {"GET": Permission.SEE_CLINICAL, "POST": Permission.ASSIGN}
    queryset = ROWS
    noun = "assignment"
    orderings = ("-created_at", "created_at", "first_on", "-first_on")
    filterset_class = AssignmentFilter
    serializer_class = AssignmentSerializer

    def parameters(self) -> Any:
        return super().parameters() if self.request.method != "POST" else ()

    @extend_schema(
        operation_id="assignments_list",
        summary="List assignments",
        tags=TAGS,
        examples=[examples.assignment],
    )
    def get(self, request: Request) -> Response:
        return self.answer_list()

    @extend_schema(
        operation_id="assignments_add",
        summary="Assign a form",
        description=(
            "Gives the newest version of an instrument to a client. Without `cadence` it comes "
            "as is usual for the instrument, without `first_on` it begins today. Where the first "
            "form is open now, `link` opens it: keep it, since it is shown this once. The same "
            "form for the same time is refused with 409, and so is a form whose wording the "
            "practice has not loaded or whose licence it does not meet; the message says what to "
            "do. `plan` says how it goes out: by mail, text message (`sms`) or by hand, when, for "
            "how long, and with which reminders."
        ),
        tags=TAGS,
        request=NewAssignmentSerializer,
        responses={201: AssignedSerializer},
        examples=[examples.new_assignment, examples.assigned],
    )
    def post(self, request: Request) -> Response:
        serializer = NewAssignmentSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        sent = serializer.validated_data
        client = access.find_client(request.user, sent["client"], needs=self.needs)
        version = newest_version(client, sent["instrument"])
        now = timezone.now()
        part = plans.Part(
            version,
            sent.get("cadence", version.definition.default_cadence),
            sent.get("first_on", now.astimezone(client.practice.zone).date()),
            sent.get("ends_on"),
            sent.get("times"),
        )
        by_mail = sent.get("send_by_mail", True)
        settings = {"send_by": SendBy.MAIL if by_mail else SendBy.HAND, **sent.get("plan", {})}
        [assigned] = plans.make_plan(
            client=client, parts=[part], settings=plans.Settings(**settings), by=self.by, now=now
        ).assigned
        return Response(_assigned(assigned), status=201)


def newest_version(client: Client, code: str) -> InstrumentVersion:
    version = queries.newest_version(client.practice_id, code)
    if version is None:
        raise ValidationError({"instrument": [_("There is no instrument of this code.")]})
    return version


def _assigned(assigned: assign.Assigned) -> dict[str, Any]:
    row: Any = assigned.assignment
    row.first_occasion = assigned.first.pk if assigned.first else None
    row.link = links.address_of(assigned.token) if assigned.token else None
    row.mailed = assigned.mailed
    return dict(AssignedSerializer(row).data)


class OneAssignment(ApiView):
    """One form a client is given."""

    policy = {"GET": Permission.SEE_CLINICAL}
    queryset = ROWS
    serializer_class = AssignmentSerializer

    @extend_schema(
        operation_id="assignments_read",
        summary="Read an assignment",
        tags=TAGS,
        examples=[examples.assignment],
    )
    def get(self, request: Request, pk: UUID) -> Response:
        row = access.find(request.user, self.get_queryset(), pk, needs=self.needs)
        audit.record_reading(
            "assignment", client=row.client, about=row, by=self.by, now=timezone.now()
        )
        return Response(self.get_serializer(row).data)


class EndAssignment(ApiView):
    """Ending an assignment."""

    policy = {"POST": Permission.ASSIGN}
    queryset = ROWS
    serializer_class = NothingSerializer

    @extend_schema(
        operation_id="assignments_end",
        summary="End an assignment",
        description=(
            "What is open or to come and not answered is taken back; what was answered stays. "
            "Ending it again changes nothing. " + examples.WRITE_ONLY
        ),
        tags=TAGS,
        request=None,
        responses={
            200: AssignmentSerializer,
            204: OpenApiResponse(description="Ended; the token has no scope `read`."),
        },
        examples=[examples.ended_assignment],
    )
    def post(self, request: Request, pk: UUID) -> Response:
        row = access.find(request.user, self.get_queryset(), pk, needs=self.needs)
        self.sent()
        ended = assign.end_assignment(assignment=row, by=self.by, now=timezone.now())
        if not may_read(request):
            return Response(status=204)
        ended.version = row.version  # read already, with its instrument
        return Response(AssignmentSerializer(ended).data)
