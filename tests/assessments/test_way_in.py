"""The way into a form: the introduction once, and after that straight to the first question."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.test import Client as Browser
from django.urls import reverse

from assessments.actions import assign, correct, instruments, references
from assessments.management.commands.load_instruments import SHIPPED
from assessments.models import Assignment, Import, InstrumentVersion, Occasion, Response
from clinic.audit import Actor
from clinic.models import Client, Episode
from tests import factories_assessments as asked
from tests import factories_wording as made
from tests.factories import NOW, actor
from tests.tea import VALUES

LATER = NOW + timedelta(hours=2)
ABOUT = 'href="/f/?from=1">About this form</a>'

pytestmark = pytest.mark.usefixtures("clock", "fresh_limits")


@pytest.fixture
def sent(occasion: Occasion) -> Response:
    """Nora's weekly form, sent by herself."""
    return asked.send(occasion)


def another(occasion: Occasion, number: int = 1) -> Occasion:
    """The form of the same assignment once more, open now."""
    return Occasion.objects.create(
        assignment=Assignment.objects.get(pk=occasion.assignment_id),
        client=occasion.client,
        number=100 + number,
        opens_at=NOW,
        closes_at=NOW + timedelta(days=3),
        opened_at=NOW,
    )


def starts_at(occasion: Occasion, now: datetime = NOW) -> str:
    """Where the button of the link's page leads."""
    return Browser().post(address_of(occasion, now)).headers["Location"]


def address_of(occasion: Occasion, now: datetime = NOW) -> str:
    return reverse("form-landing", args=[asked.new_link(occasion, now)])


def given_once(client: Client, version: InstrumentVersion) -> Occasion:
    """A version of a questionnaire, in place of the ones that run already."""
    by = Actor.system(practice=client.practice)
    for running in Assignment.objects.filter(client=client, ended_at=None):
        assign.end_assignment(assignment=running, by=by, now=NOW)
    return asked.give_version(
        client=client, version=version, cadence="once", first_on=NOW.date(), by=by, now=NOW
    ).first


# --- Who knows the introduction -------------------------------------------------------------------


def test_first_form_begins_with_its_introduction(occasion):
    browser = Browser()
    assert browser.post(address_of(occasion)).headers["Location"] == "/f/"
    assert "A few questions about your past 7 days" in browser.get("/f/").content.decode()


def test_form_that_was_sent_before_begins_with_its_first_question(occasion, sent):
    browser = Browser()
    assert browser.post(address_of(another(occasion))).headers["Location"] == "/f/1/"
    assert browser.get("/f/").headers["Location"] == "/f/1/"
    page = browser.get("/f/1/").content.decode()
    assert ABOUT in page
    assert "A few questions about" in browser.get("/f/?from=1").content.decode()


def test_form_that_was_begun_goes_on_where_it_stood(occasion, holder):
    browser = holder(occasion)
    browser.post("/f/1/", {"answer": "3", "go": "next"})
    assert starts_at(occasion) == "/f/2/"


def test_introduction_stands_one_press_from_every_question(occasion, holder):
    browser = holder(occasion)
    for number in (1, 20):
        assert ABOUT in browser.get(f"/f/{number}/").content.decode()


def test_pausing_is_one_press_from_the_link_as_before(occasion, sent):
    answer = Browser().post(address_of(another(occasion)), {"go": "pause"})
    assert answer.headers["Location"] == "/f/pause/"


def lock(occasion: Occasion, **fields) -> None:
    """A response that came in some other way, or not whole."""
    Response.objects.create(
        client=occasion.client,
        occasion=occasion,
        version=occasion.assignment.version,
        answers=asked.answers_to(occasion.assignment.version),
        started_at=NOW,
        submitted_at=NOW,
        received_at=NOW,
        fingerprint=b"f" * 32,
        **fields,
    )


def test_paper_files_programs_and_what_ran_out_unsent_show_no_introduction(
    occasion, nora, ada, harbour
):
    file = Import.objects.create(
        practice=harbour,
        version=occasion.assignment.version,
        file_name="answers.csv",
        digest="0" * 64,
        mapping={},
        rows=1,
        created_rows=1,
        skipped_rows=0,
        at=NOW,
    )
    lock(occasion, source="staff", entered_by=ada.user)
    lock(another(occasion, 1), source="import", imported=file, import_key=b"k" * 32)
    lock(another(occasion, 2), source="api")
    lock(another(occasion, 3), source="link", partial=True)
    assert starts_at(another(occasion, 4)) == "/f/"
    lock(another(occasion, 5), source="device")
    assert starts_at(another(occasion, 6)) == "/f/1/"


def test_form_that_was_taken_out_does_not_count(occasion, sent, ada):
    correct.void_response(response=sent, reason="Wrong person.", by=actor(ada), now=LATER)
    assert starts_at(another(occasion)) == "/f/"


def test_another_questionnaire_begins_with_its_introduction_though_it_reads_the_same(
    occasion, sent, nora
):
    assert starts_at(given_once(nora, published({'"causeway-weekly"': '"another"'}))) == "/f/"


def test_what_another_client_sent_does_not_count(occasion, sent, otto):
    assert starts_at(asked.open_occasion(otto)) == "/f/"


def test_new_episode_begins_with_the_introduction(occasion, sent, nora, ada, clock):
    assign.end_assignment(assignment=occasion.assignment, by=actor(ada), now=LATER)
    Episode.objects.filter(client=nora).update(ended_at=LATER)
    Episode.objects.create(client=nora, started_at=LATER)
    nora.refresh_from_db()
    clock.move_to(LATER)
    assert starts_at(asked.open_occasion(nora, now=LATER), LATER) == "/f/"


# --- What an introduction says anew ---------------------------------------------------------------


def published(changes: dict[str, str]) -> InstrumentVersion:
    """The weekly form in a second version with these changes of its text."""
    text = (SHIPPED / "causeway-weekly-1.toml").read_text(encoding="utf-8")
    for old, new in {"version = 1": "version = 2", **changes}.items():
        assert old in text
        text = text.replace(old, new, 1)
    return instruments.publish(text=text, by=Actor.system("console"), now=NOW)[0]


@pytest.mark.parametrize(
    "changes, begins",
    [
        ({"A quick, honest look": "An honest look"}, "/f/"),
        ({"minutes = 3": "minutes = 4"}, "/f/1/"),
    ],
)
def test_new_version_shows_its_introduction_where_that_has_changed(
    occasion, sent, nora, changes, begins
):
    assert starts_at(given_once(nora, published(changes))) == begins


def test_somebody_else_to_think_of_shows_the_introduction_again(occasion, sent, nora, ada):
    by = actor(ada)
    references.set_reference(client=nora, kind="partner", label="Sam", by=by, now=LATER)
    second = another(occasion, 1)
    browser = Browser()
    assert browser.post(address_of(second)).headers["Location"] == "/f/"
    assert "Think of your current partner, Sam." in browser.get("/f/").content.decode()
    asked.send(second, now=LATER)
    assert starts_at(another(occasion, 2)) == "/f/1/"


def test_wording_of_a_practice_with_another_introduction_is_shown(nora, ada):
    version = made.tea()
    made.load(ada, version, made.file_of(introduction="About tea."))
    asked.send(given_once(nora, version), value=VALUES[0])
    assert starts_at(given_once(nora, version)) == "/f/1/"
    made.load(ada, version, made.file_of(introduction="About coffee."))
    assert starts_at(given_once(nora, version)) == "/f/"


# --- Cost -----------------------------------------------------------------------------------------


def test_way_in_costs_a_fixed_number_of_queries(occasion, sent, django_assert_num_queries):
    browser = Browser()
    address = address_of(another(occasion))
    browser.get(address)
    # The limit, the link, and started, with its event, in a transaction; the link, the last form.
    with django_assert_num_queries(8):
        browser.post(address)
    with django_assert_num_queries(2):
        browser.get("/f/")
    with django_assert_num_queries(1):
        browser.get("/f/?from=1")
