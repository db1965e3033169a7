"""The pages of reading in a real browser: axe, width, keyboard, no JavaScript."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from assessments.actions import review
from assessments.models import Signal, Standing
from tests import factories
from tests import factories_assessments as asked
from tests.factories import actor
from tests.factories_movement import SWING, TOWARD, WEEK, history

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def sign_in(page, member, address):
    """Put the cookie of a session of this member into the page's context."""
    now = timezone.now().isoformat()
    session = SessionStore()
    session.update(
        {
            SESSION_KEY: str(member.user.pk),
            BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
            HASH_SESSION_KEY: member.user.get_session_auth_hash(),
            "started_at": now,
            "seen_at": now,
        }
    )
    session.save()
    page.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": session.session_key, "url": address}]
    )
    return page


@pytest.fixture
def caseload(live_server, ada, nora):
    """Ada's clients by now: one who moved, one who swung, one with an alert, one brand new."""
    start = timezone.now() - 7 * WEEK
    swung = factories.make_client(nora.practice, "Swung Hart", carer=ada)
    factories.make_client(nora.practice, "Brand New", carer=ada)
    for client, story in ((nora, TOWARD), (swung, SWING)):
        client.episodes.update(started_at=start - timedelta(days=1))
        history(client, story, start=start, comment="Odd to say it, but I let him drive me.")
    review.add_event(
        client=nora, on=(start + 2 * WEEK).date(), text="moved in", by=actor(ada), now=start
    )
    asked.send(
        asked.open_occasion(swung, asked.SAFETY, now=timezone.now()), value=1, now=timezone.now()
    )
    return live_server.url


def pages(client):
    return [
        reverse("caseload"),
        reverse("caseload-order"),
        reverse("client", args=[client.pk]),
        reverse("inbox"),
        reverse("library"),
        reverse("library-instrument", args=[asked.WEEKLY]),
    ]


@pytest.mark.parametrize("width", [390, 1280])
def test_reading_pages_fit_and_pass_axe(new_page, axe, caseload, ada, nora, width):
    page = sign_in(new_page(width=width), ada, caseload)
    for path in pages(nora):
        assert page.goto(caseload + path).status == 200
        page.evaluate("document.querySelectorAll('main details').forEach(d => d.open = true)")
        axe(page)
        wider = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert (path, page.evaluate(wider)) == (path, 0)


def test_reading_pages_stay_within_the_window_at_twice_the_text(new_page, caseload, ada, nora):
    page = sign_in(new_page(width=1280), ada, caseload)
    for path in pages(nora):
        page.goto(caseload + path)
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        wider = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert (path, page.evaluate(wider)) == (path, 0)


def test_the_first_client_of_the_caseload_is_in_sight_on_a_phone(new_page, caseload, ada, nora):
    for signal in Signal:
        named = factories.make_client(nora.practice, str(signal.label), carer=ada)
        Standing.objects.filter(client=named).update(signal=signal)
    page = sign_in(new_page(width=390), ada, caseload)
    page.goto(caseload + reverse("caseload"))
    chips = page.locator(".chips a")
    assert chips.count() == len(Signal) + 1
    # One row, whose last chip the keyboard brings into sight.
    assert len({round(chip.bounding_box()["y"]) for chip in chips.all()}) == 1
    chips.last.focus()
    last = chips.last.bounding_box()
    assert last["x"] >= 0
    assert last["x"] + last["width"] <= 390
    first = page.locator(".caseload__row").first.bounding_box()
    assert first["y"] < page.viewport_size["height"] / 2


@pytest.mark.parametrize("width", [390, 1280])
def test_definition_rows_give_their_words_room(new_page, caseload, ada, nora, width):
    """Several meanings under one term stay in the column of meanings."""
    page = sign_in(new_page(width=width), ada, caseload)
    widest = "[...document.querySelectorAll('dl.rows > dd')].map(d => d.offsetWidth)"
    for path in pages(nora):
        page.goto(caseload + path)
        widths = page.evaluate(widest)
        assert (path, [room for room in widths if room < 200]) == (path, [])


def test_slash_goes_to_the_search_and_enter_finds(desktop, caseload, ada):
    page = sign_in(desktop, ada, caseload)
    page.goto(caseload + reverse("caseload"))
    page.keyboard.press("/")
    page.keyboard.type("nora")
    page.keyboard.press("Enter")
    page.wait_for_url("**name=nora**")
    expect(page.locator(".caseload__name")).to_have_text(["Nora Lind"])


def test_a_therapist_reads_reviews_and_notes_an_event_without_javascript(
    new_page, caseload, ada, nora
):
    page = sign_in(new_page(javascript=False), ada, caseload)
    page.goto(caseload + reverse("caseload"))
    page.get_by_role("link", name="Nora Lind", exact=True).click()
    expect(page.locator(".session__verdict")).to_contain_text("lower by 60")
    page.get_by_label("What we decided").fill("A walk a week.")
    page.get_by_role("button", name="Discussed").click()
    expect(page.locator(".session__aside")).to_contain_text("Last review today")
    page.locator("summary", has_text="Add an event").click()
    page.get_by_role("textbox", name="Date").fill(timezone.localdate().isoformat())
    page.get_by_label("What happened").fill("First walk")
    page.get_by_role("button", name="Add the event").click()
    expect(page.locator(".timeline").first).to_contain_text("First walk")
