"""Correcting what was sent, and paper that nobody asked for here, in a real browser."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from assessments.models import Response
from tests import factories
from tests import factories_assessments as asked
from tests.browser.looks import DESK, PHONE, shows_well, tab_to
from tests.browser.test_reading_pages import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def sent(nora) -> Response:
    now = timezone.now()
    return asked.send(asked.open_occasion(nora, asked.SAFETY, now=now), now=now)


@pytest.fixture
def sven(harbour, ada):
    return factories.make_client(harbour, "Sven Aas", carer=ada)


def answers_page(page: Page, live_server, response: Response) -> None:
    page.goto(live_server.url + reverse("response", args=[response.pk]))


def test_every_step_of_a_correction_fits_and_passes_axe(
    new_page, axe, live_server, ada, sent, sven, troubles
):
    troubles.expect("400")
    page = sign_in(new_page(), ada, live_server.url)
    answers_page(page, live_server, sent)
    page.get_by_role("link", name="Correct").click()
    shows_well(page, "What is wrong?", axe)
    page.get_by_role("link", name="It belongs to another client").click()
    page.get_by_role("button", name="Go on").click()
    shows_well(page, "Please look at this again", axe)
    page.get_by_label("Whose answers are these?").select_option(label="Sven Aas")
    page.get_by_label("Why?").fill("Two sheets mixed up.")
    page.get_by_role("button", name="Go on").click()
    shows_well(page, "Move these answers to Sven Aas?", axe, (PHONE, DESK))
    page.get_by_role("button", name="Move the answers").click()
    expect(page.get_by_text("from another record.")).to_be_visible()
    page.get_by_role("link", name="The answers as they were before").click()
    expect(page.get_by_text("What stands here counts nowhere.")).to_be_visible()
    axe(page)


def test_date_is_put_right_by_keyboard_alone(desktop, live_server, ada, sent):
    page = sign_in(desktop, ada, live_server.url)
    answers_page(page, live_server, sent)
    another_time = "It was filled in at another time"
    for name, heading in (("Correct", "What is wrong?"), (another_time, another_time)):
        tab_to(page, name)
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name=heading)).to_be_visible()
    page.get_by_label("When was it filled in?").fill("2026-01-05")
    page.get_by_label("Why?").fill("Dated wrongly.")
    tab_to(page, "Go on")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Give these answers the date")).to_be_visible()
    tab_to(page, "Give the right date")
    page.keyboard.press("Enter")
    expect(page.get_by_text("The answers have their right date now")).to_be_visible()
    assert f"{Response.objects.submitted().get().submitted_at:%Y-%m-%d}" == "2026-01-05"


def test_paper_of_its_own_is_entered_without_javascript(new_page, live_server, ada, nora, troubles):
    troubles.expect("400")
    asked.instrument(asked.SAFETY)
    page = sign_in(new_page(javascript=False), ada, live_server.url)
    page.goto(live_server.url + reverse("client-forms", args=[nora.pk]))
    page.get_by_role("link", name="Enter a paper form").click()
    page.get_by_role("button", name="Go on to the questions").click()
    expect(page.get_by_role("link", name="Which form? Please choose a form.")).to_be_visible()
    page.get_by_label("Safety check").check()
    page.get_by_label("Filled in on").fill("2026-01-05")
    page.get_by_role("button", name="Go on to the questions").click()
    expect(page.get_by_text("Filled in: Monday 5 January 2026.")).to_be_visible()
    for question in page.locator("fieldset").all():
        question.get_by_role("radio").first.check()
    page.get_by_role("button", name="Save and score").click()
    expect(page.get_by_text("The answers were entered and scored.")).to_be_visible()
    assert Response.objects.get().client == nora
