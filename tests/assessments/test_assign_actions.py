"""Assigning: windows, duplicates, ending, and the sweep that opens what is due."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from assessments.actions import assign, links, occasions
from assessments.actions.occasions import ahead
from assessments.measurement import schedule
from assessments.models import Assignment, Occasion, PersonalLink, Response, Standing
from clinic import audit
from clinic.actions import Refused
from clinic.actions.care import close_client
from clinic.audit import Actor
from clinic.encryption import Unreadable
from clinic.models import AuditEvent, Notice
from tests import factories_assessments as asked
from tests.factories import NOW, actor

WEEK = timedelta(weeks=1)
TODAY = NOW.date()


def sweep(now):
    return occasions.open_due_occasions(now=now)


def test_form_due_today_opens_at_once_with_a_link_and_a_mail(nora, ada):
    assigned = asked.give(nora)
    assert (assigned.first.opens_at, assigned.mailed) == (NOW, True)
    assert links.find_link(assigned.token, NOW).occasion_id == assigned.first.pk
    notice = Notice.objects.get()
    assert (notice.kind, notice.recipient) == ("form", "nora@client.example")
    assert links.address_of(assigned.token) in notice.text
    assert nora.name.split()[0] not in notice.text
    assert assigned.assignment.version.definition.name.lower() not in notice.text.lower()
    assert Standing.objects.get(client=nora).next_due_at == NOW


def test_form_without_mail_address_gets_a_link_but_no_mail(otto):
    assigned = asked.give(otto)
    assert assigned.token
    assert not assigned.mailed
    assert not Notice.objects.exists()


def test_form_for_later_opens_nothing_yet(nora):
    assigned = asked.give(nora, first_on=TODAY + timedelta(days=2))
    assert (assigned.token, assigned.mailed, assigned.first.opened_at) == (None, False, None)
    assert not PersonalLink.objects.exists()


def test_only_the_hash_of_a_token_is_stored(nora):
    token = asked.give(nora).token
    assert len(token) == 43
    stored = bytes(PersonalLink.objects.get().token_hash)
    assert len(stored) == 32
    assert token.encode() not in stored


@pytest.mark.parametrize(
    "days, field",
    [
        ({"first_on": TODAY - timedelta(days=1)}, "first_on"),
        ({"first_on": date(9999, 12, 31)}, "first_on"),
        ({"ends_on": TODAY - timedelta(days=1)}, "ends_on"),
        ({"ends_on": date(9999, 12, 31)}, "ends_on"),
    ],
)
def test_days_that_make_no_sense_are_refused_and_write_nothing(nora, days, field):
    with pytest.raises(Refused) as refused:
        asked.give(nora, **days)
    assert refused.value.field == field
    assert not Assignment.objects.exists()


@pytest.mark.parametrize("cadence", ["once", "weekly"])
def test_same_form_is_not_assigned_twice(nora, cadence):
    asked.give(nora, cadence=cadence)
    with pytest.raises(Refused) as refused:
        asked.give(nora, cadence=cadence)
    assert refused.value.field == "instrument"
    assert Assignment.objects.count() == 1
    assert Notice.objects.count() == 1


def test_once_only_form_can_be_given_again_on_another_day_after_the_answer(nora):
    asked.send(asked.give(nora, cadence="once").first)
    with pytest.raises(Refused):
        asked.give(nora, cadence="once", now=NOW + timedelta(hours=2))
    asked.give(nora, cadence="once", now=NOW + timedelta(days=1))
    assert Assignment.objects.count() == 2


def test_weekly_form_is_refused_while_the_same_form_waits_for_its_one_answer(nora):
    asked.give(nora, cadence="once")
    with pytest.raises(Refused):
        asked.give(nora, first_on=TODAY + timedelta(days=1))


def test_forms_one_after_the_other_are_no_duplicates(nora):
    asked.give(nora, ends_on=TODAY + WEEK)
    asked.give(nora, first_on=TODAY + 2 * WEEK)
    asked.give(nora, asked.LONG)
    assert Assignment.objects.count() == 3


def test_closed_record_gets_no_form(nora, ada):
    close_client(client=nora, by=actor(ada), now=NOW)
    with pytest.raises(Refused):
        asked.give(nora)


def test_failing_audit_write_undoes_the_whole_assignment(nora, monkeypatch):
    whole = audit.event

    def fail(action, **event):
        if action == "notice.write":
            raise OSError("disk full")
        return whole(action, **event)

    version = asked.instrument()
    monkeypatch.setattr(audit, "event", fail)
    with pytest.raises(OSError):
        asked.give_version(
            client=nora,
            version=version,
            cadence="weekly",
            first_on=TODAY,
            by=Actor.system(),
            now=NOW,
        )
    assert not Assignment.objects.exists()
    assert not Occasion.objects.exists()
    assert not Notice.objects.exists()


# --- Occasions ------------------------------------------------------------------------------------


def test_occasions_are_written_five_weeks_ahead_and_no_further(nora):
    assignment = asked.give(nora).assignment
    assert [o.number for o in assignment.occasions.order_by("number")] == [0, 1, 2, 3, 4, 5]
    assert occasions.extend_all_occasions(now=NOW) == 0
    assert occasions.extend_all_occasions(now=NOW + WEEK) == 1
    assert occasions.extend_all_occasions(now=NOW + WEEK) == 0
    assert assignment.occasions.count() == 7


def test_long_standstill_passes_over_what_nobody_could_answer(nora):
    assignment = asked.give(nora).assignment
    late = NOW + 20 * WEEK
    occasions.extend_all_occasions(now=late)
    numbers = sorted(assignment.occasions.values_list("number", flat=True))
    assert numbers[:7] == [0, 1, 2, 3, 4, 5, 20]
    assert numbers[7:] == [21, 22, 23, 24, 25]


def test_assignment_that_ended_gets_no_more_occasions(nora, ada):
    assignment = asked.give(nora).assignment
    ids = ahead._short_of_occasions(schedule.Cadence.WEEKLY, 7, NOW + WEEK)
    # It ends after the sweep has read it and before the sweep locks it.
    assign.end_assignment(assignment=assignment, by=actor(ada), now=NOW + WEEK)
    assert ids != []
    assert ahead._extend_some(ids, NOW + WEEK) == 0


# --- Ending ---------------------------------------------------------------------------------------


def test_ending_takes_back_what_is_open_and_keeps_what_was_answered(nora, ada):
    assigned = asked.give(nora)
    asked.send(assigned.first)
    later = NOW + WEEK
    sweep(later)
    waiting = Notice.objects.get(about=assigned.assignment.occasions.get(number=1).pk)
    assign.end_assignment(assignment=assigned.assignment, by=actor(ada), now=later)
    ordered = assigned.assignment.occasions.order_by("number")
    states = list(ordered.values_list("cancelled_at", flat=True))
    assert states == [None, later, later, later, later, later]
    assert not PersonalLink.objects.filter(revoked_at=None).exists()
    waiting.refresh_from_db()
    assert (waiting.cancelled_at, waiting.text) == (later, None)
    assert Standing.objects.get(client=nora).next_due_at is None


def test_ending_twice_changes_nothing(nora, ada):
    assignment = asked.give(nora).assignment
    for _time in range(2):
        ended = assign.end_assignment(assignment=assignment, by=actor(ada), now=NOW)
    assert ended.ended_by == ada.user
    assert asked.events_of(assignment).count("assignment.end") == 1


# --- The sweep ------------------------------------------------------------------------------------


def test_sweep_opens_each_occasion_once_and_writes_one_mail(nora):
    asked.give(nora)
    later = NOW + WEEK
    assert sweep(later) == 1
    assert sweep(later) == 0
    assert Notice.objects.filter(created_at=later).count() == 1
    assert PersonalLink.objects.filter(created_at=later).count() == 1


def test_sweep_opens_without_a_link_where_the_therapist_hands_it_over(otto):
    asked.give(otto)
    assert sweep(NOW + WEEK) == 1
    assert PersonalLink.objects.filter(created_at=NOW + WEEK).count() == 0


def test_sweep_leaves_closed_records_and_ended_assignments_alone(nora, otto, ada):
    first = asked.give(nora).assignment
    asked.give(otto)
    assign.end_assignment(assignment=first, by=actor(ada), now=NOW)
    close_client(client=otto, by=actor(ada), now=NOW)
    assert sweep(NOW + WEEK) == 0


def test_sweep_is_not_stopped_by_a_form_that_was_answered_before_it_ran(nora, zoe):
    assignment = asked.give(nora).assignment
    asked.give(zoe)
    later = NOW + WEEK
    asked.send(assignment.occasions.get(number=1), now=later)
    assert sweep(later) == 1  # zoe's
    assert Notice.objects.filter(client=nora, created_at=later).count() == 0


def test_sweep_is_not_stopped_by_one_client_whose_data_cannot_be_read(nora, zoe, monkeypatch):
    asked.give(nora)
    asked.give(zoe)
    whole = links._message

    def damaged(link, *rest):
        if link.occasion.client_id == nora.pk:
            raise Unreadable("moved")
        return whole(link, *rest)

    monkeypatch.setattr(links, "_message", damaged)
    assert sweep(NOW + WEEK) == 2
    monkeypatch.setattr(links, "_message", whole)
    assert sweep(NOW + WEEK) == 0  # it is not tried again every minute


def test_events_of_a_sweep_belong_to_the_practice(nora):
    asked.give(nora)
    sweep(NOW + WEEK)
    event = AuditEvent.objects.filter(action="link.create").order_by("id").last()
    assert (event.actor_kind, event.practice_id) == ("system", nora.practice_id)


def test_answered_occasion_stays_answered_when_the_assignment_ends_at_the_same_time(nora, ada):
    assigned = asked.give(nora)
    asked.send(assigned.first, now=NOW)
    assign.end_assignment(assignment=assigned.assignment, by=actor(ada), now=NOW)
    assert Response.objects.get().occasion.cancelled_at is None
