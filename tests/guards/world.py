"""Two practices in which every text carries a word of its own, so that a leak can be found.

``build()`` makes three clients (nora and otto at Harbour, zoe at Elsewhere), each with every kind
of row, and everyone who might ask. A *canary* is a word that stands in one client's texts and
nowhere else; ``World.may_see`` says who may read which.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import time, timedelta
from typing import Any

from django.db import models
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from assessments.actions import alerts, batteries, importing, references, respond, review, sessions
from assessments.actions.plans import Settings
from assessments.importing import ColumnMapping, Row
from assessments.models import Response
from clinic.actions import people, tokens
from clinic.audit import Actor
from clinic.models import Client, Membership, Notice
from clinic.roles import Role
from tests import factories, factories_wording
from tests import factories_assessments as asked

STAFF = ("ada", "ben", "sue", "pat", "ash", "solo")
ABROAD = ("eve", "elsewhere_supervisor", "elsewhere_admin", "elsewhere_assistant")
# Signed in, and yet nobody: the membership ended, or the account was switched off.
GONE = ("left", "off")
PRINCIPALS = (*STAFF, *ABROAD, *GONE, "anonymous", "link_holder")


@dataclass
class World:
    members: dict[str, Membership] = field(default_factory=dict)
    clients: dict[str, Client] = field(default_factory=dict)
    rows: dict[str, dict[str, Any]] = field(default_factory=dict)
    link_token: str = ""
    browsers: dict[str, Browser] = field(default_factory=dict)

    def may_see(self, principal: str) -> set[str]:
        """The canaries that this principal may read."""
        allowed: set[str] = set()
        for client, readers in IDENTITY_READERS.items():
            if principal in readers:
                allowed.add(canary(client, "identity"))
        for client, readers in CLINICAL_READERS.items():
            if principal in readers:
                allowed |= {canary(client, "clinical"), canary(client, "reference")}
        # Whom the answers are about stands on the client's own form.
        if principal == "link_holder":
            allowed.add(canary("nora", "reference"))
        return allowed


IDENTITY_READERS = {
    "nora": {"ada", "sue", "pat", "ash", "solo"},
    "otto": {"ben", "pat", "ash", "solo"},
    "zoe": {"eve", "elsewhere_admin", "elsewhere_assistant"},
}
CLINICAL_READERS = {"nora": {"ada", "sue"}, "otto": {"ben"}, "zoe": {"eve"}}
KINDS = ("identity", "clinical", "reference")
CANARIES = [(client, kind) for client in IDENTITY_READERS for kind in KINDS]


def canary(client: str, kind: str) -> str:
    return f"zq{kind}{client}qz"


def build() -> World:
    world = World()
    harbour, elsewhere = factories.make_practice("Harbour"), factories.make_practice("Elsewhere")
    roles = {"sue": Role.SUPERVISOR, "pat": Role.PRACTICE_ADMIN, "ash": Role.ASSISTANT}
    for name in STAFF:
        world.members[name] = factories.make_member(
            harbour,
            f"Harbour {name}",
            roles.get(name, Role.CLINICIAN),
            also_practice_admin=name == "solo",
        )
    factories.make_supervision(world.members["sue"], world.members["ada"])
    abroad = (Role.CLINICIAN, Role.SUPERVISOR, Role.PRACTICE_ADMIN, Role.ASSISTANT)
    for name, role in zip(ABROAD, abroad, strict=True):
        world.members[name] = factories.make_member(elsewhere, f"Elsewhere {name}", role)
    for name in GONE:
        world.members[name] = factories.make_member(harbour, f"Harbour {name}")
    factories_wording.tea()
    for client, carer in (("nora", "ada"), ("otto", "ben"), ("zoe", "eve")):
        _add_client(world, client, world.members[carer])
    # Each of them had somebody in care, and still has the session of that time.
    factories.make_care(world.clients["nora"], world.members["left"])
    factories.make_care(world.clients["nora"], world.members["off"])
    _sign_everyone_in(world)
    _send_away(world)
    return world


def _add_client(world: World, name: str, carer: Membership) -> None:
    identity, clinical = canary(name, "identity"), canary(name, "clinical")
    by, now = Actor.of_user(carer.user), timezone.now()
    client = factories.make_client(
        carer.practice,
        f"{name} {identity}",
        carer=carer,
        email=f"{identity}@client.example",
        phone=f"+44 {identity}",
        note=identity,
    )
    answered = asked.open_occasion(client, asked.SAFETY, cadence="once", now=now)
    answers = {item.code: item.options[-1].value for item in _definition(answered).items}
    response = respond.submit(
        occasion=answered,
        answers=answers,
        comment=clinical,
        by=by,
        now=now,
        source=Response.Source.LINK,
    ).response
    alert = response.alerts.first()
    alerts.acknowledge(alert=alert, by=by, now=now)
    waiting = asked.open_occasion(client, now=now, cadence="weekly")
    references.set_reference(
        client=client, kind="partner", label=canary(name, "reference"), by=by, now=now
    )
    notice = Notice.objects.filter(client=client, about=waiting.pk).first()
    event = review.add_event(client=client, on=now.date(), text=f"moved {clinical}", by=by, now=now)
    review.review(client=client, decided=clinical, by=by, now=now)
    world.clients[name] = client
    world.rows[name] = {
        "client": client,
        "assignment": waiting.assignment,
        "occasion": waiting,
        "plan": _said(waiting.assignment.plan, clinical, now),
        "notice": notice,
        "response": response,
        "alert": alert,
        "event": event,
        "battery": _battery(carer, name, by, now),
        "import": _import(carer, name, now),
        "appointment": sessions.enter_sessions(
            client=client,
            clinician=carer,
            day=now.date() + timedelta(days=3),
            clock=time(10),
            minutes=50,
            weeks=1,
            by=by,
            now=now,
        )[0],
        "member": carer,
        "invitation": people.invite(
            practice=carer.practice,
            email=f"{name}@invited.example",
            role=Role.CLINICIAN,
            also_practice_admin=False,
            by=by,
            now=now,
        )[0],
        "token": tokens.create_token(
            membership=carer,
            name="program",
            scopes=["read", "write"],
            by=by,
            now=now,
            expires_at=now + timedelta(days=30),
        )[0],
    }


def _said(plan: Any, note: str, now: Any) -> Any:
    """The client's own word about the forms."""
    plan.client_said, plan.client_said_at, plan.client_note = "pause", now, note
    plan.save(update_fields=["client_said", "client_said_at", "client_note"])
    return plan


def _battery(carer: Membership, name: str, by: Actor, now: Any) -> Any:
    return batteries.make_battery(
        practice=carer.practice,
        name=f"The forms of {name}",
        forms=[batteries.BatteryForm(asked.instrument().instrument_id, "weekly")],
        settings=Settings(),
        by=by,
        now=now,
    )


def _import(carer: Membership, name: str, now: Any) -> Any:
    """A file with one anonymous row of its own."""
    rows = [Row(2, None, now, "", {}, {"who": name})]
    return importing.import_responses(
        practice=carer.practice,
        version=asked.instrument(asked.SAFETY),
        rows=rows,
        mapping=ColumnMapping(items={}),
        by=Actor.of_user(carer.user),
        now=now,
        file_name="answers.csv",
        digest="",
    ).imported


def _definition(occasion: Any) -> Any:
    return occasion.assignment.version.definition


def _sign_everyone_in(world: World) -> None:
    for name, member in world.members.items():
        world.browsers[name] = Browser(raise_request_exception=False)
        world.browsers[name].force_login(member.user)
    world.browsers["anonymous"] = Browser(raise_request_exception=False)
    holder = Browser(raise_request_exception=False)
    world.link_token = asked.new_link(world.rows["nora"]["occasion"], timezone.now())
    started = holder.post(reverse("form-landing", args=[world.link_token]))
    assert started.status_code == 303
    world.browsers["link_holder"] = holder


def _send_away(world: World) -> None:
    by, now = Actor.of_user(world.members["pat"].user), timezone.now()
    people.end_membership(membership=world.members["left"], by=by, now=now)
    user = world.members["off"].user
    user.is_active = False
    user.save(update_fields=["is_active"])


def missing(row: models.Model) -> Any:
    """An identifier that no row has."""
    return type(row)._meta.pk.get_default()
