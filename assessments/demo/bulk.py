"""The rows that ``perform`` leaves behind, made without a query per row.

For large practices: a plan without mail and without a safety check, whose actions leave only what
is written here. ``test_demo_bulk`` compares the two, column by column.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import models, transaction

from assessments import queries
from assessments.actions import respond, standing, times
from assessments.actions.occasions import HORIZON
from assessments.actions.signals import Facts
from assessments.demo.plan import Given, Plan, Sheet
from assessments.demo.story import SAFETY
from assessments.measurement.schedule import Window
from assessments.models import (
    Assignment,
    Event,
    InstrumentVersion,
    Occasion,
    PersonalLink,
    Response,
    Review,
    Score,
    SendBy,
    Standing,
)
from assessments.models import Plan as GivenPlan
from clinic.audit import Actor
from clinic.models import AuditEvent, CareRelationship, Client, Episode, Membership, Practice
from clinic.tokens import hash_token, new_token

# Parents before their children.
ORDER: tuple[type[models.Model], ...] = (
    Client,
    Episode,
    CareRelationship,
    GivenPlan,
    Assignment,
    Occasion,
    PersonalLink,
    Response,
    Score,
    Event,
    Review,
    Standing,
    AuditEvent,
)
BATCH = 500
SEEN_BY_STANDING = timedelta(days=120)
MOST_OCCASIONS = 60


@transaction.atomic
def write(
    plans: Sequence[Plan],
    *,
    practice: Practice,
    clinician: Membership,
    versions: Mapping[str, InstrumentVersion],
) -> int:
    """Write the whole history of some clients of one clinician; returns how many responses."""
    rows: dict[type[models.Model], list[Any]] = {model: [] for model in ORDER}
    for plan in plans:
        found = _History(plan, practice, clinician, versions).rows()
        for model in ORDER:
            rows[model] += found[model]
    for model in ORDER:
        model._default_manager.bulk_create(rows[model], batch_size=BATCH)
    return len(rows[Response])


class _History:
    """The rows of one client."""

    def __init__(
        self,
        plan: Plan,
        practice: Practice,
        clinician: Membership,
        versions: Mapping[str, InstrumentVersion],
    ) -> None:
        only_by_actions = (
            plan.person.email,
            plan.namings,
            any(given.instrument == SAFETY for given in plan.given),
        )
        if any(only_by_actions):
            raise ValueError(
                "mail, safety checks and named relationships have effects that only the actions "
                "have"
            )
        self.plan = plan
        self.practice = practice
        self.clinician = clinician
        self.versions = versions
        self.therapist = Actor.of_user(clinician.user)
        self.machine = Actor.system("console", practice)
        self.client = Client(
            practice=practice,
            name=plan.person.name,
            date_of_birth=plan.person.born,
            phone=plan.person.phone,
            created_at=plan.started_at,
        )
        self.client.make_data_key()
        self.made: dict[type[models.Model], list[Any]] = {model: [] for model in ORDER}
        self.occasions: dict[tuple[str, int], Occasion] = {}
        self.events: list[tuple[datetime, int, AuditEvent]] = []

    def rows(self) -> dict[type[models.Model], list[Any]]:
        self._add()
        for given in self.plan.given:
            self._assign(given)
        for sheet in self.plan.sheets:
            self._submit(sheet)
        for happening in self.plan.happenings:
            event = self._keep(
                Event(
                    client=self.client,
                    on=happening.on,
                    text=happening.text,
                    created_at=happening.at,
                    created_by=self.clinician.user,
                )
            )
            self._note("event.create", happening.at, 5, event, fields=["on", "text"])
        self._review()
        self._stand()
        self.events.sort(key=lambda entry: entry[:2])
        self.made[AuditEvent] = [event for _at, _order, event in self.events]
        return self.made

    def _keep(self, row: Any) -> Any:
        self.made[type(row)].append(row)
        return row

    def _note(
        self,
        action: str,
        at: datetime,
        order: int,
        about: models.Model | None,
        *,
        by: Actor | None = None,
        fields: Sequence[str] = (),
        details: dict[str, Any] | None = None,
    ) -> None:
        """What ``clinic.audit.record`` would write; ``order`` settles what happens at once."""
        by = by or self.therapist
        self.events.append(
            (
                at,
                order,
                AuditEvent(
                    at=at,
                    practice_id=self.practice.pk,
                    actor_kind=by.kind,
                    actor_id=by.id,
                    actor_role=by.role,
                    action=action,
                    client_id=self.client.pk,
                    object_type=(about._meta.model_name or "") if about is not None else "",
                    object_id=about.pk if about is not None else None,
                    fields=sorted(fields),
                    details=details or {},
                ),
            )
        )

    def _add(self) -> None:
        at, user = self.plan.started_at, self.clinician.user
        self._keep(self.client)
        self.episode = self._keep(Episode(client=self.client, started_at=at))
        self._note("client.add", at, 0, self.client)
        care = self._keep(
            CareRelationship(
                client=self.client, clinician=self.clinician, started_at=at, started_by=user
            )
        )
        self._note("care.start", at, 0, care, details={"clinician": str(self.clinician.pk)})

    def _assign(self, given: Given) -> None:
        version = self.versions[given.instrument]
        plan = self._keep(
            GivenPlan(
                client=self.client,
                episode=self.episode,
                send_by=SendBy.HAND,
                created_at=given.at,
                created_by=self.clinician.user,
            )
        )
        self._note("plan.create", given.at, 1, plan)
        assignment = self._keep(
            Assignment(
                plan=plan,
                client=self.client,
                episode=self.episode,
                version=version,
                cadence=given.cadence,
                first_on=given.first_on,
                created_at=given.at,
                created_by=self.clinician.user,
            )
        )
        details = {"version": str(version.pk), "cadence": str(given.cadence)}
        self._note("assignment.create", given.at, 1, assignment, details=details)
        for window in self.plan.windows(given, self.plan.now + HORIZON):
            occasion = self._occasion(assignment, given, window)
            if occasion.opens_at == given.at:
                self._link(occasion, given.at)

    def _occasion(self, assignment: Assignment, given: Given, window: Window) -> Occasion:
        # A form given for the same day opens at once.
        given_on = given.at.astimezone(self.plan.zone).date()
        at_once = window.number == 0 and given_on == given.first_on
        opens = given.at if at_once else window.opens
        occasion: Occasion = self._keep(
            Occasion(
                assignment=assignment,
                client=self.client,
                number=window.number,
                opens_at=opens,
                closes_at=window.closes,
                opened_at=opens if opens < self.plan.now else None,
            )
        )
        self.occasions[given.instrument, window.number] = occasion
        return occasion

    def _link(self, occasion: Occasion, at: datetime) -> None:
        """The link that is handed over with the first form; sending the form closes it."""
        link = self._keep(
            PersonalLink(
                occasion=occasion,
                token_hash=hash_token(new_token()),
                created_at=at,
                created_by=self.clinician.user,
                expires_at=occasion.closes_at,
            )
        )
        self._note("link.create", at, 1, link)

    def _submit(self, sheet: Sheet) -> None:
        occasion = self.occasions[sheet.instrument, sheet.number]
        response = Response(
            client=self.client,
            occasion=occasion,
            version=self.versions[sheet.instrument],
            source=Response.Source.DEMO,
            answers={},
            comment=sheet.comment,
            started_at=sheet.at,
        )
        spent = times.added(response, sheet.seconds, since=None, now=sheet.at)
        response.seconds = times.closed(spent)
        response.answers = sheet.answers
        response.marks = times.marks_of(response)
        respond.lock(response, sheet.at)
        self._keep(response)
        self.made[Score] += respond.scores_of(response)
        for link in self.made[PersonalLink]:
            if link.occasion_id == occasion.pk:
                link.revoked_at = sheet.at
        self._note(
            "response.submit",
            sheet.at,
            4,
            response,
            by=self.machine,
            details={
                "source": str(Response.Source.DEMO),
                "answered": sum(value is not None for value in sheet.answers.values()),
            },
        )

    def _review(self) -> None:
        unseen = list(self.made[Response])
        for session in self.plan.sessions:
            review = self._keep(
                Review(
                    client=self.client,
                    at=session.at,
                    by=self.clinician.user,
                    discussed=session.discussed,
                    decided=session.decided or None,
                )
            )
            while unseen and unseen[0].submitted_at <= session.at:
                unseen.pop(0).seen_at = session.at
            self._note("client.read", session.at, 6, None)
            self._note(
                "client.review",
                session.at,
                6,
                review,
                fields=["decided"] if session.decided else [],
                details={"discussed": session.discussed},
            )

    def _stand(self) -> None:
        now = self.plan.now
        self._keep(
            Standing(
                client=self.client,
                practice=self.practice,
                updated_at=now,
                **standing.values(self._facts(), now),
            )
        )

    def _facts(self) -> Facts:
        """What ``standing.gather`` would read."""
        responses, reviews = self.made[Response], self.made[Review]
        sittings = queries.gather(
            (
                score.response_id,
                score.response.version.instrument.code,
                score.at,
                score.scale,
                score.pomp,
                score.sem,
                None,
            )
            for score in self.made[Score]
        )
        answered = {response.occasion_id: response.submitted_at for response in responses}
        for occasion in self.made[Occasion]:
            occasion.answered_at = answered.get(occasion.pk)
        occasions = [
            occasion
            for occasion in self.made[Occasion]
            if occasion.opens_at <= self.plan.now + SEEN_BY_STANDING
        ]
        occasions.sort(key=lambda occasion: occasion.closes_at)
        occasions.sort(key=lambda occasion: occasion.opens_at, reverse=True)
        last_review_at = reviews[-1].at if reviews else None
        unreviewed = [
            response.submitted_at
            for response in responses
            if last_review_at is None or response.submitted_at > last_review_at
        ]
        return Facts(
            movement=queries.follow(sittings),
            sittings=sittings,
            alerts=[],
            occasions=occasions[:MOST_OCCASIONS],
            responses=len(responses),
            last_response_at=responses[-1].submitted_at if responses else None,
            first_unreviewed_at=unreviewed[0] if unreviewed else None,
            unseen=sum(response.seen_at is None for response in responses),
            last_review_at=last_review_at,
            created_at=self.plan.started_at,
        )
