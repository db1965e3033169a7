"""Giving, changing, pausing and ending a plan, and the calendar, in a real browser."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from assessments.actions import batteries
from assessments.models import Occasion, Plan
from clinic.audit import Actor
from tests import factories_assessments as asked
from tests.browser.looks import DESK, PHONE, shows_well, tab_to
from tests.browser.test_reading_pages import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def battery(harbour):
    asked.instrument(asked.LONG), asked.instrument()
    by = Actor.system(practice=harbour)
    return batteries.make_starter(practice=harbour, by=by, now=timezone.now())


def test_every_step_of_a_plan_fits_and_passes_axe(
    new_page, axe, live_server, ada, nora, battery, troubles
):
    troubles.expect("400")
    both = (PHONE, DESK)
    page = sign_in(new_page(), ada, live_server.url)
    page.goto(live_server.url + reverse("assign", args=[nora.pk]))
    shows_well(page, "Assign a form", axe, both)
    page.get_by_role("link", name="Choose this battery").click()
    shows_well(page, battery.name, axe, both)
    page.get_by_role("button", name="Give these forms").last.click()
    shows_well(page, "Forms", axe, both)
    page.get_by_role("link", name=f"Change : {battery.name}").click()
    heading = f"Change “{battery.name}”"
    shows_well(page, heading, axe, both)
    page.get_by_label("For how many days does it stay open?").fill("99")
    page.get_by_role("button", name="Change from now on").click()
    shows_well(page, heading, axe)
    page.get_by_label("For how many days does it stay open?").fill("5")
    page.get_by_role("button", name="Change from now on").click()
    expect(page.get_by_text("From now on:")).to_be_visible()
    page.get_by_role("link", name=f"Pause : {battery.name}").click()
    shows_well(page, f"Pause “{battery.name}”?", axe)
    page.get_by_role("button", name="Pause").click()
    shows_well(page, "Forms", axe)
    page.get_by_role("button", name="Resume").click()
    page.get_by_role("link", name=f"End : {battery.name}").click()
    shows_well(page, f"End “{battery.name}”?", axe)
    for name, heading in (("calendar", "What goes out when"), ("appointments", "Appointments")):
        page.goto(live_server.url + reverse(name))
        shows_well(page, heading, axe, both)
    page.goto(live_server.url + reverse("client-calendar", args=[nora.pk]))
    shows_well(page, "What goes out when", axe, both)


def test_plan_is_paused_and_a_form_left_out_by_keyboard_without_script(
    new_page, live_server, ada, nora
):
    given = asked.give(nora, now=timezone.now())
    page: Page = sign_in(new_page(javascript=False), ada, live_server.url)
    forms = live_server.url + reverse("client-forms", args=[nora.pk])
    coming = Occasion.objects.get(assignment=given.assignment, number=1)
    page.goto(live_server.url + reverse("occasion-skip", args=[coming.pk]))
    tab_to(page, "Leave it out")
    page.keyboard.press("Enter")
    expect(page).to_have_url(forms)
    page.goto(live_server.url + reverse("plan-pause", args=[given.assignment.plan_id]))
    tab_to(page, "Pause")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Paused.", exact=False).first).to_be_visible()
    coming.refresh_from_db()
    assert coming.cancelled_why == "skipped"
    assert Plan.objects.get(pk=given.assignment.plan_id).paused_at is not None


def test_plan_that_ran_out_is_given_again_and_one_that_overlaps_says_so(
    new_page, axe, live_server, ada, nora
):
    asked.instrument(asked.LONG)
    given = asked.give(nora, now=timezone.now(), times=1)
    asked.send(given.first, now=timezone.now())
    page: Page = sign_in(new_page(), ada, live_server.url)
    forms = live_server.url + reverse("client-forms", args=[nora.pk])
    page.goto(forms)
    expect(page.get_by_role("link", name="Give it again")).to_be_visible()
    shows_well(page, "Forms", axe, (PHONE, DESK))
    page.get_by_role("link", name="Extend").click()
    page.get_by_label("How many times in all?").fill("3")
    page.get_by_role("button", name="Change from now on").click()
    expect(page.get_by_text("three times in all, one given so far").first).to_be_visible()
    page.goto(live_server.url + reverse("assign", args=[nora.pk]))
    expect(page.get_by_text("as two plans both go out").first).to_be_visible()
    shows_well(page, "Assign a form", axe, (PHONE, DESK))
