"""The appointments of the demonstration's therapist, and a form that follows them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta

from assessments.actions import plans, sessions
from assessments.demo.story import SAFETY
from assessments.measurement.schedule import Cadence
from assessments.models import InstrumentVersion
from clinic.audit import Actor
from clinic.models import Client, Membership

WEEKS = 6
MINUTES = 50
# Who comes when: the day of the week (Monday is 0) and the hour.
WHEN = {
    "Nora Hallam": (0, time(9)),
    "Idris Vaughan": (1, time(10)),
    "Marisol Quint": (1, time(14)),
    "Samir Aldous": (2, time(11)),
    "Lea Storm": (3, time(9, 30)),
    "Tomas Birchall": (3, time(16)),
    "Wren Castellan": (4, time(10)),
}
# Before each session they are given the safety check.
CHECKED_BEFORE = "Idris Vaughan"


def enter(
    *,
    clients: Mapping[str, Client],
    clinician: Membership,
    versions: Mapping[str, InstrumentVersion],
    now: datetime,
) -> None:
    """Enter the appointments of the next weeks, by the name of the client, from tomorrow on."""
    by = Actor.of_user(clinician.user)
    today = now.astimezone(clinician.practice.zone).date()
    tomorrow = today + timedelta(days=1)
    for name, (weekday, clock) in WHEN.items():
        sessions.enter_sessions(
            client=clients[name],
            clinician=clinician,
            day=tomorrow + timedelta(days=(weekday - tomorrow.weekday()) % 7),
            clock=clock,
            minutes=MINUTES,
            weeks=WEEKS,
            by=by,
            now=now,
        )
    plans.make_plan(
        client=clients[CHECKED_BEFORE],
        parts=[plans.Part(versions[SAFETY], Cadence.BEFORE_SESSION, today)],
        settings=plans.Settings(),
        by=by,
        now=now,
    )
