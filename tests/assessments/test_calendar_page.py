"""The calendar of what goes out when, for everybody and for one client."""

from __future__ import annotations

from datetime import time, timedelta

import pytest
from django.urls import reverse

from assessments.actions import occasions, plans
from assessments.actions.plans import Part, Settings
from assessments.models import Occasion
from clinic.models import AuditEvent, Notice
from tests import factories
from tests import factories_assessments as asked
from tests.factories import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

PAGE = "/calendar/"
BOTH = (asked.WEEKLY, asked.SAFETY)


def give(client, *, reminder_days=(), code=asked.WEEKLY, cadence="weekly"):
    today = NOW.astimezone(client.practice.zone).date()
    return plans.make_plan(
        client=client,
        parts=[Part(asked.instrument(code), cadence, today)],
        settings=Settings(reminder_days=reminder_days),
        by=factories.Actor.system(),
        now=NOW,
    ).plan


def of(client) -> str:
    return reverse("client-calendar", args=[client.pk])


def text(answer) -> str:
    return " ".join(answer.content.decode().split())


def says(answer) -> list[str]:
    return [line.says for week in answer.context["weeks"] for day in week for line in day.lines]


def test_four_weeks_say_what_goes_out_and_how(ada, nora, signed_in):
    give(nora, reminder_days=[2])
    answer = signed_in(ada).get(PAGE)
    found = says(answer)
    assert found[:3] == ["opened", "reminder by mail, unless it is answered by then", "closes"]
    assert "by mail, open from 06:00" in found
    assert len(answer.context["weeks"]) == 4
    assert answer.context["first"].isoformat() == "2026-11-02"
    assert "Nora Lind" in text(answer)


def test_forms_due_together_are_said_to_go_out_in_one_message(ada, nora, signed_in, clock):
    plans.make_plan(
        client=nora,
        parts=[Part(asked.instrument(code), "weekly", NOW.date()) for code in BOTH],
        settings=Settings(reminder_days=(2,)),
        by=factories.Actor.system(),
        now=NOW,
    )
    found = says(signed_in(ada).get(PAGE))
    assert found[:2] == ["opened", "opened, in the same message"]
    assert found[2:4] == [
        "reminder by mail, unless it is answered by then",
        "reminder in the same message, unless it is answered by then",
    ]
    assert "in the same message, open from 06:00" in found
    assert found.count("by mail, open from 06:00") == found.count(
        "in the same message, open from 06:00"
    )


def test_forms_of_two_plans_that_open_at_other_times_have_messages_of_their_own(
    ada, nora, signed_in
):
    for code, hour in zip(BOTH, (6, 7), strict=True):
        plans.make_plan(
            client=nora,
            parts=[Part(asked.instrument(code), "weekly", NOW.date() + timedelta(days=1))],
            settings=Settings(opens_at=time(hour)),
            by=factories.Actor.system(),
            now=NOW,
        )
    # Both messages wait for the end of the quiet hours, and go out side by side.
    assert not any("same message" in one for one in says(signed_in(ada).get(PAGE)))


def test_forms_handed_over_have_no_message(ben, otto, signed_in):
    for code in BOTH:
        give(otto, code=code)
    assert not any("same message" in one for one in says(signed_in(ben).get(PAGE)))


@pytest.mark.parametrize("leads", ["the first", "the second"])
def test_reminders_that_were_sent_of_an_open_form_stand_on_their_day(
    ada, nora, signed_in, clock, leads
):
    plan = plans.make_plan(
        client=nora,
        parts=[Part(asked.instrument(code), "two_weeks", NOW.date()) for code in BOTH],
        settings=Settings(reminder_days=(1, 3)),
        by=factories.Actor.system(),
        now=NOW,
    ).plan
    first = Occasion.objects.get(opened_at__isnull=False, told_with=None)
    second = Occasion.objects.get(told_with=first)
    later = NOW + timedelta(days=1, hours=1)
    occasions.remind_due(now=later)
    # A reminder is led by either of them, whoever led the message before it.
    lead, other = (first, second) if leads == "the first" else (second, first)
    Occasion.objects.filter(pk=other.pk).update(told_with=lead)
    Notice.objects.filter(kind="reminder").update(sent_at=later, text=None, about=lead.pk)
    clock.move_to(later + timedelta(hours=1))
    browser = signed_in(ada)
    found = says(browser.get(PAGE))
    assert found[:4] == [
        "opened",
        "opened, in the same message",
        "reminded by mail",
        "reminded in the same message",
    ]
    assert len([one for one in found if "unless" in one]) == 4 - 2 + 4
    assert "reminded by mail" in text(browser.get(of(nora)))
    # A form whose own plan reminds of nothing was not reminded of by the other's message.
    Occasion.objects.filter(pk=other.pk).update(reminders_sent=0)
    assert [one for one in says(browser.get(PAGE)) if "reminded" in one] == ["reminded by mail"]
    # Of what was answered it is of no interest any more.
    for occasion in Occasion.objects.filter(assignment__plan=plan, opened_at__isnull=False):
        asked.send(occasion, now=later)
    assert not any("reminded" in one for one in says(browser.get(PAGE)))


def test_client_without_address_stands_as_handed_over(ben, otto, signed_in):
    give(otto)
    assert "opens, you hand the link over" in says(signed_in(ben).get(PAGE))


def test_why_nothing_goes_out_is_said(ada, nora, signed_in):
    plan = give(nora)
    occasions.skip_occasion(
        occasion=plan.assignments.get().occasions.get(number=1),
        by=factories.Actor.system(),
        now=NOW,
    )
    assert "not given: skipped" in says(signed_in(ada).get(PAGE))
    until = NOW.date() + timedelta(weeks=3)
    plans.pause_plan(plan=plan, until=until, by=factories.Actor.system(), now=NOW)
    found = says(signed_in(ada).get(PAGE))
    assert "not given: paused until 23 November 2026" in found
    assert "by mail, open from 06:00" in found


def test_weeks_are_reached_by_their_address(ada, nora, signed_in):
    give(nora)
    browser = signed_in(ada)
    answer = browser.get(PAGE, {"from": "2027-02-03"})
    assert answer.context["first"].isoformat() == "2027-02-01"
    assert says(answer).count("by mail, open from 06:00") == 4
    assert "From this week" in text(answer)
    for nonsense in ("2027-02-30", "x", "9999-12-31", "\x00"):
        assert browser.get(PAGE, {"from": nonsense}).context["first"].isoformat() == "2026-11-02"


def test_crowded_day_shows_how_many(ada, harbour, signed_in):
    for number in range(7):
        give(factories.make_client(harbour, f"Client {number}", carer=ada))
    answer = signed_in(ada).get(PAGE)
    assert "7 forms opened" in text(answer)
    assert "One by one" in text(answer)


def test_clinician_is_chosen_where_there_are_several(sue, ada, ben, nora, otto, signed_in):
    factories.make_supervision(sue, ben)
    give(nora)
    give(otto)
    browser = signed_in(sue)
    both = text(browser.get(PAGE))
    assert "Nora Lind" in both
    assert "Otto Brandt" in both
    only = text(browser.get(PAGE, {"clinician": str(ben.pk)}))
    assert "Nora Lind" not in only
    assert "Otto Brandt" in only
    one = text(browser.get(PAGE, {"client": str(nora.pk)}))
    assert "Otto Brandt" not in one
    assert "Otto Brandt" in text(browser.get(PAGE, {"clinician": "nobody", "client": "x"}))


def test_nobody_elses_client_is_shown_or_named(ada, nora, otto, zoe, signed_in):
    give(nora)
    give(otto)
    give(zoe)
    browser = signed_in(ada)
    page = text(browser.get(PAGE))
    assert "Otto Brandt" not in page
    assert "Zoe Falk" not in page
    assert browser.get(PAGE, {"client": str(otto.pk)}).status_code == 404
    assert browser.get(of(otto)).status_code == 404


@pytest.mark.parametrize("who", ["pat", "ash"])
def test_front_desk_and_who_runs_the_practice_see_no_forms(who, nora, signed_in, request):
    browser = signed_in(request.getfixturevalue(who))
    assert [browser.get(page).status_code for page in (PAGE, of(nora))] == [403, 403]


def test_looking_is_written_in_the_trail_of_those_shown(ada, nora, harbour, signed_in):
    factories.make_client(harbour, "Nothing To Come", carer=ada)
    give(nora)
    signed_in(ada).get(PAGE)
    signed_in(ada).get(of(nora))
    event = AuditEvent.objects.get(action="occasion.list")
    assert event.details == {"clients": [str(nora.pk)]}
    assert AuditEvent.objects.get(action="client.read").details == {"part": "calendar"}


@pytest.mark.parametrize("clients", [1, 5])
def test_calendar_costs_the_same_for_any_number_of_clients(
    clients, ada, harbour, signed_in, django_assert_num_queries
):
    for number in range(clients):
        client = factories.make_client(
            harbour, f"Client {number}", carer=ada, email="someone@client.example"
        )
        give(client)
    browser = signed_in(ada)
    browser.get(PAGE)
    with django_assert_num_queries(13):
        browser.get(PAGE)


def test_names_are_escaped(ada, harbour, signed_in):
    give(factories.make_client(harbour, "<b>Nora</b>", carer=ada))
    page = text(signed_in(ada).get(PAGE))
    assert "&lt;b&gt;Nora" in page
    assert "<b>Nora" not in page


def test_empty_calendar_says_so(ada, nora, signed_in):
    assert "Nothing in these weeks" in text(signed_in(ada).get(PAGE))
    assert "Nothing in the coming year" in text(signed_in(ada).get(of(nora)))


def test_year_of_one_client_says_when_each_form_comes_next(ada, nora, signed_in):
    give(nora, code=asked.LONG, cadence="twelve_weeks")
    answer = signed_in(ada).get(of(nora))
    assert [f"{line.moment.at:%Y-%m-%d}" for line in answer.context["next"]] == ["2027-01-25"]
    page = text(answer)
    assert "Monday 25 January 2027, 08:00" in page
    assert len(answer.context["months"]) == 5


def test_appointments_and_calendar_lead_to_each_other(ada, ash, nora, signed_in):
    assert 'href="/appointments/"' in text(signed_in(ada).get(PAGE))
    assert 'href="/calendar/"' in text(signed_in(ada).get("/appointments/"))
    assert 'href="/calendar/"' not in text(signed_in(ash).get("/appointments/"))
