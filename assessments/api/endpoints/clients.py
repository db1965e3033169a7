"""Clients: who they are, where they stand, how they move."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from assessments.actions.clients import add_client
from assessments.api import examples
from assessments.api.filters import ClientFilter
from assessments.api.movement import movement_of
from assessments.api.movement_fields import MovementSerializer
from assessments.api.serializers import (
    ClientSerializer,
    EditClientSerializer,
    NewClientSerializer,
)
from clinic import access, audit
from clinic.actions import Refused, care
from clinic.api.authentication import may_read
from clinic.api.base import ApiView, ListView
from clinic.models import CareRelationship, Client, Membership
from clinic.roles import Permission
from clinic.search import fold

ROWS = Client.objects.select_related("practice", "standing")
TAGS = ["Clients"]


class SameName(Refused):
    """A client of that name is there already."""


def represent(request: Request, clients: Any) -> list[dict[str, Any]]:
    """Clients as the API shows them to this user: two queries, however many they are."""
    user: Any = request.user
    carers: dict[UUID, list[CareRelationship]] = {}
    open_care = CareRelationship.objects.filter(client__in=clients, ended_at=None)
    for relationship in open_care.select_related("clinician__user").order_by("started_at", "pk"):
        carers.setdefault(relationship.client_id, []).append(relationship)
    clinical = Client.objects.in_clinical_reach_of(user).filter(
        pk__in=[client.pk for client in clients]
    )
    context = {
        "carers": carers,
        "clinical": set(clinical.values_list("pk", flat=True)),
        "zone": user.membership.practice.zone,
    }
    return list(ClientSerializer(clients, many=True, context=context).data)


class Clients(ListView):
    """The clients whose identity you may see, and new ones."""

    policy = {"GET": Permission.SEE_IDENTITY, "POST": Permission.ADD_CLIENT}
    queryset = ROWS
    noun = "client"
    orderings = ("created_at", "-created_at")
    filterset_class = ClientFilter
    serializer_class = NewClientSerializer

    def visible(self) -> Any:
        rows: Any = self.get_queryset()
        return rows.visible_to(self.request.user).filter(data_key__isnull=False)

    def parameters(self) -> Any:
        return super().parameters() if self.request.method != "POST" else ()

    def get_serializer(self, *args: Any, **kwargs: Any) -> Any:
        return self.serializer_class(*args, **kwargs)

    @extend_schema(
        operation_id="clients_list",
        summary="List clients",
        description=(
            "Every client whose identity you may see. `standing` is null where you may not see "
            "what a client answered."
        ),
        tags=TAGS,
        responses=ClientSerializer(many=True),
        examples=[examples.client],
    )
    def get(self, request: Request) -> Response:
        page = self.page()
        return self.get_paginated_response(represent(request, page))

    @extend_schema(
        operation_id="clients_add",
        summary="Add a client",
        description=(
            "Whoever has clients of their own becomes the carer; who runs the practice names one "
            "by `clinician`. A client of the same name is refused with 409 unless "
            "`another_person` is true, so that a request sent twice adds one client."
        ),
        tags=TAGS,
        request=NewClientSerializer,
        responses={201: ClientSerializer},
        examples=[examples.new_client, examples.client],
    )
    def post(self, request: Request) -> Response:
        details = self.sent()
        me: Membership = request.user.membership  # type: ignore[union-attr, assignment]
        clinician = carer_for(request.user, me, details.pop("clinician", None))
        if not details.pop("another_person", False):
            self._refuse_same_name(details["name"])
        client = add_client(
            practice=me.practice, clinician=clinician, by=self.by, now=timezone.now(), **details
        )
        return Response(represent(request, [client])[0], status=201)

    def _refuse_same_name(self, name: str) -> None:
        wanted = fold(name)
        if any(fold(client.name) == wanted for client in self.visible()):
            raise SameName(
                _(
                    "A client of this name is there already. Send another_person: true if this "
                    "is another person."
                ),
                "name",
            )


def carer_for(user: Any, me: Membership, chosen: UUID | None) -> Membership | None:
    """Who cares for a new client: oneself, or the colleague chosen by who runs the practice."""
    manages = access.may_in_practice(user, Permission.MANAGE_TEAM)
    if chosen is None:
        if care.can_care(me):
            return me
        if care.carers_of(me.practice).exists():
            raise ValidationError({"clinician": [_("Name the colleague who cares for them.")]})
        return None
    if not manages and care.can_care(me):
        raise ValidationError({"clinician": [_("You become the carer of clients you add.")]})
    found = care.carers_of(me.practice).filter(pk=chosen).first()
    if found is None:
        raise ValidationError({"clinician": [_("No colleague of this identifier has clients.")]})
    return found


class OneClient(ApiView):
    """Who a client is, who cares for them, and where they stand if you may see that."""

    policy = {"GET": Permission.SEE_IDENTITY, "PATCH": Permission.EDIT_IDENTITY}
    queryset = ROWS
    serializer_class = EditClientSerializer

    def find(self, pk: UUID) -> Client:
        return access.find(self.request.user, self.get_queryset(), pk, needs=self.needs, client="")

    @extend_schema(
        operation_id="clients_read",
        summary="Read a client",
        tags=TAGS,
        responses=ClientSerializer,
        examples=[examples.client],
    )
    def get(self, request: Request, pk: UUID) -> Response:
        client = self.find(pk)
        audit.record_reading("identity", client=client, by=self.by, now=timezone.now())
        return Response(represent(request, [client])[0])

    @extend_schema(
        operation_id="clients_edit",
        summary="Change a client’s details",
        description="Only what is sent changes; null empties a field. " + examples.WRITE_ONLY,
        tags=TAGS,
        request=EditClientSerializer,
        responses={
            200: ClientSerializer,
            204: OpenApiResponse(description="Changed; the token has no scope `read`."),
        },
        examples=[examples.edit_client, examples.client],
    )
    def patch(self, request: Request, pk: UUID) -> Response:
        client = self.find(pk)
        seen_version = care.identity_version(client)
        serializer = self.get_serializer(data=request.data, partial=True)
        serializer.is_valid(raise_exception=True)
        if not serializer.validated_data:
            raise ValidationError({"": [_("Send at least one field.")]})
        present = {name: getattr(client, name) for name in care.IDENTITY}
        care.edit_client(
            client=client,
            seen_version=seen_version,
            by=self.by,
            now=timezone.now(),
            **{**present, **serializer.validated_data},
        )
        if not may_read(request):
            return Response(status=204)
        return Response(represent(request, [self.find(pk)])[0])


class ClientMovement(ApiView):
    """How a client moves."""

    policy = {"GET": Permission.SEE_CLINICAL}
    queryset = ROWS
    serializer_class = MovementSerializer

    @extend_schema(
        operation_id="clients_movement",
        summary="Read a client’s movement",
        description=(
            "The path of the present episode: scores with their errors, smoothed estimates, the "
            "point on the plane, the probability of each stage, the verdict and what it rests "
            "on. All figures are POMP points (0 to 100) unless they are named otherwise. "
            "`not_yet_reliable` means that a change does not exceed its error, never that there "
            "is none."
        ),
        tags=TAGS,
        responses=MovementSerializer,
        examples=[examples.movement],
    )
    def get(self, request: Request, pk: UUID) -> Response:
        client = access.find(request.user, self.get_queryset(), pk, needs=self.needs, client="")
        now = timezone.now()
        audit.record_reading("movement", client=client, by=self.by, now=now)
        client.unwrapped_key()  # of a client whose data was erased nothing is shown
        with timezone.override(client.practice.zone):
            found = movement_of(client, now)
        return Response(self.get_serializer(found).data)
