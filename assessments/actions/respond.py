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

from assessments.actions import alerts, links, standing
from assessments.measurement import scoring
from assessments.models import Occasion, PersonalLink, Response, Score
from clinic import audit
from clinic.actions import Refused
from clinic.audit import Actor
from clinic.models import User

Answers = Mapping[str, int | None]
COMMENT_LENGTH = 2000


class AlreadySubmitted(Refused):
    """The form was sent before, with other answers."""


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
    entered_by: User | None = None,
) -> Response:
    """Add answers to the draft of an occasion, making it where there is none.

    ``answers`` holds only what is new: a value, or None for "does not apply". Answers given
    before stay. Raises Refused for a form that cannot be filled in now, AnswerError for an answer
    the instrument does not allow.
    """
    occasion = locked_occasion(occasion.pk)
    links.require_fillable(occasion, now)
    _check(occasion, answers)
    response = _draft(occasion, by, now, source, entered_by)
    merged = {**response.answers, **answers}
    if merged == response.answers and comment is None and not response._state.adding:
        return response
    response.answers = merged
    if comment is not None:
        response.comment = comment.strip()[:COMMENT_LENGTH] or None
    response.revision += 1
    response.save()
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
) -> Submission:
    """Send a form: the saved draft, with ``answers`` on top where they are given.

    Raises AlreadySubmitted when the form was sent with other answers, Refused when it cannot be
    sent now or holds no answer, AnswerError for an answer the instrument does not allow.
    """
    occasion = locked_occasion(occasion.pk)
    submitted = _submitted(occasion)
    if submitted is not None:
        return _again(submitted, answers)
    links.require_fillable(occasion, now)
    response = _draft(occasion, by, now, source, entered_by)
    response.client = occasion.client
    if answers is not None:
        _check(occasion, answers)
        response.answers = {**response.answers, **answers}
    if comment is not None:
        response.comment = comment.strip()[:COMMENT_LENGTH] or None
    if not response.answers:
        raise Refused(_("Please answer at least one question before you send the form."))
    lock(response, now)
    response.save()
    Score.objects.bulk_create(scores_of(response))
    PersonalLink.objects.filter(occasion=occasion, revoked_at=None).update(revoked_at=now)
    audit.record(
        "response.submit",
        by=by,
        now=now,
        client=occasion.client,
        about=response,
        details={"source": source, "answered": len(response.answers)},
    )
    alerts.raise_alerts(response=response, by=by, now=now)
    standing.refresh(client=occasion.client, now=now)
    return Submission(response, created=True)


def lock(response: Response, now: datetime) -> None:
    """Set what makes a draft a submitted response; the caller saves it."""
    response.revision += 1
    response.submitted_at = now
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


def _check(occasion: Occasion, answers: Answers) -> None:
    """Refuse answers the instrument does not allow; "does not apply" only where an item has it."""
    instrument = occasion.assignment.version.definition
    scoring.score(instrument, answers)
    for code, value in answers.items():
        if value is None and not instrument.items_by_code[code].may_not_apply:
            raise scoring.AnswerError(code, "this question always applies.")


def _draft(
    occasion: Occasion, by: Actor, now: datetime, source: str, entered_by: User | None
) -> Response:
    """The occasion's draft, made (unsaved) where there is none yet."""
    response = (
        Response.objects.select_related("client", "version").filter(occasion=occasion).first()
    )
    if response is not None:
        response.client = occasion.client
        if entered_by is not None:
            response.source, response.entered_by = source, entered_by
        return response
    return Response(
        client=occasion.client,
        occasion=occasion,
        version=occasion.assignment.version,
        source=source,
        answers={},
        started_at=now,
        entered_by=entered_by,
    )


def _submitted(occasion: Occasion) -> Response | None:
    return (
        Response.objects.filter(occasion=occasion, submitted_at__isnull=False)
        .select_related("client", "version")
        .first()
    )


def _again(response: Response, answers: Answers | None) -> Submission:
    if answers is not None:
        merged = {**response.answers, **answers}
        if not hmac.compare_digest(
            fingerprint(response, merged), bytes(response.fingerprint or b"")
        ):
            raise AlreadySubmitted(
                _("This form was sent already, with other answers. The first answers stand.")
            )
    return Submission(response, created=False)
