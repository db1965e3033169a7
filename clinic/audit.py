"""Writing the audit trail.

An event is written in the transaction of what it records: if it cannot be written, the change does
not happen. Reads of a client's record are events too.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models
from django.http import HttpRequest

from clinic.models import AuditEvent, Practice, User, reach


@dataclass(frozen=True)
class Actor:
    """Who acts, and from where. Every action takes one as ``by``."""

    kind: str  # user, token, link, system, console
    id: uuid.UUID | None = None
    role: str = ""
    practice_id: uuid.UUID | None = None
    user: User | None = None
    route: str = ""
    address: str | None = None
    request_id: uuid.UUID | None = None
    token_id: uuid.UUID | None = None  # the API token that a program used

    @classmethod
    def of_user(cls, user: Any, kind: str = "user") -> Actor:
        membership = reach.membership_of(user)
        return cls(
            kind=kind,
            id=user.pk,
            user=user,
            role=membership.role if membership else "",
            practice_id=membership.practice_id if membership else None,
        )

    @classmethod
    def of_request(cls, request: HttpRequest, kind: str = "user") -> Actor:
        """The signed-in user of a request, with route and address."""
        base = cls.of_user(request.user, kind)
        return cls(**{**base.__dict__, **place_of(request)})

    @classmethod
    def of_link(cls, request: HttpRequest | None, link: Any, practice: Practice) -> Actor:
        """Whoever holds a personal link: its identifier stands for them."""
        place = place_of(request) if request else {}
        return cls(kind="link", id=link.pk, practice_id=practice.pk, **place)

    @classmethod
    def system(cls, name: str = "system", practice: Practice | None = None) -> Actor:
        """A sweep, or the console."""
        return cls(kind=name, practice_id=practice.pk if practice else None)


def place_of(request: HttpRequest) -> dict[str, Any]:
    match = request.resolver_match
    return {
        "route": (match.view_name if match else "") or "",
        "address": request.META.get("REMOTE_ADDR") or None,
        "request_id": getattr(request, "id", None),
    }


def record(
    action: str,
    *,
    by: Actor,
    now: datetime,
    client: Any = None,
    about: models.Model | None = None,
    practice_id: uuid.UUID | None = None,
    fields: Iterable[str] = (),
    details: dict[str, Any] | None = None,
    outcome: str = "done",
) -> AuditEvent:
    """Add one event. Call it inside the transaction of the change it records; see ``event``."""
    written = event(
        action,
        by=by,
        now=now,
        client=client,
        about=about,
        practice_id=practice_id,
        fields=fields,
        details=details,
        outcome=outcome,
    )
    written.save(force_insert=True)
    return written


def record_reading(
    part: str, *, client: Any, by: Actor, now: datetime, about: models.Model | None = None
) -> AuditEvent:
    """Add that somebody read a part of a client's record; ``about`` is the row, where it is one."""
    return record(
        "client.read", by=by, now=now, client=client, about=about or client, details={"part": part}
    )


def event(
    action: str,
    *,
    by: Actor,
    now: datetime,
    client: Any = None,
    about: models.Model | None = None,
    practice_id: uuid.UUID | None = None,
    fields: Iterable[str] = (),
    details: dict[str, Any] | None = None,
    outcome: str = "done",
) -> AuditEvent:
    """An event that is not written yet, for sweeps that write many at once.

    ``client`` is the client the event is about (or their identifier), ``about`` the row touched.
    ``fields`` are names of changed fields; ``details`` hold identifiers and counts, never values.
    """
    noted = dict(details or {})
    if by.token_id is not None:
        noted["token"] = str(by.token_id)
    practice = practice_id or getattr(client, "practice_id", None) or by.practice_id
    return AuditEvent(
        at=now,
        practice_id=practice,
        actor_kind=by.kind,
        actor_id=by.id,
        actor_role=by.role,
        action=action,
        outcome=outcome,
        client_id=getattr(client, "pk", client),
        object_type=(about._meta.model_name or "") if about is not None else "",
        object_id=about.pk if about is not None else None,
        fields=sorted(fields),
        details=noted,
        route=by.route,
        address=by.address,
        request_id=by.request_id,
    )
