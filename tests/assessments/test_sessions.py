"""Forms given before or after each session, when the sessions move."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest

from assessments.actions import assign, occasions, plans, respond, sessions
from assessments.actions.plans import Part, Settings
from assessments.models import Occasion, Plan, Response
from clinic.audit import Actor
from clinic.models import Appointment, Notice
from tests import factories_assessments as asked
from tests.factories import NOW

pytestmark = pytest.mark.django_db

SYSTEM = Actor.system()
TODAY = NOW.date()
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


def enter(client, days: int, weeks: int = 1, now: datetime = NOW) -> list[Appointment]:
    return sessions.enter_sessions(
        client=client,
        clinician=None,
        day=TODAY + days * DAY,
        clock=time(10),
        minutes=50,
        weeks=weeks,
        by=SYSTEM,
        now=now,
    )


def move(appointment: Appointment, days: int, now: datetime, clock: time = time(10)) -> None:
    sessions.move_sessions(
        appointment=appointment,
        day=TODAY + days * DAY,
        clock=clock,
        minutes=50,
        weeks=1,
        by=SYSTEM,
        now=now,
    )


def call_off(appointment: Appointment, now: datetime = NOW, weeks: int = 1) -> None:
    sessions.call_off_sessions(appointment=appointment, weeks=weeks, by=SYSTEM, now=now)


def give(client, cadence: str = "before_session", code: str = asked.WEEKLY, **settings) -> Plan:
    options = {name: settings.pop(name) for name in ("times", "ends_on") if name in settings}
    part = Part(asked.instrument(code), cadence, TODAY, **options)
    made = plans.make_plan(
        client=client, parts=[part], settings=Settings(**settings), by=SYSTEM, now=NOW
    )
    return made.plan


def sweep(now: datetime) -> None:
    occasions.close_due_occasions(now=now)
    occasions.open_due_occasions(now=now)
    occasions.remind_due(now=now)


def live() -> list[tuple[str, str]]:
    rows = Occasion.objects.filter(cancelled_at=None).order_by("opens_at")
    return [(f"{row.opens_at:%m-%d %H:%M}", f"{row.closes_at:%m-%d %H:%M}") for row in rows]


def why() -> list[str]:
    rows = Occasion.objects.exclude(cancelled_at=None).order_by("number")
    return list(rows.values_list("cancelled_why", flat=True))


def begin(occasion: Occasion, now: datetime) -> None:
    answers = dict(list(asked.answers_to(occasion.assignment.version).items())[:3])
    respond.save_answers(occasion=occasion, answers=answers, by=SYSTEM, now=now, source="link")


def messages(client) -> int:
    return Notice.objects.filter(client=client).count()


# --- To come --------------------------------------------------------------------------------------


def test_session_that_is_entered_has_its_form_at_once(nora):
    give(nora)
    assert live() == []
    enter(nora, 5)
    assert live() == [("11-05 10:00", "11-07 10:00")]


def test_form_to_come_moves_with_its_session_and_keeps_a_trace(nora):
    give(nora)
    (session,) = enter(nora, 5)
    move(session, 8, NOW)
    assert live() == [("11-08 10:00", "11-10 10:00")]
    assert why() == ["moved"]
    assert Occasion.objects.get(cancelled_at=None).number == 1


def test_form_of_a_session_that_is_called_off_is_not_given(nora):
    give(nora)
    first, _second = enter(nora, 5, weeks=2)
    call_off(first)
    assert live() == [("11-12 10:00", "11-14 10:00")]
    assert why() == ["moved"]


def test_form_after_a_session_that_was_called_off_is_not_sent(nora):
    give(nora, "after_session")
    (session,) = enter(nora, 5)
    call_off(session)
    sweep(session.ends_at + HOUR)
    assert messages(nora) == 0


def test_sweep_sends_no_form_after_a_session_that_something_else_called_off(nora):
    give(nora, "after_session")
    (session,) = enter(nora, 5)
    Appointment.objects.update(cancelled_at=NOW)
    sweep(session.ends_at + HOUR)
    assert messages(nora) == 0


def test_skipped_form_stays_skipped_when_its_session_moves(nora):
    give(nora)
    (session,) = enter(nora, 5)
    occasions.skip_occasion(occasion=Occasion.objects.get(), by=SYSTEM, now=NOW)
    move(session, 8, NOW)
    assert live() == []
    assert why() == ["skipped"]


def test_number_of_times_counts_sessions_and_not_moves(nora):
    give(nora, times=2)
    first, *_others = enter(nora, 5, weeks=3)
    move(first, 6, NOW)
    assert live() == [("11-06 10:00", "11-08 10:00"), ("11-12 10:00", "11-14 10:00")]


def test_following_twice_changes_nothing(nora):
    give(nora)
    enter(nora, 5, weeks=3)
    before = list(Occasion.objects.order_by("pk").values())
    sessions.follow_appointments(client=nora, now=NOW)
    assert list(Occasion.objects.order_by("pk").values()) == before


def test_form_by_interval_does_not_follow_sessions(nora):
    give(nora, "weekly")
    before = live()
    (session,) = enter(nora, 5)
    move(session, 8, NOW)
    assert live() == before


def test_plan_that_changes_gives_no_session_its_form_twice(nora):
    plan = give(nora)
    enter(nora, 1)
    sweep(NOW + HOUR)
    assert messages(nora) == 1
    plans.change_plan(plan=plan, settings=Settings(window_days=1), by=SYSTEM, now=NOW + 2 * HOUR)
    sweep(NOW + 12 * HOUR)
    assert messages(nora) == 1


def test_session_beyond_five_weeks_has_its_form_when_its_time_comes_near(nora):
    give(nora)
    enter(nora, 50)
    assert live() == []
    assert sessions.follow_all_appointments(now=NOW) == 0
    assert sessions.follow_all_appointments(now=NOW + 20 * DAY) == 1
    assert live() == [("12-20 10:00", "12-22 10:00")]
    assert sessions.follow_all_appointments(now=NOW + 20 * DAY) == 0


def test_ended_form_is_given_for_no_session(nora):
    plan = give(nora)
    assign.end_assignment(assignment=plan.assignments.get(), by=SYSTEM, now=NOW)
    enter(nora, 5)
    assert live() == []
    assert sessions.follow_all_appointments(now=NOW) == 0


# --- Open -----------------------------------------------------------------------------------------


def opened(client, cadence: str = "before_session", **settings) -> tuple[Appointment, datetime]:
    """A session in two days whose form is open, told by mail; and the time an hour later."""
    give(client, cadence, **settings)
    (session,) = enter(client, 2)
    at = NOW + HOUR if cadence == "before_session" else session.ends_at
    sweep(at)
    assert messages(client) == 1
    return session, at + HOUR


def test_open_form_of_a_session_called_off_is_taken_back_with_its_link_and_message(nora):
    session, later = opened(nora)
    call_off(session, later)
    assert (live(), why()) == ([], ["moved"])
    assert Notice.objects.get().cancelled_at == later
    assert Occasion.objects.get().links.get().revoked_at == later


def test_open_form_goes_along_with_a_session_that_moves_a_little(nora):
    session, _later = opened(nora)
    move(session, 2, NOW + DAY, time(15))
    assert live() == [("11-02 10:00", "11-04 15:00")]
    link = Occasion.objects.get().links.get()
    assert (link.revoked_at, link.expires_at.isoformat()) == (None, "2026-11-04T15:00:00+00:00")
    sweep(NOW + DAY + HOUR)
    assert messages(nora) == 1


def test_reminder_after_the_new_end_of_a_form_is_left_out(nora):
    session, later = opened(nora, reminder_days=[1])
    move(session, 1, later, time(9))
    assert Occasion.objects.get().remind_at is None


def test_open_form_of_a_session_that_moves_far_is_taken_back_and_given_anew(nora):
    session, later = opened(nora)
    move(session, 9, later)
    assert live() == [("11-09 10:00", "11-11 10:00")]
    assert why() == ["moved"]
    sweep(NOW + 7 * DAY + 2 * HOUR)
    assert messages(nora) == 2


def test_form_that_is_begun_stays_where_the_session_is_called_off(nora):
    session, later = opened(nora)
    begin(Occasion.objects.get(), later)
    call_off(session, later + HOUR)
    assert live() == [("11-02 10:00", "11-04 10:00")]
    asked.send(Occasion.objects.get(), now=later + 2 * HOUR)


def test_form_that_is_begun_is_open_until_the_session_wherever_it_moves(nora):
    session, later = opened(nora)
    begin(Occasion.objects.get(), later)
    move(session, 9, later + HOUR)
    assert live() == [("11-02 10:00", "11-11 10:00")]


def test_form_that_was_sent_stays_and_is_not_asked_for_again(nora):
    session, later = opened(nora)
    asked.send(Occasion.objects.get(), now=later)
    move(session, 9, later + HOUR)
    assert live() == [("11-02 10:00", "11-04 10:00")]
    assert Response.objects.submitted().count() == 1


def test_open_form_after_a_session_that_took_place_later_goes_along(nora):
    session, later = opened(nora, "after_session")
    Appointment.objects.update(ends_at=session.ends_at + timedelta(minutes=30))
    sessions.follow_appointments(client=nora, now=later)
    assert live() == [("11-04 11:20", "11-07 11:20")]
    sessions.follow_appointments(client=nora, now=later)
    assert live() == [("11-04 11:20", "11-07 11:20")]


def test_open_form_after_a_session_that_is_yet_to_come_is_taken_back(nora):
    session, later = opened(nora, "after_session")
    Appointment.objects.update(
        starts_at=session.starts_at + 7 * DAY, ends_at=session.ends_at + 7 * DAY
    )
    sessions.follow_appointments(client=nora, now=later)
    assert live() == [("11-11 10:50", "11-14 10:50")]
    assert why() == ["moved"]


def test_where_the_client_stands_follows_too(nora):
    give(nora)
    (session,) = enter(nora, 5)
    nora.standing.refresh_from_db()
    assert nora.standing.next_due_at == session.starts_at - 2 * DAY
    call_off(session)
    nora.standing.refresh_from_db()
    assert nora.standing.next_due_at is None
