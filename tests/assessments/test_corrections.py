"""Putting right what was sent: both traces stay, and nothing derived keeps the wrong one."""

from __future__ import annotations

from datetime import time, timedelta

import pytest
from django.db import DatabaseError, transaction

from assessments import queries
from assessments.actions import alerts, correct, occasions, plans, respond
from assessments.models import (
    Alert,
    Assignment,
    Correction,
    Occasion,
    Plan,
    ReferenceRelationship,
    Response,
    Score,
    Signal,
    Standing,
)
from clinic.actions import Refused
from clinic.audit import Actor
from clinic.models import AuditEvent, Notice
from tests import factories
from tests import factories_assessments as asked
from tests.factories import NOW, actor

LATER = NOW + timedelta(hours=3)
DAY, WEEK = timedelta(days=1), timedelta(weeks=1)
REASON = "Entered under the wrong name."


@pytest.fixture
def sven(harbour, ada):
    """Another client in ada's care."""
    return factories.make_client(harbour, "Sven Aas", carer=ada)


@pytest.fixture
def sent(occasion) -> Response:
    """What was sent to nora's weekly form."""
    return asked.send(occasion)


@pytest.fixture
def risky(safety) -> Response:
    """A safety answer of nora that raised an alert."""
    return respond.submit(
        occasion=safety,
        answers={"SAFE01": 0, "SAFE02": 2, "SAFE03": 0, "SAFE04": 1},
        by=Actor.system(),
        now=NOW + timedelta(hours=1),
        source=Response.Source.LINK,
    ).response


def void(response: Response, by, **options) -> Correction:
    return correct.void_response(
        response=response, by=actor(by), **{"reason": REASON, "now": LATER, **options}
    )


def move(response: Response, to, by, **options) -> Correction:
    return correct.move_response(
        response=response,
        to_client=to,
        by=actor(by),
        **{"reason": REASON, "now": LATER, **options},
    )


def redate(response: Response, at, by, **options) -> Correction:
    return correct.redate_response(
        response=response, at=at, by=actor(by), **{"reason": REASON, "now": LATER, **options}
    )


def standing_of(client) -> Standing:
    return Standing.objects.get(client=client)


def trail_of(client) -> list[str]:
    found = AuditEvent.objects.filter(client_id=client.pk, at=LATER).order_by("id")
    return list(found.values_list("action", flat=True))


# --- Void -----------------------------------------------------------------------------------------


def test_voided_answers_stay_readable_and_count_nowhere(sent, nora, ada):
    correction = void(sent, ada)
    sent = Response.objects.get(pk=sent.pk)
    assert sent.voided_at == LATER
    assert len(sent.answers) == 20
    assert (correction.kind, correction.replacement, correction.by) == ("void", None, ada.user)
    assert Correction.objects.get().reason == REASON
    assert not Score.objects.exists()
    assert not Response.objects.submitted().exists()
    standing = standing_of(nora)
    assert (standing.responses, standing.unseen_responses, standing.latest) == (0, 0, {})
    assert standing.last_response_at is None
    record = queries.record(nora, LATER)
    assert (record.responses, record.scores, record.sittings) == ([], [], [])
    assert not queries.unseen_responses(ada.user).exists()
    assert trail_of(nora) == ["response.void"]


def test_form_of_voided_answers_counts_neither_as_answered_nor_as_missed(nora, ada):
    occasion = asked.open_occasion(nora)
    void(asked.send(occasion), ada)
    occasion.refresh_from_db()
    assert (occasion.cancelled_at, occasion.cancelled_why) == (LATER, "corrected")
    assert Occasion.objects.with_answered_at().get(pk=occasion.pk).answered_at is None
    later = NOW + 2 * WEEK
    missed = queries.record(nora, later).occasions
    assert [row.number for row in missed if row.closes_at <= later] == [1]


def test_reason_is_encrypted_under_the_key_of_the_client(sent, ada):
    void(sent, ada)
    stored = Correction.objects.values_list("reason", flat=True).get()
    assert REASON.encode() not in bytes(stored)


@pytest.mark.parametrize(("reason", "sentence"), [("  no ", "in a few words"), ("x" * 501, "500")])
def test_correction_needs_a_reason_of_sensible_length(sent, nora, ada, reason, sentence):
    with pytest.raises(Refused, match=sentence) as refused:
        void(sent, ada, reason=reason)
    assert refused.value.field == "reason"
    assert Response.objects.submitted().count() == 1


def test_draft_cannot_be_corrected(occasion, sven, ada):
    draft = respond.save_answers(
        occasion=occasion, answers={"IND04": 1}, by=Actor.system(), now=NOW, source="link"
    )
    for change in (
        lambda: void(draft, ada),
        lambda: move(draft, sven, ada),
        lambda: redate(draft, NOW, ada),
    ):
        with pytest.raises(Refused, match="not sent yet"):
            change()
    assert Response.objects.get().answers == {"IND04": 1}


def test_what_was_corrected_is_not_corrected_again(sent, sven, ada):
    void(sent, ada)
    for change in (
        lambda: void(sent, ada),
        lambda: move(sent, sven, ada),
        lambda: redate(sent, NOW, ada),
    ):
        with pytest.raises(correct.CorrectedAlready) as refused:
            change()
        sentence = "These answers were corrected already, on 2 November 2026, 12:00 by Ada Holm."
        assert str(refused.value) == sentence
    assert Correction.objects.count() == 1


def test_only_a_person_corrects(sent, sven):
    for change in (
        lambda: correct.void_response(response=sent, reason=REASON, by=Actor.system(), now=LATER),
        lambda: correct.move_response(
            response=sent, to_client=sven, reason=REASON, by=Actor.system(), now=LATER
        ),
    ):
        with pytest.raises(Refused, match="Only a person"):
            change()
    assert Response.objects.submitted().get() == sent
    assert Score.objects.count() == 4


def test_open_alert_of_voided_answers_is_closed_with_the_reason_why(risky, nora, ada):
    assert standing_of(nora).signal == Signal.RISK
    void(risky, ada)
    alert = Alert.objects.get()
    assert (alert.resolved_at, alert.resolved_by) == (LATER, ada.user)
    assert alert.outcome == "The answers were taken out: they do not count."
    standing = standing_of(nora)
    assert (standing.signal, standing.open_alerts) == (Signal.NEW, 0)
    assert trail_of(nora) == ["alert.resolve", "response.void"]


def test_what_was_done_about_an_alert_stays(risky, ada):
    done = alerts.resolve(alert=Alert.objects.get(), outcome="We spoke.", by=actor(ada), now=NOW)
    void(risky, ada)
    alert = Alert.objects.get()
    assert (alert.resolved_at, alert.outcome) == (done.resolved_at, "We spoke.")


# --- Wrong client ---------------------------------------------------------------------------------


def test_moved_answers_count_for_the_right_client_alone(sent, nora, sven, ada):
    correction = move(sent, sven, ada)
    copy = Response.objects.submitted().get()
    assert (copy.pk, copy.client, correction.kind) == (correction.replacement_id, sven, "client")
    assert copy.answers == Response.objects.get(pk=sent.pk).answers
    kept = ("source", "entered_by", "started_at", "submitted_at", "seconds", "marks", "unusual")
    assert [getattr(copy, name) for name in kept] == [getattr(sent, name) for name in kept]
    assert (copy.received_at, copy.seen_at) == (LATER, None)
    scores = Score.objects.filter(response=copy)
    assert (scores.count(), Score.objects.count()) == (4, 4)
    assert {score.client_id for score in scores} == {sven.pk}
    assert (standing_of(nora).responses, standing_of(sven).responses) == (0, 1)
    assert trail_of(nora) == ["response.move"]
    assert trail_of(sven) == ["response.move_here"]
    about = AuditEvent.objects.get(action="response.move_here")
    assert (about.object_id, about.details) == (copy.pk, {"from": str(sent.pk)})


def test_moved_answers_stand_under_an_assignment_that_sends_nothing(sent, sven, ada):
    copy = move(sent, sven, ada).replacement
    assignment = copy.occasion.assignment
    assert (assignment.plan, assignment.ended_at, assignment.cadence) == (None, LATER, "once")
    assert copy.occasion.opens_at <= copy.submitted_at < copy.occasion.closes_at


def test_moved_answers_take_the_right_clients_own_form_of_that_time(sent, sven, ada):
    own = asked.open_occasion(sven)
    copy = move(sent, sven, ada).replacement
    assert copy.occasion == own
    assert Assignment.objects.filter(client=sven).count() == 1
    assert not own.links.filter(revoked_at=None).exists()


def test_form_that_the_right_client_has_begun_is_left_to_them(sent, sven, ada):
    own = asked.open_occasion(sven)
    respond.save_answers(
        occasion=own, answers={"IND04": 5}, by=Actor.system(), now=NOW, source="link"
    )
    copy = move(sent, sven, ada).replacement
    assert copy.occasion != own
    assert Response.objects.get(occasion=own).answers == {"IND04": 5}


def test_moved_answers_are_encrypted_under_the_right_clients_key(sent, sven, ada):
    copy = move(sent, sven, ada).replacement
    sven.refresh_from_db()
    stored = Response.objects.values_list("answers", flat=True).get(pk=copy.pk)
    field = Response._meta.get_field("answers")
    assert field.open_row(copy.pk, stored, sven.unwrapped_key()) == sent.answers


def test_alert_of_moved_answers_is_raised_anew_for_the_right_client(risky, nora, sven, ada):
    alerts.acknowledge(alert=Alert.objects.get(), by=actor(ada), now=NOW + timedelta(hours=2))
    copy = move(risky, sven, ada).replacement
    old, new = Alert.objects.order_by("raised_at")
    assert (old.resolved_at, new.resolved_at) == (LATER, None)
    assert "Sven" not in old.outcome
    assert (new.client, new.response, new.raised_at, new.acknowledged_at) == (
        sven, copy, LATER, None,
    )  # fmt: skip
    assert standing_of(sven).signal == Signal.RISK
    assert standing_of(nora).open_alerts == 0
    told = Notice.objects.filter(kind=Notice.Kind.ALERT, created_at=LATER)
    assert [notice.client_id for notice in told] == [sven.pk]


def test_moved_answers_are_about_whom_the_right_client_had_in_mind(sent, nora, sven, ada):
    def name(client, at):
        return ReferenceRelationship.objects.create(
            client=client, kind="partner", started_at=at, created_by=ada.user
        )

    before, _later = name(sven, NOW - DAY), name(sven, LATER)
    assert move(sent, sven, ada).replacement.reference == before


def test_answers_from_before_care_begin_the_first_episode(sent, sven, ada):
    sven.episodes.update(started_at=LATER)
    move(sent, sven, ada)
    assert sven.episodes.get().started_at == sent.submitted_at
    assert standing_of(sven).latest != {}


@pytest.mark.parametrize("whose", ["nora", "zoe"])
def test_answers_are_moved_to_another_client_of_the_same_practice_only(sent, ada, whose, nora, zoe):
    with pytest.raises(Refused) as refused:
        move(sent, {"nora": nora, "zoe": zoe}[whose], ada)
    assert refused.value.field == "client"
    assert Response.objects.submitted().get() == sent


def test_failing_trail_undoes_the_whole_correction(sent, nora, sven, ada, monkeypatch):
    def fail(*_args, **_options):
        raise DatabaseError

    monkeypatch.setattr(correct.audit, "record", fail)
    with pytest.raises(DatabaseError):
        move(sent, sven, ada)
    assert Response.objects.submitted().get() == sent
    assert (Score.objects.count(), Correction.objects.count()) == (4, 0)
    assert not Assignment.objects.filter(client=sven).exists()


# --- Wrong date -----------------------------------------------------------------------------------


def test_redated_answers_stand_at_their_true_time(sent, nora, ada):
    at = sent.submitted_at - 10 * DAY
    copy = redate(sent, at, ada).replacement
    assert (copy.submitted_at, copy.received_at) == (at, LATER)
    assert copy.started_at == sent.started_at - 10 * DAY
    assert set(Score.objects.values_list("at", flat=True)) == {at}
    assert Response.objects.submitted().get() == copy
    assert standing_of(nora).last_response_at == at
    assert trail_of(nora) == ["response.redate"]


def test_redated_answers_take_the_missed_form_of_that_time(nora, ada):
    assignment = asked.give(nora).assignment
    first, second = assignment.occasions.order_by("number")[:2]
    sent = asked.send(second, now=second.opens_at + DAY)
    later = second.opens_at + 2 * DAY
    copy = redate(sent, first.opens_at + DAY, ada, now=later).replacement
    assert copy.occasion == first
    second.refresh_from_db()
    assert second.cancelled_why == "corrected"


def test_redated_within_the_days_of_its_form_nothing_is_missed(nora, ada):
    assignment = asked.give(nora).assignment
    first = assignment.occasions.order_by("number")[0]
    sent = asked.send(first, now=NOW + 2 * DAY)
    copy = redate(sent, NOW + DAY, ada, now=NOW + 3 * DAY).replacement
    assert copy.occasion.assignment != assignment
    again = redate(copy, NOW + timedelta(hours=5), ada, now=NOW + 4 * DAY).replacement
    shown = queries.record(nora, first.closes_at).occasions
    past = [row for row in shown if row.opens_at < first.closes_at]
    assert [row.answered_at for row in past] == [again.submitted_at]


def test_known_alert_of_redated_answers_stays_known_and_nobody_is_told(risky, nora, ada):
    acknowledged = NOW + timedelta(hours=2)
    alerts.acknowledge(alert=Alert.objects.get(), by=actor(ada), now=acknowledged)
    told = Notice.objects.count()
    copy = redate(risky, NOW - DAY, ada).replacement
    alert = Alert.objects.get(resolved_at=None)
    assert alert.response == copy
    assert (alert.raised_at, alert.acknowledged_at) == (risky.submitted_at, acknowledged)
    assert (alert.owner, alert.acknowledged_by) == (ada, ada.user)
    assert Alert.objects.exclude(pk=alert.pk).get().resolved_at == LATER
    assert Notice.objects.count() == told
    assert standing_of(nora).signal == Signal.RISK_SEEN


def test_closed_alert_of_redated_answers_is_not_opened_again(risky, nora, ada):
    alerts.resolve(alert=Alert.objects.get(), outcome="We spoke.", by=actor(ada), now=NOW + DAY)
    redate(risky, NOW - DAY, ada, now=NOW + 2 * DAY)
    assert not Alert.objects.filter(resolved_at=None).exists()
    assert standing_of(nora).open_alerts == 0


def test_answers_that_were_seen_stay_seen_under_their_right_date(sent, ada):
    seen = NOW + timedelta(hours=2)
    respond.read_response(response=sent, by=actor(ada), now=seen, counts_as_seen=True)
    assert redate(sent, NOW - DAY, ada).replacement.seen_at == seen


@pytest.mark.parametrize(
    ("at", "sentence"), [(LATER + DAY, "in the future"), (NOW + timedelta(hours=1), "already")]
)
def test_date_that_cannot_be_meant_is_refused(sent, ada, at, sentence):
    with pytest.raises(Refused, match=sentence) as refused:
        redate(sent, at, ada)
    assert refused.value.field == "on"
    assert Response.objects.submitted().get() == sent


# --- In the database ------------------------------------------------------------------------------


def refuses(change) -> bool:
    try:
        with transaction.atomic():
            change()
    except DatabaseError:
        return True
    return False


def test_what_was_taken_out_stays_out_and_its_correction_never_changes(sent, ada):
    void(sent, ada)
    rows = Response.objects.filter(pk=sent.pk)
    assert refuses(lambda: rows.update(voided_at=None))
    assert refuses(lambda: rows.update(voided_at=LATER + DAY))
    assert refuses(lambda: Correction.objects.update(kind="date"))
    assert refuses(lambda: Correction.objects.all().delete())


def test_correction_belongs_to_the_client_of_what_it_takes_out(sent, sven, ada):
    def wrong():
        Correction(
            client=sven, response=sent, kind="void", reason=REASON, at=LATER, by=ada.user
        ).save()

    assert refuses(wrong)


def test_form_that_counts_is_not_cancelled_by_a_correction_elsewhere(sent, nora, ada):
    other = asked.open_occasion(nora, asked.SAFETY)
    void(sent, ada)
    other.refresh_from_db()
    assert other.cancelled_at is None
    assert Occasion.objects.filter(cancelled_why="corrected").count() == 1


# --- Asking again ---------------------------------------------------------------------------------


def test_client_is_asked_again_for_what_is_left_of_the_time(sent, nora, sven, ada):
    move(sent, sven, ada, again=True)
    taken_out = sent.occasion
    given = Occasion.objects.get(client=nora, opens_at=LATER)
    assert (given.closes_at, given.opened_at) == (taken_out.closes_at, None)
    assert given.assignment.plan == taken_out.assignment.plan
    assert occasions.open_due_occasions(now=LATER) == 1
    assert Notice.objects.filter(client=nora, created_at=LATER, kind=Notice.Kind.FORM).count() == 1
    answered = asked.send(given, now=LATER + DAY)
    assert standing_of(nora).last_response_at == answered.submitted_at


def test_form_that_is_asked_for_again_is_asked_for_once(sent, nora, ada):
    void(sent, ada, again=True)
    occasions.open_due_occasions(now=LATER)
    occasions.extend_all_occasions(now=LATER)
    plan = Plan.objects.get()
    settings = plans.Settings(**{**vars(plans.Settings.of(plan)), "opens_at": time(8)})
    plans.change_plan(plan=plan, settings=settings, by=actor(ada), now=LATER + DAY)
    once = Occasion.objects.filter(client=nora, assignment__cadence="once", cancelled_at=None)
    assert once.count() == 1


def test_form_whose_time_has_passed_is_not_asked_for_again(sent, ada):
    closes = sent.occasion.closes_at
    assert not correct.can_be_asked_again(sent, closes)
    with pytest.raises(Refused, match="has passed"):
        void(sent, ada, again=True, now=closes)
    assert Response.objects.submitted().get() == sent


@pytest.mark.parametrize("field", ["paused_at", "ended_at"])
def test_plan_that_rests_asks_for_nothing_again(sent, field):
    assert correct.can_be_asked_again(sent, LATER)
    Plan.objects.update(**{field: NOW})
    assert not correct.can_be_asked_again(Response.objects.get(), LATER)
