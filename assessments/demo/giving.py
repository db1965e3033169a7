"""What the demonstration shows of plans: batteries, a plan that rests, one that its client paused,
one that asks less often while nothing changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from assessments.actions import batteries, links, plans
from assessments.actions.adapting import adapt_plans
from assessments.demo.story import SAFETY, WEEKLY
from assessments.models import Cadence, InstrumentVersion, Occasion, Plan
from clinic.audit import Actor
from clinic.models import Client, Membership

RESTS, RESTS_FOR = "Ottilie Brandt", timedelta(weeks=3)
PAUSED_BY_CLIENT, BECAUSE = "Kezia Lund", "Exams until next week. Back after that."
STEADY = "Ravindra Hale"


def keep_batteries(
    *, admin: Membership, versions: Mapping[str, InstrumentVersion], now: datetime
) -> None:
    """Two to choose from: the one that is offered, and one with the safety check."""
    by = Actor.of_user(admin.user)
    batteries.make_starter(practice=admin.practice, by=by, now=now)
    batteries.make_battery(
        practice=admin.practice,
        name="Weekly, with the safety check",
        forms=[
            batteries.BatteryForm(versions[WEEKLY].instrument_id, Cadence.WEEKLY),
            batteries.BatteryForm(versions[SAFETY].instrument_id, Cadence.FOUR_WEEKS),
        ],
        settings=plans.Settings(window_days=5, reminder_days=(2,)),
        by=by,
        now=now,
    )


def change(*, clients: Mapping[str, Client], now: datetime) -> None:
    """What became of three people's plans, by today."""
    rests = clients[RESTS]
    until = now.astimezone(rests.practice.zone).date() + RESTS_FOR
    plans.pause_all_plans(client=rests, by=_carer(rests), now=now, until=until)
    _client_pauses(clients[PAUSED_BY_CLIENT], now)
    _ask_less_often(clients[STEADY], now)


def _client_pauses(client: Client, now: datetime) -> None:
    machine = Actor.system("console", client.practice)
    newest = Occasion.objects.filter(client=client, opened_at__isnull=False)
    occasion = newest.select_related("client__practice", "assignment").latest("opens_at")
    link, _token = links.issue_link(occasion=occasion, by=machine, now=now)
    plans.client_says(
        link=link, said=Plan.ClientSaid.PAUSE, weeks=2, note=BECAUSE, by=machine, now=now
    )


def _ask_less_often(client: Client, now: datetime) -> None:
    plan = client.plans.running().get(
        assignments__version__instrument__code=WEEKLY, assignments__ended_at=None
    )
    plans.change_plan(
        plan=plan,
        settings=replace(plans.Settings.of(plan), adapts=True),
        by=_carer(client),
        now=now,
    )
    adapt_plans(now=now)


def _carer(client: Client) -> Actor:
    """Whoever cares for the client."""
    care = client.care.select_related("clinician__user").get(ended_at=None)
    return Actor.of_user(care.clinician.user)
