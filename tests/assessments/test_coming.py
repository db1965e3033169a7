"""What a calendar says is to come is what the sweeps do when its time has come."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest

from assessments import queries
from assessments.actions import occasions, plans, respond, sessions
from assessments.models import Occasion, Response
from assessments.queries import Kind
from clinic.models import Client
from tests import factories_assessments as asked
from tests.assessments.test_plans import DAY, SYSTEM, TODAY, WEEK, make, part, sweep
from tests.factories import NOW

pytestmark = pytest.mark.django_db

TEN_WEEKS = 10 * WEEK


def looking_ahead(client, now: datetime = NOW, ahead: timedelta = TEN_WEEKS) -> queries.Coming:
    only = Client.objects.filter(pk=client.pk)
    return queries.coming(only, since=now, until=now + ahead, now=now)


def said(client, now: datetime = NOW) -> set[tuple[str, datetime]]:
    return {
        (due.assignment.version.definition.name, due.opens)
        for due in looking_ahead(client, now).dues
        if not due.left_out
    }


def kinds(client, now: datetime = NOW, ahead: timedelta = TEN_WEEKS) -> list[Kind]:
    until = now + ahead
    found = looking_ahead(client, now, ahead)
    return [row.kind for row in queries.moments(found, since=now, until=until, now=now)]


def lived(client, start: datetime) -> set[tuple[str, datetime]]:
    """What really opens in ten weeks in which the worker sweeps four times a day."""
    for quarter in range(1, 40 * 7 + 1):
        now = start + timedelta(hours=6 * quarter)
        sweep(now)
        sessions.follow_all_appointments(now=now)
    rows = Occasion.objects.filter(client=client, opened_at__isnull=False)
    rows = rows.filter(opens_at__lt=start + TEN_WEEKS).select_related("assignment__version")
    return {(row.assignment.version.definition.name, row.opens_at) for row in rows}


def enter(client, weeks: int = 10, now: datetime = NOW):
    return sessions.enter_sessions(
        client=client,
        clinician=None,
        day=now.date() + 2 * DAY,
        clock=time(14),
        minutes=50,
        weeks=weeks,
        by=SYSTEM,
        now=now,
    )


# --- What was said comes true ---------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("start", [NOW, datetime(2027, 2, 22, 9, tzinfo=NOW.tzinfo)])
@pytest.mark.parametrize(
    "forms, settings",
    [
        ([("weekly", {})], {}),
        ([("weekly", {"times": 7})], {"window_days": 3}),
        ([("two_weeks", {"ends_in": 40})], {"opens_at": time(9, 30), "weekday": 3}),
        ([("twelve_weeks", {"code": asked.LONG}), ("weekly", {})], {}),
        ([("four_weeks", {"code": asked.LONG}), ("weekly", {})], {"weekday": 3}),
        ([("before_session", {})], {}),
        ([("after_session", {"times": 8})], {"window_days": 2}),
        ([("once", {"code": asked.LONG}), ("at_end", {})], {}),
    ],
    ids=lambda given: None if isinstance(given, dict) else "+".join(name for name, _ in given),
)
def test_what_is_said_of_ten_weeks_is_what_opens(nora, start, forms, settings):
    parts = []
    for cadence, options in forms:
        options = dict(options)
        first_on = start.date()
        ends_in = options.pop("ends_in", None)
        ends_on = first_on + timedelta(days=ends_in) if ends_in else None
        code = options.pop("code", asked.WEEKLY)
        parts.append(part(code, cadence, first_on=first_on, ends_on=ends_on, **options))
    enter(nora, now=start)
    make(nora, *parts, now=start, **settings)
    before = said(nora, start)
    assert before == lived(nora, start)
    assert before


@pytest.mark.slow
@pytest.mark.parametrize("cadence", ["weekly", "after_session"])
@pytest.mark.parametrize(
    "limits", [{"times": 7}, {"ends_on": TODAY + 6 * WEEK}, {"ends_on": None}, {"times": 4}]
)
def test_what_is_said_of_a_plan_whose_limits_were_changed_is_what_opens(nora, cadence, limits):
    enter(nora)
    plan = make(nora, part(cadence=cadence, times=4, ends_on=TODAY + 4 * WEEK))
    start = NOW + 2 * WEEK
    for day in range(1, 15):
        sweep(NOW + day * DAY)
        sessions.follow_all_appointments(now=NOW + day * DAY)
    row = plan.assignments.get()
    plans.change_plan(
        plan=plan,
        settings=plans.Settings.of(plan),
        limits={row.pk: plans.Limits(**limits)},
        by=SYSTEM,
        now=start,
    )
    before = said(nora, start)
    lived_through = {(name, opens) for name, opens in lived(nora, start) if opens >= start}
    assert {row for row in before if row[1] >= start} == lived_through
    assert lived_through


def test_after_the_clocks_go_forward_it_opens_at_the_same_hour(nora):
    start = datetime(2027, 3, 22, 9, tzinfo=NOW.tzinfo)
    make(nora, part(first_on=start.date()), now=start)
    hours = {opens.astimezone(nora.practice.zone).time() for _name, opens in said(nora, start)}
    assert hours == {time(9), time(6)}  # the first opened as it was given


@pytest.mark.slow
@pytest.mark.parametrize("until", [None, TODAY + 3 * WEEK, TODAY + 7 * WEEK])
def test_what_is_said_of_a_pause_is_what_opens(nora, until):
    plan = make(nora)
    plans.pause_plan(plan=plan, until=until, by=SYSTEM, now=NOW)
    before = said(nora)
    assert before == lived(nora, NOW)
    left_out = [due.left_out for due in looking_ahead(nora).dues if due.left_out]
    assert set(left_out) <= {"paused"}


def test_looking_ahead_writes_nothing(nora):
    make(nora)
    before = list(Occasion.objects.order_by("pk").values())
    looking_ahead(nora)
    assert list(Occasion.objects.order_by("pk").values()) == before


# --- What a calendar shows of it ------------------------------------------------------------------


def test_covered_form_stands_with_its_reason_beyond_what_is_written(nora):
    make(nora, part(asked.LONG, "eight_weeks"), part())
    left_out = {due.opens.date() for due in looking_ahead(nora).dues if due.left_out == "covered"}
    assert left_out == {TODAY, TODAY + 8 * WEEK}


def test_message_in_quiet_hours_stands_when_it_goes_out(nora):
    make(nora, part(first_on=TODAY + DAY))
    found = looking_ahead(nora)
    first = queries.moments(found, since=NOW, until=NOW + WEEK, now=NOW)[0]
    assert (first.kind, first.way) == (Kind.OPENS, "mail")
    assert f"{first.at:%H:%M}" == "08:00"
    assert f"{first.opens_before:%H:%M}" == "06:00"


def test_form_handed_over_stands_at_its_hour_and_has_no_reminder(otto):
    make(otto, part(first_on=TODAY + DAY), reminder_days=[2])
    found = looking_ahead(otto)
    rows = queries.moments(found, since=NOW, until=NOW + WEEK, now=NOW)
    assert [(row.kind, row.way) for row in rows] == [(Kind.OPENS, "hand")]
    assert f"{rows[0].at:%H:%M}" == "06:00"


def test_reminders_stand_until_the_form_is_answered(nora):
    plan = make(nora, part("causeway-weekly", "once"), reminder_days=[2, 4])
    assert kinds(nora) == ["opened", "reminder", "reminder", "closes"]
    sweep(NOW + 2 * DAY)
    assert kinds(nora, NOW + 2 * DAY + timedelta(hours=1)) == ["reminder", "closes"]
    asked.send(plan.assignments.get().occasions.get(), now=NOW + 3 * DAY)
    assert kinds(nora, NOW + 3 * DAY) == ["answered"]


def test_past_says_what_happened(nora):
    plan = make(nora)
    asked.send(plan.assignments.get().occasions.get(number=0))
    for day in range(1, 15):
        sweep(NOW + day * DAY)
    now = NOW + 14 * DAY
    found = queries.coming(Client.objects.filter(pk=nora.pk), since=NOW, until=now, now=now)
    rows = queries.moments(found, since=NOW, until=now, now=now)
    assert [row.kind for row in rows][:3] == ["opened", "answered", "opened"]
    assert "missed" in [row.kind for row in rows]


def test_form_taken_up_in_part_is_not_called_answered(nora):
    plan = make(nora, part(asked.WEEKLY, "once"))
    occasion = plan.assignments.get().occasions.get()
    code = occasion.assignment.version.definition.items[0].code
    respond.save_answers(
        occasion=occasion, answers={code: 2}, by=SYSTEM, now=NOW, source=Response.Source.LINK
    )
    now = NOW + 15 * DAY
    occasions.close_due_occasions(now=now)
    found = queries.coming(Client.objects.filter(pk=nora.pk), since=NOW, until=now, now=now)
    shown = [row.kind for row in queries.moments(found, since=NOW, until=now, now=now)]
    assert shown == ["opened", "partial"]


def test_skipped_form_stands_as_skipped(nora):
    plan = make(nora)
    occasions.skip_occasion(
        occasion=plan.assignments.get().occasions.get(number=1), by=SYSTEM, now=NOW
    )
    assert [due.left_out for due in looking_ahead(nora).dues][:3] == ["", "skipped", ""]


def test_ten_weeks_have_no_hole_between_what_is_written_and_what_is_not(nora):
    make(nora, part(first_on=date(2026, 11, 2)))
    opens = sorted(opens.date() for _name, opens in said(nora))
    assert opens == [TODAY + n * WEEK for n in range(11)]
