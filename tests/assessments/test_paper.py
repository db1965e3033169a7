"""Answers from paper: the day they count for, and whom they are about."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from assessments import queries
from assessments.actions import references
from assessments.models import Response, Score
from clinic.models import AuditEvent
from tests import factories_assessments as asked
from tests.factories import NOW, actor

DAY = timedelta(days=1)


@pytest.fixture
def name(ada, nora):
    """``name("partner", "Sam", day=2)`` names whom Nora's answers are about, two days on."""

    def set_reference(kind, label, *, day=0.0):
        at = NOW + day * DAY
        return references.set_reference(client=nora, kind=kind, label=label, by=actor(ada), now=at)

    return set_reference


@pytest.fixture
def paper(ada, nora, signed_in, clock):
    """Nora's weekly form on the page for paper: ``paper()`` opens it, ``paper("2026-11-03")``
    sends it filled in on that day."""

    def use(day=None, *, code=asked.WEEKLY, **changes):
        occasion = use.occasion = use.occasion or asked.open_occasion(nora, code)
        address = reverse("occasion-enter", args=[occasion.pk])
        browser = signed_in(ada)  # anew, since a session ends while nobody uses it
        if day is None:
            return browser.get(address)
        items = occasion.assignment.version.definition.items
        answers = {f"item-{item.code}": "3" for item in items}
        return browser.post(address, {**answers, "answered_on": day, **changes})

    use.occasion = None
    use.read = lambda sent: signed_in(ada).get(sent.headers["Location"])
    return use


def words_of(page) -> str:
    return " ".join(page.content.decode().split())


# --- Whom -----------------------------------------------------------------------------------------


def test_page_shows_whom_to_think_of_and_whom_the_answers_are_stored_under(paper, name):
    sam = name("partner", "Sam")
    page = words_of(paper())
    assert "<strong>Think of your current partner, Sam.</strong>" in page
    assert "Stored as answers about: current partner, Sam, since 2 Nov 2026." in page
    sent = paper("2026-11-02")
    assert Response.objects.get().reference == sam
    assert "<dt>About</dt><dd>current partner, Sam</dd>" in words_of(paper.read(sent))


def test_day_that_has_passed_takes_the_relationship_of_that_day(paper, name, clock, nora):
    kim = name("last_partner", "Kim")
    asked.send(asked.open_occasion(nora, asked.LONG))
    paper()
    sam = name("partner", "Sam", day=2)
    clock.shift(4 * DAY)
    page = words_of(paper())
    assert "The day on which it was filled in decides." in page
    assert "Filled in until 3 Nov: <strong>Think of your most recent partner, Kim." in page
    assert "Filled in from 4 Nov on: <strong>Think of your current partner, Sam." in page
    assert paper("2026-11-03").status_code == 302
    response = Response.objects.get(occasion=paper.occasion)
    assert response.reference == kim
    series = {sitting.series for sitting in queries.sittings(nora)}
    assert series == {kim.started_at} != {sam.started_at}


@pytest.mark.parametrize("day, label", [("2026-11-03", "Kim"), ("2026-11-04", "Sam")])
def test_what_the_page_says_of_a_day_is_what_is_stored(paper, name, clock, nora, day, label):
    name("partner", "Kim")
    asked.send(asked.open_occasion(nora, asked.LONG))
    paper()
    name("partner", "Sam", day=2.1)
    clock.shift(4 * DAY)
    days = [row for row in paper().context["about"] if f"{row.first}" <= day <= f"{row.last}"]
    paper(day)
    assert [row.reference for row in days] == [
        Response.objects.get(occasion=paper.occasion).reference
    ]
    assert days[0].reference.label == label


def test_day_before_anybody_was_named_is_stored_without_a_name(paper, name, clock):
    paper()
    name("partner", "Sam", day=2)
    clock.shift(3 * DAY)
    assert "Filled in until 3 Nov: Nobody was named" in words_of(paper())
    paper("2026-11-03")
    assert Response.objects.get().reference is None


def test_form_about_no_relationship_shows_and_stores_none(paper, name):
    name("partner", "Sam")
    page = words_of(paper(code=asked.SAFETY))
    assert "Think of" not in page
    assert "Stored" not in page
    items = paper.occasion.assignment.version.definition.items
    paper("2026-11-02", **{f"item-{item.code}": "0" for item in items})
    assert Response.objects.get().reference is None


def test_form_begun_by_link_stays_with_whom_it_was_begun_about(paper, name, holder, clock):
    sam = name("partner", "Sam")
    paper()
    clock.shift(DAY)
    holder(paper.occasion).post("/f/1/", {"answer": "5", "go": "next"})
    clock.shift(DAY)
    name("partner", "Kim", day=2)
    page = paper()
    assert "answered_on" not in page.context["form"].fields
    assert "Stored as answers about: current partner, Sam" in words_of(page)
    assert "Kim" not in words_of(page)
    paper("2026-11-02")
    response = Response.objects.get()
    assert (response.reference, response.submitted_at) == (sam, NOW + 2 * DAY)


# --- The day --------------------------------------------------------------------------------------


def test_answers_count_for_the_day_on_the_paper_and_the_record_says_when_they_came(paper, clock):
    paper()
    clock.shift(4 * DAY)
    sent = paper("2026-11-03")
    response = Response.objects.get()
    noon = datetime(2026, 11, 3, 12, tzinfo=UTC)
    assert (response.started_at, response.submitted_at) == (noon, noon)
    assert response.received_at == NOW + 4 * DAY
    assert set(Score.objects.values_list("at", flat=True)) == {noon}
    assert AuditEvent.objects.get(action="response.submit").at == NOW + 4 * DAY
    page = words_of(paper.read(sent))
    assert "<dt>Filled in</dt><dd>Tuesday 3 November 2026</dd>" in page
    assert "<dt>Entered</dt><dd>Friday 6 November 2026, 09:00</dd>" in page


def test_today_is_now_and_the_day_of_opening_is_after_the_opening(paper, clock):
    paper()
    clock.shift(timedelta(hours=1))
    paper("2026-11-02")
    assert Response.objects.get().submitted_at == NOW + timedelta(hours=1)


def test_day_of_opening_counts_from_the_opening_on(paper, clock, nora):
    clock.shift(timedelta(hours=6))
    paper.occasion = asked.open_occasion(nora, now=NOW + timedelta(hours=6))
    clock.shift(DAY)
    paper("2026-11-02")
    assert Response.objects.get().submitted_at == max(
        paper.occasion.opens_at, datetime(2026, 11, 2, 12, tzinfo=UTC)
    )


@pytest.mark.parametrize(
    "day, sentence",
    [
        ("", "Please say on which day the form was filled in."),
        ("2026-11-07", "This day is still to come."),
        ("2026-11-01", "This form opened on Monday 2 November"),
        ("yesterday", "answered_on_error"),
        ("\x00", "answered_on_error"),
        ("2026-02-30", "answered_on_error"),
        ("9999-12-31", "This day is still to come."),
        ("0001-01-01", "answered_on_error"),
    ],
)
def test_day_that_cannot_be_is_refused_beside_its_field_and_all_typed_is_kept(
    paper, clock, day, sentence
):
    paper()
    clock.shift(4 * DAY)
    page = paper(day, comment="Kept.")
    assert page.status_code == 400
    assert page.context["form"].errors.keys() == {"answered_on"}
    assert sentence in words_of(page)
    assert "Kept." in words_of(page)
    assert page.context["form"]["item-IND04"].value() == "3"
    assert not Response.objects.exists()
