"""What the sentences about scores say on each rung of the evidence ladder."""

from __future__ import annotations

import datetime
from dataclasses import replace

import pytest

from assessments import queries, wording
from assessments.measurement.change import Outcome
from assessments.measurement.definition import Norms
from assessments.measurement.evidence import Footing
from assessments.measurement.movement import Change, Verdict
from assessments.wording import ladder
from tests.assessments.test_wording_readings import movement_of, start_of
from tests.factories_movement import CLAIMS, FREE, GUARDED, MIDDLE, STEADY, SWING, TOWARD

NORMS = Norms(20.0, 8.0, 900, 5.0, 5.0, 700, "Two groups of a made-up study.")
DAY = datetime.date(2026, 11, 3)
FOOTINGS = [
    Footing(0),
    Footing(1, (0.73, 0.80), sources=("assumed",)),
    Footing(2, (0.86, 0.86), 132, DAY),
    Footing(3, (0.90, 0.90), 640, DAY, norms=NORMS),
]
STORIES = [[], [GUARDED], TOWARD, CLAIMS, SWING, STEADY, SWING[::-1], [GUARDED, FREE], [FREE] * 6]
CHANGES = [
    Change(difference, 5.0, difference / 5, abs(difference) > 9.8, held)
    for difference in (-30.0, -9.8, 0.0, 4.0, 30.0)
    for held in (0, 1, 4)
]
OUTCOMES = [
    Outcome.RECOVERED,
    Outcome.IMPROVED,
    Outcome.UNCHANGED,
    Outcome("unchanged", crossed_without_reliable_change=True),
    Outcome.DETERIORATED,
    Outcome.NOT_APPLICABLE,
]


def sentences(footing):
    """Everything that can be said about scores of this footing, by whom it is said."""
    for story in STORIES:
        movement = movement_of(story)
        start = start_of(story) if story else None
        read = wording.verdict_reading(movement, start, footing)
        yield "verdict", f"{read.word}. {read.text}"
        stage = wording.stage_reading(movement, queries.between(movement), footing)
        yield "stage", f"{stage.word}. {stage.text}"
        yield "session", wording.session_sentence(movement, footing)
        if footing.rung:
            yield "map", wording.map_reading(movement)
    for change in [None, *CHANGES]:
        yield "scale", wording.scale_reading(change, 40.0, 5.0, footing)
    for outcome in OUTCOMES:
        yield "outcome", ladder.outcome_words(outcome, "14", footing)
    for clinical in (True, False):
        yield "cut-off", ladder.side_of_cutoff(clinical, "14", footing)
    for own in (True, False):
        yield "evidence", ladder.evidence_line(footing, own=own)
    yield "library", ladder.of_one_scale(footing, "132 people; somewhere")
    yield "rung", ladder.rung_words(footing.rung)
    for name in ("clinical range", "back to normal", "Recovered", "severe"):
        yield "published name", ladder.published_name(name, footing)


@pytest.mark.parametrize("footing", FOOTINGS, ids=lambda f: f"rung {f.rung}")
def test_no_sentence_holds_a_word_above_its_rung(footing):
    said = list(sentences(footing))
    assert [(by, text) for by, text in said if ladder.faults(text, footing.rung)] == []


@pytest.mark.parametrize(
    "text, rung",
    [
        ("Reliably lower by 20", 1),
        ("A reliable change", 1),
        ("not reliable", 1),
        ("Not yet reliable", 0),
        ("reliability .80 assumed", 0),
        ("Reliability .91", 1),
        ("Recovered", 2),
        ("in recovery", 2),
        ("now in the clinical range", 2),
        ("normal again", 2),
        ("at the 84th percentile", 3),
        ("a T-score of 61", 3),
        ("looks healthy", 3),
        ("no change", 3),
        ("the diagnosis", 3),
        ("significantly lower", 3),
        ("a real change", 3),
        ("Unmoved since the start", 3),
        ("in remission", 3),
        ("above average", 3),
    ],
)
def test_word_above_its_rung_is_found(text, rung):
    assert ladder.faults(text, rung)


@pytest.mark.parametrize(
    "text, rung",
    [
        ("No reliability is known: points only.", 0),
        ("down 6, beyond the error of 5 (reliability .89 assumed)", 1),
        ("Reliability assumed (.73 to .80), not yet estimated.", 1),
        ("Not yet reliable: down 4.", 1),
        ("It reaches the published reliable change of 6 points.", 1),
        ("Reliably lower by 20", 2),
        ("Recovered, outside the clinical range", 3),
    ],
)
def test_word_on_its_rung_is_let_pass(text, rung):
    assert ladder.faults(text, rung) == []


def test_reliably_is_said_once_a_practice_has_estimated_it():
    change = Change(-30.0, 5.0, -6.0, True, 4)
    assumed, estimated = (wording.scale_reading(change, 40.0, 5.0, FOOTINGS[r]) for r in (1, 2))
    assert assumed == (
        "Down 30 from the start, beyond error of 10 (reliability .73 to .80 assumed), on the last "
        "four forms."
    )
    assert estimated == (
        "Reliably lower: down 30 from the start, error 10 (reliability .86, estimated in this "
        "practice from n = 132, 3 Nov 2026), on the last four forms."
    )


def test_nothing_is_said_of_change_where_nothing_is_known():
    for change in CHANGES:
        assert wording.scale_reading(change, 40.0, None, FOOTINGS[0]) == "40, error not known."
    reading = wording.verdict_reading(movement_of(TOWARD), start_of(TOWARD), FOOTINGS[0])
    assert (reading.word, len(reading.sentences)) == ("Points only", 1)


def test_evidence_names_where_an_estimate_comes_from():
    assert ladder.evidence_line(FOOTINGS[2]) == (
        "Reliability .86, estimated in this practice from n = 132, 3 Nov 2026. "
        "No norms: compared with this person only."
    )
    assert ladder.evidence_line(FOOTINGS[3]).endswith("Norms: Two groups of a made-up study.")
    assert ladder.evidence_line(Footing(1, (0.89, 0.89)), own=False) == (
        "Reliability assumed (.89), not yet estimated. Compared with this person only."
    )


def test_classes_are_named_on_the_last_rung_only_with_the_source_of_their_norms():
    for footing in FOOTINGS[:3]:
        assert {ladder.outcome_words(outcome, "14", footing) for outcome in OUTCOMES} == {""}
    assert ladder.outcome_words(Outcome.RECOVERED, "14", FOOTINGS[3]) == (
        "Recovered, by a cut-off of 14. Norms: Two groups of a made-up study."
    )
    assert ladder.outcome_words(Outcome.NOT_APPLICABLE, "14", FOOTINGS[3]) == ""


def test_published_name_is_left_out_where_it_says_too_much():
    assert ladder.published_name("severe", FOOTINGS[0]) == "severe"
    assert ladder.published_name("clinical range", FOOTINGS[2]) == ""
    assert ladder.published_name("clinical range", FOOTINGS[3]) == "clinical range"


@pytest.mark.parametrize("story", [[GUARDED], TOWARD, STEADY])
def test_what_is_smoothed_is_said_to_come_from_a_model(story):
    assert wording.map_reading(movement_of(story)).endswith("(95 %, model-based).")


def test_every_verdict_has_its_words():
    assert set(ladder.VERDICTS) == set(Verdict)


def test_lowest_scale_decides():
    """One reading at rung 1 among estimates is enough for the careful words."""
    lowest = replace(FOOTINGS[2], rung=1, n=None, date=None)
    story = [MIDDLE, *[{**MIDDLE, "CDP": 0}] * 5]
    change = movement_of(story).changes["CDP"]
    assert "Reliably" not in wording.scale_reading(change, 0.0, 5.0, lowest)
