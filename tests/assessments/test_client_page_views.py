"""The client page: what it says, to whom, and at what price."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from assessments import queries
from assessments.actions import plans, references, respond, review, standing
from assessments.client_page import notes
from assessments.models import Event, Occasion, Response, Review
from clinic.actions import care
from clinic.audit import Actor
from clinic.encryption import EncryptedField
from clinic.models import AuditEvent, Client
from tests import factories_assessments as asked
from tests.factories import NOW, actor
from tests.factories_movement import (
    CLAIMS,
    FREE,
    GUARDED,
    STEADY,
    SWING,
    TOWARD,
    WEEK,
    answers_for,
    end_of,
    history,
    weekly,
)

AFTER = end_of(STEADY)
DAY = timedelta(days=1)


@pytest.fixture
def later(clock):
    clock.move_to(AFTER)
    return clock


def page_of(browser, client):
    return browser.get(reverse("client", args=[client.pk]))


def text_of(response):
    """The words of a page, without its tags."""
    content = response.content.decode()
    content = re.sub(r"<(script|svg)\b.*?</\1>", " ", content, flags=re.S)
    return " ".join(re.sub(r"<[^>]+>", " ", content).split())


# --- Access -------------------------------------------------------------------------------------


def test_client_page_is_unknown_to_strangers(signed_in, nora, ben, eve):
    assert page_of(signed_in(ben), nora).status_code == 404
    assert page_of(signed_in(eve), nora).status_code == 404


@pytest.mark.parametrize("who", ["pat", "ash"])
def test_client_page_of_those_who_see_no_answers_has_none(later, request, signed_in, nora, who):
    history(nora, TOWARD, comment="a word of her own")
    page = page_of(signed_in(request.getfixturevalue(who)), nora)
    assert page.status_code == 200
    assert "clinic/client_identity.html" in [t.name for t in page.templates]
    assert "a word of her own" not in page.content.decode()
    assert "Counter-dependence" not in page.content.decode()


def test_rare_form_says_when_it_comes_next_and_that_it_rests(clock, signed_in, ada, nora):
    given = asked.give(nora, asked.LONG, cadence="twelve_weeks")
    asked.send(given.first)
    assert "next 25 Jan" in text_of(page_of(signed_in(ada), nora))
    plans.pause_plan(plan=given.assignment.plan, by=actor(ada), now=NOW)
    assert "next none while paused" in text_of(page_of(signed_in(ada), nora))


def test_client_page_of_a_supervisor_offers_no_review(later, signed_in, ada, sue, nora):
    history(nora, TOWARD)
    shown = page_of(signed_in(sue), nora).content.decode()
    assert reverse("client-review", args=[nora.pk]) not in shown
    assert reverse("event-add", args=[nora.pk]) not in shown
    assert (
        reverse("client-review", args=[nora.pk]) in page_of(signed_in(ada), nora).content.decode()
    )


def test_client_page_leaves_an_event_that_it_was_read(signed_in, ada, nora):
    page_of(signed_in(ada), nora)
    events = AuditEvent.objects.filter(action="client.read", client_id=nora.pk)
    assert [event.actor_id for event in events] == [ada.user_id]


# --- What it says -------------------------------------------------------------------------------


def test_client_page_tells_the_story_of_movement(later, signed_in, ada, nora):
    history(nora, TOWARD, comment="I let him drive me.")
    text = text_of(page_of(signed_in(ada), nora))
    assert (
        "Counter-dependence is lower by 60 (error 20) and independence higher by 60 (error 20) "
        "than at the start: together more than error explains (reliability .73 to .80 assumed), "
        "on the last six forms."
    ) in text
    assert "Movement toward independence Balance 20 → 80, error of change" in text
    assert "“I let him drive me.”" in text
    assert "What has made it easier to let someone near, and what does it ask?" in text
    assert "Reliability assumed (.73 to .80), not yet estimated." in text
    assert "In care since 2 Nov, with you." in text
    assert "7 of 7 answered." in text


def test_client_page_names_the_answers_that_changed_most(later, signed_in, ada, nora):
    history(nora, TOWARD)
    changed = page_of(signed_in(ada), nora).context["session"].changed
    assert changed.since == "Changed most since the start"
    # All moved by three, so the order of the form decides; the second counts the other way.
    assert [(item.text, item.before, item.after) for item in changed.items] == [
        ("I worked on a goal that I had chosen for myself.", "Rarely", "Very often"),
        ("I was glad to have someone to lean on.", "Rarely", "Very often"),
    ]


def test_client_page_compares_with_the_form_before_when_nothing_moved(later, signed_in, ada, nora):
    story = [*STEADY[:4], {**STEADY[0], "DEP": 3}]
    history(nora, story)
    changed = page_of(signed_in(ada), nora).context["session"].changed
    assert changed.since == "Changed most since 23 Nov"
    assert len(changed.items) == 2


@pytest.mark.parametrize(
    "story, word",
    [
        (CLAIMS, "Claims more independence"),
        (SWING, "Swing into counter-dependence"),
        (STEADY, "Not yet reliable"),
        ([GUARDED], "Too early to say"),
    ],
)
def test_client_page_gives_the_verdict(later, signed_in, ada, nora, story, word):
    history(nora, story)
    assert page_of(signed_in(ada), nora).context["verdict"].word == word


def test_client_page_is_calm_before_the_first_form(signed_in, ada, nora):
    page = page_of(signed_in(ada), nora)
    text = text_of(page)
    assert "No form has come in yet. The first one makes the start." in text
    assert "Assign the first form" in text
    assert "assessments/_no_movement.html" in [t.name for t in page.templates]


def test_client_page_of_a_client_with_other_forms_only(later, signed_in, ada, nora):
    asked.send(asked.open_occasion(nora, asked.SAFETY), value=0)
    text = text_of(page_of(signed_in(ada), nora))
    assert "Only other forms have come in; movement needs the weekly or the long form." in text
    assert "Safety check, 2 Nov 2026" in text


def test_client_page_of_a_closed_record_stays_readable(later, signed_in, ada, nora):
    history(nora, TOWARD)
    care.close_client(client=nora, by=actor(ada), now=end_of(TOWARD))
    page = page_of(signed_in(ada), nora)
    assert "Record closed on 15 Dec." in text_of(page)
    assert page.context["verdict"].word == "Movement toward independence"
    assert reverse("assign", args=[nora.pk]) not in page.content.decode()


def test_client_page_of_an_erased_record_says_so_calmly(signed_in, ada, nora):
    history(nora, TOWARD)
    Client.objects.filter(pk=nora.pk).update(data_key=None)
    page = page_of(signed_in(ada), nora)
    assert page.status_code == 410
    assert "This record was erased" in text_of(page)


def test_client_page_says_why_a_score_is_missing(later, signed_in, ada, nora):
    occasion = asked.open_occasion(nora)
    answers = asked.answers_to(occasion.assignment.version)
    for code in [code for code in answers if code.startswith("DEP")][:2]:
        del answers[code]
    respond.submit(
        occasion=occasion,
        answers=answers,
        by=Actor.system(practice=nora.practice),
        now=NOW,
        source=Response.Source.LINK,
    )
    text = text_of(page_of(signed_in(ada), nora))
    assert "not scored: 2 of 4 answered" in text
    assert "One scale not scored: too few answers" in text


def test_client_page_marks_a_gap_where_forms_were_missed(later, signed_in, ada, nora):
    history(nora, [*TOWARD[:4], None, None, None, FREE, FREE])
    page = page_of(signed_in(ada), nora)
    assert text_of(page).count("no form") >= 3
    assert "6 of 9 answered." in text_of(page)


def test_client_page_says_what_is_new_since_the_last_review(later, signed_in, ada, nora):
    assignment = weekly(nora)
    history(nora, TOWARD[:2], assignment=assignment)
    review.review(client=nora, by=actor(ada), now=NOW + WEEK + timedelta(days=1), discussed=True)
    responses = history_more(nora, assignment, TOWARD[2:])
    facts = page_of(signed_in(ada), nora).context["session"].facts
    new = facts[0]
    assert new["label"] == "New since 10 Nov"
    assert new["texts"][0] == "Five forms, the latest on 14 Dec"
    assert "Verdict: movement toward independence; then: not yet reliable" in new["texts"]
    assert len(responses) == 5


def history_more(client, assignment, story):
    """Forms that follow the first two of an assignment."""
    responses = []
    for number, levels in enumerate(story, start=2):
        occasion = Occasion.objects.create(
            assignment=assignment,
            client=client,
            number=number,
            opens_at=NOW + number * WEEK,
            closes_at=NOW + (number + 1) * WEEK,
        )
        responses.append(
            respond.submit(
                occasion=occasion,
                answers=answers_for(assignment.version, levels),
                by=Actor.system(practice=client.practice),
                now=occasion.opens_at,
                source=Response.Source.LINK,
            ).response
        )
    standing.refresh(client=client, now=AFTER)
    return responses


def test_client_page_never_says_more_than_the_evidence(later, signed_in, ada, nora):
    history(nora, TOWARD)
    text = text_of(page_of(signed_in(ada), nora)).lower()
    for word in ("normal", "healthy", "recovered", "percentile", "clinical range", "no change"):
        assert word not in text


def test_client_page_has_no_inline_style_or_script(later, signed_in, ada, nora):
    history(nora, TOWARD)
    content = page_of(signed_in(ada), nora).content.decode()
    assert re.findall(r"\sstyle=|\son[a-z]+=|<style|javascript:|data:", content) == []
    assert re.findall(r"<script(?![^>]*\ssrc=)", content) == []


def test_client_page_gives_every_chart_its_table(later, signed_in, ada, nora):
    history(nora, TOWARD)
    content = page_of(signed_in(ada), nora).content.decode()
    # The map and the ribbon are drawn twice, for a wide and a narrow place.
    assert len(re.findall(r'<svg[^>]*class="chart ', content)) == 8
    assert content.count("Show as table") == 6


def test_client_page_compares_nothing_across_a_change_of_the_relationship(
    clock, signed_in, ada, nora
):
    story = [*TOWARD, *STEADY[:6]]
    history(nora, story)
    at = NOW + 6.5 * WEEK
    references.set_reference(
        client=nora, kind="partner", label="Sam", by=actor(ada), now=at, same=False
    )
    clock.move_to(end_of(story))
    page = page_of(signed_in(ada), nora)
    text, content = text_of(page), page.content.decode()
    assert len(page.context["record"].movement.segments) == 2
    assert "The start is the first form since the change on 17 Dec." in text
    assert "since the change on 17 Dec, within error of" in text
    drawing = re.search(r'<div class="chart-wide">.*?</svg>', content, re.S)[0]
    assert drawing.count('class="chart-start"') == 1


def test_client_page_asks_what_to_look_at(later, signed_in, ada, nora):
    history(nora, CLAIMS)
    page = page_of(signed_in(ada), nora)
    text = text_of(page)
    assert "Questions to look at" in text
    assert "Is this independence chosen, or is it distance that looks like it?" in text
    assert "probably both high (99 %)" in text
    assert [prompt.code for prompt in page.context["session"].prompts] == ["mistaken_autonomy"]


def test_elements_say_how_far_they_may_lie_off(later, signed_in, ada, nora):
    history(nora, TOWARD)
    text = text_of(page_of(signed_in(ada), nora))
    assert (
        "its figure may lie 25 points and more from where the person stands, by reckoning alone"
        in text
    )


def test_client_page_says_how_a_scale_moves_a_week(later, signed_in, ada, nora):
    history(nora, TOWARD)
    text = text_of(page_of(signed_in(ada), nora))
    assert text.count("points a week, the median of all pairs of scores") == 4


# --- Price --------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 3, 30, pytest.param(300, marks=pytest.mark.slow)])
def test_client_page_costs_the_same_for_any_number_of_forms(
    clock, signed_in, ada, nora, count, django_assert_num_queries
):
    story = [GUARDED, *[FREE] * (count - 1)]
    history(nora, story)
    clock.move_to(end_of(story))
    browser = signed_in(ada)
    page_of(browser, nora)
    # session, user, membership; client, audit event; episode, scores, responses, assignments,
    # alerts, standing, care, versions, answers, comment, occasions, events, reviews,
    # next appointment, messages; permissions, inbox count
    with django_assert_num_queries(22):
        page = page_of(browser, nora)
    assert len(page.context["record"].responses) == count


@pytest.mark.parametrize("count", [1, 3, 30])
def test_client_page_costs_the_same_for_any_number_of_notes(
    later, signed_in, ada, nora, count, django_assert_num_queries
):
    history(nora, TOWARD)
    for number in range(count):
        at = NOW + timedelta(hours=number)
        review.review(client=nora, by=actor(ada), now=at, decided=f"decided {number}")
        review.add_event(client=nora, on=NOW.date(), text=f"event {number}", by=actor(ada), now=at)
    browser = signed_in(ada)
    page_of(browser, nora)
    with django_assert_num_queries(22):
        page_of(browser, nora)


def test_client_page_decrypts_no_answers_but_those_it_shows(
    monkeypatch, clock, signed_in, ada, nora
):
    story = [GUARDED, *[FREE] * 29]
    history(nora, story)
    clock.move_to(end_of(story))
    opened = []
    genuine = EncryptedField.open
    monkeypatch.setattr(
        EncryptedField, "open", lambda f, *rest: opened.append(f.name) or genuine(f, *rest)
    )
    page_of(signed_in(ada), nora)
    # The last twelve, and the start that the page compares with.
    assert opened.count("answers") == 13
    assert set(opened) == {"answers", "name"}


# --- The tick after the session -----------------------------------------------------------------


def test_review_marks_everything_as_seen_and_is_shown(later, signed_in, ada, nora):
    history(nora, TOWARD)
    browser = signed_in(ada)
    answer = browser.post(
        reverse("client-review", args=[nora.pk]), {"discussed": "on", "decided": "A walk a week."}
    )
    assert answer.headers["Location"] == reverse("client", args=[nora.pk])
    row = Review.objects.select_related("client").get()
    assert (row.discussed, row.decided) == (True, "A walk a week.")
    assert Response.objects.filter(seen_at=None).count() == 0
    text = text_of(page_of(browser, nora))
    assert "Last review today, by Ada Holm. Discussed." in text
    assert "A walk a week." in text


def test_review_can_be_only_a_look(later, signed_in, ada, nora):
    signed_in(ada).post(reverse("client-review", args=[nora.pk]), {"decided": ""})
    row = Review.objects.get()
    assert (row.discussed, row.decided) == (False, None)


def test_review_that_is_too_long_comes_back_with_what_was_typed(later, signed_in, ada, nora):
    typed = "so long " * 400
    page = signed_in(ada).post(reverse("client-review", args=[nora.pk]), {"decided": typed})
    assert page.status_code == 422
    assert Review.objects.count() == 0
    assert typed.strip() in page.content.decode()
    assert "Please shorten it." in page.content.decode()


@pytest.mark.parametrize("who, status", [("sue", 403), ("pat", 403), ("ben", 404), ("eve", 404)])
def test_review_is_for_those_who_care(request, signed_in, nora, who, status):
    member = request.getfixturevalue(who)
    answer = signed_in(member).post(reverse("client-review", args=[nora.pk]), {"discussed": "on"})
    assert (answer.status_code, Review.objects.count()) == (status, 0)


# --- Events -------------------------------------------------------------------------------------


def test_event_of_today_counts_by_the_day_of_the_practice(clock, signed_in, ada, nora):
    """In the morning in Auckland it is still the day before in UTC."""
    nora.practice.time_zone = "Pacific/Auckland"
    nora.practice.save()
    history(nora, STEADY)
    now = AFTER.replace(hour=20)
    clock.move_to(now)
    review.add_event(client=nora, on=(now + DAY).date(), text="Moved in", by=actor(ada), now=now)
    facts = page_of(signed_in(ada), nora).context["session"].facts
    assert [fact["label"] for fact in facts] == ["Happened"]


def test_event_stands_on_the_page_until_it_is_removed(later, signed_in, ada, nora):
    history(nora, TOWARD)
    browser = signed_in(ada)
    browser.post(
        reverse("event-add", args=[nora.pk]), {"on": "2026-11-20", "text": "Moved in together"}
    )
    assert "Moved in together" in text_of(page_of(browser, nora))
    event = Event.objects.get()
    address = reverse("event-remove", args=[event.pk])
    assert "Remove this event?" in text_of(browser.get(address))
    assert Event.objects.get().removed_at is None
    browser.post(address)
    browser.post(address)
    assert "Moved in together" not in text_of(page_of(browser, nora))
    assert AuditEvent.objects.filter(action="event.remove").count() == 1


@pytest.mark.parametrize(
    "typed",
    [
        {"on": "", "text": "something"},
        {"on": "2026-11-20", "text": ""},
        {"on": "2026-11-20", "text": "\u200b"},
        {"on": "2026-02-31", "text": "something"},
        {"on": "1066-10-14", "text": "something"},
        {"on": "2036-10-14", "text": "something"},
        {"on": "2026-11-20", "text": "x" * 81},
        {"on": "2026-11-20", "text": "two\nlines"},
        {"on": "2026-11-20", "text": "a\x00b"},
        {"on": "٢٠٢٦-١١-٢٠", "text": "something"},
    ],
)
def test_event_that_cannot_be_comes_back_with_a_sentence(later, signed_in, ada, nora, typed):
    page = signed_in(ada).post(reverse("event-add", args=[nora.pk]), typed)
    assert (page.status_code, Event.objects.count()) == (422, 0)
    assert page.context["form"].errors


def test_event_of_another_practice_is_unknown(later, signed_in, ada, eve, nora):
    event = review.add_event(client=nora, on=NOW.date(), text="hers", by=actor(ada), now=NOW)
    browser = signed_in(eve)
    assert browser.get(reverse("event-add", args=[nora.pk])).status_code == 404
    assert browser.post(reverse("event-remove", args=[event.pk])).status_code == 404
    event.refresh_from_db()
    assert event.removed_at is None


def test_form_that_was_given_once_is_not_said_to_run_after_its_window(ada, nora):
    once = asked.open_occasion(nora, now=NOW, cadence="once")
    form = f"{once.assignment.version.definition.name} once"
    while_open = notes.header(queries.record(nora, once.closes_at - timedelta(hours=1)), ada)
    assert form in while_open
    after = notes.header(queries.record(nora, once.closes_at), ada)
    assert form not in after
    assert "No form is assigned." in after


def test_what_the_client_said_about_a_form_stands_on_the_charts_and_the_session_card(
    ada, nora, signed_in
):
    occasion = asked.open_occasion(nora)
    codes = [item.code for item in occasion.assignment.version.definition.items]
    respond.save_answers(
        occasion=occasion,
        answers=asked.answers_to(occasion.assignment.version, 3),
        notes={codes[0]: "Only at work."},
        by=Actor.system(),
        now=NOW,
        source="link",
    )
    respond.submit(occasion=occasion, unusual=True, by=Actor.system(), now=NOW, source="link")
    page = signed_in(ada).get(reverse("client", args=[nora.pk])).content.decode()
    assert "Only at work." in page
    assert "an unusual week, by the client&#x27;s own word" in page
