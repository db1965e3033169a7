"""Estimating what a practice's own answers say about a questionnaire.

The figures follow from the rows alone: working them out twice, or from nothing, gives the same.
"""

from __future__ import annotations

import logging
import time
from collections import defaultdict
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from assessments.measurement.reliability import Estimates
from assessments.models import InstrumentVersion, Psychometrics, Response
from assessments.queries import first_answers
from assessments.queries.estimates import FORMAT, STATE, is_current, state
from assessments.queries.instruments import line_back
from clinic.models import Practice

logger = logging.getLogger(__name__)

# How long one sweep goes on; the next one takes up what is left.
SWEEP_SECONDS = 200.0

State = dict[str, Any]


def compute(*, practice: Practice, version: InstrumentVersion, now: datetime) -> Psychometrics:
    """Work out the figures of a version from all that a practice's people answered, and keep them.

    Answers to versions that the practice adopted count for the version they stand for, and the
    row is that one's. Answers are read and decrypted before the transaction begins, a few hundred
    people at a time; with none, a row says so.
    """
    versions = first_answers.lineage(practice, version)
    estimates = Estimates(versions[0].definition)
    tally = first_answers.Tally()
    for sheets in first_answers.people(practice, versions, tally):
        estimates.add(sheets)
    result = {
        "format": FORMAT,
        "state": state(tally.responses, tally.erased, tally.newest_at, tally.corrected),
        "basis": {
            "responses": tally.responses,
            "people": estimates.people,
            "anonymous": tally.anonymous,
            "marked": tally.marked,
            "erased": tally.erased,
            "unreadable": tally.unreadable,
            "first_on": tally.first_at and _day(practice, tally.first_at),
            "last_on": tally.last_at and _day(practice, tally.last_at),
            "versions": [each.version for each in versions],
        },
        **estimates.figures(),
    }
    with transaction.atomic():
        row, _created = Psychometrics.objects.update_or_create(
            practice=practice,
            version=versions[0],
            defaults={"computed_at": now, "responses": tally.responses, "result": result},
        )
    return row


def compute_changed(*, now: datetime, seconds: float = SWEEP_SECONDS) -> int:
    """Work out anew whatever has other answers behind it than when it was worked out last.

    One after the other, each for itself: what is wrong with one keeps no other waiting. Begins
    none after ``seconds``. Returns how many were worked out.
    """
    begun, done = time.monotonic(), 0
    for practice, version in changed():
        if time.monotonic() - begun > seconds:
            break
        try:
            compute(practice=practice, version=version, now=now)
            done += 1
        except Exception as error:  # noqa: BLE001 - a fault of one must not stop the others
            # The kind of error alone: its text could repeat an answer.
            logger.error(
                "Psychometrics of version %s in practice %s failed: %s",
                version.pk,
                practice.pk,
                type(error).__name__,
            )
    return done


def changed() -> list[tuple[Practice, InstrumentVersion]]:
    """Practices and shipped versions whose kept figures do not rest on the answers there are."""
    states = _states()
    kept = {
        (row.practice_id, row.version_id): row.result
        for row in Psychometrics.objects.filter(version__practice=None)
    }
    # What was never answered has nothing to be worked out; what is gone now has.
    due = [
        key
        for key in sorted({*states, *kept}, key=str)
        if not is_current(kept.get(key), states.get(key, state(0, 0, None)))
    ]
    return _rows(due)


def answered() -> list[tuple[Practice, InstrumentVersion]]:
    """Practices and shipped versions with answers to them, changed since or not."""
    return _rows(sorted((key for key, found in _states().items() if found["responses"]), key=str))


def _rows(keys: list[tuple[UUID, UUID]]) -> list[tuple[Practice, InstrumentVersion]]:
    practices = Practice.objects.in_bulk({practice for practice, _version in keys})
    versions = InstrumentVersion.objects.select_related("instrument").in_bulk(
        {version for _practice, version in keys}
    )
    return [(practices[practice], versions[version]) for practice, version in keys]


def _states() -> dict[tuple[UUID, UUID], State]:
    """By practice and shipped version, the state of the answers to it: one statement."""
    rows = (
        Response.objects.filter(submitted_at__isnull=False)
        .order_by()
        .values_list("client__practice", "version")
        .annotate(**STATE)
    )
    origins = _origins()
    parts: dict[tuple[UUID, UUID], list[dict[str, Any]]] = defaultdict(list)
    for practice, version, *figures in rows:
        found = dict(zip(STATE, figures, strict=True))
        parts[practice, origins[version]].append(found)
    return {
        key: state(
            sum(part["responses"] for part in together),
            sum(part["erased"] for part in together),
            max((part["newest"] for part in together if part["newest"]), default=None),
            sum(part["corrected"] for part in together),
        )
        for key, together in parts.items()
    }


def _origins() -> dict[UUID, UUID]:
    """The shipped version that each version stands for."""
    adopted_from = dict(InstrumentVersion.objects.values_list("pk", "adopted_from"))
    return {pk: line_back(pk, adopted_from)[-1] for pk in adopted_from}


def _day(practice: Practice, at: datetime) -> str:
    return at.astimezone(practice.zone).date().isoformat()
