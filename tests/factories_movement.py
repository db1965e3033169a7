"""Plain functions that give a client a history of answers, for the tests of reading.

Rows are written in bulk as the submit action writes them (``respond.lock`` and ``scores_of`` make
them), so that three hundred forms cost a test no more than three.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from assessments.actions import respond, standing
from assessments.models import Assignment, InstrumentVersion, Occasion, Response, Score
from clinic.models import Client
from tests import factories_assessments as asked
from tests.factories import NOW

WEEK = timedelta(days=7)
# How strongly each scale is answered, 0 (never) to 5 (always) in the direction of its name.
Levels = dict[str, int]
GUARDED: Levels = {"CDP": 4, "IND": 1, "DEP": 1, "INT": 1}
FREE: Levels = {"CDP": 1, "IND": 4, "DEP": 1, "INT": 2}
CLINGING: Levels = {"CDP": 1, "IND": 1, "DEP": 4, "INT": 1}
PROUD: Levels = {"CDP": 4, "IND": 5, "DEP": 1, "INT": 1}
MIDDLE: Levels = {"CDP": 2, "IND": 2, "DEP": 2, "INT": 2}

TOWARD = [GUARDED] + [FREE] * 6
SWING = [CLINGING] + [GUARDED] * 6
CLAIMS = [GUARDED] + [PROUD] * 6
STEADY = [MIDDLE] * 12


def answers_for(version: InstrumentVersion, levels: Levels) -> dict[str, int | None]:
    """Answers that put each scale at its level; reversed items are answered the other way."""
    answers: dict[str, int | None] = {}
    for scale in version.definition.scales:
        for keyed in scale.keyed_items:
            options = version.definition.items_by_code[keyed.code].option_set
            level = levels[scale.code]
            answers[keyed.code] = (
                options.minimum + options.maximum - level if keyed.reverse else level
            )
    return answers


def weekly(client: Client, start: datetime = NOW) -> Assignment:
    """The weekly form, assigned at ``start``, with no window of its own left."""
    assignment = asked.give(client, now=start).assignment
    assignment.occasions.all().delete()
    return assignment


def history(
    client: Client,
    story: Sequence[Levels | None],
    *,
    start: datetime = NOW,
    assignment: Assignment | None = None,
    comment: str | None = None,
) -> list[Response]:
    """One weekly form for each entry, a week apart; None is a form that was left out.

    The last one carries ``comment``. Leaves the client's standing as it is a day later.
    """
    assignment = assignment or weekly(client, start)
    occasions = Occasion.objects.bulk_create(
        [
            Occasion(
                assignment=assignment,
                client=client,
                number=number,
                opens_at=start + number * WEEK,
                closes_at=start + (number + 1) * WEEK,
                opened_at=start + number * WEEK,
            )
            for number in range(len(story))
        ]
    )
    responses = [
        _response(client, occasion, levels)
        for occasion, levels in zip(occasions, story, strict=True)
        if levels is not None
    ]
    if responses and comment is not None:
        responses[-1].comment = comment
    Response.objects.bulk_create(responses)
    Score.objects.bulk_create([score for r in responses for score in respond.scores_of(r)])
    standing.refresh(client=client, now=end_of(story, start))
    return responses


def end_of(story: Sequence[Levels | None], start: datetime = NOW) -> datetime:
    """A day after the last form of a story opened."""
    return start + (len(story) - 1) * WEEK + timedelta(days=1)


def _response(client: Client, occasion: Occasion, levels: Levels) -> Response:
    at = occasion.opens_at + timedelta(hours=2)
    response = Response(
        client=client,
        occasion=occasion,
        version=occasion.assignment.version,
        source=Response.Source.LINK,
        answers=answers_for(occasion.assignment.version, levels),
        started_at=at,
    )
    respond.lock(response, at)
    return response
