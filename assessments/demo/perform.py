"""Sends a plan through the real actions, with the clock of the story."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction

from assessments.actions import alerts, occasions, plans, references, respond, review, standing
from assessments.actions.clients import add_client
from assessments.demo.plan import Aftercare, Given, Plan, Session, Sheet
from assessments.models import Alert, Assignment, InstrumentVersion, Occasion, Response, SendBy
from clinic import audit
from clinic.actions import care, notices
from clinic.audit import Actor
from clinic.models import Client, Membership, Practice

# Occasions are written five weeks ahead; writing them on every four weeks leaves none out.
WRITE_AHEAD_EVERY = timedelta(weeks=4)

Step = tuple[datetime, float, Callable[[], object]]


class Performance:
    """One client's plan, carried out."""

    def __init__(
        self,
        plan: Plan,
        *,
        practice: Practice,
        clinician: Membership,
        versions: Mapping[str, InstrumentVersion],
    ) -> None:
        self.plan = plan
        self.practice = practice
        self.clinician = clinician
        self.versions = versions
        self.therapist = Actor.of_user(clinician.user)
        self.machine = Actor.system("console", practice)
        self.assignments: dict[str, Assignment] = {}
        self.occasions: dict[tuple[str, int], Occasion] = {}
        self.client: Client

    @transaction.atomic
    def run(self) -> Client:
        """Everything in the order of its time, in one transaction."""
        plan = self.plan
        steps = sorted(self._steps(), key=lambda step: step[:2])
        for _at, _order, step in steps:
            step()
        for assignment in self.assignments.values():
            occasions.extend_occasions(assignment=assignment, now=plan.now)
        standing.refresh(client=self.client, now=plan.now)
        return self.client

    def _steps(self) -> Iterator[Step]:
        plan = self.plan
        yield plan.started_at, 0, self._add
        for given in plan.given:
            yield given.at, 1, partial(self._assign, given)
            at = given.at + WRITE_AHEAD_EVERY
            while at < plan.now:
                yield at, 2, partial(self._write_ahead, given, at)
                at += WRITE_AHEAD_EVERY
            for window in plan.windows(given, plan.now):
                if window.opens > given.at:
                    yield window.opens, 3, partial(self._open, given, window.number, window.opens)
        for sheet in plan.sheets:
            yield sheet.at, 4, partial(self._submit, sheet)
        for happening in plan.happenings:
            yield (
                happening.at,
                5,
                partial(
                    self._as_therapist,
                    review.add_event,
                    happening.at,
                    on=happening.on,
                    text=happening.text,
                ),
            )
        for naming in plan.namings:
            yield (
                naming.at,
                0.5,
                partial(
                    self._as_therapist,
                    references.set_reference,
                    naming.at,
                    kind=naming.kind,
                    label=naming.label,
                ),
            )
        for session in plan.sessions:
            yield session.at, 6, partial(self._review, session)
        for aftercare in plan.aftercare:
            yield aftercare.at, 7, partial(self._handle_alerts, aftercare)
        if plan.person.email and not plan.person.email_from_start:
            # The address comes last, so that no form of the past waits in the outbox.
            yield plan.now, 8, self._add_address

    def _as_therapist(self, action: Callable[..., object], at: datetime, **given: object) -> None:
        action(client=self.client, by=self.therapist, now=at, **given)

    def _add(self) -> None:
        person = self.plan.person
        self.client = add_client(
            practice=self.practice,
            name=person.name,
            number=person.number,
            date_of_birth=person.born,
            email=person.email if person.email_from_start else None,
            phone=person.phone,
            clinician=self.clinician,
            by=self.therapist,
            now=self.plan.started_at,
        )

    def _assign(self, given: Given) -> None:
        has_address = self.plan.person.email is not None
        made = plans.make_plan(
            client=self.client,
            parts=[plans.Part(self.versions[given.instrument], given.cadence, given.first_on)],
            settings=plans.Settings(send_by=SendBy.MAIL if has_address else SendBy.HAND),
            by=self.therapist,
            now=given.at,
        )
        [assignment] = [row.assignment for row in made.assigned]
        self.assignments[given.instrument] = assignment
        self._remember(given.instrument, assignment.occasions.select_related("client"))

    def _remember(self, instrument: str, occasions: Iterable[Occasion]) -> None:
        self.occasions.update({(instrument, occasion.number): occasion for occasion in occasions})

    def _write_ahead(self, given: Given, at: datetime) -> None:
        assignment = self.assignments[given.instrument]
        self._remember(given.instrument, occasions.extend_occasions(assignment=assignment, now=at))

    def _open(self, given: Given, number: int, at: datetime) -> None:
        occasion = self.occasions[given.instrument, number]
        occasions.open_occasion(occasion=occasion, by=self.machine, now=at)

    def _submit(self, sheet: Sheet) -> None:
        occasion = self.occasions[sheet.instrument, sheet.number]
        if sheet.notes:
            respond.save_answers(
                occasion=occasion,
                answers={code: sheet.answers[code] for code in sheet.notes},
                notes=sheet.notes,
                source=Response.Source.DEMO,
                by=self.machine,
                now=sheet.at,
            )
        respond.submit(
            occasion=occasion,
            answers=sheet.answers,
            comment=sheet.comment,
            seconds=sheet.seconds,
            unusual=sheet.unusual or None,
            source=Response.Source.DEMO,
            by=self.machine,
            now=sheet.at,
        )

    def _review(self, session: Session) -> None:
        audit.record("client.read", by=self.therapist, now=session.at, client=self.client)
        self._as_therapist(
            review.review, session.at, discussed=session.discussed, decided=session.decided
        )

    def _handle_alerts(self, aftercare: Aftercare) -> None:
        for alert in Alert.objects.filter(client=self.client, resolved_at=None):
            # Whoever handled it had read the mail about it long ago.
            notices.cancel_notices_about(about=alert.response_id, now=aftercare.at)
            if aftercare.outcome is None:
                alerts.acknowledge(alert=alert, by=self.therapist, now=aftercare.at)
            else:
                alerts.resolve(
                    alert=alert, outcome=aftercare.outcome, by=self.therapist, now=aftercare.at
                )

    def _add_address(self) -> None:
        client, person = self.client, self.plan.person
        care.edit_client(
            client=client,
            name=client.name,
            number=client.number,
            date_of_birth=client.date_of_birth,
            email=person.email,
            phone=client.phone,
            note=client.note,
            by=self.therapist,
            now=self.plan.now,
        )
