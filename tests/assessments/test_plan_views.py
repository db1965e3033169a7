"""A client's forms by plan, and the pages that change, pause, resume and end a plan."""

from __future__ import annotations

from datetime import time, timedelta

import pytest
from django.test import Client as Browser
from django.urls import reverse

from assessments import queries
from assessments.actions import batteries, occasions, paper, plans, respond
from assessments.actions.plans import Part, Settings
from assessments.models import Assignment, Occasion, PersonalLink, Plan, Response
from clinic.actions.care import close_client
from clinic.audit import Actor
from clinic.models import Appointment, AuditEvent, Notice
from tests import factories_assessments as asked
from tests.factories import NOW, actor

DAY, WEEK = timedelta(days=1), timedelta(weeks=1)
SYSTEM = Actor.system()
TODAY = NOW.date()


def text_of(answer) -> str:
    return answer.content.decode()


@pytest.fixture
def desk(ada, signed_in, clock) -> Browser:
    return signed_in(ada)


@pytest.fixture
def forms_of(desk, nora):
    """What the page of Nora's forms shows: ``forms_of()`` is its context."""
    return lambda: desk.get(reverse("client-forms", args=[nora.pk])).context


def give(client, *parts: Part, battery=None, **settings) -> Plan:
    return plans.make_plan(
        client=client,
        parts=parts or [Part(asked.instrument(), "weekly", TODAY)],
        settings=Settings(**settings),
        battery=battery,
        by=Actor.system(practice=client.practice),
        now=NOW,
    ).plan


def long_and_weekly(client, **settings) -> Plan:
    return give(
        client,
        Part(asked.instrument(asked.LONG), "twelve_weeks", TODAY),
        Part(asked.instrument(), "weekly", TODAY + WEEK),
        Part(asked.instrument(asked.LONG), "at_end", TODAY),
        **settings,
    )


def change_data(
    plan: Plan, cadence: str = "weekly", ends_on: str = "", times: str = "", **options
) -> dict[str, str]:
    data = {"send_by": "mail", "opens_at": "06:00", "weekday": "", "window_days": ""}
    for number in range(3):
        data[f"reminder_days_{number}"] = ""
    for row in plan.assignments.filter(ended_at=None):
        if plans.recurs(row):
            data[f"cadence-{row.pk}"] = cadence
            data[f"ends_on-{row.pk}"] = ends_on
            data[f"times-{row.pk}"] = times
    return {**data, **options}


def address(name: str, row) -> str:
    return reverse(name, args=[row.pk])


# --- The page -------------------------------------------------------------------------------------


def test_forms_of_a_battery_stand_together_under_its_name_and_in_words(forms_of, desk, nora):
    asked.instrument(asked.LONG), asked.instrument()
    battery = batteries.make_starter(practice=nora.practice, by=SYSTEM, now=NOW)
    long_and_weekly(nora, battery=battery, reminder_days=(2, 4))
    [card] = forms_of()["running"]
    assert card.title == "Start, course and end"
    page = text_of(desk.get(reverse("client-forms", args=[nora.pk])))
    assert "reminders after 2 and 4 days" in page
    assert "at the end of care" in page
    assert [entry.name for entry in card.given.open] == ["Causeway long form"] or card.given.open


def test_what_came_what_is_open_and_what_is_to_come_of_every_form_of_a_plan(forms_of, nora, clock):
    plan = long_and_weekly(nora)
    asked.send(Occasion.objects.get(assignment__plan=plan, opened_at__isnull=False))
    clock.move_to(NOW + WEEK + DAY)
    occasions.open_due_occasions(now=NOW + WEEK)
    [card] = forms_of()["running"]
    assert [entry.state for entry in card.given.past] == ["answered"]
    assert [(e.state, e.occasion.number) for e in card.given.open] == [("open", 0)]
    opens = [entry.occasion.opens_at for entry in card.given.coming]
    assert opens == sorted(opens)
    assert len(card.next) == 3


@pytest.mark.parametrize(
    "leave_out, reason",
    [
        (lambda plan, o: occasions.skip_occasion(occasion=o, by=SYSTEM, now=NOW), "Skipped"),
        (lambda plan, o: plans.pause_plan(plan=plan, by=SYSTEM, now=NOW), "Paused"),
    ],
)
def test_form_that_did_not_go_out_says_why(forms_of, desk, nora, clock, leave_out, reason):
    plan = give(nora)
    second = Occasion.objects.get(assignment__plan=plan, number=1)
    leave_out(plan, second)
    clock.move_to(NOW + WEEK + DAY)
    occasions.open_due_occasions(now=NOW + WEEK)
    [card] = forms_of()["running"]
    [left_out] = [e for e in card.given.past if e.state == "left_out"]
    assert (left_out.occasion.number, left_out.not_given_why) == (1, reason)
    assert f"Not given: {reason}" in text_of(desk.get(reverse("client-forms", args=[nora.pk])))


def test_weekly_form_that_gives_way_to_the_long_one_says_so_beforehand(forms_of, nora):
    give(
        nora,
        Part(asked.instrument(asked.LONG), "twelve_weeks", TODAY + WEEK),
        Part(asked.instrument(), "weekly", TODAY + WEEK),
    )
    [card] = forms_of()["running"]
    [covered] = [e for e in card.given.coming if e.state == "left_out"]
    assert covered.not_given_why == "A longer form due that day asks the same"


def test_what_a_changed_plan_took_back_is_of_no_interest(forms_of, nora):
    plan = give(nora)
    plans.change_plan(plan=plan, settings=Settings(opens_at=NOW.time()), by=SYSTEM, now=NOW)
    [card] = forms_of()["running"]
    assert {e.state for e in [*card.given.past, *card.given.coming]} == {"coming"}


def test_form_whose_time_ran_out_half_answered_is_partly_answered(forms_of, nora, clock):
    occasion = asked.open_occasion(nora)
    respond.save_answers(
        occasion=occasion, answers={"IND04": 3}, by=SYSTEM, now=NOW, source=Response.Source.LINK
    )
    clock.move_to(NOW + WEEK + DAY)
    occasions.close_due_occasions(now=NOW + WEEK)
    [card] = forms_of()["running"]
    assert [e.state for e in card.given.past] == ["partial"]


def test_form_that_comes_round_rarely_goes_on_and_says_when(forms_of, nora):
    plan = give(nora, Part(asked.instrument(asked.LONG), "twelve_weeks", TODAY))
    asked.send(Occasion.objects.get(assignment__plan=plan))
    context = forms_of()
    assert context["finished"] == []
    [(name, opens)] = context["running"][0].given.later
    assert (name, opens.date()) == ("Long form", TODAY + 12 * WEEK)


def test_what_nobody_planned_is_not_called_ended(desk, nora, ada):
    give(nora)
    paper.enter_alone(
        client=nora,
        version=asked.instrument(),
        answers={"IND04": 3},
        comment=None,
        answered_on=TODAY - WEEK,
        by=actor(ada),
        now=NOW,
        entered_by=ada.user,
    )
    page = desk.get(reverse("client-forms", args=[nora.pk]))
    assert [len(page.context[name]) for name in ("running", "finished", "unplanned")] == [1, 0, 1]
    assert "From paper, a file or a correction" in text_of(page)
    assert "Ended and completed" not in text_of(page)


@pytest.mark.parametrize("options", [{"times": 1}, {"ends_on": TODAY + 11 * WEEK}])
def test_form_that_has_come_as_often_as_it_should_is_completed(forms_of, nora, options):
    plan = give(nora, Part(asked.instrument(asked.LONG), "twelve_weeks", TODAY, **options))
    asked.send(Occasion.objects.get(assignment__plan=plan))
    assert forms_of()["running"] == []


def test_plan_that_ran_out_can_be_extended_or_given_again_as_it_was(desk, nora):
    plan = give(
        nora,
        Part(asked.instrument(), "weekly", TODAY, times=1),
        opens_at=time(9, 30),
        reminder_days=(3,),
    )
    asked.send(Occasion.objects.get(assignment__plan=plan))
    page = text_of(desk.get(reverse("client-forms", args=[nora.pk])))
    again = f"{reverse('assign', args=[nora.pk])}?again={plan.pk}"
    assert address("plan-change", plan) in page
    assert again in page
    form = desk.get(again).context["form"]
    shown = {name: form[name].value() for name in ("cadence", "times", "opens_at", "reminder_days")}
    assert shown == {
        "cadence": "weekly",
        "times": 1,
        "opens_at": time(9, 30),
        "reminder_days": [3],
    }
    assert form["instrument"].value() == str(asked.instrument().pk)
    # It no longer stands in the way.
    assert queries.running(nora, NOW).rows == []
    desk.post(address("plan-change", plan), change_data(plan, times="3", opens_at="09:30"))
    assert len(queries.running(nora, NOW).rows) == 1


def test_ended_battery_is_given_again_from_its_page_with_the_settings_of_the_plan(desk, nora):
    asked.instrument(asked.LONG), asked.instrument()
    battery = batteries.make_starter(practice=nora.practice, by=SYSTEM, now=NOW)
    plan = long_and_weekly(nora, battery=battery, window_days=3)
    plans.end_plan(plan=plan, by=SYSTEM, now=NOW)
    again = reverse("assign-battery", args=[nora.pk, battery.pk]) + f"?again={plan.pk}"
    page = text_of(desk.get(reverse("client-forms", args=[nora.pk])))
    assert again in page
    assert address("plan-change", plan) not in page
    assert desk.get(again).context["form"]["window_days"].value() == 3
    batteries.retire_battery(battery=battery, by=SYSTEM, now=NOW)
    assert "?again=" not in text_of(desk.get(reverse("client-forms", args=[nora.pk])))


@pytest.mark.parametrize("again", ["x", "", "00000000-0000-0000-0000-000000000000"])
def test_plan_that_is_none_proposes_nothing(desk, nora, again):
    page = desk.get(reverse("assign", args=[nora.pk]), {"again": again})
    assert page.context["form"]["times"].value() is None


def test_plan_of_another_client_is_not_proposed(desk, nora, otto):
    plan = give(otto, Part(asked.instrument(), "weekly", TODAY, times=7))
    page = desk.get(reverse("assign", args=[nora.pk]), {"again": plan.pk})
    assert page.context["form"]["times"].value() is None


def test_form_given_about_sessions_that_has_run_out_waits_for_no_more(desk, forms_of, nora):
    appointment = Appointment.objects.create(
        client=nora,
        starts_at=NOW,
        ends_at=NOW + DAY / 24,
        created_at=NOW,
    )
    give(nora, Part(asked.instrument(), "after_session", TODAY, times=1))
    assert len(queries.running(nora, NOW).rows) == 1
    occasions.open_due_occasions(now=appointment.ends_at)
    asked.send(Occasion.objects.get(client=nora), now=appointment.ends_at)
    assert forms_of()["running"] == []
    assert queries.running(nora, appointment.ends_at).rows == []


def test_what_falls_into_a_pause_is_shown_as_not_given(forms_of, nora):
    plan = give(nora)
    plans.pause_plan(plan=plan, by=SYSTEM, now=NOW, until=TODAY + 2 * WEEK)
    [card] = forms_of()["running"]
    assert [e.in_pause for e in card.given.coming[:3]] == [True, False, False]


def test_paused_plan_says_until_when_and_offers_to_go_on(desk, nora):
    plan = give(nora)
    plans.pause_plan(plan=plan, by=SYSTEM, now=NOW, until=TODAY + 2 * WEEK)
    page = text_of(desk.get(reverse("client-forms", args=[nora.pk])))
    assert "Paused until 16 November 2026" in page
    assert address("plan-resume", plan) in page
    assert address("plan-pause", plan) not in page


def test_supervisor_reads_the_forms_and_finds_nothing_to_change(sue, ada, nora, signed_in, clock):
    plan = give(nora)
    page = text_of(signed_in(sue).get(reverse("client-forms", args=[nora.pk])))
    assert "every Monday" in page
    for name in ("plan-change", "plan-pause", "plan-end"):
        assert address(name, plan) not in page


def test_forms_of_a_closed_record_offer_no_change(desk, nora, ada):
    plan = give(nora)
    close_client(client=nora, by=actor(ada), now=NOW)
    page = text_of(desk.get(reverse("client-forms", args=[nora.pk])))
    assert address("plan-change", plan) not in page


def test_number_of_queries_does_not_grow_with_plans(desk, nora, clock, django_assert_num_queries):
    def look(queries):
        desk.get(reverse("client-forms", args=[nora.pk]))
        with django_assert_num_queries(queries):
            desk.get(reverse("client-forms", args=[nora.pk]))

    give(nora, Part(asked.instrument(asked.SAFETY), "weekly", TODAY))
    look(13)
    long_and_weekly(nora)
    look(13)


# --- Changing -------------------------------------------------------------------------------------


def test_change_holds_for_what_is_to_come_and_is_told_in_words(desk, nora):
    plan = give(nora)
    first = Occasion.objects.get(assignment__plan=plan, number=0)
    data = change_data(plan, "two_weeks", opens_at="18:30", weekday="3", reminder_days_0="2")
    answer = desk.post(address("plan-change", plan), data, follow=True)
    assert "every second Thursday" in text_of(answer)
    plan.refresh_from_db()
    assert (plan.opens_at.hour, plan.weekday, plan.reminder_days) == (18, 3, [2])
    first.refresh_from_db()
    assert first.cancelled_at is None
    taken_over = Assignment.objects.get(replaces=first.assignment)
    assert taken_over.cadence == "two_weeks"
    assert {row.opens_at.hour for row in taken_over.occasions.all()} == {18}


def test_page_shows_what_holds_now_and_why_a_form_comes_less_often(desk, nora):
    plan = give(nora, adapts=True)
    row = plan.assignments.get()
    plans.take_over(
        assignment=row,
        cadence="two_weeks",
        by=SYSTEM,
        now=NOW,
        chosen_cadence="weekly",
        adapted_why="stable",
    )
    page = desk.get(address("plan-change", plan))
    [asked_about] = page.context["form"].rounds()
    assert asked_about.fields[0].value() == "weekly"
    assert "Every two weeks instead of every week since 2 Nov" in text_of(page)
    # Sent as it stands, it changes nothing.
    desk.post(address("plan-change", plan), change_data(plan, adapts="on"))
    assert plan.assignments.get(ended_at=None).cadence == "two_weeks"


@pytest.mark.parametrize(
    "field, value",
    [
        ("send_by", "pigeon"),
        ("opens_at", "25:00"),
        ("weekday", "9"),
        ("window_days", "31"),
        ("window_days", "-1"),
        ("window_days", "٧x"),
        ("reminder_days_0", "14"),
    ],
)
def test_what_cannot_be_meant_is_refused_at_its_field_and_stays_typed(desk, nora, field, value):
    plan = give(nora)
    page = desk.post(address("plan-change", plan), change_data(plan, **{field: value}))
    assert page.status_code == 400
    assert list(page.context["form"].errors) == [field.removesuffix("_0")]
    assert f'value="{value}"' in text_of(page) or field in ("send_by", "weekday")
    assert not Assignment.objects.filter(replaces__isnull=False).exists()


def test_cadence_that_is_none_is_refused(desk, nora):
    plan = give(nora)
    page = desk.post(address("plan-change", plan), change_data(plan, "hourly"))
    assert page.status_code == 400


def test_page_moves_the_last_date_and_the_number_and_says_what_the_plan_does_now(desk, nora, clock):
    plan = give(nora, Part(asked.instrument(), "weekly", TODAY, times=12))
    clock.move_to(NOW + WEEK + DAY)
    occasions.open_due_occasions(now=NOW + WEEK)
    page = text_of(desk.get(address("plan-change", plan)))
    assert "every Monday, 12 times in all, two given so far" in page
    assert "Two given so far." in page
    data = change_data(plan, ends_on="2027-01-04", times="6")
    said = text_of(desk.post(address("plan-change", plan), data, follow=True))
    assert "every Monday, six times in all, two given so far, until 4 January 2027" in said
    row = plan.assignments.get(ended_at=None)
    assert (row.times, row.ends_on.isoformat()) == (4, "2027-01-04")
    # Emptied, both are gone.
    said = text_of(desk.post(address("plan-change", plan), change_data(plan), follow=True))
    assert "times in all" not in said.split("To come")[0]
    row = plan.assignments.get(ended_at=None)
    assert (row.times, row.ends_on) == (None, None)


@pytest.mark.parametrize(
    "field, value, sentence",
    [
        ("ends_on", "2026-11-09", "The last date has passed. Choose today or a later day"),
        ("ends_on", "2032-01-01", "The last date is more than five years away."),
        ("ends_on", "2026-02-30", ""),
        ("times", "1", "It was given 2 times already. Choose at least 2, or end the plan."),
        ("times", "0", ""),
        ("times", "3000", "Choose a smaller number of times."),
        ("times", "x", ""),
    ],
)
def test_limit_that_cannot_be_is_refused_at_its_field_and_stays_typed(
    desk, nora, clock, field, value, sentence
):
    plan = give(nora)
    clock.move_to(NOW + WEEK + DAY)
    occasions.open_due_occasions(now=NOW + WEEK)
    page = desk.post(address("plan-change", plan), change_data(plan, **{field: value}))
    name = f"{field}-{plan.assignments.get().pk}"
    assert (page.status_code, list(page.context["form"].errors)) == (400, [name])
    assert sentence in page.context["form"].errors[name][0]
    assert f'value="{value}"' in text_of(page)
    assert plan.assignments.count() == 1


def test_last_date_is_not_before_a_first_that_is_to_come(desk, nora):
    plan = give(nora, Part(asked.instrument(), "weekly", TODAY + WEEK))
    page = desk.post(address("plan-change", plan), change_data(plan, ends_on="2026-11-05"))
    assert "The last date is before the first, which is 9 November 2026." in text_of(page)


def test_each_form_of_several_has_its_own_last_date(desk, nora):
    plan = long_and_weekly(nora)
    weekly = plan.assignments.get(cadence="weekly")
    page = desk.get(address("plan-change", plan))
    assert {row.name for row in page.context["form"].rounds()} == {"Long form", "Weekly form"}
    data = change_data(plan, "twelve_weeks", **{f"ends_on-{weekly.pk}": "2027-03-01"})
    data[f"cadence-{weekly.pk}"] = "weekly"
    desk.post(address("plan-change", plan), data)
    changed = Assignment.objects.get(replaces__isnull=False)
    assert (changed.replaces, changed.ends_on.isoformat()) == (weekly, "2027-03-01")


def test_plan_of_which_nothing_more_comes_says_so_and_leaves_what_is_open(desk, nora):
    plan = give(nora)
    answer = desk.post(address("plan-change", plan), change_data(plan, times="1"), follow=True)
    assert "Nothing more comes. What is open stays open." in text_of(answer)
    plan.refresh_from_db()
    assert plan.ended_at == NOW
    first = Occasion.objects.get(assignment__plan=plan, opened_at__isnull=False)
    assert first.cancelled_at is None


def test_plan_that_has_ended_is_not_changed(desk, nora):
    plan = give(nora)
    data = change_data(plan)
    plans.end_plan(plan=plan, by=SYSTEM, now=NOW)
    page = desk.post(address("plan-change", plan), data)
    assert (page.status_code, "This plan has ended" in text_of(page)) == (400, True)


def test_one_form_of_several_can_end_alone(desk, nora):
    plan = long_and_weekly(nora)
    weekly = plan.assignments.get(cadence="weekly")
    assert address("assignment-end", weekly) in text_of(desk.get(address("plan-change", plan)))
    desk.post(address("assignment-end", weekly))
    plan.refresh_from_db()
    assert plan.ended_at is None
    assert plan.assignments.filter(ended_at=None).count() == 2


# --- Pausing and resuming -------------------------------------------------------------------------


def test_pausing_until_a_day_and_going_on(desk, nora):
    plan = give(nora)
    until = TODAY + 10 * DAY
    answer = desk.post(address("plan-pause", plan), {"until": until.isoformat()}, follow=True)
    assert "Paused until Thursday 12 November 2026" in text_of(answer)
    plan.refresh_from_db()
    assert (plan.paused_at, plan.paused_until) == (NOW, until)
    desk.post(address("plan-resume", plan))
    plan.refresh_from_db()
    assert plan.paused_at is None
    assert AuditEvent.objects.filter(action__in=["plan.pause", "plan.resume"]).count() == 2


@pytest.mark.parametrize("until", ["2026-11-02", "2028-01-01", "x", "2026-02-30"])
def test_day_that_cannot_end_a_pause_is_refused(desk, nora, until):
    plan = give(nora)
    page = desk.post(address("plan-pause", plan), {"until": until})
    assert (page.status_code, list(page.context["form"].errors)) == (400, ["until"])
    plan.refresh_from_db()
    assert plan.paused_at is None


def test_pause_takes_the_other_plans_along_where_that_is_wished(desk, nora):
    one = give(nora)
    assert "others" not in desk.get(address("plan-pause", one)).context["form"].fields
    two = give(nora, Part(asked.instrument(asked.SAFETY), "weekly", TODAY))
    desk.post(address("plan-pause", one), {"until": "", "others": "on"})
    two.refresh_from_db()
    assert two.paused_at == NOW


def test_paused_plan_is_silent(desk, nora):
    plan = give(nora, reminder_days=[2])
    desk.post(address("plan-pause", plan), {"until": ""})
    sent = Notice.objects.count()
    for days in range(1, 16):
        occasions.open_due_occasions(now=NOW + days * DAY)
        occasions.remind_due(now=NOW + days * DAY)
    assert Notice.objects.count() == sent


# --- Ending ---------------------------------------------------------------------------------------


def test_ending_asks_first(desk, nora):
    plan = give(nora)
    page = desk.get(address("plan-end", plan))
    assert "closing" not in page.context["form"].fields
    plan.refresh_from_db()
    assert plan.ended_at is None
    desk.post(address("plan-end", plan))
    plan.refresh_from_db()
    assert plan.ended_at == NOW
    assert desk.get(address("plan-end", plan)).status_code == 302


def test_closing_form_is_given_on_its_day_and_the_plan_ends_with_it(desk, nora):
    plan = long_and_weekly(nora)
    on = TODAY + 5 * DAY
    data = {"closing": "give", "closing_on": on.isoformat()}
    answer = desk.post(address("plan-end", plan), data, follow=True)
    assert "ends with its last form" in text_of(answer)
    [row] = plan.assignments.filter(ended_at=None)
    assert (row.cadence, row.first_on) == ("once", on)
    assert row.occasions.get().opens_at.date() == on


def test_plan_can_end_without_its_closing_form(desk, nora):
    plan = long_and_weekly(nora)
    desk.post(address("plan-end", plan), {"closing": "leave", "closing_on": ""})
    assert not plan.assignments.filter(ended_at=None).exists()


@pytest.mark.parametrize(
    "data, field",
    [
        ({"closing": "give", "closing_on": ""}, "closing_on"),
        ({"closing": "give", "closing_on": "2026-11-01"}, "closing_on"),
        ({"closing": "give", "closing_on": "2029-11-01"}, "closing_on"),
        ({"closing": "give", "closing_on": "x"}, "closing_on"),
        ({"closing": "maybe", "closing_on": "2026-11-10"}, "closing"),
        ({}, "closing"),
    ],
)
def test_end_that_cannot_be_meant_is_refused_at_its_field(desk, nora, data, field):
    plan = long_and_weekly(nora)
    page = desk.post(address("plan-end", plan), data)
    assert page.status_code == 400
    assert field in page.context["form"].errors
    assert plan.assignments.filter(ended_at=None).count() == 3


# --- Leaving one form out -------------------------------------------------------------------------


def test_leaving_out_asks_first_and_leaves_those_after_it(desk, nora):
    plan = give(nora)
    second = Occasion.objects.get(assignment__plan=plan, number=1)
    assert "Leave out" in text_of(desk.get(address("occasion-skip", second)))
    second.refresh_from_db()
    assert second.cancelled_at is None
    desk.post(address("occasion-skip", second))
    reasons = [row.cancelled_why for row in plan.assignments.get().occasions.order_by("number")]
    assert reasons[:3] == ["", "skipped", ""]


def test_form_that_is_over_or_answered_is_not_left_out(desk, nora, clock):
    occasion = asked.open_occasion(nora)
    asked.send(occasion)
    answer = desk.post(address("occasion-skip", occasion), follow=True)
    assert "was answered" in text_of(answer)
    clock.move_to(NOW + 3 * WEEK)
    assert desk.get(address("occasion-skip", occasion)).status_code == 302


# --- The client's word ----------------------------------------------------------------------------


def test_what_the_client_said_stands_on_the_page_until_it_is_noted(desk, nora):
    plan = give(nora)
    give(nora, Part(asked.instrument(asked.SAFETY), "weekly", TODAY + DAY))
    link = PersonalLink.objects.get(occasion__assignment__plan=plan)
    plans.client_says(link=link, said="pause", weeks=2, note="Exams <b>now</b>", by=SYSTEM, now=NOW)
    page = text_of(desk.get(reverse("client-forms", args=[nora.pk])))
    assert "Nora Lind paused the forms on Monday 2 November, until Monday 16 November." in page
    assert "Exams &lt;b&gt;now&lt;/b&gt;" in page
    # It was said of all plans at once, stands there once, and is noted once.
    assert page.count("paused the forms on") == 1
    desk.post(address("plan-noted", plan))
    page = text_of(desk.get(reverse("client-forms", args=[nora.pk])))
    assert "paused the forms on" not in page
    assert set(Plan.objects.values_list("noted_at", flat=True)) == {NOW}


def test_stop_that_the_client_asked_for_stays_with_the_ended_plan(desk, nora):
    plan = give(nora)
    link = PersonalLink.objects.get(occasion__assignment__plan=plan)
    plans.client_says(link=link, said="stop", by=SYSTEM, now=NOW)
    desk.post(address("plan-noted", plan))
    page = text_of(desk.get(reverse("client-forms", args=[nora.pk])))
    assert "The client asked for no more forms." in page
