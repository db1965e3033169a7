"""The figures of a form, adopting an estimate and loading a wording, in a real browser."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import FilePayload, Page, expect

from assessments.actions import psychometrics
from assessments.models import InstrumentVersion, Wording
from tests import factories_assessments as asked
from tests import factories_psychometrics as many
from tests import factories_wording as made
from tests.browser.looks import DESK, PHONE, shows_well, tab_to
from tests.browser.test_reading_pages import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SCALES = ("Dependence", "Counter-dependence", "Independence", "Interdependence")


# --- Figures ------------------------------------------------------------------------------------


@pytest.fixture
def answered(harbour) -> InstrumentVersion:
    """The weekly form, answered by enough people for every figure."""
    version = asked.instrument(asked.WEEKLY)
    sheets = many.sheets(version.definition, 210, level=1.6)
    many.answered_by(harbour, version, sheets, at=timezone.now())
    return version


@pytest.fixture
def figures(live_server, harbour, answered) -> str:
    """The address of their figures, which were worked out."""
    psychometrics.compute(practice=harbour, version=answered, now=timezone.now())
    return live_server.url + reverse("psychometrics", args=[asked.WEEKLY])


def test_figures_and_the_question_before_adopting_fit_and_pass_axe(
    new_page, axe, live_server, figures, pat, troubles
):
    troubles.expect("400")
    page = sign_in(new_page(), pat, live_server.url)
    page.goto(figures)
    page.evaluate("document.querySelectorAll('main details').forEach(d => d.open = true)")
    shows_well(page, "Figures of Weekly form", axe, (PHONE, DESK))
    page.get_by_role("link", name="Use for a new version").click()
    for scale in SCALES:
        page.get_by_label(scale, exact=True).uncheck()
    page.get_by_role("button", name="Make the new version").click()
    shows_well(page, "Please look at this again", axe)


def test_figures_have_names_and_tab_goes_through_them_from_top_to_bottom(
    desktop, live_server, figures, pat
):
    page = sign_in(desktop, pat, live_server.url)
    page.goto(figures)
    tab_to(page, "Weekly form")
    assert tab_to(page, "Use for a new version") == ["Use for a new version"]
    for scale in SCALES:
        table, questions = f"The figures of {scale} in full", f"Questions of {scale}"
        assert tab_to(page, questions) == [f"Show as table: {table}", questions]
        for role, name in (("table", questions), ("table", table), ("img", f"{scale}: alpha")):
            named = page.get_by_role(role, name=re.compile(f"^{name}"), include_hidden=True)
            expect(named).to_have_count(1)


def test_estimate_is_adopted_by_keyboard_and_without_javascript(
    new_page, live_server, answered, pat
):
    address = live_server.url + reverse("psychometrics", args=[asked.WEEKLY])
    page = sign_in(new_page(javascript=False), pat, live_server.url)
    press = page.keyboard.press
    page.goto(address)
    tab_to(page, "Work it out now")
    press("Enter")
    expect(page.get_by_text("Worked out from all answers up to now.")).to_be_visible()
    tab_to(page, "Use for a new version")
    press("Enter")
    question = "Use an estimate for a new version of Weekly form?"
    expect(page.get_by_role("heading", level=1)).to_have_text(question)
    tab_to(page, "Cancel")
    press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Figures of Weekly form")
    assert InstrumentVersion.objects.count() == 1
    page.go_back()
    tab_to(page, "Figures")
    assert tab_to(page, "Make the new version") == [*SCALES, "Make the new version"]
    for _stop in SCALES:
        press("Shift+Tab")
    press("Space")
    tab_to(page, "Make the new version")
    press("Enter")
    expect(page.get_by_text("Version 2 is in use now, for new assignments.")).to_be_visible()
    expect(page).to_have_url(address)
    scales = InstrumentVersion.objects.get(version=2).definition.scales
    assert [scale.name for scale in scales if scale.evidence.rung == 2] == list(SCALES[1:])


# --- Wording ------------------------------------------------------------------------------------


def toml(text: str) -> FilePayload:
    return {"name": "tea.toml", "mimeType": "text/plain", "buffer": text.encode()}


@pytest.fixture
def wording(live_server, db) -> str:
    """The address where the wording of the made-up questionnaire is loaded."""
    made.tea()
    return live_server.url + reverse("library-wording", args=[made.CODE])


def check(page: Page, text: str) -> None:
    page.get_by_label("File", exact=True).set_input_files(toml(text))
    page.get_by_role("button", name="Check the file").click()


def test_wording_is_loaded_by_keyboard_alone(desktop, live_server, wording, pat):
    page = sign_in(desktop, pat, live_server.url)
    page.on("filechooser", lambda dialog: dialog.set_files(toml(made.file_of())))
    press = page.keyboard.press
    page.goto(wording)
    tab_to(page, "Get the empty file")
    assert tab_to(page, "File") == ["File"]
    press("Enter")
    expect(page.get_by_label("File", exact=True)).to_have_value(re.compile("tea.toml"))
    tab_to(page, "Where does the practice have this wording from? (optional)")
    page.keyboard.type("Drawer two")
    assert tab_to(page, "Check the file") == ["Check the file"]
    press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Is this the wording?")
    tab_to(page, "Wording")
    assert tab_to(page, "Use this wording") == ["Use this wording"]
    press("Enter")
    expect(page.get_by_text("Tea break can be assigned now.")).to_be_visible()
    assert Wording.objects.get().source == "Drawer two"


def test_wording_with_problems_is_put_right_without_javascript(
    new_page, axe, live_server, wording, pat, troubles
):
    troubles.expect("400")
    page = sign_in(new_page(javascript=False), pat, live_server.url)
    page.goto(wording)
    page.get_by_label("Where does the practice").fill("Drawer two")
    check(page, made.file_of(made.QUESTIONS[:2], made.LABELS[:2]))
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_role("alert").get_by_role("listitem")).to_have_count(2)
    check(page, made.file_of())
    texts = page.get_by_role("table", name="The texts of the file").locator("tbody tr")
    expect(texts).to_have_count(len(made.QUESTIONS))
    page.get_by_role("button", name="Use this wording").click()
    history = page.get_by_role("table", name="Loaded so far").locator("tbody tr")
    expect(history).to_contain_text("Drawer two")
    check(page, made.file_of())
    expect(page.get_by_text("These texts are in use already")).to_be_visible()
    assert Wording.objects.count() == 1


def test_every_step_of_a_wording_fits_and_passes_axe(
    new_page, axe, live_server, wording, pat, troubles
):
    troubles.expect("400")
    page = sign_in(new_page(), pat, live_server.url)
    page.goto(wording)
    check(page, made.file_of(made.QUESTIONS[:2]))
    shows_well(page, "This wording cannot be used", axe)
    check(page, made.file_of())
    shows_well(page, "Is this the wording?", axe)
    page.get_by_role("button", name="Use this wording").click()
    shows_well(page, "Loaded so far", axe)
