"""Plans: several forms together, changed, paused, ended; the sweeps that carry them out."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest

from assessments import queries
from assessments.actions import assign, links, occasions, plans, respond
from assessments.actions.plans import Limits, Part, Settings
from assessments.measurement import schedule
from assessments.models import Assignment, Cadence, Occasion, Plan, Response, SendBy
from clinic.actions import Refused
from clinic.audit import Actor
from clinic.models import Appointment, AuditEvent, Notice
from tests import factories_assessments as asked
from tests.factories import NOW, actor

pytestmark = pytest.mark.django_db

SYSTEM = Actor.system()
TODAY = NOW.date()
WEEK = timedelta(weeks=1)
DAY = timedelta(days=1)


def part(code: str = asked.WEEKLY, cadence: str = "weekly", **options) -> Part:
    return Part(asked.instrument(code), cadence, options.pop("first_on", TODAY), **options)


def make(client, *parts: Part, now: datetime = NOW, **settings) -> Plan:
    made = plans.make_plan(
        client=client,
        parts=parts or [part()],
        settings=Settings(**settings),
        by=SYSTEM,
        now=now,
    )
    return made.plan


def sweep(now: datetime) -> None:
    plans.resume_due_plans(now=now)
    occasions.extend_all_occasions(now=now)
    occasions.close_due_occasions(now=now)
    occasions.open_due_occasions(now=now)
    occasions.remind_due(now=now)


def of(plan: Plan, code: str = asked.WEEKLY) -> list[Occasion]:
    rows = Occasion.objects.filter(
        assignment__plan=plan, assignment__version__instrument__code=code
    )
    return list(rows.order_by("opens_at", "number"))


def kinds(client) -> list[str]:
    return list(
        Notice.objects.filter(client=client).order_by("created_at").values_list("kind", flat=True)
    )


# --- Batteries of forms ---------------------------------------------------------------------------


def test_weekly_form_gives_way_to_the_long_one_of_the_same_day(nora):
    plan = make(nora, part(asked.LONG, "twelve_weeks"), part())
    weekly = of(plan)
    assert [row.cancelled_why for row in weekly] == ["covered", "", "", "", "", ""]
    assert of(plan, asked.LONG)[0].opened_at == NOW


def test_what_opens_together_arrives_in_one_message(nora):
    make(nora, part(), part(asked.SAFETY, "once"))
    assert kinds(nora) == ["form"]
    told = Occasion.objects.get(told_with__isnull=False)
    assert told.opened_at == NOW
    assert told.told_with.opened_at == NOW


def test_sweep_tells_of_forms_together_too(nora):
    make(nora, part(), part(asked.SAFETY, "weekly"))
    Notice.objects.all().delete()
    sweep(NOW + WEEK)
    assert kinds(nora) == ["form"]


def test_plan_opens_at_its_hour_on_its_weekday_for_its_window(nora):
    plan = make(nora, opens_at=time(9, 30), weekday=3, window_days=2)
    first = of(plan)[0]
    assert first.opens_at.isoformat() == "2026-11-05T09:30:00+00:00"
    assert first.closes_at - first.opens_at == 2 * DAY


def test_rare_form_begins_on_the_day_chosen_and_meets_the_weekly_one_later(nora):
    plan = make(nora, part(asked.LONG, "twelve_weeks"), part(), weekday=3)
    assert of(plan, asked.LONG)[0].opens_at == NOW
    assert of(plan)[0].opens_at.date() == TODAY + 3 * DAY
    sweep(NOW + 8 * WEEK)
    # Twelve weeks after the first, on the Thursday that follows, the long form covers the weekly.
    later = TODAY + 12 * WEEK + 3 * DAY
    assert of(plan, asked.LONG)[1].opens_at.date() == later
    assert [row.cancelled_why for row in of(plan) if row.opens_at.date() == later] == ["covered"]


def test_number_of_times_is_kept(nora):
    plan = make(nora, part(times=2))
    sweep(NOW + 3 * WEEK)
    sweep(NOW + 6 * WEEK)
    assert [row.number for row in of(plan)] == [0, 1]


@pytest.mark.parametrize(
    "settings, field",
    [
        ({"reminder_days": [1, 2, 3, 4]}, "reminder_days"),
        ({"reminder_days": [0]}, "reminder_days"),
        ({"reminder_days": [5], "window_days": 5}, "reminder_days"),
        ({"window_days": 31}, "window_days"),
        ({"window_days": 0}, "window_days"),
        ({"weekday": 7}, "weekday"),
        ({"send_by": "pigeon"}, "send_by"),
    ],
)
def test_settings_that_cannot_be_meant_are_refused_at_their_field(nora, settings, field):
    with pytest.raises(Refused) as refused:
        make(nora, **settings)
    assert refused.value.field == field
    assert not Plan.objects.exists()


# --- Reminders ------------------------------------------------------------------------------------


def test_reminders_come_on_their_days_until_the_form_is_answered(nora):
    plan = make(nora, reminder_days=[2, 4, 6])
    first = of(plan)[0]
    for hours in range(0, 24 * 5, 6):
        sweep(NOW + timedelta(hours=hours))
    assert kinds(nora) == ["form", "reminder", "reminder"]
    asked.send(first, now=NOW + 5 * DAY)
    sweep(NOW + 6 * DAY + timedelta(hours=1))
    assert kinds(nora).count("reminder") == 2
    first.refresh_from_db()
    assert (first.reminders_sent, first.remind_at) == (2, None)


def test_reminder_keeps_the_link_of_the_first_message_working(nora):
    plan = make(nora, reminder_days=[2])
    sweep(NOW + 2 * DAY)
    links = of(plan)[0].links.all()
    assert [link.revoked_at for link in links] == [None, None]


def test_reminder_that_runs_twice_is_sent_once(nora):
    make(nora, reminder_days=[2])
    assert [occasions.remind_due(now=NOW + 2 * DAY) for _ in range(2)] == [1, 0]


def test_message_of_a_sweep_waits_for_the_end_of_the_quiet_hours(nora):
    make(nora, opens_at=time(6))
    sweep(NOW + WEEK - timedelta(hours=2, minutes=30))  # half past six in the morning
    waiting = Notice.objects.order_by("created_at").last()
    assert waiting.due_at.isoformat() == "2026-11-09T08:00:00+00:00"


# --- Closing --------------------------------------------------------------------------------------


def test_closed_form_keeps_what_was_answered_and_says_it_is_partial(nora):
    plan = make(nora)
    first = of(plan)[0]
    answers = dict(list(asked.answers_to(first.assignment.version, 3).items())[:14])
    at = NOW + 2 * DAY
    respond.save_answers(occasion=first, answers=answers, by=SYSTEM, now=at, source="link")
    sweep(NOW + WEEK)
    kept = Response.objects.get()
    assert (kept.partial, kept.submitted_at, kept.received_at) == (True, at, NOW + WEEK)
    assert kept.answers == answers
    values = {score.scale: score.value for score in kept.scores.all()}
    assert any(value is None for value in values.values())  # too few answered
    assert any(value is not None for value in values.values())


def test_draft_without_an_answer_is_no_response(nora):
    plan = make(nora)
    respond.save_answers(
        occasion=of(plan)[0], answers={}, comment="hm", by=SYSTEM, now=NOW, source="link"
    )
    sweep(NOW + WEEK)
    assert not Response.objects.submitted().exists()


def test_partial_form_raises_its_alert(nora):
    plan = make(nora, part(asked.SAFETY, "weekly"))
    first = of(plan, asked.SAFETY)[0]
    answers = dict(list(asked.answers_to(first.assignment.version, 1).items())[:1])
    respond.save_answers(occasion=first, answers=answers, by=SYSTEM, now=NOW, source="link")
    assert nora.alerts.count() == 0
    sweep(NOW + WEEK)
    assert nora.alerts.count() == 1


def test_every_occasion_closes_once_and_a_dead_link_is_not_mailed(nora):
    plan = make(nora)
    assert Notice.objects.filter(cancelled_at=None).count() == 1
    assert [occasions.close_due_occasions(now=NOW + WEEK) for _ in range(2)] == [1, 0]
    assert of(plan)[0].closed_at == NOW + WEEK
    assert Notice.objects.filter(cancelled_at=None).count() == 0


# --- Changing -------------------------------------------------------------------------------------


def change(plan: Plan, now: datetime, cadence: str | None = None, **settings) -> None:
    row = plan.assignments.get(ended_at=None)
    plans.change_plan(
        plan=plan,
        settings=Settings(**settings),
        cadences={row.pk: cadence} if cadence else None,
        by=SYSTEM,
        now=now,
    )


def test_change_of_cadence_touches_the_future_alone(nora):
    plan = make(nora)
    sweep(NOW + WEEK)
    change(plan, NOW + WEEK + DAY, "two_weeks")
    old, new = plan.assignments.order_by("created_at")
    kept = [row for row in of(plan) if row.assignment_id == old.pk]
    assert [row.cancelled_why for row in kept] == ["", "", *["changed"] * 5]
    assert (new.replaces, new.cadence, new.first_on) == (old, "two_weeks", TODAY + 3 * WEEK)
    # The form that was open stays open.
    assert kept[1].cancelled_at is None


def limit(plan: Plan, now: datetime, **limits) -> None:
    row = plan.assignments.get(ended_at=None)
    plans.change_plan(
        plan=plan,
        settings=Settings.of(Plan.objects.get(pk=plan.pk)),
        limits={row.pk: Limits(**limits)},
        by=SYSTEM,
        now=now,
    )


def opens_of(plan: Plan) -> list[int]:
    """In which week each form of a plan opens, of those that were not taken back."""
    return [(row.opens_at.date() - TODAY).days // 7 for row in of(plan) if row.cancelled_at is None]


def test_number_of_times_counts_what_was_given_over_every_change(nora):
    plan = make(nora, part(times=12))
    sweep(NOW + WEEK)
    change(plan, NOW + WEEK + DAY, opens_at=time(9))
    sweep(NOW + 2 * WEEK)
    limit(plan, NOW + 2 * WEEK + DAY, times=5)
    assert opens_of(plan) == [0, 1, 2, 3, 4]
    tally = queries.tallies_of(plan)[plan.assignments.get(ended_at=None).pk]
    assert (tally.given, tally.times) == (3, 5)
    event = AuditEvent.objects.filter(action="plan.change").last()
    assert event.fields == ["times"]


def test_last_date_is_moved_on_and_taken_away(nora):
    plan = make(nora, part(ends_on=TODAY + WEEK))
    assert opens_of(plan) == [0, 1]
    limit(plan, NOW + DAY, ends_on=TODAY + 3 * WEEK)
    assert opens_of(plan) == [0, 1, 2, 3]
    limit(plan, NOW + DAY)
    assert opens_of(plan) == [0, 1, 2, 3, 4, 5]


def test_shorter_plan_takes_back_what_was_to_come_and_keeps_what_is_open(nora):
    plan = make(nora)
    sweep(NOW + WEEK)
    limit(plan, NOW + WEEK + DAY, ends_on=TODAY + WEEK + DAY)
    assert opens_of(plan) == [0, 1]
    open_now = of(plan)[1]
    assert (open_now.opened_at, open_now.closed_at) == (NOW + WEEK, None)
    plan.refresh_from_db()
    assert plan.ended_at == NOW + WEEK + DAY


def test_plan_that_has_run_out_goes_on_with_a_greater_number(nora):
    plan = make(nora, part(times=2))
    sweep(NOW + WEEK)
    now = NOW + 5 * WEEK
    sweep(now)
    limit(plan, now, times=4)
    assert opens_of(plan) == [0, 1, 5, 6]


def test_limits_that_stay_are_never_refused(nora):
    plan = make(nora, part(ends_on=TODAY + WEEK))
    now = NOW + 3 * WEEK
    limit(plan, now, ends_on=TODAY + WEEK)
    assert plan.assignments.count() == 1
    with pytest.raises(Refused) as refused:
        limit(plan, now, ends_on=TODAY + WEEK, times=9)
    assert refused.value.field == "ends_on"


@pytest.mark.parametrize(
    "times, sentence",
    [
        (0, "Choose a number of times, or leave it empty."),
        (501, "Choose a smaller number of times."),
    ],
)
def test_number_of_times_that_cannot_be_is_refused(nora, times, sentence):
    plan = make(nora, part(first_on=TODAY + DAY))
    with pytest.raises(Refused, match=sentence):
        limit(plan, NOW, times=times)


def test_form_given_with_the_sessions_takes_a_new_number(nora):
    for week in range(6):
        session(nora, 3 + 7 * week)
    plan = make(nora, part(cadence="after_session", times=2))
    limit(plan, NOW, times=4)
    assert len([row for row in of(plan) if row.cancelled_at is None]) == 4


def test_form_that_was_left_out_stays_left_out_when_its_plan_is_changed(nora):
    plan = make(nora)
    occasions.skip_occasion(occasion=of(plan)[2], by=SYSTEM, now=NOW)
    limit(plan, NOW + DAY, times=9)
    assert opens_of(plan) == [0, 1, 3, 4, 5]
    change(plan, NOW + DAY, opens_at=time(20))
    assert opens_of(plan) == [0, 1, 3, 4, 5]


def test_change_of_hour_and_weekday_moves_what_is_to_come(nora):
    plan = make(nora)
    change(plan, NOW + DAY, opens_at=time(18), weekday=4)
    to_come = [row for row in of(plan) if row.cancelled_at is None and row.opened_at is None]
    assert to_come[0].opens_at.isoformat() == "2026-11-13T18:00:00+00:00"
    assert len(to_come) == 4


def test_change_that_changes_nothing_leaves_the_assignment_alone(nora):
    plan = make(nora)
    change(plan, NOW + DAY)
    assert plan.assignments.count() == 1


def test_reminders_may_change_without_a_new_assignment(nora):
    plan = make(nora)
    change(plan, NOW + DAY, reminder_days=[1])
    assert plan.assignments.count() == 1
    sweep(NOW + WEEK)
    sweep(NOW + WEEK + DAY)
    assert kinds(nora) == ["form", "form", "reminder"]


def test_every_form_of_those_given_at_once_is_reminded_of(nora):
    plan = make(nora, part(cadence="two_weeks"), part(asked.SAFETY, "two_weeks"), reminder_days=[2])
    told_first = Occasion.objects.get(opened_at__isnull=False, told_with=None)
    asked.send(told_first, now=NOW + DAY)
    sweep(NOW + 2 * DAY)
    assert Occasion.objects.get(assignment__plan=plan, told_with=told_first).reminders_sent == 1


def test_form_given_once_is_not_given_again_by_a_change_of_the_hour(nora):
    plan = make(nora, part(asked.SAFETY, "once"), part(asked.LONG, "at_end"))
    before = plan.assignments.count()
    plans.change_plan(plan=plan, settings=Settings(opens_at=time(18)), by=SYSTEM, now=NOW + DAY)
    assert plan.assignments.count() == before
    assert len(of(plan, asked.SAFETY)) == 1


def test_form_given_once_and_not_opened_yet_moves_to_the_new_hour(nora):
    plan = make(nora, part(asked.SAFETY, "once", first_on=TODAY + 3 * DAY))
    plans.change_plan(plan=plan, settings=Settings(opens_at=time(18)), by=SYSTEM, now=NOW)
    gone, given = of(plan, asked.SAFETY)
    assert (gone.cancelled_why, given.opens_at.hour) == ("changed", 18)
    assert given.opens_at.date() == TODAY + 3 * DAY


def test_change_of_cadence_stays_on_the_day_of_the_week(nora):
    plan = make(nora)
    # Ten days after the last form, a Thursday: the next Monday, not today.
    change(plan, NOW + 10 * DAY, "four_weeks")
    assert plan.assignments.get(ended_at=None).first_on == TODAY + 4 * WEEK
    change(plan, NOW + 10 * DAY, "weekly")
    assert plan.assignments.get(ended_at=None).first_on == TODAY + 2 * WEEK


def test_what_goes_on_today_opens_at_the_hour_of_the_plan(nora):
    plan = make(nora, opens_at=time(18))
    change(plan, NOW + WEEK, "four_weeks", opens_at=time(18))
    change(plan, NOW + WEEK, "weekly", opens_at=time(18))
    to_come = [row for row in of(plan) if row.cancelled_at is None and row.opened_at is None]
    assert to_come[0].opens_at.isoformat() == "2026-11-09T18:00:00+00:00"


def test_a_form_can_only_be_made_to_come_round(nora):
    plan = make(nora)
    with pytest.raises(Refused) as refused:
        change(plan, NOW, "once")
    assert refused.value.field == "cadence"


# --- Pausing, skipping, ending --------------------------------------------------------------------


def test_paused_plan_opens_and_sends_nothing_and_says_what_it_passed_over(nora):
    plan = make(nora, reminder_days=[2])
    plans.pause_plan(plan=plan, by=SYSTEM, now=NOW + DAY, until=TODAY + 15 * DAY)
    before = Notice.objects.count()
    for days in range(1, 15):
        sweep(NOW + days * DAY)
    assert Notice.objects.count() == before
    assert [row.cancelled_why for row in of(plan)][:4] == ["", "paused", "paused", ""]
    sweep(NOW + 21 * DAY)
    assert Plan.objects.get().paused_at is None
    assert Notice.objects.count() == before + 1


def test_pause_ends_as_the_day_begins_in_the_zone_of_the_practice(nora, harbour):
    harbour.time_zone = "Pacific/Auckland"
    harbour.save()
    plan = make(nora)
    plans.pause_plan(plan=plan, by=SYSTEM, now=NOW, until=date(2026, 11, 10))
    midnight = datetime.fromisoformat("2026-11-09T11:00:00+00:00")
    assert plans.resume_due_plans(now=midnight - timedelta(minutes=1)) == 0
    assert plans.resume_due_plans(now=midnight) == 1


def test_open_form_of_a_paused_plan_can_still_be_answered(nora):
    plan = make(nora)
    plans.pause_plan(plan=plan, by=SYSTEM, now=NOW + DAY)
    asked.send(of(plan)[0], now=NOW + 2 * DAY)
    assert Response.objects.submitted().count() == 1


def test_one_form_is_skipped_and_those_after_it_stay(nora):
    plan = make(nora)
    second = of(plan)[1]
    occasions.skip_occasion(occasion=second, by=SYSTEM, now=NOW)
    sweep(NOW + WEEK)
    assert of(plan)[1].cancelled_why == "skipped"
    sweep(NOW + 2 * WEEK)
    assert of(plan)[2].opened_at == NOW + 2 * WEEK


def test_answered_or_past_form_cannot_be_skipped(nora):
    plan = make(nora)
    first = of(plan)[0]
    asked.send(first, now=NOW)
    with pytest.raises(Refused):
        occasions.skip_occasion(occasion=first, by=SYSTEM, now=NOW)
    with pytest.raises(Refused):
        occasions.skip_occasion(occasion=of(plan)[1], by=SYSTEM, now=NOW + 3 * WEEK)


def test_plan_ends_with_the_forms_given_at_the_end(nora):
    plan = make(nora, part(), part(asked.LONG, "at_end"))
    assert of(plan, asked.LONG) == []
    plans.end_plan(plan=plan, by=SYSTEM, now=NOW + DAY, closing_on=TODAY + WEEK)
    assert all(row.cancelled_why == "ended" for row in of(plan))
    sweep(NOW + WEEK)
    closing = of(plan, asked.LONG)[0]
    assert closing.opened_at == NOW + WEEK


def test_plan_that_ends_at_once_takes_back_what_is_open(nora):
    plan = make(nora)
    plans.end_plan(plan=plan, by=SYSTEM, now=NOW + DAY)
    assert {row.cancelled_why for row in of(plan)} == {"ended"}
    assert Plan.objects.get().ended_at == NOW + DAY


def test_plan_ends_when_its_last_form_is_ended(nora):
    plan = make(nora)
    assign.end_assignment(assignment=plan.assignments.get(), by=SYSTEM, now=NOW)
    assert Plan.objects.get().ended_at == NOW


def test_next_form_on_the_caseload_is_one_outside_the_pause(nora):
    plan = make(nora)
    asked.send(of(plan)[0])
    plans.pause_plan(plan=plan, by=SYSTEM, now=NOW, until=TODAY + 2 * WEEK)
    nora.standing.refresh_from_db()
    assert nora.standing.next_due_at.date() == TODAY + 2 * WEEK
    plans.pause_plan(plan=plan, by=SYSTEM, now=NOW)
    nora.standing.refresh_from_db()
    assert nora.standing.next_due_at is None
    plans.resume_plan(plan=plan, by=SYSTEM, now=NOW)
    nora.standing.refresh_from_db()
    assert nora.standing.next_due_at.date() == TODAY + WEEK


# --- The client's say -----------------------------------------------------------------------------


def says(plan: Plan, said: str, now: datetime = NOW + DAY, **options) -> None:
    link = of(plan)[0].links.first()
    plans.client_says(link=link, said=said, by=Actor.system(), now=now, **options)


def test_client_pauses_and_the_caseload_says_so_until_somebody_takes_note(nora):
    plan = make(nora)
    says(plan, "pause", weeks=2, note="Holiday")
    plan.refresh_from_db()
    assert (plan.paused_until, plan.client_said, plan.client_note) == (
        TODAY + 15 * DAY,
        "pause",
        "Holiday",
    )
    nora.standing.refresh_from_db()
    assert nora.standing.reasons[0]["code"] == "client_pause"
    plans.note_what_client_said(plan=plan, by=SYSTEM, now=NOW + 2 * DAY)
    nora.standing.refresh_from_db()
    assert nora.standing.reasons[0]["code"] != "client_pause"


def test_client_stops_and_keeps_the_form_that_is_begun(nora):
    plan = make(nora, reminder_days=[3])
    first = of(plan)[0]
    respond.save_answers(
        occasion=first,
        answers=dict(list(asked.answers_to(first.assignment.version).items())[:3]),
        by=SYSTEM,
        now=NOW,
        source="link",
    )
    says(plan, "stop")
    assert [row.cancelled_why for row in of(plan)] == ["", *["ended"] * 5]
    before = Notice.objects.count()
    sweep(NOW + 4 * DAY)
    assert Notice.objects.count() == before
    asked.send(first, now=NOW + 5 * DAY)


# --- By appointment -------------------------------------------------------------------------------


def session(client, days: int, **fields) -> Appointment:
    starts = NOW + days * DAY
    return Appointment.objects.create(
        client=client,
        starts_at=starts,
        ends_at=starts + timedelta(minutes=50),
        created_at=NOW,
        **fields,
    )


def test_forms_follow_the_sessions(nora):
    before, after = session(nora, 5), session(nora, 12)
    plan = make(nora, part(cadence="before_session"), part(asked.SAFETY, "after_session"))
    assert [(row.opens_at, row.closes_at) for row in of(plan)] == [
        (before.starts_at - 2 * DAY, before.starts_at),
        (after.starts_at - 2 * DAY, after.starts_at),
    ]
    assert [row.opens_at for row in of(plan, asked.SAFETY)] == [before.ends_at, after.ends_at]


def test_cadence_without_interval_has_no_windows_by_day():
    with pytest.raises(ValueError, match="follows no interval"):
        schedule.windows(schedule.Cadence.BEFORE_SESSION, TODAY, schedule.ZoneInfo("UTC"), None)


def test_every_cadence_and_way_of_sending_fits_its_column():
    assert max(map(len, Cadence.values)) <= Assignment._meta.get_field("cadence").max_length
    assert max(map(len, SendBy.values)) <= Plan._meta.get_field("send_by").max_length


# --- The trail ------------------------------------------------------------------------------------


def test_every_step_of_a_plan_stands_in_the_trail_of_the_client(nora, ada):
    before = AuditEvent.objects.filter(client_id=nora.pk).count()
    by = actor(ada)
    plan = make(nora)
    occasions.skip_occasion(occasion=of(plan)[1], by=by, now=NOW)
    plans.pause_plan(plan=plan, by=by, now=NOW)
    plans.resume_plan(plan=plan, by=by, now=NOW)
    first = of(plan)[0]
    link, _token = links.issue_link(occasion=first, by=by, now=NOW)
    answering = Actor.of_link(None, link, nora.practice)
    respond.save_answers(
        occasion=first, answers={"IND04": 3}, by=answering, now=NOW, source=Response.Source.LINK
    )
    occasions.close_due_occasions(now=first.closes_at)
    now = first.closes_at + DAY
    plans.client_says(link=link, said="pause", by=answering, now=now)
    plans.note_what_client_said(plan=plan, by=by, now=now)
    plans.client_says(link=link, said="stop", by=answering, now=now)
    ended = make(nora, part(first_on=now.date()), now=now)
    plans.end_plan(plan=ended, by=by, now=now)
    trail = asked.events_of(plan.assignments.get())[before:]
    steps = [
        name for name in trail if name.startswith(("plan.", "assignment.", "occasion.", "resp"))
    ]
    assert steps == [
        "plan.create",
        "assignment.create",
        "occasion.skip",
        "plan.pause",
        "plan.resume",
        "response.start",
        "response.keep_partial",
        "plan.pause",
        "plan.client_pause",
        "plan.note",
        "plan.client_stop",
        "plan.create",
        "assignment.create",
        "assignment.end",
        "plan.end",
    ]
