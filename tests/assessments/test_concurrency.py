"""Two at once, in threads of their own: each effect happens once, on either database."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from assessments.actions import assign, correct, links, occasions, respond
from assessments.actions.respond import AlreadySubmitted
from assessments.models import (
    Alert,
    Assignment,
    Correction,
    Occasion,
    PersonalLink,
    Response,
    Score,
)
from clinic.actions import Refused
from clinic.audit import Actor
from clinic.models import AuditEvent, Notice
from tests import factories_assessments as asked
from tests.factories import NOW, actor

pytestmark = pytest.mark.django_db(transaction=True)

SYSTEM = Actor.system()
WEEK = timedelta(weeks=1)


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """Run every call in a thread, all starting together; results, or what was raised."""
    together = Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        together.wait(10)
        try:
            return call()
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def events(action: str) -> int:
    return AuditEvent.objects.filter(action=action).count()


def submit(occasion: Occasion, **options: Any) -> respond.Submission:
    return respond.submit(
        occasion=occasion, by=SYSTEM, now=NOW, source=Response.Source.LINK, **options
    )


def test_form_sent_from_many_windows_at_once_is_one_response(safety):
    answers = {"SAFE01": 0, "SAFE02": 2, "SAFE03": 0, "SAFE04": 1}
    found = at_once(*[lambda: submit(safety, answers=answers)] * 6)
    assert sorted(submission.created for submission in found) == [False] * 5 + [True]
    assert len({submission.response.pk for submission in found}) == 1
    assert Response.objects.count() == 1
    assert Alert.objects.count() == 1
    assert Notice.objects.filter(kind=Notice.Kind.ALERT).count() == 1
    assert (events("response.submit"), events("alert.raise")) == (1, 1)


def test_scores_of_a_form_sent_twice_at_once_are_one_set(occasion):
    answers = asked.answers_to(occasion.assignment.version, 3)
    at_once(*[lambda: submit(occasion, answers=answers)] * 2)
    assert Score.objects.count() == 4


def test_of_two_different_submits_at_once_one_stands_and_the_other_is_told(occasion):
    found = at_once(
        lambda: submit(occasion, answers={"IND04": 1}),
        lambda: submit(occasion, answers={"IND04": 5}),
    )
    refused = [result for result in found if isinstance(result, AlreadySubmitted)]
    stands = [result for result in found if isinstance(result, respond.Submission)]
    assert (len(refused), len(stands)) == (1, 1)
    assert Response.objects.get().answers == stands[0].response.answers


def test_answers_saved_at_once_are_all_kept(occasion):
    codes = list(occasion.assignment.version.definition.items_by_code)[:6]
    at_once(
        *[
            lambda code=code: respond.save_answers(
                occasion=occasion,
                answers={code: 4},
                by=SYSTEM,
                now=NOW,
                source=Response.Source.LINK,
            )
            for code in codes
        ]
    )
    assert Response.objects.get().answers == dict.fromkeys(codes, 4)
    assert events("response.start") == 1


def test_two_sweeps_at_once_open_each_occasion_once(nora, zoe):
    for client in (nora, zoe):
        asked.give(client)
    later = NOW + WEEK
    found = at_once(*[lambda: occasions.open_due_occasions(now=later)] * 2)
    assert sum(found) == 2
    assert Occasion.objects.filter(opened_at=later).count() == 2
    # zoe has no mail address
    assert PersonalLink.objects.filter(created_at=later).count() == 1
    assert Notice.objects.filter(created_at=later).count() == 1


def test_form_assigned_twice_at_once_is_assigned_once(nora, ada):
    version = asked.instrument()

    def give():
        return asked.give_version(
            client=nora,
            version=version,
            cadence="once",
            first_on=NOW.date(),
            by=actor(ada),
            now=NOW,
        )

    found = at_once(give, give)
    assert sorted(isinstance(result, Refused) for result in found) == [False, True]
    assert Assignment.objects.count() == 1
    assert Notice.objects.filter(cancelled_at=None).count() == 1


def test_occasions_written_by_two_sweeps_at_once_are_one_set(nora):
    assignment = asked.give(nora).assignment
    at_once(*[lambda: occasions.extend_all_occasions(now=NOW + 2 * WEEK)] * 2)
    numbers = sorted(assignment.occasions.values_list("number", flat=True))
    assert numbers == list(range(8))


def test_answer_sent_while_the_assignment_ends_either_stands_or_is_refused(nora, ada):
    occasion = asked.open_occasion(nora)
    sent, _ended = at_once(
        lambda: submit(occasion, answers={"IND04": 1}),
        lambda: assign.end_assignment(assignment=occasion.assignment, by=actor(ada), now=NOW),
    )
    occasion.refresh_from_db()
    taken_back = occasion.cancelled_at is not None
    assert taken_back == isinstance(sent, Refused)
    assert Response.objects.submitted().exists() != taken_back


def test_of_two_corrections_at_once_one_wins_and_the_other_is_told(occasion, ada, otto):
    sent = asked.send(occasion, now=NOW)
    said = {"response": sent, "reason": "Otto’s sheet.", "by": actor(ada), "now": NOW}
    found = at_once(
        lambda: correct.void_response(**said),
        lambda: correct.move_response(to_client=otto, **said),
        lambda: correct.redate_response(at=NOW - WEEK, **said),
    )
    told = [result for result in found if isinstance(result, correct.CorrectedAlready)]
    assert len(told) == 2
    correction = Correction.objects.get()
    counts = [correction.replacement_id] if correction.replacement_id else []
    assert list(Response.objects.submitted().values_list("pk", flat=True)) == counts
    assert Score.objects.count() == 4 * len(counts)


def test_answers_moved_both_ways_at_once_do_not_block_each_other(occasion, ada, nora, otto):
    here, there = asked.send(occasion, now=NOW), asked.send(asked.open_occasion(otto), now=NOW)
    said = {"reason": "The other way round.", "by": actor(ada), "now": NOW}
    found = at_once(
        lambda: correct.move_response(response=here, to_client=otto, **said),
        lambda: correct.move_response(response=there, to_client=nora, **said),
    )
    assert [type(result) for result in found] == [Correction, Correction]
    assert Response.objects.submitted().count() == 2


def test_new_link_while_the_form_is_sent_never_leaves_a_link_that_works(occasion):
    at_once(
        lambda: submit(occasion, answers={"IND04": 1}),
        lambda: links.issue_link(occasion=occasion, by=SYSTEM, now=NOW),
    )
    assert Response.objects.submitted().count() == 1
    assert not PersonalLink.objects.filter(revoked_at=None).exists()
