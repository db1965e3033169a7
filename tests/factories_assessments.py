"""Plain functions that make what the tests of asking and answering need, through the actions."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from assessments.actions import assign, links, plans, respond
from assessments.actions.instruments import publish
from assessments.management.commands.load_instruments import SHIPPED
from assessments.models import Assignment, InstrumentVersion, Occasion, Response, SendBy
from clinic.audit import Actor
from clinic.models import Client
from tests.factories import NOW

WEEKLY = "causeway-weekly"
LONG = "causeway-long"
SAFETY = "safety-check"


def instrument(code: str = WEEKLY) -> InstrumentVersion:
    """The shipped instrument of that code, published."""
    text = (SHIPPED / f"{code}-1.toml").read_text(encoding="utf-8")
    version, _new = publish(text=text, by=Actor.system("console"), now=NOW)
    return version


def give(
    client: Client,
    code: str = WEEKLY,
    *,
    cadence: str = "weekly",
    now: datetime = NOW,
    first_on: date | None = None,
    **options: Any,
) -> assign.Assigned:
    """Assign an instrument to a client, from today on where no day is named."""
    today = now.astimezone(client.practice.zone).date()
    return give_version(
        client=client,
        version=instrument(code),
        cadence=cadence,
        first_on=first_on or today,
        by=Actor.system(practice=client.practice),
        now=now,
        **options,
    )


def give_version(
    *,
    client: Client,
    version: InstrumentVersion,
    cadence: str,
    first_on: date,
    by: Actor,
    now: datetime,
    send_by: str = SendBy.MAIL,
    **options: Any,
) -> assign.Assigned:
    """One version of an instrument as a plan of its own."""
    made = plans.make_plan(
        client=client,
        parts=[plans.Part(version, cadence, first_on, **options)],
        settings=plans.Settings(send_by=send_by),
        by=by,
        now=now,
    )
    return made.assigned[0]


def open_occasion(client: Client, code: str = WEEKLY, **options: Any) -> Occasion:
    """An occasion that can be filled in now."""
    return give(client, code, **options).first


def new_link(occasion: Occasion, now: datetime = NOW) -> str:
    """The token of a new link of an occasion."""
    by = Actor.system(practice=occasion.client.practice)
    _link, token = links.issue_link(occasion=occasion, by=by, now=now)
    return token


def answers_to(version: InstrumentVersion, value: int = 2) -> dict[str, int | None]:
    """The same answer to every question."""
    return {item.code: value for item in version.definition.items}


def send(occasion: Occasion, value: int = 2, now: datetime | None = None) -> Response:
    """Fill in an occasion with the same answer throughout, and send it."""
    return respond.submit(
        occasion=occasion,
        answers=answers_to(occasion.assignment.version, value),
        by=Actor.system(practice=occasion.client.practice),
        now=now or NOW + timedelta(hours=1),
        source=Response.Source.LINK,
    ).response


def events_of(assignment: Assignment) -> list[str]:
    """What the audit trail says about the client of an assignment, in order."""
    from clinic.models import AuditEvent

    found = AuditEvent.objects.filter(client_id=assignment.client_id).order_by("id")
    return list(found.values_list("action", flat=True))
