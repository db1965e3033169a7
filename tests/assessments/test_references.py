"""Whom the answers are about: naming it, telling the client, and the series it cuts."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse

from assessments import queries
from assessments.actions import references, respond
from assessments.models import ReferenceRelationship, Response, Standing
from clinic.actions import Refused
from clinic.actions.care import close_client
from clinic.audit import Actor
from clinic.models import AuditEvent
from tests import factories_assessments as asked
from tests.factories import NOW, actor

WEEK = timedelta(weeks=1)


@pytest.fixture
def name(ada, nora):
    """``name("partner", "Sam", week=2, same=True)`` names whom Nora's answers are about."""

    def set_reference(kind, label=None, *, week=0.0, same=False):
        return references.set_reference(
            client=nora, kind=kind, label=label, by=actor(ada), now=NOW + week * WEEK, same=same
        )

    return set_reference


@pytest.fixture
def answer(nora):
    """``answer(0, 1, 2)``: Nora's weekly forms of these weeks, sent three hours into each."""
    occasions = list(asked.give(nora).assignment.occasions.order_by("number"))

    def send(*weeks, value=2):
        for week in weeks:
            at = NOW + week * WEEK + timedelta(hours=3)
            asked.send(occasions[week], value=value, now=at)

    return send


def segments(client) -> list[int]:
    """How many forms each series holds."""
    movement = queries.follow(queries.sittings(client))
    return [part.end - part.start for part in movement.segments]


def count() -> int:
    return ReferenceRelationship.objects.count()


# --- Naming ---------------------------------------------------------------------------------------


def test_newest_is_in_force_and_the_same_again_writes_nothing(name, nora):
    first = name("partner", "Sam")
    events = AuditEvent.objects.count()
    assert name("partner", " Sam ", week=1) == first
    assert (count(), AuditEvent.objects.count()) == (1, events)
    assert queries.in_force(nora) == first


def test_event_names_the_kind_and_never_the_label(name, ada):
    name("closest", "Wilhelmina")
    event = AuditEvent.objects.get(action="reference.set")
    assert event.details == {"kind": "closest", "same": False}
    assert event.fields == ["kind", "label"]
    assert event.actor_id == ada.user.pk
    assert "Wilhelmina" not in str(AuditEvent.objects.filter().values())


def test_label_is_ciphertext_in_the_database(name):
    name("partner", "Wilhelmina")
    with connection.cursor() as cursor:
        cursor.execute("SELECT label FROM assessments_referencerelationship")
        assert b"Wilhelmina" not in bytes(cursor.fetchone()[0])


@pytest.mark.parametrize(
    "kind, label, field",
    [("", None, "kind"), ("friend", None, "kind"), ("partner", "x" * 41, "label")],
)
def test_nonsense_is_refused_beside_its_field(name, kind, label, field):
    with pytest.raises(Refused) as refusal:
        name(kind, label)
    assert (refusal.value.field, count()) == (field, 0)


def test_only_a_person_names_it_and_only_for_a_client_in_care(name, nora, ada):
    with pytest.raises(Refused):
        references.set_reference(client=nora, kind="partner", by=Actor.system(), now=NOW)
    close_client(client=nora, by=actor(ada), now=NOW)
    with pytest.raises(Refused):
        name("partner")
    assert count() == 0


# --- Series ---------------------------------------------------------------------------------------


def test_answers_from_before_anybody_was_named_are_a_series_of_their_own(name, answer, nora):
    answer(0, 1)
    name("partner", "Sam", week=1.5)
    answer(2, 3, 4)
    assert segments(nora) == [2, 3]


def test_answers_so_far_can_have_been_about_the_same_relationship_all_along(name, answer, nora):
    answer(0, 1)
    name("partner", "Sam", week=1.5, same=True)
    answer(2, 3)
    assert segments(nora) == [4]


def test_change_of_the_relationship_begins_a_new_series_that_nothing_crosses(name, answer, nora):
    name("partner", "Sam")
    answer(0, 1, 2, value=5)
    before = queries.follow(queries.sittings(nora))
    assert before.baseline == 0
    name("partner", "Ada", week=2.5)
    answer(3, 4, value=1)
    after = queries.follow(queries.sittings(nora))
    assert segments(nora) == [3, 2]
    assert after.baseline == 3
    assert Standing.objects.get(client=nora).verdict == "not_yet_reliable"
    assert all(change.held == 0 for change in after.changes.values())


def test_relationship_described_anew_keeps_its_series(name, answer, nora):
    name("partner", "Sam")
    answer(0, 1)
    name("last_partner", "Sam", week=1.5, same=True)
    answer(2)
    assert segments(nora) == [3]
    assert queries.in_force(nora).kind == "last_partner"
    assert count() == 2


def test_slip_that_nobody_answered_under_leaves_no_cut(name, answer, nora):
    name("partner", "Sam")
    answer(0, 1)
    name("closest", "Kim", week=1.4)
    name("partner", "Sam", week=1.5)
    answer(2)
    assert segments(nora) == [3]
    assert (count(), queries.in_force(nora).label) == (2, "Sam")


def test_slip_can_be_corrected_to_a_third(name, answer, nora):
    name("partner", "Sam")
    answer(0)
    name("closest", "Kim", week=0.4)
    name("closest", "Kit", week=0.5)
    answer(1)
    assert segments(nora) == [1, 1]
    assert (count(), queries.in_force(nora).label) == (2, "Kit")


def test_return_to_an_earlier_relationship_after_answers_about_another_is_a_third_series(
    name, answer, nora
):
    for week, label in enumerate(["Sam", "Kim", "Sam"]):
        name("partner", label, week=week)
        answer(week)
    assert segments(nora) == [1, 1, 1]


def test_draft_stays_with_the_relationship_it_was_begun_about(name, nora, holder, clock):
    sam = name("partner", "Sam")
    occasion = asked.open_occasion(nora)
    clock.shift(timedelta(hours=1))
    browser = holder(occasion)
    browser.post("/f/1/", {"answer": "3", "go": "next"})
    clock.shift(timedelta(hours=1))
    name("partner", "Kim", week=2 / 168)
    clock.shift(timedelta(hours=1))
    assert "Think of your current partner, Sam." in browser.get("/f/2/").content.decode()
    asked_again = respond.submit(
        occasion=occasion, by=Actor.system(), now=NOW + timedelta(hours=4), source="link"
    ).response
    assert asked_again.reference == sam
    assert queries.sittings(nora)[0].series == sam.started_at


def test_clock_that_was_set_back_does_not_hide_the_newest(name, answer, nora):
    name("partner", "Sam", week=1)
    answer(1)
    kim = name("partner", "Kim", week=0.5)
    assert queries.in_force(nora) == kim


# --- What the client reads ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "kind, label, words",
    [
        ("partner", "Sam", "Think of your current partner, Sam."),
        ("partner", None, "Think of your current partner."),
        ("last_partner", "S.", "Think of your most recent partner, S."),
        ("last_partner", None, "Think of your most recent partner."),
        ("closest", "Kim", "Think of the person closest to you, Kim."),
        ("closest", None, "Think of the person closest to you."),
    ],
)
def test_client_is_told_whom_to_think_of(name, occasion, holder, kind, label, words):
    name(kind, label)
    browser = holder(occasion)
    for page in ("/f/?from=1", "/f/2/"):
        assert words in browser.get(page).content.decode()
    browser.post("/f/1/", {"answer": "3", "go": "next"})
    assert Response.objects.get().reference.kind == kind


@pytest.mark.parametrize("code", [asked.WEEKLY, asked.LONG])
def test_question_about_oneself_names_nobody(name, nora, holder, code):
    name("partner", "Sam")
    occasion = asked.open_occasion(nora, code)
    definition = occasion.assignment.version.definition
    independence = {keyed.code for keyed in definition.scales_by_code["IND"].keyed_items}
    assert independence.isdisjoint(queries.relational_items(definition))
    browser = holder(occasion)
    for number, item in enumerate(definition.items, start=1):
        page = browser.get(f"/f/{number}/").content.decode()
        told = '<span class="answer__whom">Think of your current partner, Sam.</span>' in page
        assert told == (item.code not in independence), item.code


@pytest.mark.parametrize("code", [asked.WEEKLY, asked.LONG])
def test_introduction_says_once_whom_to_think_of(name, nora, holder, code):
    browser = holder(asked.open_occasion(nora, code))
    general = browser.get("/f/?from=1").content.decode()
    assert general.count("think first of the closest relationship") == 1
    assert "Think of" not in general
    name("partner", "Sam")
    named = browser.get("/f/?from=1").content.decode()
    assert "closest relationship" not in named
    assert named.count("Think of your current partner, Sam.") == 1
    assert named.count("someone close to me") == 1
    # Nothing else of the introduction is lost.
    assert "with the people close to you." in named
    assert "There are no right answers" in named


def test_form_about_no_relationship_names_none(name, safety, holder):
    name("partner", "Sam")
    browser = holder(safety)
    for page in ("/f/?from=1", "/f/1/"):
        assert "Think of" not in browser.get(page).content.decode()
    browser.post("/f/1/", {"answer": "0", "go": "next"})
    assert Response.objects.get().reference is None


def test_name_is_shown_as_text(name, occasion, holder):
    name("partner", "<b>Sam</b>")
    assert "<b>Sam" not in holder(occasion).get("/f/1/").content.decode()


def test_first_page_of_the_link_and_the_thanks_name_nobody(name, occasion, fresh_limits, clock):
    from django.test import Client as Browser

    name("partner", "Sam")
    browser = Browser()
    address = reverse("form-landing", args=[asked.new_link(occasion)])
    assert "Sam" not in browser.get(address).content.decode()
    browser.post(address)
    browser.post("/f/1/", {"answer": "3", "go": "next"})
    browser.post("/f/submit/", {"revision": 1})
    assert "Sam" not in browser.get("/f/done/").content.decode()


# --- The page -------------------------------------------------------------------------------------


@pytest.fixture
def page(nora, ada, signed_in, clock):
    """``page(kind="partner")`` sends the page's form; ``page()`` opens it."""
    browser = signed_in(ada)
    address = reverse("reference", args=[nora.pk])

    def use(**data):
        return browser.post(address, data) if data else browser.get(address)

    use.client_page = lambda: browser.get(reverse("client", args=[nora.pk])).content.decode()
    return use


def test_first_naming_asks_nothing_about_answers_that_are_not_there(page):
    assert "series" not in page().context["form"].fields
    assert page(kind="partner", label="Sam").status_code == 302
    assert ReferenceRelationship.objects.get().label == "Sam"


@pytest.mark.parametrize("series, parts", [("same", [3]), ("other", [2, 1])])
def test_page_asks_what_the_answers_so_far_were_about(page, answer, nora, clock, series, parts):
    answer(0, 1)
    clock.shift(1.5 * WEEK)
    refused = page(kind="partner", label="Sam")
    assert (refused.status_code, count()) == (400, 0)
    assert "Please say what the answers so far were about." in refused.content.decode()
    assert 'value="Sam"' in refused.content.decode()
    assert page(kind="partner", label="Sam", series=series).status_code == 302
    answer(2)
    assert segments(nora) == parts


def test_another_person_of_the_same_description_has_to_be_told_apart(page, answer, name):
    name("partner")
    answer(0)
    refused = page(kind="partner", label="", series="other")
    assert refused.status_code == 400
    assert "tell them apart" in refused.content.decode()
    assert page(kind="partner", label="", series="same").status_code == 302
    assert page(kind="partner", label="").status_code == 302
    assert count() == 1


@pytest.mark.parametrize(
    "data",
    [
        {"kind": "", "label": "Sam"},
        {"kind": "friend", "label": "Sam"},
        {"kind": "partner", "label": "x" * 41},
        {"kind": "partner", "label": "a\nb"},
        {"kind": "partner", "label": "\x00"},
    ],
)
def test_page_refuses_nonsense_where_it_happened(page, data):
    assert (page(**data).status_code, count()) == (400, 0)


def test_client_page_says_whom_the_answers_are_about(page, name, answer):
    assert "Nobody is named yet" in page.client_page()
    name("partner", "Sam")
    text = " ".join(page.client_page().split())
    assert "The answers are about: <strong>current partner, Sam</strong>" in text


def test_change_is_marked_on_the_charts(name, answer, nora, ada, signed_in, clock):
    name("partner", "Sam")
    answer(0, 1)
    name("last_partner", "Kim", week=1.5)
    answer(2)
    clock.shift(2.5 * WEEK)
    text = signed_in(ada).get(reverse("client", args=[nora.pk])).content.decode()
    assert "about Kim" in text
    assert "about Sam" not in text  # the first begins nothing anew
    assert "chart-break" in text


def test_client_about_no_relationship_is_not_asked_for_one(page, nora):
    asked.give(nora, asked.SAFETY)
    assert "whom the answers are about" not in page.client_page()


def test_supervisor_reads_whom_the_answers_are_about_and_cannot_change_it(
    name, answer, nora, sue, signed_in, clock
):
    name("partner", "Sam")
    browser = signed_in(sue)
    text = browser.get(reverse("client", args=[nora.pk])).content.decode()
    assert "current partner, Sam" in text
    assert reverse("reference", args=[nora.pk]) not in text
    assert browser.get(reverse("reference", args=[nora.pk])).status_code == 403


def test_client_page_costs_one_query_more_where_somebody_is_named(
    page, name, answer, django_assert_num_queries
):
    answer(0)
    name("partner", "Sam", same=True)
    page.client_page()
    with django_assert_num_queries(23):
        page.client_page()


def test_form_page_costs_one_query_more_where_somebody_is_named(
    name, occasion, holder, django_assert_num_queries
):
    name("partner", "Sam")
    browser = holder(occasion)
    browser.get("/f/1/")
    with django_assert_num_queries(2):
        browser.get("/f/1/")
