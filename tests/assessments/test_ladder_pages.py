"""What whole pages say of practices whose forms stand on each rung of the evidence ladder.

A page is read as a person reads it: its words, and the words inside its charts. Names that a
definition gives (items, sources, what a licence says) are its own; the forms of these tests are
made so that a word too much in one of them would be found.
"""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.template.loader import render_to_string
from django.urls import reverse

from assessments import wording
from assessments.actions import review
from assessments.models import Signal, Standing
from assessments.wording.ladder import faults
from tests import factories_rungs as rungs
from tests.factories import NOW, actor
from tests.factories_movement import CLAIMS, STEADY, SWING, TOWARD, WEEK, end_of, history

DAY = timedelta(days=1)
STORIES = {"toward": TOWARD, "claims": CLAIMS, "swing": SWING, "steady": STEADY}


def words_of(response):
    """The words of a page and of its pictures, without what explains the words themselves."""
    text = response.content.decode()
    text = re.sub(r"<(script|style|head)\b.*?</\1>", " ", text, flags=re.S)
    text = re.sub(r'<section class="section prose" id="words".*?</section>', " ", text, flags=re.S)
    tips = " ".join(re.findall(r'(?:data-tip|aria-label|title)="([^"]*)"', text))
    return " ".join(re.sub(r"<[^>]+>", " ", text).split()) + " " + tips


@pytest.mark.parametrize("story", STORIES)
@pytest.mark.parametrize("rung", [0, 1, 2])
def test_client_page_keeps_to_the_rung(rung, story, signed_in, ada, nora, clock):
    version = rungs.weekly_on(rung)
    history(nora, STORIES[story], assignment=rungs.assigned(nora, version))
    rungs.score(nora, rungs.published(rungs.tide(rung)), [20, 16, 11, 6])
    clock.move_to(end_of(STORIES[story]))
    page = signed_in(ada).get(reverse("client", args=[nora.pk]))
    assert page.status_code == 200
    assert faults(words_of(page), rung) == []


def without_battery_note(text):
    return text.replace("follows from an assumed reliability", " ")


def test_client_page_says_reliably_once_the_practice_has_estimated(signed_in, ada, nora, clock):
    history(nora, TOWARD, assignment=rungs.assigned(nora, rungs.weekly_on(2)))
    clock.move_to(end_of(TOWARD))
    text = words_of(signed_in(ada).get(reverse("client", args=[nora.pk])))
    assert "Reliably lower: down 60 from the start" in text
    assert "Reliability .89, estimated in this practice from n = 132, 3 Nov 2026." in text
    assert "assumed" not in text


def test_client_page_says_nothing_of_movement_where_nothing_is_known(signed_in, ada, nora, clock):
    history(nora, TOWARD, assignment=rungs.assigned(nora, rungs.weekly_on(0)))
    clock.move_to(end_of(TOWARD))
    text = words_of(signed_in(ada).get(reverse("client", args=[nora.pk])))
    assert "points only, and no word about movement" in text
    assert "beyond error" not in text
    assert "first form" not in text
    assert "points a week" not in text


def test_card_says_nothing_of_movement_once_a_form_without_reliability_came_in(
    signed_in, ada, nora, clock
):
    history(nora, SWING, assignment=rungs.assigned(nora, rungs.weekly_on(1)))
    unknown = rungs.assigned(nora, rungs.weekly_on(0))
    history(nora, SWING[-1:], start=NOW + 7 * WEEK, assignment=unknown)
    review.review(client=nora, by=actor(ada), now=NOW + 8 * DAY, discussed=True)
    clock.move_to(NOW + 8 * WEEK)
    card = signed_in(ada).get(reverse("client", args=[nora.pk])).context["session"]
    assert "points only" in card.sentence
    assert card.prompts == []
    assert not [text for fact in card.facts for text in fact["texts"] if "erdict" in text]


def test_client_page_with_norms_names_the_class_and_its_source(signed_in, ada, nora, clock):
    rungs.score(nora, rungs.published(rungs.tide(3)), [20, 16, 11, 6])
    clock.move_to(NOW + 5 * WEEK)
    text = words_of(signed_in(ada).get(reverse("client", args=[nora.pk])))
    assert "Recovered, by a cut-off of 8.9. Norms: Two made-up groups." in text
    assert faults(text, 3) == []


@pytest.mark.parametrize("signal", Signal)
def test_caseload_keeps_to_assumptions_on_every_signal(signed_in, ada, nora, clock, signal):
    history(nora, STEADY)
    reasons = {
        Signal.STUCK: {"code": "stuck", "weeks": 9, "forms": 9},
        Signal.EXPECTED: {"code": "expected", "forms": 9},
    }
    Standing.objects.update(signal=signal, reasons=[reasons.get(signal, {"code": "expected"})])
    page = signed_in(ada).get(reverse("caseload"))
    assert faults(words_of(page), 1) == []


def test_caseload_of_forms_without_reliability_says_nothing_of_it(signed_in, ada, nora, clock):
    history(nora, TOWARD, assignment=rungs.assigned(nora, rungs.weekly_on(0)))
    clock.move_to(end_of(TOWARD))
    text = without_battery_note(words_of(signed_in(ada).get(reverse("caseload"))))
    assert faults(text, 0) == []


@pytest.mark.parametrize("code", sorted({words.code for words in wording.SIGNALS.values()}))
def test_mark_of_a_signal_has_no_words_of_its_own(code):
    """What a signal is called stands with the signal, where the ladder is kept."""
    drawn = render_to_string("components/_signal.html", {"signal": code})
    assert re.sub(r"<[^>]+>", "", drawn).strip() == "Safety answer"


def test_page_on_the_order_keeps_to_assumptions(signed_in, ada, nora):
    assert faults(words_of(signed_in(ada).get(reverse("caseload-order"))), 1) == []


@pytest.mark.parametrize("rung", [0, 1, 2])
def test_library_keeps_to_the_rung_of_each_form(signed_in, ada, rung):
    """What a publication says of a score stands there in its own words, with its source."""
    version = rungs.published(rungs.tide(rung))
    for address in (
        reverse("library"),
        reverse("library-instrument", args=[version.definition.code]),
    ):
        text = words_of(signed_in(ada).get(address))
        for fact in ("10 or more: in the clinical range, not normal", "not recovered"):
            text = text.replace(fact, " ")
        assert faults(text, rung) == []


@pytest.mark.parametrize("rung", [0, 1, 2])
def test_page_of_one_response_keeps_to_the_rung(signed_in, ada, nora, clock, rung):
    (sent,) = rungs.score(nora, rungs.published(rungs.tide(rung)), [16])
    text = words_of(signed_in(ada).get(reverse("response", args=[sent.pk])))
    assert "Tide" in text
    assert faults(text, rung) == []
