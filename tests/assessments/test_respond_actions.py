"""Answering and submitting: one transaction, once, and nothing lost or doubled."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection

from assessments.actions import assign, respond, standing
from assessments.actions.respond import AlreadySubmitted, ChangedMeanwhile
from assessments.measurement import scoring
from assessments.measurement.scoring import AnswerError
from assessments.models import Alert, PersonalLink, Response, Score, Standing
from clinic import audit
from clinic.actions import Refused, notices
from clinic.actions.care import close_client, end_care
from clinic.audit import Actor
from clinic.models import AuditEvent, Notice
from tests import factories_assessments as asked
from tests.factories import NOW, actor, make_care

LINK = Response.Source.LINK
SYSTEM = Actor.system()
LATER = NOW + timedelta(hours=1)


def save(occasion, answers, now=NOW, **options):
    return respond.save_answers(
        occasion=occasion, answers=answers, by=SYSTEM, now=now, source=LINK, **options
    )


def submit(occasion, now=LATER, **options):
    return respond.submit(occasion=occasion, by=SYSTEM, now=now, source=LINK, **options)


def rows():
    """How many rows of each kind a submit writes there are."""
    return {
        "responses": Response.objects.count(),
        "sent": Response.objects.submitted().count(),
        "scores": Score.objects.count(),
        "alerts": Alert.objects.count(),
        "notices": Notice.objects.filter(kind=Notice.Kind.ALERT).count(),
        "events": AuditEvent.objects.filter(action="response.submit").count(),
        "open links": PersonalLink.objects.filter(revoked_at=None).count(),
    }


# --- Drafts ---------------------------------------------------------------------------------------


def test_answers_add_up_and_the_newest_stands(occasion):
    save(occasion, {"IND04": 3})
    save(occasion, {"INT09": None, "IND04": 1})
    draft = Response.objects.get()
    assert draft.answers == {"IND04": 1, "INT09": None}
    assert (draft.revision, draft.submitted_at, draft.started_at) == (2, None, NOW)
    assert asked.events_of(occasion.assignment).count("response.start") == 1


def test_saving_nothing_new_writes_nothing(occasion):
    assert save(occasion, {})._state.adding
    assert not Response.objects.exists()
    save(occasion, {"IND04": 3}, comment="Tired.")
    save(occasion, {"IND04": 3}, comment="Tired.")
    assert Response.objects.get().revision == 1


def test_answers_and_comment_are_ciphertext_in_the_database(occasion):
    save(occasion, {"IND04": 3}, comment="a very particular sentence")
    with connection.cursor() as cursor:
        cursor.execute("SELECT answers, comment FROM assessments_response")
        stored = b"".join(bytes(value) for value in cursor.fetchone())
    assert b"IND04" not in stored
    assert b"particular" not in stored


@pytest.mark.parametrize(
    "answers",
    [
        {"IND04": 6},
        {"IND04": -1},
        {"IND04": True},
        {"IND04": "3"},
        {"IND04": 3.0},
        {"NOPE": 1},
        {"": 1},
        {"IND04": None},  # "does not apply" is not offered for it
        {"INT09": 2, "NOPE": 1},
    ],
)
def test_answer_that_the_instrument_does_not_allow_is_refused_and_nothing_written(
    occasion, answers
):
    with pytest.raises(AnswerError):
        save(occasion, answers)
    with pytest.raises(AnswerError):
        submit(occasion, answers=answers)
    assert not Response.objects.exists()


def test_form_that_cannot_be_filled_in_now_is_refused(nora, ada):
    later = asked.give(nora, first_on=NOW.date() + timedelta(days=1)).first
    with pytest.raises(Refused):
        save(later, {"IND04": 1})
    with pytest.raises(Refused):
        save(later, {"IND04": 1}, now=later.closes_at)
    assign.end_assignment(assignment=later.assignment, by=actor(ada), now=NOW)
    with pytest.raises(Refused):
        submit(later, now=later.opens_at, answers={"IND04": 1})
    assert not Response.objects.exists()


# --- Submitting -----------------------------------------------------------------------------------


def test_submit_locks_scores_and_closes_the_link(occasion):
    save(occasion, asked.answers_to(occasion.assignment.version, 4))
    submission = submit(occasion)
    assert submission.created
    assert rows() == {
        "responses": 1,
        "sent": 1,
        "scores": 4,
        "alerts": 0,
        "notices": 0,
        "events": 1,
        "open links": 0,
    }
    standing_now = Standing.objects.get()
    assert (standing_now.responses, standing_now.unseen_responses) == (1, 1)
    assert standing_now.last_response_at == LATER
    expected = scoring.score(
        occasion.assignment.version.definition, asked.answers_to(occasion.assignment.version, 4)
    )
    for score in Score.objects.all():
        assert (score.value, score.pomp) == (
            expected[score.scale].value,
            expected[score.scale].pomp,
        )


def test_submit_takes_a_waiting_mail_back(occasion):
    assert Notice.objects.get().cancelled_at is None
    asked.send(occasion)
    assert Notice.objects.get().cancelled_at is not None


def test_second_submit_gives_the_same_response_and_writes_nothing(occasion):
    answers = asked.answers_to(occasion.assignment.version, 4)
    first = submit(occasion, answers=answers)
    before = rows()
    for given in (answers, {"IND04": 4}, None):
        again = submit(occasion, answers=given, now=LATER + timedelta(hours=1))
        assert (again.response.pk, again.created) == (first.response.pk, False)
    assert rows() == before


def test_second_submit_with_other_answers_is_refused_and_the_first_stand(occasion):
    submit(occasion, answers=asked.answers_to(occasion.assignment.version, 4))
    before = rows()
    with pytest.raises(AlreadySubmitted):
        submit(occasion, answers={"IND04": 0})
    with pytest.raises(AlreadySubmitted):
        save(occasion, {"IND04": 0}, now=LATER)
    assert rows() == before
    assert Response.objects.get().answers["IND04"] == 4


def test_draft_that_changed_since_it_was_looked_over_is_not_sent(occasion):
    save(occasion, {"IND04": 3})
    looked_over = Response.objects.get().revision
    save(occasion, {"IND04": 0})
    with pytest.raises(ChangedMeanwhile):
        submit(occasion, seen_revision=looked_over)
    assert not Response.objects.submitted().exists()
    submit(occasion, seen_revision=looked_over + 1)


def test_empty_form_is_not_sent(occasion):
    with pytest.raises(Refused):
        submit(occasion)
    with pytest.raises(Refused):
        submit(occasion, comment="Only words.")
    assert not Response.objects.exists()


def test_form_with_open_questions_is_sent_and_says_why_a_scale_is_missing(occasion):
    submit(occasion, answers={"IND04": 3})
    independent = Score.objects.get(scale="IND")
    assert (independent.answered, independent.items, independent.value) == (1, 6, None)
    assert independent.why_missing


def test_clock_that_was_set_back_does_not_stop_a_submit(occasion):
    save(occasion, {"IND04": 3}, now=LATER)
    response = submit(occasion, now=NOW).response
    assert response.submitted_at == LATER


def test_whoever_sends_is_the_source(occasion, ada):
    save(occasion, {"IND04": 3})
    sent = respond.submit(
        occasion=occasion,
        by=actor(ada),
        now=LATER,
        source=Response.Source.STAFF,
        entered_by=ada.user,
    ).response
    sent.refresh_from_db()
    assert (sent.source, sent.entered_by) == ("staff", ada.user)


def test_number_of_queries_of_a_submit_is_fixed(nora, django_assert_num_queries):
    assignment = asked.give(nora).assignment
    occasions = list(assignment.occasions.order_by("number"))
    for weeks in (0, 1):
        now = NOW + timedelta(weeks=weeks, hours=1)
        answers = asked.answers_to(assignment.version, 3)
        with django_assert_num_queries(SUBMIT_QUERIES):
            submit(occasions[weeks], answers=answers, now=now)


# Savepoints around the action included, which a request does not pay for.
SUBMIT_QUERIES = 20


@pytest.mark.parametrize("broken", ["audit", "notice", "scores", "standing"])
def test_failing_write_undoes_the_whole_submit(safety, monkeypatch, broken):
    answers = {"SAFE01": 0, "SAFE02": 1, "SAFE03": 0, "SAFE04": 1}
    save(safety, answers)
    before = rows()
    kept = (Standing.objects.get().updated_at, Response.objects.get().revision)

    def fail(*_args, **_options):
        raise OSError("disk full")

    real = audit.record

    def fail_for_alerts(action, **event):
        return fail() if action == "alert.raise" else real(action, **event)

    places = {
        "audit": (audit, "record", fail_for_alerts),
        "notice": (notices, "write_notice", fail),
        "scores": (respond, "scores_of", fail),
        "standing": (standing, "refresh", fail),
    }
    with monkeypatch.context() as patch:
        patch.setattr(*places[broken])
        with pytest.raises(OSError):
            submit(safety)
    assert rows() == before
    assert (Standing.objects.get().updated_at, Response.objects.get().revision) == kept
    assert submit(safety).created  # and the same request again succeeds


# --- Alerts ---------------------------------------------------------------------------------------

NOTHING = {"SAFE01": 0, "SAFE02": 0, "SAFE03": 0, "SAFE04": 0}


@pytest.mark.parametrize(
    "answers, rules",
    [
        (NOTHING, []),
        ({**NOTHING, "SAFE04": 3}, []),
        ({**NOTHING, "SAFE02": 1}, ["self-harm"]),
        ({"SAFE03": 3}, ["wish-to-die"]),  # however incomplete the form is
        ({**NOTHING, "SAFE02": None}, []),
        (
            {"SAFE01": 1, "SAFE02": 1, "SAFE03": 1},
            ["self-harm", "unsafe-with-someone", "wish-to-die"],
        ),
    ],
)
def test_risk_answers_raise_alerts(safety, ada, answers, rules):
    submit(safety, answers=answers)
    alerts = Alert.objects.order_by("rule")
    assert [alert.rule for alert in alerts] == rules
    assert {alert.owner for alert in alerts} <= {ada}
    assert Standing.objects.get().open_alerts == len(rules)
    told = Notice.objects.filter(kind=Notice.Kind.ALERT)
    assert [notice.recipient for notice in told] == (["ada@harbour.example"] if rules else [])


def test_alert_mail_names_neither_the_client_nor_an_answer(safety, nora):
    submit(safety, answers={"SAFE02": 3})
    notice = Notice.objects.get(kind=Notice.Kind.ALERT)
    text = f"{notice.subject} {notice.text}".lower()
    words = ["nora", "lind", "harm", "safety", "every day", "self", "risk"]
    assert [word for word in words if word in text] == []


def test_everybody_who_cares_is_told_and_the_longest_carer_owns_the_alert(safety, nora, ben):
    make_care(nora, ben)
    submit(safety, answers={"SAFE02": 1})
    told = Notice.objects.filter(kind=Notice.Kind.ALERT)
    assert sorted(notice.recipient for notice in told) == [
        "ada@harbour.example",
        "ben@harbour.example",
    ]
    assert Alert.objects.get().owner.user.email == "ada@harbour.example"


def test_alert_about_a_client_whom_nobody_cares_for_reaches_those_who_run_the_practice(
    safety, nora, ada, pat, solo
):
    end_care(relationship=nora.care.get(), by=actor(pat), now=NOW)
    submit(safety, answers={"SAFE02": 1})
    told = Notice.objects.filter(kind=Notice.Kind.ALERT)
    assert sorted(notice.recipient for notice in told) == [
        "pat@harbour.example",
        "solo@harbour.example",
    ]
    assert Alert.objects.get().owner is None


def test_carer_who_can_no_longer_sign_in_does_not_own_the_alert(safety, nora, ada, ben):
    make_care(nora, ben)
    ada.user.is_active = False
    ada.user.save()
    submit(safety, answers={"SAFE02": 1})
    assert Alert.objects.get().owner == ben


# --- Reading --------------------------------------------------------------------------------------


def test_reading_marks_a_response_as_seen_once(occasion, ada):
    response = asked.send(occasion)
    for counts in (False, True, True):
        respond.read_response(response=response, by=actor(ada), now=LATER, counts_as_seen=counts)
    response.refresh_from_db()
    assert response.seen_at == LATER
    assert Standing.objects.get().unseen_responses == 0
    assert asked.events_of(occasion.assignment).count("response.read") == 3


def test_submitted_response_cannot_be_changed_by_any_means(occasion):
    response = asked.send(occasion)
    response.answers = {"IND04": 0}
    with pytest.raises(Exception, match="locked"):
        response.save()


def test_closed_record_takes_no_answers(occasion, nora, ada):
    close_client(client=nora, by=actor(ada), now=NOW)
    with pytest.raises(Refused):
        save(occasion, {"IND04": 1})
