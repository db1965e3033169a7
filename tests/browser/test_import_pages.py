"""Importing answers in a real browser: by keyboard, by pointer, without JavaScript."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.urls import reverse
from playwright.sync_api import FilePayload, Page, expect

from assessments.models import Response
from tests import factories_assessments as asked
from tests.browser.looks import DESK, PHONE, shows_well, tab_to
from tests.browser.test_reading_pages import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

HEADER = "when,q1,q2,q3,q4"
ROWS = ("2026-01-05,0,1,2,0", "2026-01-06,9,0,0,1")
FAULTY = ("2026-01-05,0,7,2,0", "2026-13-06,9,0,0,1", "2026-01-07,0,7,0")


def csv(*rows: str, name: str = "answers.csv", head: str = HEADER) -> FilePayload:
    text = "\n".join([head, *rows, ""])
    return {"name": name, "mimeType": "text/csv", "buffer": text.encode()}


@pytest.fixture
def at(live_server, pat) -> Iterator[str]:
    """The address of a place that can take answers to the safety check."""
    asked.instrument(asked.SAFETY)
    cache.clear()
    yield live_server.url
    cache.clear()


def choose(page: Page, file: FilePayload, form: str = "Safety check") -> None:
    """The first step."""
    page.get_by_label("Which form was answered?").select_option(label=form)
    page.get_by_label("File").set_input_files(file)
    page.get_by_role("button", name="Look at the file").click()
    expect(page.get_by_text(f"{file['name']}, answers to {form}.")).to_be_visible()


def say(page: Page) -> None:
    """The second step: what the names of the columns do not say."""
    page.get_by_label("Column with the date or time").select_option(label="when")
    page.get_by_label("Codes for “no answer”").fill("9")


def look(page: Page) -> None:
    page.get_by_role("button", name="Look at the rows").click()


def understood(page: Page) -> list[list[str]]:
    """The first rows, as the third step shows them."""
    expect(page.get_by_role("heading", name="This is how the file is understood")).to_be_visible()
    rows = page.get_by_role("table", name="The first rows").locator("tbody tr").all()
    return [row.locator("th, td").all_inner_texts() for row in rows]


def stored() -> list[list[int | None]]:
    rows = Response.objects.order_by("submitted_at")
    codes = ("SAFE01", "SAFE02", "SAFE03", "SAFE04")
    return [[row.answers.get(code) for code in codes] for row in rows]


def test_practice_admin_imports_by_keyboard_alone(desktop, at, pat):
    page = sign_in(desktop, pat, at)
    page.on("filechooser", lambda dialog: dialog.set_files(csv(*ROWS)))
    page.goto(at + reverse("imports"))
    press = page.keyboard.press
    tab_to(page, "Import answers")
    press("Enter")
    page.wait_for_url("**/imports/new/")
    tab_to(page, "Which form was answered?")
    page.keyboard.type("Safety")
    tab_to(page, "File")
    press("Enter")
    expect(page.get_by_label("File")).to_have_value(re.compile("answers.csv"))
    assert tab_to(page, "Look at the file") == ["Look at the file"]
    press("Enter")
    expect(page.get_by_role("heading", name="The rows", exact=True)).to_be_visible()
    tab_to(page, "Column with the date or time (optional)")
    page.keyboard.type("when")
    tab_to(page, "Codes for “no answer” (optional)")
    page.keyboard.type("9")
    tab_to(page, "Look at the rows")
    press("Enter")
    expect(page.get_by_role("heading", name="This is how the file is understood")).to_be_visible()
    # What was found and the button that imports it come before the long list of columns.
    tab_to(page, "Imports")
    assert tab_to(page, "Import 2 rows") == ["The first rows", "Import 2 rows"]
    press("Enter")
    expect(page.get_by_text("2 rows were imported.")).to_be_visible()
    assert stored() == [[0, 1, 2, 0], [None, 0, 0, 1]]


@pytest.mark.parametrize("javascript", [True, False])
def test_practice_admin_imports_a_file_that_had_faults(new_page, at, pat, troubles, javascript):
    troubles.expect("400")
    page = sign_in(new_page(javascript=javascript), pat, at)
    page.goto(at + reverse("library"))
    page.get_by_role("link", name="Imported answers").click()
    page.get_by_role("link", name="Import answers").click()
    choose(page, csv(*FAULTY))
    say(page)
    look(page)
    faults = [
        "line 2, column q2: 7 is not one of 0, 1, 2, 3.",
        "line 3, column when: 2026-13-06 is not a day as 2026-03-31 or a time as 2026-03-31T14:05.",
        "line 4: 4 cells where the header has 5.",
    ]
    expect(page.get_by_role("alert").get_by_role("listitem")).to_have_text(faults)
    assert stored() == []
    # Beside them the file, which comes back put right; what was said about it stands.
    page.get_by_label("The file, put right").set_input_files(csv(*ROWS, name="right.csv"))
    page.get_by_role("button", name="Look again").first.click()
    assert understood(page) == [
        ["2", "2026-01-05", "0", "1", "2", "0"],
        ["3", "2026-01-06", "–", "0", "0", "1"],
    ]
    page.get_by_role("button", name="Import 2 rows").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("right.csv")
    assert stored() == [[0, 1, 2, 0], [None, 0, 0, 1]]
    page.goto(at + reverse("import-new"))
    choose(page, csv(*ROWS))
    say(page)
    look(page)
    page.get_by_role("button", name="Import 2 rows").click()
    expect(page.get_by_text("Every row of this file was there already.")).to_be_visible()
    row = page.get_by_role("table", name="Imports of this practice").locator("tbody tr")
    expect(row.locator("td.number")).to_have_text(["2", "0"])
    assert len(stored()) == 2


def test_every_step_of_an_import_fits_and_passes_axe(new_page, at, pat, axe, troubles):
    troubles.expect("400")
    page = sign_in(new_page(), pat, at)
    items = [item.code for item in asked.instrument(asked.WEEKLY).definition.items]
    head = ",".join(items)
    page.goto(at + reverse("import-new"))
    page.get_by_role("button", name="Look at the file").click()
    shows_well(page, "Please look at this again", axe)
    choose(page, csv(",".join("9" for _item in items), head=head), form="Weekly form")
    page.get_by_label(items[0]).select_option(label=items[1])
    page.get_by_label(items[2]).select_option(label="Choose a column")
    look(page)
    shows_well(page, "Please look at this again", axe)
    page.get_by_label(items[0]).select_option(label=items[0])
    page.get_by_label(items[2]).select_option(label=items[2])
    look(page)
    shows_well(page, "These rows cannot be imported, so none is", axe)
    right = csv(",".join("5" for _item in items), head=head)
    page.get_by_label("The file, put right").set_input_files(right)
    page.get_by_role("button", name="Look again").first.click()
    shows_well(page, "This is how the file is understood", axe, (PHONE, DESK))
    page.get_by_role("button", name="Import 1 row").click()
    page.get_by_text("Which column held which question").click()
    shows_well(page, "answers.csv", axe)
    page.goto(at + reverse("imports"))
    shows_well(page, "Imports", axe)


def test_errors_take_the_focus_and_lead_to_their_fields(desktop, at, pat, troubles):
    troubles.expect("400")
    page = sign_in(desktop, pat, at)
    page.goto(at + reverse("import-new"))
    page.get_by_role("button", name="Look at the file").click()
    expect(page.get_by_role("alert")).to_be_focused()
    error = "Which form was answered? Please choose a form."
    assert tab_to(page, error) == [error]
    page.keyboard.press("Enter")
    expect(page.get_by_label("Which form was answered?")).to_be_focused()
    choose(page, csv(*ROWS))
    page.get_by_label("SAFE04").select_option(label="Choose a column")
    look(page)
    expect(page.get_by_role("alert")).to_be_focused()
    error = "SAFE04: I could think of someone to turn to in a hard moment. Please choose a column."
    assert tab_to(page, error) == [error]
    page.keyboard.press("Enter")
    expect(page.get_by_label("SAFE04")).to_be_focused()
