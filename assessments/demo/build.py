"""Makes the demonstration practice: its team, its clients one after the other, then its files."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction

from assessments import queries
from assessments.actions import psychometrics
from assessments.demo import files, giving, sessions
from assessments.demo.people import CLIENTS
from assessments.demo.perform import Performance
from assessments.demo.plan import make_plan
from assessments.demo.stories import STORIES
from assessments.demo.story import LONG, SAFETY, WEEKLY
from assessments.demo.team import CRISIS_TEXT, PRACTICE_NAME, TEAM, TIME_ZONE, Member
from assessments.models import InstrumentVersion
from clinic.actions import people
from clinic.audit import Actor
from clinic.models import Invitation, Membership, Practice, User
from clinic.roles import Role

OPENED = timedelta(weeks=60)  # before now: earlier than the first session of anyone

Say = Callable[[str], object]


class AlreadyMade(Exception):
    """The demonstration practice is there: it is made once, on the first start."""


@transaction.atomic
def build(*, seed: int, now: datetime, say: Say = lambda line: None) -> Practice:
    """Make the practice with its 24 clients. The same seed and ``now`` give the same rows.

    All or nothing, since a practice half made could not be made again.
    """
    if User.objects.filter(email__in=[member.email for member in TEAM]).exists():
        raise AlreadyMade
    versions = shipped_versions()
    # Those of the stories alone: another that ships must not change what chance gives here.
    instruments = {code: versions[code].definition for code in (LONG, WEEKLY, SAFETY)}
    practice, members = make_team(
        name=PRACTICE_NAME, zone=TIME_ZONE, team=TEAM, now=now - OPENED, crisis_text=CRISIS_TEXT
    )
    plans, clients = [], {}
    for count, person in enumerate(CLIENTS, start=1):
        plan = make_plan(
            person,
            STORIES[person.story],
            seed=str(seed),
            now=now,
            zone=practice.zone,
            instruments=instruments,
        )
        clients[person.name] = Performance(
            plan,
            practice=practice,
            clinician=members[person.clinician],
            versions=versions,
        ).run()
        plans.append(plan)
        if count % 6 == 0:
            say(f"    {count} of {len(CLIENTS)} clients")
    say("    answers from files, and what all answers say of the forms")
    ada, pat, opened = members["ada"], members["pat"], now - OPENED
    giving.keep_batteries(admin=pat, versions=versions, now=opened)
    sessions.enter(clients=clients, clinician=ada, versions=versions, now=now)
    giving.change(clients=clients, now=now)
    files.import_moods(plans, versions[files.MOOD], ada, seed=str(seed), now=now)
    files.import_people(versions[LONG], pat, seed=str(seed), opened=opened, now=now)
    for of, version in psychometrics.answered():
        if of == practice:
            psychometrics.compute(practice=of, version=version, now=now)
    return practice


def shipped_versions() -> dict[str, InstrumentVersion]:
    """The newest version of every instrument that shipped, by code."""
    return {version.instrument.code: version for version in queries.newest_versions(None)}


@transaction.atomic
def make_team(
    *, name: str, zone: str, team: tuple[Member, ...], now: datetime, crisis_text: str = ""
) -> tuple[Practice, dict[str, Membership]]:
    """A practice with its people, by the ways in that everyone takes; returns them by key."""
    console = Actor.system("console")
    practice = people.create_practice(name=name, time_zone=zone, by=console, now=now)
    first = next(member for member in team if member.role == Role.PRACTICE_ADMIN)
    invitation, _token = people.invite_first_admin(practice=practice, by=console, now=now)
    members = {first.key: _accept(invitation, first, now)}
    admin = Actor.of_user(members[first.key].user)
    if crisis_text:
        people.change_practice(
            practice=practice,
            name=name,
            time_zone=zone,
            crisis_text=crisis_text,
            by=admin,
            now=now,
        )
    for member in team:
        if member.key == first.key:
            continue
        invitation, _token = people.invite(
            practice=practice,
            email=member.email,
            role=member.role,
            also_practice_admin=False,
            by=admin,
            now=now,
        )
        members[member.key] = _accept(invitation, member, now)
    _supervise(members, admin, now)
    User.objects.filter(memberships__in=members.values()).update(is_demo=True)
    return Practice.objects.get(pk=practice.pk), members


def _accept(invitation: Invitation, member: Member, now: datetime) -> Membership:
    user = people.accept_invitation(
        invitation=invitation,
        name=member.name,
        email=member.email,
        password=member.password,
        by=Actor.system("console", invitation.practice),
        now=now,
    )
    return user.memberships.select_related("user", "practice").get(ended_at=None)


def _supervise(members: dict[str, Membership], by: Actor, now: datetime) -> None:
    supervisors = [member for member in members.values() if member.role == Role.SUPERVISOR]
    clinicians = [member for member in members.values() if member.role == Role.CLINICIAN]
    for supervisor in supervisors:
        for clinician in clinicians:
            people.start_supervision(supervisor=supervisor, clinician=clinician, by=by, now=now)
