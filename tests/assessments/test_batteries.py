"""Batteries: what a practice gives together, made, changed, offered no longer."""

from __future__ import annotations

from datetime import time

import pytest
from django.test import Client as Browser
from django.urls import reverse

from assessments.actions import batteries
from assessments.actions.batteries import BatteryForm
from assessments.actions.plans import Settings
from assessments.models import Battery
from clinic.actions import Refused
from clinic.audit import Actor
from clinic.models import AuditEvent
from tests import factories_assessments as asked
from tests.factories import NOW, actor

WEEKLY, LONG = asked.WEEKLY, asked.LONG


def line(code: str = WEEKLY, cadence: str = "weekly", **more) -> BatteryForm:
    return BatteryForm(asked.instrument(code).instrument_id, cadence, **more)


def make(practice, *forms: BatteryForm, name: str = "Course", **settings) -> Battery:
    return batteries.make_battery(
        practice=practice,
        name=name,
        forms=forms or [line()],
        settings=Settings(**settings),
        by=Actor.system(),
        now=NOW,
    )


def lines_of(battery: Battery) -> list[tuple]:
    rows = battery.parts.order_by("position").select_related("instrument")
    return [(r.instrument.code, r.cadence, r.times, r.starts_after_days) for r in rows]


# --- Actions --------------------------------------------------------------------------------------


def test_battery_keeps_its_forms_in_order_with_how_they_go_out(harbour, pat):
    battery = batteries.make_battery(
        practice=harbour,
        name="Course",
        forms=[line(LONG, "twelve_weeks"), line(starts_after_days=7, times=10)],
        settings=Settings(reminder_days=[4, 2], weekday=1),
        by=actor(pat),
        now=NOW,
    )
    assert lines_of(battery) == [(LONG, "twelve_weeks", None, 0), (WEEKLY, "weekly", 10, 7)]
    assert (battery.reminder_days, battery.weekday) == ([2, 4], 1)
    assert battery.created_by == pat.user
    event = AuditEvent.objects.get(action="battery.create")
    assert (event.practice_id, event.object_id) == (harbour.pk, battery.pk)


@pytest.mark.parametrize(
    "forms, field",
    [
        ([], "forms"),
        ([(WEEKLY, "weekly"), (WEEKLY, "two_weeks")], "forms"),
        ([(LONG, "at_end"), (LONG, "at_end")], "forms"),
        ([(WEEKLY, "weekly")] * 13, "forms"),
    ],
    ids=["none", "two ways", "twice at the end", "too many"],
)
def test_forms_that_cannot_be_given_together_are_refused(harbour, forms, field):
    with pytest.raises(Refused) as refused:
        batteries.make_battery(
            practice=harbour,
            name="Course",
            forms=[line(code, cadence) for code, cadence in forms],
            settings=Settings(),
            by=Actor.system(),
            now=NOW,
        )
    assert refused.value.field == field
    assert not Battery.objects.exists()


def test_form_comes_round_and_once_more_at_the_end(harbour):
    battery = make(harbour, line(LONG, "twelve_weeks"), line(LONG, "at_end"))
    assert len(lines_of(battery)) == 2


def test_name_is_taken_once_while_it_is_offered(harbour, elsewhere):
    first = make(harbour)
    make(elsewhere)
    with pytest.raises(Refused) as refused:
        make(harbour)
    assert refused.value.field == "name"
    batteries.retire_battery(battery=first, by=Actor.system(), now=NOW)
    make(harbour)


def test_changed_battery_may_keep_its_name(harbour):
    battery = make(harbour)
    batteries.change_battery(
        battery=battery,
        name="Course",
        forms=[line(LONG, "four_weeks")],
        settings=Settings(window_days=3),
        by=Actor.system(),
        now=NOW,
    )
    battery.refresh_from_db()
    assert (lines_of(battery), battery.window_days) == ([(LONG, "four_weeks", None, 0)], 3)


def test_battery_that_is_no_longer_offered_cannot_be_changed(harbour):
    battery = make(harbour)
    for _time in range(2):
        batteries.retire_battery(battery=battery, by=Actor.system(), now=NOW)
    assert AuditEvent.objects.filter(action="battery.retire").count() == 1
    with pytest.raises(Refused):
        batteries.change_battery(
            battery=battery,
            name="Course",
            forms=[line()],
            settings=Settings(),
            by=Actor.system(),
            now=NOW,
        )


def test_form_of_another_practice_is_out_of_reach(harbour):
    unknown = BatteryForm(harbour.pk, "weekly")
    with pytest.raises(Refused) as refused:
        make(harbour, unknown)
    assert refused.value.field == "forms"


def test_battery_to_begin_with_needs_its_forms(harbour):
    with pytest.raises(Refused):
        batteries.make_starter(practice=harbour, by=Actor.system(), now=NOW)


# --- Pages ----------------------------------------------------------------------------------------


@pytest.fixture
def desk(pat, signed_in, clock) -> Browser:
    """Pat's browser, with the forms that ship."""
    for code in (WEEKLY, LONG, asked.SAFETY):
        asked.instrument(code)
    return signed_in(pat)


def data(*lines: dict, rows: int = 6, **more) -> dict[str, str]:
    """What the page of a battery sends."""
    sent = {
        "name": "Course",
        "send_by": "mail",
        "opens_at": "06:00",
        "weekday": "",
        "window_days": "7",
        "reminder_days_0": "2",
        "reminder_days_1": "4",
        "reminder_days_2": "",
        "forms-TOTAL_FORMS": str(rows),
        "forms-INITIAL_FORMS": "0",
        **more,
    }
    for number, typed in enumerate(lines):
        for name, value in typed.items():
            sent[f"forms-{number}-{name}"] = value
    return sent


def typed(code: str = WEEKLY, cadence: str = "usual", **more) -> dict[str, str]:
    instrument = str(asked.instrument(code).instrument_id)
    return {"instrument": instrument, "cadence": cadence, **more}


def text_of(answer) -> str:
    return answer.content.decode()


def test_page_makes_a_battery_and_leaves_empty_lines_out(desk):
    sent = data(typed(LONG), {}, typed(starts_after_days="7", times="10"))
    answer = desk.post(reverse("battery-new"), sent)
    assert (answer.status_code, answer.headers["Location"]) == (302, reverse("batteries"))
    battery = Battery.objects.get()
    assert lines_of(battery) == [(LONG, "twelve_weeks", None, 0), (WEEKLY, "weekly", 10, 7)]
    assert Settings.of(battery) == Settings(window_days=7, reminder_days=(2, 4))
    assert "Weekly form</dt><dd>every week between" in text_of(desk.get(reverse("batteries")))


@pytest.mark.parametrize(
    "field, more",
    [
        ("name", {"name": ""}),
        ("name", {"name": "x" * 81}),
        ("name", {"name": "\x00"}),
        ("send_by", {"send_by": "pigeon"}),
        ("opens_at", {"opens_at": "25:00"}),
        ("opens_at", {"opens_at": ""}),
        ("weekday", {"weekday": "7"}),
        ("window_days", {"window_days": "31"}),
        ("window_days", {"window_days": "99999999999999999999"}),
        ("reminder_days", {"reminder_days_0": "0"}),
        ("reminder_days", {"reminder_days_0": "seven"}),
        ("reminder_days", {"reminder_days_0": "9"}),
    ],
)
def test_what_cannot_be_meant_is_said_beside_its_field(desk, field, more):
    page = desk.post(reverse("battery-new"), data(typed(), **more))
    assert page.status_code == 400
    assert list(page.context["form"].errors) == [field]
    assert page.context["lines"][0]["instrument"].value() == typed()["instrument"]
    assert not Battery.objects.exists()


@pytest.mark.parametrize(
    "field, more",
    [
        ("instrument", {"instrument": "x"}),
        ("instrument", {"instrument": "", "times": "3"}),
        ("cadence", {"cadence": "hourly"}),
        ("times", {"times": "0"}),
        ("times", {"times": "9" * 30}),
        ("starts_after_days", {"starts_after_days": "-1"}),
        ("starts_after_days", {"starts_after_days": "400"}),
    ],
)
def test_what_cannot_be_meant_is_said_beside_its_line(desk, field, more):
    page = desk.post(reverse("battery-new"), data({**typed(), **more}))
    assert page.status_code == 400
    assert list(page.context["lines"][0].errors) == [field]
    assert not Battery.objects.exists()


@pytest.mark.parametrize(
    "more",
    [
        {"forms-TOTAL_FORMS": "x"},
        {"forms-TOTAL_FORMS": "-1"},
        {"forms-TOTAL_FORMS": "100000"},
        {"forms-INITIAL_FORMS": "7"},
        {},
    ],
)
def test_tampered_lines_and_no_line_at_all_make_nothing(desk, more):
    for go in ("", "more"):
        sent = data(**more, go=go)
        assert desk.post(reverse("battery-new"), sent).status_code in (200, 400)
    assert not Battery.objects.exists()


def test_another_line_keeps_what_was_typed_and_judges_nothing(desk):
    sent = data(typed(LONG, times="x"), name="", window_days="99", go="more")
    page = desk.post(reverse("battery-new"), sent)
    assert page.status_code == 200
    assert "errorlist" not in text_of(page)
    lines = page.context["lines"]
    assert len(lines.forms) == 9
    assert (lines[0]["instrument"].value(), lines[0]["times"].value()) == (
        typed(LONG)["instrument"],
        "x",
    )
    assert page.context["form"]["window_days"].value() == "99"
    assert 'name="reminder_days_1" value="4"' in text_of(page)
    # Twelve are the most.
    for rows in (9, 12):
        page = desk.post(reverse("battery-new"), data(rows=rows, go="more"))
        assert len(page.context["lines"].forms) == 12
    assert "Add another line" not in text_of(page)


def test_doubled_form_is_explained_above_and_nothing_lost(desk):
    page = desk.post(reverse("battery-new"), data(typed(), typed(WEEKLY, "four_weeks")))
    assert page.status_code == 400
    assert "One form stands here twice" in text_of(page)


def test_page_changes_a_battery(desk, harbour):
    battery = make(harbour, line(LONG, "twelve_weeks"), weekday=0)
    address = reverse("battery", args=[battery.pk])
    page = desk.get(address)
    assert page.context["form"]["weekday"].value() == 0
    assert page.context["lines"][0]["cadence"].value() == "twelve_weeks"
    sent = data(typed(), name="Weekly", weekday="4", opens_at="17:30", adapts="on")
    assert desk.post(address, sent).status_code == 302
    battery.refresh_from_db()
    assert (battery.name, battery.weekday, battery.opens_at) == ("Weekly", 4, time(17, 30))
    assert battery.adapts
    assert lines_of(battery) == [(WEEKLY, "weekly", None, 0)]


def test_page_asks_before_a_battery_is_offered_no_longer(desk, harbour):
    battery = make(harbour)
    address = reverse("battery-retire", args=[battery.pk])
    assert "Offer “Course” no longer?" in text_of(desk.get(address))
    assert desk.post(address).status_code == 302
    assert "Course" not in text_of(desk.get(reverse("batteries"))).split("<main")[1]
    assert desk.get(reverse("battery", args=[battery.pk])).status_code == 404


def test_battery_to_begin_with_takes_one_click(desk):
    page = text_of(desk.get(reverse("batteries")))
    assert "A battery to begin with" in page
    for _time in range(2):
        assert desk.post(reverse("battery-starter")).status_code == 302
    battery = Battery.objects.get()
    assert lines_of(battery) == [
        (LONG, "twelve_weeks", None, 0),
        (WEEKLY, "weekly", None, 7),
        (LONG, "at_end", None, 0),
    ]
    assert "A battery to begin with" not in text_of(desk.get(reverse("batteries")))


def test_therapist_reads_batteries_and_is_offered_nothing_to_change(ada, harbour, signed_in):
    make(harbour)
    page = text_of(signed_in(ada).get(reverse("batteries")))
    assert "Course" in page
    offered = ("Make a battery", "Change", "Offer no longer", "Offer this battery")
    assert [words for words in offered if words in page] == []


def test_number_of_queries_does_not_grow_with_the_batteries(
    pat, harbour, signed_in, django_assert_num_queries
):
    browser = signed_in(pat)

    def look():
        browser.get(reverse("batteries"))
        with django_assert_num_queries(6):
            browser.get(reverse("batteries"))

    make(harbour)
    look()
    for number in range(4):
        make(harbour, line(LONG, "twelve_weeks"), line(), name=f"Course {number}")
    look()
