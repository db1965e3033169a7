"""Making a plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from assessments.actions import assign, occasions, standing
from assessments.actions.assign import Assigned
from assessments.actions.plans.settings import Part, Settings, require_sensible
from assessments.measurement import schedule
from assessments.models import Battery, Occasion, Plan
from clinic.actions import Refused
from clinic.audit import Actor
from clinic.models import Client

# Days from one form to the next.
FROM_THE_DAY_CHOSEN = 28


@dataclass(frozen=True)
class Made:
    """A new plan and what became of each of its parts."""

    plan: Plan
    assigned: list[Assigned] = field(default_factory=list)


@transaction.atomic
def make_plan(
    *,
    client: Client,
    parts: Sequence[Part],
    settings: Settings,
    by: Actor,
    now: datetime,
    battery: Battery | None = None,
) -> Made:
    """Give a client several forms together. What is due today opens at once, in one message."""
    if not parts:
        raise Refused(_("Choose at least one form."), "parts")
    require_sensible(settings)
    client = assign.locked_client(client.pk)
    plan = Plan(
        client=client,
        battery=battery,
        created_at=now,
        created_by=by.user,
        **settings.values(),
    )
    rows = [
        assign.new_assignment(
            client=client,
            version=part.version,
            cadence=part.cadence,
            first_on=first_date(part, settings),
            ends_on=part.ends_on,
            times=part.times,
            plan=plan,
            by=by,
            now=now,
        )
        for part in parts
    ]
    # All are written before any opens: the weekly form gives way to the long one.
    firsts = [next(iter(occasions.extend_occasions(assignment=row, now=now)), None) for row in rows]
    opened = _open_together([first for first in firsts if first is not None], by, now)
    standing.refresh(client=client, now=now)
    return Made(
        plan,
        [
            Assigned(row, first, *opened.get(first.pk if first else None, (None, False)))
            for row, first in zip(rows, firsts, strict=True)
        ],
    )


def _open_together(
    firsts: list[Occasion], by: Actor, now: datetime
) -> dict[Any, tuple[str | None, bool]]:
    """Open what is due already; the first one's message announces the others."""
    due = list(
        Occasion.objects.filter(
            pk__in=[first.pk for first in firsts], cancelled_at=None, opens_at__lte=now
        )
        .select_related("client__practice", "assignment__plan")
        .order_by("opens_at", "-assignment__version", "pk")
    )
    if not due:
        return {}
    lead, *others = due
    opened: dict[Any, tuple[str | None, bool]] = {
        lead.pk: occasions.open_occasion(occasion=lead, by=by, now=now, always_link=True)
    }
    own = {first.pk: first for first in firsts}
    for row in due:
        own[row.pk].opened_at = now
    for other in others:
        Occasion.objects.filter(pk=other.pk, opened_at=None).update(
            opened_at=now, told_with=lead, remind_at=occasions.first_reminder(other, now)
        )
        opened[other.pk] = (None, opened[lead.pk][1])
    return opened


def first_date(part: Part, settings: Settings) -> date:
    """The first date, moved on to the plan's day of the week for what comes round often.

    What comes round every four weeks or less begins on the day that was chosen: a long form for
    today does not wait for Monday. Its later dates fall on the day of the week.
    """
    days = schedule.Cadence(part.cadence).days
    if days is None or days >= FROM_THE_DAY_CHOSEN:
        return part.first_on
    return schedule.on_weekday(part.first_on, settings.weekday)
