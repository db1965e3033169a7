"""The audit trail in words, for the pages that show it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.models import AuditEvent, User
from clinic.roles import Role

ACTIONS = {
    "client.add": gettext_lazy("added the client"),
    "client.list": gettext_lazy("saw the client in a list"),
    "client.read": gettext_lazy("opened the record"),
    "client.edit": gettext_lazy("changed contact details"),
    "client.close": gettext_lazy("closed the record"),
    "client.reopen": gettext_lazy("reopened the record"),
    "client.history": gettext_lazy("looked at this page"),
    "client.review": gettext_lazy("reviewed the record"),
    "care.start": gettext_lazy("put the client in somebody's care"),
    "care.end": gettext_lazy("ended somebody's care"),
    "appointment.add": gettext_lazy("entered an appointment"),
    "appointment.move": gettext_lazy("moved an appointment"),
    "appointment.call_off": gettext_lazy("called off an appointment"),
    "appointment.list": gettext_lazy("saw the appointments of a week"),
    "appointment.read_calendar": gettext_lazy("read appointments from a calendar"),
    "reference.set": gettext_lazy("named whom the answers are about"),
    "plan.create": gettext_lazy("made a plan of forms"),
    "plan.change": gettext_lazy("changed a plan of forms"),
    "plan.adapt": gettext_lazy("changed how often a form comes round, by the rule of its plan"),
    "plan.pause": gettext_lazy("paused a plan of forms"),
    "plan.resume": gettext_lazy("resumed a plan of forms"),
    "plan.end": gettext_lazy("ended a plan of forms"),
    "plan.client_pause": gettext_lazy("asked for a pause of the forms"),
    "plan.client_stop": gettext_lazy("asked for no more forms"),
    "plan.note": gettext_lazy("took note of what the client asked for"),
    "occasion.skip": gettext_lazy("skipped a form"),
    "assignment.create": gettext_lazy("assigned a form"),
    "assignment.end": gettext_lazy("ended an assignment"),
    "assignment.list": gettext_lazy("listed assignments"),
    "occasion.list": gettext_lazy("listed when forms are due"),
    "link.create": gettext_lazy("made a link to a form"),
    "link.open": gettext_lazy("opened a form by its link"),
    "link.hand_over": gettext_lazy("handed a device over for a form"),
    "link.wrong_person": gettext_lazy("gave a device back: the form was for somebody else"),
    "link.revoke": gettext_lazy("stopped a link to a form"),
    "response.start": gettext_lazy("began a form"),
    "response.submit": gettext_lazy("sent a form"),
    "response.keep_partial": gettext_lazy("kept what was answered of a form that ran out"),
    "response.import": gettext_lazy("imported answers from a file"),
    "response.void": gettext_lazy("took the answers of a form out of every figure"),
    "response.move": gettext_lazy("moved the answers of a form to the client they belong to"),
    "response.move_here": gettext_lazy("moved the answers of a form here from another record"),
    "response.redate": gettext_lazy("gave the answers of a form their right date"),
    "response.read": gettext_lazy("read the answers of a form"),
    "response.list": gettext_lazy("read a list of answers"),
    "score.list": gettext_lazy("read a list of scores"),
    "alert.raise": gettext_lazy("an answer raised an alert"),
    "alert.acknowledge": gettext_lazy("took an alert on"),
    "alert.resolve": gettext_lazy("closed an alert"),
    "event.create": gettext_lazy("noted an event"),
    "event.remove": gettext_lazy("removed an event"),
    "notice.write": gettext_lazy("wrote a message to the client"),
    "notice.send": gettext_lazy("a message was sent"),
    "notice.fail": gettext_lazy("a message could not be delivered"),
}


@dataclass(frozen=True)
class Line:
    """One event, ready to be shown."""

    at: datetime
    who: str
    role: str
    what: str
    read_only: bool


def lines(events: Iterable[AuditEvent]) -> list[Line]:
    """The events in words. Names are looked up once for all of them."""
    events = list(events)
    names = _names(events)
    return [
        Line(
            at=event.at,
            who=_who(event, names),
            role=_role(event.actor_role),
            what=_what(event),
            read_only=event.action.endswith((".read", ".list", ".history")),
        )
        for event in events
    ]


def _names(events: list[AuditEvent]) -> dict[Any, str]:
    actors = {
        event.actor_id
        for event in events
        if event.actor_id and event.actor_kind in ("user", "token")
    }
    return dict(User.objects.filter(pk__in=actors).values_list("pk", "name"))


def _who(event: AuditEvent, names: dict[Any, str]) -> str:
    name = names.get(event.actor_id, "")
    if event.actor_kind == "link":
        return _("Somebody with the personal link")
    if event.actor_kind == "token":
        return _("A program of %(name)s") % {"name": name} if name else _("A program")
    if event.actor_kind == "user":
        return name or _("Somebody who is no longer known")
    return _("The system")


def _what(event: AuditEvent) -> str:
    if event.action == "client.edit" and event.fields:
        return _("changed contact details: %(fields)s") % {"fields": _fields(event.fields)}
    return str(ACTIONS.get(event.action, event.action.replace(".", " ").replace("_", " ")))


def _fields(names: list[str]) -> str:
    words = {
        "name": _("name"),
        "number": _("client number"),
        "date_of_birth": _("date of birth"),
        "email": _("email address"),
        "phone": _("telephone"),
        "note": _("contact note"),
    }
    return ", ".join(words.get(name, name) for name in names)


def _role(code: str) -> str:
    return str(Role(code).label) if code in Role.values else ""
