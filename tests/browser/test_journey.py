"""The main job, end to end, as a therapist and a client do it; and the people pages under axe."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from assessments.models import Response
from tests import factories_assessments as asked
from tests.browser.test_reading_pages import sign_in
from tests.factories import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.mark.journey
def test_from_signing_in_to_the_movement_of_a_new_client(
    new_page, live_server, ada, troubles, settings
):
    settings.PUBLIC_URL = live_server.url
    asked.instrument(asked.WEEKLY)
    therapist = new_page(width=1280)
    sign_in_by_hand(therapist, live_server.url, ada)
    therapist.get_by_role("link", name="Add a client").first.click()
    therapist.get_by_label("Name").fill("Juno Ferris")
    therapist.get_by_role("button", name=re.compile("Add")).click()
    therapist.get_by_text("Weekly form", exact=True).click()
    therapist.get_by_role("button", name="Assign the form").click()
    link = therapist.locator(f"input[value^='{live_server.url}/f/']").input_value()

    client = new_page(width=390, height=844)
    fill_in(client, link)
    troubles.expect("404")
    assert client.goto(link).status == 404
    expect(client.get_by_text("Juno")).to_have_count(0)

    therapist.goto(live_server.url + reverse("caseload"))
    therapist.get_by_role("link", name="Juno Ferris", exact=True).click()
    expect(therapist.get_by_role("heading", level=1)).to_have_text("Juno Ferris")
    expect(therapist.get_by_role("heading", name="Movement", exact=True)).to_be_visible()
    expect(therapist.locator(".figure__chart svg:visible").first).to_be_visible()
    assert Response.objects.filter(submitted_at__isnull=False).count() == 1


def sign_in_by_hand(page: Page, address: str, member) -> None:
    page.goto(address + "/")
    page.get_by_label("Email").fill(member.user.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(re.compile("/caseload/$"))


def fill_in(page: Page, link: str) -> None:
    page.goto(link)
    page.get_by_role("button", name="Start").click()
    page.get_by_role("link", name="Begin").click()
    expect(page.locator("[data-moves]")).to_have_text(re.compile("^Choosing"))
    for number in range(1, 21):
        expect(page.locator(".answer__count")).to_have_text(re.compile(rf"^{number} of"))
        page.wait_for_timeout(320)
        page.locator(".choice").nth(number % 6).click()
    expect(page).to_have_url(re.compile("/f/review/$"))
    page.get_by_role("button", name="Send my answers").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you")


@pytest.mark.parametrize("width, scheme", [(390, "dark"), (1280, "light")])
def test_people_pages_fit_and_pass_axe(new_page, axe, live_server, solo, ada, nora, width, scheme):
    page = sign_in(new_page(width=width, color_scheme=scheme), solo, live_server.url)
    paths = [reverse(name) for name in ("team", "team-invite", "practice", "account", "tokens")]
    paths += [reverse(name) for name in ("clients", "account_change_password", "client-add")]
    paths += [reverse("team-member", args=[ada.pk])]
    paths += [
        reverse(name, args=[nora.pk])
        for name in ("client", "client-edit", "client-care", "client-close", "client-history")
    ]
    for path in paths:
        assert page.goto(live_server.url + path).status == 200
        axe(page)
        assert (path, page.evaluate(WIDER)) == (path, 0)


@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_ways_in_pass_axe(new_page, axe, live_server, db, scheme):
    page = new_page(width=390, color_scheme=scheme)
    for name in ("account_login", "account_reset_password", "account_reset_password_done"):
        page.goto(live_server.url + reverse(name))
        axe(page)
