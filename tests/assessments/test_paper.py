"""Answers from paper: the day they count for, and whom they are about."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest
from django.urls import reverse

from assessments import queries
from assessments.actions import occasions, references, respond
from assessments.actions import paper as paper_actions
from assessments.models import Assignment, Occasion, Response, Score, Signal, Standing
from clinic.actions import Refused
from clinic.actions.care import close_client
from clinic.audit import Actor
from clinic.models import AuditEvent, Notice
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
    assert "The time at which it was filled in decides" in page
    assert "From 2 Nov, 09:00: <strong>Think of your most recent partner, Kim." in page
    assert "From 4 Nov, 09:00: <strong>Think of your current partner, Sam." in page
    assert paper("2026-11-03").status_code == 302
    response = Response.objects.get(occasion=paper.occasion)
    assert response.reference == kim
    series = {sitting.series for sitting in queries.sittings(nora)}
    assert series == {kim.started_at} != {sam.started_at}


@pytest.mark.parametrize(
    "day, time, label",
    [
        ("2026-11-03", "", "Kim"),
        ("2026-11-04", "11:23", "Kim"),
        ("2026-11-04", "", "Sam"),
        ("2026-11-04", "11:24", "Sam"),
        ("2026-11-06", "", "Sam"),
    ],
)
def test_what_the_page_says_of_a_time_is_what_is_stored(paper, name, clock, nora, day, time, label):
    name("partner", "Kim")
    asked.send(asked.open_occasion(nora, asked.LONG))
    paper()
    name("partner", "Sam", day=2.1)
    clock.shift(4 * DAY)
    parts = paper().context["about"]
    assert paper(day, clock=time).status_code == 302
    response = Response.objects.get(occasion=paper.occasion)
    said = [part.reference for part in parts if part.since <= response.started_at][-1]
    assert said == response.reference
    assert said.label == label


def test_day_before_anybody_was_named_is_stored_without_a_name(paper, name, clock):
    paper()
    name("partner", "Sam", day=2)
    clock.shift(3 * DAY)
    assert "From 2 Nov, 09:00: Nobody was named" in words_of(paper())
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


# --- When the form's time has passed --------------------------------------------------------------


def test_paper_from_its_time_is_entered_after_the_form_has_closed(paper, clock, nora):
    paper()
    clock.shift(10 * DAY)
    assert occasions.close_due_occasions(now=NOW + 10 * DAY) == 1
    page = paper()
    assert "The time for this form has passed. It was open from" in words_of(page)
    assert page.context["form"]["answered_on"].value() is None
    assert paper("2026-11-05").status_code == 302
    response = Response.objects.get()
    assert response.submitted_at == datetime(2026, 11, 5, 12, tzinfo=UTC)
    assert response.received_at == NOW + 10 * DAY
    assert queries.record(nora, NOW + 10 * DAY).occasions[0].answered_at == response.submitted_at
    assert Standing.objects.get(client=nora).last_response_at == response.submitted_at


def test_missed_form_leads_to_its_paper(paper, clock, nora, ada, signed_in):
    paper()
    clock.shift(10 * DAY)
    page = words_of(signed_in(ada).get(reverse("client-forms", args=[nora.pk])))
    assert f'href="{reverse("occasion-enter", args=[paper.occasion.pk])}">Enter from paper' in page


@pytest.mark.parametrize("day", ["2026-11-10", "2026-11-12"])
def test_paper_from_after_its_time_is_refused_and_told_the_way(paper, clock, day):
    paper()
    clock.shift(10 * DAY)
    page = paper(day)
    assert page.status_code == 400
    words = words_of(page)
    assert "This form was open until Monday 9 November, 06:00." in words
    assert "A sheet from later is entered as a paper form of its own." in words
    assert not Response.objects.exists()


@pytest.mark.parametrize(
    "day, time, at",
    [
        ("2026-11-03", "18:45", datetime(2026, 11, 3, 18, 45, tzinfo=UTC)),
        ("2026-11-02", "09:00", NOW),
        ("2026-11-09", "", datetime(2026, 11, 9, 5, 59, tzinfo=UTC)),
        ("2026-11-09", "05:59", datetime(2026, 11, 9, 5, 59, tzinfo=UTC)),
    ],
)
def test_time_that_is_known_is_kept_within_the_hours_of_the_form(paper, clock, day, time, at):
    paper()
    clock.shift(10 * DAY)
    assert paper(day, clock=time).status_code == 302
    assert Response.objects.get().submitted_at == at


@pytest.mark.parametrize(
    "day, time, sentence",
    [
        ("2026-11-02", "08:00", "This form opened on Monday 2 November, 09:00"),
        ("2026-11-09", "06:00", "This form was open until"),
        ("2026-11-03", "25:00", "Please write the time as 14:30."),
    ],
)
def test_time_outside_the_hours_of_the_form_is_refused(paper, clock, day, time, sentence):
    paper()
    clock.shift(10 * DAY)
    page = paper(day, clock=time)
    assert (page.status_code, list(page.context["form"].errors)) == (400, ["clock"])
    assert sentence in words_of(page)
    assert not Response.objects.exists()


def test_time_that_is_still_to_come_is_refused(paper):
    paper()
    page = paper("2026-11-02", clock="11:00")
    assert list(page.context["form"].errors) == ["clock"]
    assert "This time is still to come." in words_of(page)


def test_what_was_kept_of_a_form_that_ran_out_is_not_entered_over(
    paper, holder, clock, ada, signed_in
):
    paper()
    holder(paper.occasion).post("/f/1/", {"answer": "5", "go": "next"})
    clock.shift(10 * DAY)
    # Before the sweep has kept it, and after.
    assert paper("2026-11-03").status_code == 302
    occasions.close_due_occasions(now=NOW + 10 * DAY)
    kept = Response.objects.get()
    assert (kept.partial, kept.answers) == (True, {"IND04": 5})
    address = reverse("occasion-enter", args=[paper.occasion.pk])
    told = signed_in(ada).get(address, follow=True)
    assert told.redirect_chain == [(reverse("response", args=[kept.pk]), 302)]
    assert "To enter a paper in its place, correct those answers first." in words_of(told)
    page = paper("2026-11-03")
    assert page.status_code == 400
    assert "what had been answered by then was kept" in words_of(page)
    assert Response.objects.get().answers == {"IND04": 5}


def test_paper_counts_from_its_own_day_where_only_a_comment_was_begun(paper, holder, clock, name):
    kim = name("partner", "Kim")
    paper()
    clock.shift(3 * DAY)
    holder(paper.occasion, NOW + 3 * DAY)
    respond.save_answers(
        occasion=paper.occasion,
        answers={},
        comment="Later.",
        by=Actor.system(),
        now=NOW + 3 * DAY,
        source="link",
    )
    paper("2026-11-03")
    response = Response.objects.get()
    assert response.started_at == response.submitted_at == datetime(2026, 11, 3, 12, tzinfo=UTC)
    assert response.reference == kim


# --- A form that nobody asked for here ------------------------------------------------------------


@pytest.fixture
def alone(ada, nora, signed_in, clock):
    """``alone("2026-10-05")`` sends a weekly form of nora that was filled in on that day."""
    version = asked.instrument()
    clock.shift(DAY)

    def use(day, clock="", *, value="3", code=asked.WEEKLY, **changes):
        when = urlencode({"answered_on": day, "clock": clock})
        address = f"{reverse('paper-enter', args=[nora.pk, code])}?{when}"
        use.browser = signed_in(ada)
        if value is None:
            return use.browser.get(address)
        answers = {f"item-{item.code}": value for item in version.definition.items}
        return use.browser.post(address, {**answers, **changes})

    use.choose = lambda **chosen: signed_in(ada).get(reverse("paper", args=[nora.pk]), chosen)
    return use


def test_paper_form_of_its_own_stands_at_its_own_time(alone, nora, ada):
    sent = alone("2026-10-05", "17:30", comment="Brought to the first talk.")
    response = Response.objects.get()
    assert sent.headers["Location"] == reverse("response", args=[response.pk])
    # Summer time in London.
    at = datetime(2026, 10, 5, 16, 30, tzinfo=UTC)
    assert (response.submitted_at, response.started_at) == (at, at)
    assert (response.received_at, response.source) == (NOW + DAY, "staff")
    assert (response.entered_by, response.comment) == (ada.user, "Brought to the first talk.")
    assignment = response.occasion.assignment
    assert (assignment.plan, assignment.ended_at, assignment.first_on.isoformat()) == (
        None, NOW + DAY, "2026-10-05",
    )  # fmt: skip
    assert not Notice.objects.exists()
    assert [s.at for s in queries.sittings(nora, since=nora.episodes.get().started_at)] == [at]


def test_choosing_leads_to_the_questions_and_writes_nothing(alone, nora):
    for code in (asked.LONG, asked.SAFETY, "phq-9"):
        asked.instrument(code)
    page = words_of(alone.choose())
    for name in ("Weekly form", "Long form", "Safety check"):
        assert name in page
    assert "PHQ-9" not in page  # its wording was not loaded
    chosen = {"form": asked.WEEKLY, "answered_on": "2026-10-05", "clock": ""}
    on = alone.choose(**chosen)
    assert on.status_code == 302
    page = words_of(alone("2026-10-05", value=None))
    assert "Filled in: <strong>Monday 5 October 2026</strong>." in page
    back = alone.choose(**chosen, change="1")
    assert back.status_code == 200
    assert back.context["form"]["answered_on"].value() == "2026-10-05"
    assert not Response.objects.exists()
    assert nora.assignments.count() == 0


@pytest.mark.parametrize(
    "chosen, field, sentence",
    [
        ({"answered_on": "2026-10-05"}, "form", "Please choose a form."),
        ({"form": "phq-9", "answered_on": "2026-10-05"}, "form", "one of the forms shown"),
        ({"form": asked.WEEKLY}, "answered_on", "on which day"),
        (
            {"form": asked.WEEKLY, "answered_on": "2026-11-04"},
            "answered_on",
            "This date lies in the future.",
        ),
        ({"form": asked.WEEKLY, "answered_on": "0001-01-01"}, "answered_on", "check the year"),
        (
            {"form": asked.WEEKLY, "answered_on": "2026-10-05", "clock": "noon"},
            "clock",
            "Please write the time as 14:30.",
        ),
    ],
)
def test_choice_that_cannot_be_is_named_beside_its_field(alone, chosen, field, sentence):
    page = alone.choose(**chosen)
    assert (page.status_code, list(page.context["form"].errors)) == (400, [field])
    assert sentence in words_of(page)


def test_address_without_a_day_leads_back_to_the_choice(alone):
    for day in ("", "2026-11-04", "x"):
        answer = alone(day, value=None)
        assert answer.status_code == 302
        assert f"form={asked.WEEKLY}" in answer.headers["Location"]
    assert alone("2026-10-05", value=None, code="no-such-form").status_code == 404


def test_time_of_today_that_is_still_to_come_is_refused(alone):
    page = alone("2026-11-03", "17:00")
    assert page.status_code == 400
    assert "This time is still to come." in words_of(page)
    assert not Response.objects.exists()


@pytest.mark.parametrize("day", ["2026-10-05", "2026-11-03"])
def test_same_sheet_sent_twice_is_one_response(alone, clock, day):
    first = alone(day)
    clock.shift(timedelta(minutes=1))
    again = alone(day)
    assert again.headers["Location"] == first.headers["Location"]
    assert Response.objects.count() == 1
    assert AuditEvent.objects.filter(action="response.submit").count() == 1


def test_equal_sheets_of_several_days_are_several_responses(alone):
    for day in ("2026-10-05", "2026-10-12", "2026-10-19"):
        assert alone(day).status_code == 302
    assert Response.objects.count() == 3
    assert Assignment.objects.count() == 1
    numbers = Occasion.objects.order_by("opens_at").values_list("number", flat=True)
    assert list(numbers) == [0, 1, 2]


def test_other_sheet_at_the_same_time_is_refused_until_its_hour_is_said(alone):
    alone("2026-10-05")
    page = alone("2026-10-05", value="4")
    assert page.status_code == 400
    assert "Give this one its time of day" in words_of(page)
    assert page.context["form"]["item-IND04"].value() == "4"
    assert alone("2026-10-05", "19:00", value="4").status_code == 302
    assert Response.objects.count() == 2


def test_paper_takes_the_missed_form_of_its_day(alone, nora, clock):
    occasion = asked.open_occasion(nora)
    clock.move_to(NOW + 9 * DAY)
    occasions.close_due_occasions(now=NOW + 9 * DAY)
    alone("2026-11-04")
    assert Response.objects.get().occasion == occasion
    assert Assignment.objects.filter(plan=None).count() == 0


def test_whom_the_answers_are_about_is_that_of_the_day(alone, name, clock):
    sam = name("partner", "Sam")
    page = words_of(alone("2026-10-05", value=None))
    assert "Nobody was named" in page
    alone("2026-10-05")
    page = words_of(alone("2026-11-03", value=None))
    assert "Think of your current partner, Sam." in page
    alone("2026-11-03")
    about = Response.objects.order_by("submitted_at").values_list("reference", flat=True)
    assert list(about) == [None, sam.pk]


def test_risk_on_paper_raises_an_alert(alone, nora):
    version = asked.instrument(asked.SAFETY)
    answers = {f"item-{item.code}": "2" for item in version.definition.items}
    alone("2026-10-05", code=asked.SAFETY, **answers)
    assert Standing.objects.get(client=nora).signal == Signal.RISK


def test_closed_record_takes_no_paper(alone, nora, ada):
    close_client(client=nora, by=actor(ada), now=NOW)
    assert alone("2026-10-05").status_code == 302
    assert not Response.objects.exists()
    with pytest.raises(Refused, match="closed"):
        paper_actions.enter_alone(
            client=nora,
            version=asked.instrument(),
            answers={"IND04": 3},
            comment=None,
            answered_on=NOW.date(),
            by=actor(ada),
            now=NOW + DAY,
            entered_by=ada.user,
        )


def test_chart_marks_what_was_entered_from_paper(alone, ada, nora, signed_in):
    alone("2026-10-05")
    alone("2026-10-12")
    page = words_of(signed_in(ada).get(reverse("client", args=[nora.pk])))
    assert "entered by staff from paper" in page


@pytest.mark.parametrize("sheets", [1, 3])
def test_page_costs_the_same_however_many_sheets_there_are(
    alone, sheets, django_assert_num_queries
):
    for month in range(1, 1 + sheets):
        alone(f"2026-0{month}-05")
    alone("2026-10-05", value=None)
    address = f"{reverse('paper-enter', args=[Response.objects.first().client_id, asked.WEEKLY])}"
    with django_assert_num_queries(7):
        alone.browser.get(f"{address}?answered_on=2026-10-05")
