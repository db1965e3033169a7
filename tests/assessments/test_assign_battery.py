"""Giving a client a battery: what of it can be given, how it goes out, and one plan of it."""

from __future__ import annotations

from datetime import time, timedelta

import pytest
from django.test import Client as Browser
from django.urls import reverse

from assessments.actions import batteries
from assessments.actions.assign import end_assignment
from assessments.models import Assignment, Battery, Plan
from clinic.audit import Actor
from clinic.models import Notice
from tests import factories_assessments as asked
from tests.assessments.test_batteries import LONG, WEEKLY, line, make
from tests.factories import NOW


@pytest.fixture
def desk(ada, signed_in, clock) -> Browser:
    """Ada's browser."""
    return signed_in(ada)


@pytest.fixture
def course(harbour) -> Battery:
    """The long form every twelve weeks and at the end, the weekly one from the second week on."""
    return make(
        harbour,
        line(LONG, "twelve_weeks"),
        line(starts_after_days=7),
        line(LONG, "at_end"),
        window_days=7,
        reminder_days=(2, 4),
    )


def text_of(page) -> str:
    return page.content.decode()


def address(client, battery) -> str:
    return reverse("assign-battery", args=[client.pk, battery.pk])


def instruments(battery, *codes) -> list[str]:
    found = battery.parts.filter(instrument__code__in=codes)
    return list(dict.fromkeys(str(pk) for pk in found.values_list("instrument", flat=True)))


def data(battery, *codes, **options) -> dict:
    return {
        "forms": instruments(battery, *(codes or (LONG, WEEKLY))),
        "first_on": NOW.date().isoformat(),
        "send_by": "mail",
        "opens_at": "06:00",
        "window_days": "7",
        "reminder_days_0": "2",
        "reminder_days_1": "4",
        **options,
    }


def given(client) -> list[tuple]:
    rows = Assignment.objects.filter(client=client)
    return sorted((row.version.instrument.code, row.cadence, row.first_on) for row in rows)


TODAY = NOW.date()
AT_END = (LONG, "at_end", TODAY)
EVERY_TWELVE_WEEKS = (LONG, "twelve_weeks", TODAY)
FROM_NEXT_WEEK = (WEEKLY, "weekly", TODAY + timedelta(days=7))
WHOLE = [AT_END, EVERY_TWELVE_WEEKS, FROM_NEXT_WEEK]


def test_batteries_stand_above_the_single_forms_in_words(desk, nora, course, elsewhere):
    make(elsewhere, name="Of another practice")
    retired = make(nora.practice, name="No longer offered")
    batteries.retire_battery(battery=retired, by=Actor.system(), now=NOW)
    page = desk.get(reverse("assign", args=[nora.pk]))
    assert [row["battery"] for row in page.context["batteries"]] == [course]
    assert address(nora, course) in text_of(page)
    assert "at the start, then every twelve weeks, and at the end of care" in text_of(page)


def test_battery_is_given_in_one_press_with_what_it_proposes(desk, nora, course):
    page = desk.get(address(nora, course))
    assert [choice["when"] for choice in page.context["choices"]] == [
        "today, then every twelve weeks, and at the end of care",
        "every Monday between",
    ]
    form = page.context["form"]
    assert sorted(form["forms"].value()) == sorted(instruments(course, LONG, WEEKLY))
    assert (form["window_days"].value(), form["send_by"].value()) == (7, "mail")
    answer = desk.post(address(nora, course), data(course))
    assert answer.status_code == 302
    plan = Plan.objects.get()
    assert (plan.battery, plan.reminder_days, plan.window_days) == (course, [2, 4], 7)
    assert given(nora) == WHOLE
    assert set(plan.assignments.all()) == set(Assignment.objects.all())
    shown = text_of(desk.get(answer.headers["Location"]))
    assert "today, then every twelve weeks, and at the end of care" in shown
    assert Notice.objects.count() == 1


def test_battery_given_twice_is_one_plan(desk, nora, course):
    assert desk.post(address(nora, course), data(course)).status_code == 302
    again = desk.post(address(nora, course), data(course))
    assert again.status_code == 400
    assert list(again.context["form"].errors) == ["forms"]
    assert (Plan.objects.count(), Notice.objects.count()) == (1, 1)
    assert given(nora) == WHOLE


def test_settings_and_first_date_are_changed_for_this_client_alone(desk, nora, course):
    later = TODAY + timedelta(days=3)
    changed = data(course, first_on=later.isoformat(), opens_at="18:00", send_by="hand")
    desk.post(address(nora, course), changed)
    plan = Plan.objects.get()
    assert (plan.opens_at, plan.send_by) == (time(18), "hand")
    assert (LONG, "twelve_weeks", later) in given(nora)
    course.refresh_from_db()
    assert (course.opens_at, course.send_by) == (time(6), "mail")


def test_form_that_is_left_out_is_not_given(desk, nora, course):
    desk.post(address(nora, course), data(course, WEEKLY))
    assert given(nora) == [FROM_NEXT_WEEK]


def test_what_runs_already_goes_on_and_the_rest_is_given(desk, nora, course):
    running = asked.give(nora).assignment
    page = desk.get(address(nora, course))
    assert [choice["name"] for choice in page.context["choices"]] == ["Long form"]
    assert "It goes on as it is." in text_of(page)
    assert desk.post(address(nora, course), data(course, LONG)).status_code == 302
    assert given(nora) == [AT_END, EVERY_TWELVE_WEEKS, (WEEKLY, "weekly", TODAY)]
    running.refresh_from_db()
    assert running.ended_at is None


def test_one_way_of_a_form_that_runs_leaves_its_other_way(desk, nora, course):
    asked.give(nora, LONG, cadence="twelve_weeks")
    page = desk.get(address(nora, course))
    assert [choice["when"] for choice in page.context["choices"]] == [
        "at the end of care",
        "on Monday 9 November, then every Monday",
    ]
    desk.post(address(nora, course), data(course))
    assert given(nora) == WHOLE


def test_what_began_to_run_meanwhile_is_told_and_nothing_given(desk, nora, course):
    running = asked.give(nora).assignment
    page = desk.post(address(nora, course), data(course, times="", opens_at="18:00"))
    assert page.status_code == 400
    assert list(page.context["form"].errors) == ["forms"]
    assert page.context["form"]["opens_at"].value() == "18:00"
    assert not Plan.objects.filter(battery=course).exists()
    end_assignment(assignment=running, by=Actor.system(), now=NOW)
    assert desk.post(address(nora, course), data(course)).status_code == 302


def test_battery_of_which_everything_runs_says_so(desk, nora, course):
    desk.post(address(nora, course), data(course))
    page = text_of(desk.get(address(nora, course)))
    assert "Nothing of this battery can be given now." in page
    assert "Give these forms" not in page


def test_form_that_cannot_be_given_here_is_said_and_the_rest_given(desk, nora, harbour):
    asked.instrument("phq-9")
    battery = make(harbour, line("phq-9", "four_weeks"), line())
    page = desk.get(address(nora, battery))
    assert [choice["name"] for choice in page.context["choices"]] == ["Weekly form"]
    assert "has not been loaded here yet" in text_of(page)
    forged = desk.post(address(nora, battery), data(battery, "phq-9"))
    assert (forged.status_code, list(forged.context["form"].errors)) == (400, ["forms"])
    desk.post(address(nora, battery), data(battery, WEEKLY))
    assert given(nora) == [(WEEKLY, "weekly", TODAY)]


def test_looking_at_it_in_words_gives_nothing(desk, nora, course):
    later = (TODAY + timedelta(days=2)).isoformat()
    page = desk.post(address(nora, course), data(course, first_on=later, go="look", weekday="4"))
    assert page.status_code == 200
    assert page.context["choices"][0]["when"].startswith("on Wednesday 4 November, then")
    assert not Plan.objects.exists()


@pytest.mark.parametrize(
    "field, value",
    [
        ("forms", []),
        ("forms", ["x"]),
        ("first_on", ""),
        ("first_on", "0001-01-01"),
        ("first_on", "9999-12-31"),
        ("first_on", "2026-11-01"),
        ("opens_at", "noon"),
        ("window_days", "0"),
        ("reminder_days_0", "9"),
    ],
)
def test_what_makes_no_sense_is_explained_beside_the_field(desk, nora, course, field, value):
    page = desk.post(address(nora, course), data(course) | {"send_by": "hand", field: value})
    assert page.status_code == 400
    assert list(page.context["form"].errors) == [field.removesuffix("_0")]
    assert page.context["form"]["send_by"].value() == "hand"
    assert not Plan.objects.exists()


def test_battery_of_another_practice_or_no_longer_offered_is_not_there(desk, nora, elsewhere):
    theirs = make(elsewhere)
    ours = make(nora.practice)
    batteries.retire_battery(battery=ours, by=Actor.system(), now=NOW)
    for battery in (theirs, ours):
        assert desk.get(address(nora, battery)).status_code == 404
        assert desk.post(address(nora, battery), data(battery)).status_code == 404
    assert not Plan.objects.exists()


def test_client_of_a_colleague_is_given_nothing(desk, otto, course):
    assert desk.get(address(otto, course)).status_code == 404
    assert desk.post(address(otto, course), data(course)).status_code == 404
    assert not Plan.objects.exists()


def test_link_of_several_forms_that_are_handed_over_is_shown_once(desk, nora, harbour):
    battery = make(harbour, line(LONG, "twelve_weeks"), line(asked.SAFETY, "weekly"))
    page = desk.post(address(nora, battery), data(battery, LONG, asked.SAFETY, send_by="hand"))
    assert page.status_code == 200
    assert "address" in page.context
    assert "You hand the link over" in text_of(page)


BOTH_GO_OUT = "as two plans both go out, even on one day"


def already(page, code: str) -> list[str]:
    """What the page that assigns a form says beside this one."""
    return next(c["already"] for c in page.context["cards"] if c["definition"].code == code)


def test_form_that_overlaps_a_running_one_says_what_will_happen_and_what_to_do(desk, nora):
    for code in (LONG, WEEKLY, asked.SAFETY):
        asked.instrument(code)
    page = reverse("assign", args=[nora.pk])
    assert [already(desk.get(page), code) for code in (LONG, WEEKLY)] == [[], []]
    asked.give(nora, WEEKLY)
    looked = desk.get(page)
    assert already(looked, WEEKLY) == [
        "Given already: today, then every Monday. "
        "To have it otherwise, change that plan or end it first."
    ]
    [sentence] = already(looked, LONG)
    assert sentence == (
        "Weekly form is given already (today, then every Monday): as two plans both go out, even "
        "on one day. To let the shorter give way, end that plan and give both as a battery."
    )
    assert sentence in text_of(looked)
    assert already(looked, asked.SAFETY) == []


def test_form_of_the_end_of_care_is_in_nobodys_way(desk, nora):
    asked.instrument(WEEKLY)
    asked.give(nora, LONG, cadence="at_end")
    looked = desk.get(reverse("assign", args=[nora.pk]))
    assert [already(looked, code) for code in (LONG, WEEKLY)] == [[], []]


def test_form_that_was_given_once_is_named_while_it_waits_for_an_answer(desk, nora):
    asked.instrument(WEEKLY)
    once = asked.give(nora, LONG, cadence="once")
    page = reverse("assign", args=[nora.pk])
    assert already(desk.get(page), LONG) == [
        "Given already: once, today. To have it otherwise, change that plan or end it first."
    ]
    asked.send(once.first)
    assert [already(desk.get(page), code) for code in (LONG, WEEKLY)] == [[], []]


def test_battery_of_which_only_the_end_is_left_does_not_warn(desk, nora, course):
    asked.give(nora, WEEKLY)
    asked.give(nora, LONG, cadence="twelve_weeks")
    assert desk.get(address(nora, course)).context["beside"] == []


def test_battery_beside_a_running_form_that_it_covers_says_so(desk, nora, course):
    assert desk.get(address(nora, course)).context["beside"] == []
    asked.give(nora, WEEKLY)
    page = desk.get(address(nora, course))
    assert len(page.context["beside"]) == 1
    assert BOTH_GO_OUT in text_of(page)


def test_number_of_queries_is_fixed(desk, nora, harbour, django_assert_num_queries):
    def look(battery):
        desk.get(address(nora, battery))  # writes the session
        with django_assert_num_queries(10):
            desk.get(address(nora, battery))
        with django_assert_num_queries(10):
            desk.get(reverse("assign", args=[nora.pk]))

    look(make(harbour, line()))
    asked.give(nora, asked.SAFETY)
    look(make(harbour, line(LONG, "twelve_weeks"), line(), line(LONG, "at_end"), name="Other"))
