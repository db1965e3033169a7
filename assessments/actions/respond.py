"""Answering: drafts that are saved answer by answer, and the one submit.

Submitting is one transaction: the response is locked, scored, the standing kept, alerts raised,
the link closed, the audit event and the notices written. Doing it again gives the same result and
writes nothing.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from assessments import queries
from assessments.actions import alerts, links, standing, times
from assessments.measurement import scoring
from assessments.models import Occasion, Response, Score
from clinic import audit
from clinic.actions import Refused
from clinic.audit import Actor
from clinic.models import User

Answers = Mapping[str, int | None]
Notes = Mapping[str, str]
COMMENT_LENGTH = 2000
NOTE_LENGTH = 500


class AlreadySubmitted(Refused):
    """The form was sent before, with other answers."""


class ChangedMeanwhile(Refused):
    """The draft holds other answers than those the person was shown before sending."""


@dataclass(frozen=True)
class Submission:
    """What a submit did: the locked response, and whether this call locked it."""

    response: Response
    created: bool


def locked_occasion(pk: UUID) -> Occasion:
    """The occasion, locked until the end of the transaction, with what answering needs."""
    return (
        Occasion.objects.select_for_update(of=("self",))
        .select_related("client__practice", "assignment__version")
        .with_reference_in_force()
        .get(pk=pk)
    )


@transaction.atomic
def save_answers(
    *,
    occasion: Occasion,
    answers: Answers,
    by: Actor,
    now: datetime,
    source: str,
    comment: str | None = None,
    notes: Notes | None = None,
    entered_by: User | None = None,
    seconds: times.Seconds | None = None,
    since: datetime | None = None,
) -> Response:
    """Add answers to the draft of an occasion, making it where there is none.

    ``answers`` holds only what is new: a value, or None for "does not apply". Answers given
    before stay; ``comment`` replaces the comment where it is not None, and ``notes`` what was
    written about single answers ("" takes a note away). Where nothing is new, nothing is written,
    and a draft that does not exist yet is returned unsaved. ``seconds`` are those spent on
    questions since the last save, by item code, and ``since`` is when answering began; time alone
    is kept, and makes no new revision. Raises Refused for a form that cannot be filled in now,
    AlreadySubmitted for one that was sent, AnswerError for an answer the instrument does not
    allow.
    """
    occasion = locked_occasion(occasion.pk)
    response = _draft(occasion, now, source, entered_by)
    if response.submitted_at is not None:
        raise AlreadySubmitted(_("This form was sent already. The answers sent then stand."))
    links.require_fillable(occasion, now, sent=False)
    _check(occasion, answers)
    _check_notes(occasion, notes or {})
    starts = response._state.adding
    timed = times.added(response, seconds or {}, since=since, now=now, answers=len(answers))
    if not _merge(response, answers, comment, notes):
        if seconds and timed is not None and not starts:
            response.seconds = timed
            response.save(update_fields=["seconds"])
        return response
    response.seconds = timed
    response.saved_at = now
    response.revision += 1
    response.save()
    if starts:
        audit.record("response.start", by=by, now=now, client=occasion.client, about=response)
    return response


@transaction.atomic
def submit(
    *,
    occasion: Occasion,
    by: Actor,
    now: datetime,
    source: str,
    answers: Answers | None = None,
    comment: str | None = None,
    entered_by: User | None = None,
    answered_at: datetime | None = None,
    seen_revision: int | None = None,
    seconds: times.Seconds | None = None,
    unusual: bool | None = None,
) -> Submission:
    """Send a form: the saved draft, with ``answers`` on top where they are given.

    ``answered_at`` is when they were given, where that was before ``now``: they stand for that
    time, are about the relationship that was in force then, and the form needs to have been open
    then.
    ``seen_revision`` is that of the draft the person looked over before sending; ``seconds`` are
    those spent on questions since the last save, by item code; ``unusual`` is the person's own
    word that this was no usual week. Raises
    AlreadySubmitted when the form was sent with other answers, ChangedMeanwhile when the draft
    is not the one that was looked over, Refused when the form cannot be sent now or holds no
    answer, AnswerError for an answer the instrument does not allow.
    """
    occasion = locked_occasion(occasion.pk)
    response = _draft(occasion, now, source, entered_by, answered_at)
    if response.submitted_at is not None:
        return _again(response, answers)
    links.require_fillable(occasion, answered_at or now, sent=False)
    _check(occasion, answers or {})
    if seen_revision is not None and seen_revision != response.revision:
        raise ChangedMeanwhile(
            _(
                "Your answers have changed since this page was opened, perhaps in another "
                "window. Please look at them once more."
            )
        )
    response.seconds = times.closed(times.added(response, seconds or {}, since=None, now=now))
    _merge(response, answers or {}, comment)
    if unusual is not None:
        response.unusual = unusual
    if not response.answers:
        raise Refused(_("Please answer at least one question before you send the form."))
    lock(response, answered_at or now, received_at=now)
    response.marks = times.marks_of(response)
    response.save()
    Score.objects.bulk_create(scores_of(response))
    links.stop_links([occasion.pk], now)
    audit.record(
        "response.submit",
        by=by,
        now=now,
        client=occasion.client,
        about=response,
        details={"source": str(source), "answered": _answered(response)},
    )
    alerts.raise_alerts(response=response, by=by, now=now)
    standing.refresh(client=occasion.client, now=now)
    return Submission(response, created=True)


@transaction.atomic
def keep_partial(*, response: Response, by: Actor, now: datetime) -> bool:
    """Lock the draft of a form whose time has passed; False where nothing had been answered.

    It stands for the time of its last answer, says that it is partial, and is scored by the
    missing rule as any other. What it says about risk counts as if it had been sent.
    """
    if response.submitted_at is not None or not response.answers:
        return False
    response.partial = True
    response.seconds = times.closed(response.seconds)
    lock(response, response.saved_at or response.started_at, received_at=now)
    response.marks = times.marks_of(response)
    response.save()
    Score.objects.bulk_create(scores_of(response))
    audit.record(
        "response.keep_partial",
        by=by,
        now=now,
        client=response.client,
        about=response,
        details={"answered": _answered(response)},
    )
    alerts.raise_alerts(response=response, by=by, now=now)
    standing.refresh(client=response.client, now=now)
    return True


@transaction.atomic
def read_response(*, response: Response, by: Actor, now: datetime, counts_as_seen: bool) -> None:
    """Record that somebody reads the answers of a sent form.

    ``counts_as_seen`` is for whoever cares for the client: the answers are then no longer new.
    """
    audit.record("response.read", by=by, now=now, client=response.client, about=response)
    if not counts_as_seen or response.seen_at is not None:
        return
    Response.objects.filter(pk=response.pk, seen_at=None).update(seen_at=now)
    response.seen_at = now
    standing.refresh(client=response.client, now=now)


def draft_of(occasion: Occasion) -> Response | None:
    """The response of an occasion as far as it has come, sent or not."""
    response = Response.objects.filter(occasion=occasion).select_related("version").first()
    if response is not None:
        # The client whose data key is unwrapped already: once for each request.
        response.client = occasion.client
    return response


def lock(response: Response, at: datetime, received_at: datetime | None = None) -> None:
    """Set what makes a draft a submitted response; the caller saves it.

    ``at`` is the time that the answers stand for, ``received_at`` when they were locked here.
    """
    response.revision += 1
    # A clock that was set back must not make a form that was sent before it was begun.
    response.submitted_at = max(at, response.started_at)
    response.received_at = max(received_at or at, response.submitted_at)
    response.fingerprint = fingerprint(response, response.answers)


def scores_of(response: Response) -> list[Score]:
    """Unsaved Score rows of a response whose answers are complete as far as they go."""
    scored = scoring.score(response.version.definition, response.answers)
    return [
        Score(
            response=response,
            client_id=response.client_id,
            scale=scale,
            at=response.submitted_at or response.started_at,
            value=result.value,
            pomp=result.pomp,
            sem=result.sem,
            answered=result.answered,
            items=result.items,
            why_missing=result.why_missing,
        )
        for scale, result in scored.items()
    ]


def fingerprint(response: Response, answers: Answers) -> bytes:
    """A keyed hash of answers, so that the same ones are recognised and none can be guessed."""
    text = json.dumps(dict(answers), sort_keys=True, separators=(",", ":"))
    key = response.client.unwrapped_key()
    return hmac.new(key, f"{response.pk}|{text}".encode(), hashlib.sha256).digest()


def _merge(
    response: Response, answers: Answers, comment: str | None, notes: Notes | None = None
) -> bool:
    """Put answers, notes and comment on a draft; whether that changed anything."""
    before = response.answers, response.comment, response.item_comments
    response.answers = {**response.answers, **answers}
    if comment is not None:
        response.comment = comment.strip()[:COMMENT_LENGTH] or None
    if notes:
        kept = {**(response.item_comments or {}), **{code: n.strip() for code, n in notes.items()}}
        response.item_comments = {code: note for code, note in kept.items() if note} or None
    return before != (response.answers, response.comment, response.item_comments)


def _answered(response: Response) -> int:
    return sum(value is not None for value in response.answers.values())


def _check_notes(occasion: Occasion, notes: Notes) -> None:
    known = occasion.assignment.version.definition.items_by_code
    for code, note in notes.items():
        if code not in known:
            raise scoring.AnswerError(ascii(code)[:42], "the instrument has no such item.")
        if len(note) > NOTE_LENGTH:
            raise Refused(_("A note about an answer holds 500 characters at most."), "note")


def _check(occasion: Occasion, answers: Answers) -> None:
    """Refuse answers the instrument does not allow; "does not apply" only where an item has it."""
    instrument = occasion.assignment.version.definition
    scoring.score(instrument, answers)
    for code, value in answers.items():
        if value is None and not instrument.items_by_code[code].may_not_apply:
            raise scoring.AnswerError(code, "this question always applies.")


def _draft(
    occasion: Occasion,
    now: datetime,
    source: str,
    entered_by: User | None,
    answered_at: datetime | None = None,
) -> Response:
    """The occasion's draft, made (unsaved) where there is none yet.

    Whoever writes last is its source: a form begun by link and ended at the practice was entered
    by staff.
    """
    response = draft_of(occasion) or Response(
        client=occasion.client,
        occasion=occasion,
        version=occasion.assignment.version,
        answers={},
        started_at=answered_at or now,
        reference_id=_named(occasion, answered_at),
    )
    if response.submitted_at is None:
        response.source, response.entered_by = source, entered_by
        if answered_at is not None and answered_at < response.started_at:
            response.started_at = answered_at
            response.reference_id = _named(occasion, answered_at)
    return response


def _named(occasion: Occasion, answered_at: datetime | None) -> UUID | None:
    """Whom new answers are about, where the form asks about a relationship."""
    if not queries.asks_about_a_relationship(occasion.assignment.version.definition):
        return None
    if answered_at is None:
        return occasion.reference_in_force
    found = queries.in_force_at(occasion.client, answered_at)
    return found.pk if found else None


def _again(response: Response, answers: Answers | None) -> Submission:
    if answers is not None:
        merged = {**response.answers, **answers}
        if not hmac.compare_digest(
            fingerprint(response, merged), bytes(response.fingerprint or b"")
        ):
            raise AlreadySubmitted(stands(response))
    return Submission(response, created=False)


def stands(response: Response) -> str:
    """Why other answers to the same form are refused."""
    if response.voided_at is not None:
        return _("This form was sent already, and what was sent has been corrected since.")
    if response.partial:
        return _(
            "The time for this form ran out, and what had been answered by then was kept. To enter "
            "a paper in its place, correct those answers first."
        )
    return _("This form was sent already, with other answers. The first answers stand.")
